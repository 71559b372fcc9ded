use data_adapter_sca::SmsGateway as _;
use data_adapter_sms_encoding::{Alphabet, split};
use data_adapter_sms_smpp::{LongMessages, SmppSettings};
use serde_json::{Value, json};

use crate::smsc::{Kind, Smsc};
use crate::support::{bound, message, settings};

/// Texts at the edges of one SMS, with what is encoded in another way than the rest, and long ones with that at the edges of parts.
fn texts() -> Vec<String> {
    let near = |before: usize, edge: &str, length: usize| {
        let text = format!("{}{edge}", "x".repeat(before));
        format!("{text}{}", "y".repeat(length - text.chars().count()))
    };
    vec![
        "Kód 123456".to_owned(),
        "a".repeat(160),
        "a".repeat(161),
        format!("{}{{", "a".repeat(158)),
        format!("{}{{", "a".repeat(159)),
        "ě".repeat(70),
        "ě".repeat(71),
        format!("{}😀", "ě".repeat(68)),
        format!("{}😀", "ě".repeat(69)),
        "€ { } [ ] ~ \\ | ^ @ £ $ ¥ Ω _ ñ ä ö ü à é\n¿".to_owned(),
        "ě 😀 € {".to_owned(),
        near(152, "€{[", 300),
        near(66, "😀ě😀", 300),
    ]
}

/// What one text came as.
async fn sent(kind: Kind, smsc: &mut Smsc, settings: &SmppSettings, text: &str) -> Vec<Value> {
    let (gateway, _) = bound(settings).await;
    let handed_over = gateway.send(&message(text)).await.expect("it is taken");
    gateway.stop().await;
    let submits = smsc.events_until("submit", "unbind").await;
    assert_eq!(handed_over.references.len(), submits.len(), "{kind:?}");
    submits
}

fn joined(submits: &[Value]) -> String {
    submits.iter().map(|submit| submit["text"].as_str().expect("a text")).collect()
}

#[tokio::test]
async fn texts_arrive_letter_by_letter() {
    for kind in Kind::installed() {
        let mut smsc = Smsc::start(kind).await;
        for long_messages in [LongMessages::Udh, LongMessages::Payload, LongMessages::Sar] {
            let settings = SmppSettings { long_messages, ..settings(&smsc) };
            for text in texts() {
                let submits = sent(kind, &mut smsc, &settings, &text).await;
                assert_eq!(joined(&submits), text, "{kind:?} {long_messages:?}");
                let split = split(&text);
                let parts = if long_messages == LongMessages::Payload { 1 } else { split.parts.len() };
                assert_eq!(submits.len(), parts, "{kind:?} {long_messages:?} {text}");
                let coding = if split.alphabet == Alphabet::Ucs2 { 8 } else { 0 };
                assert!(submits.iter().all(|submit| submit["dataCoding"] == coding), "{kind:?} {text}");
            }
        }
    }
}

#[tokio::test]
async fn parts_say_what_they_are_parts_of() {
    for kind in Kind::installed() {
        let mut smsc = Smsc::start(kind).await;
        let text = "a".repeat(307);
        let udh = SmppSettings { long_messages: LongMessages::Udh, ..settings(&smsc) };
        let submits = sent(kind, &mut smsc, &udh, &text).await;
        let headers: Vec<_> = submits.iter().map(|submit| submit["header"].as_str().unwrap()).collect();
        let reference = &headers[0][4..6];
        let expected: Vec<_> = (1..=3).map(|number| format!("0003{reference}030{number}")).collect();
        assert_eq!(headers, expected, "{kind:?}");
        assert!(submits.iter().all(|submit| submit["esmClass"] == 0x40), "{kind:?}");

        let sar = SmppSettings { long_messages: LongMessages::Sar, ..settings(&smsc) };
        let submits = sent(kind, &mut smsc, &sar, &text).await;
        let reference = &submits[0]["sar"][0];
        let expected: Vec<_> = (1..=3).map(|number| json!([reference, number, 3])).collect();
        assert_eq!(
            submits.iter().map(|submit| submit["sar"].clone()).collect::<Vec<_>>(),
            expected,
            "{kind:?}"
        );
        assert!(submits.iter().all(|submit| submit["esmClass"] == 0), "{kind:?}");
    }
}

#[tokio::test]
async fn a_message_says_whom_it_is_from_and_for_and_that_a_receipt_is_wanted() {
    for kind in Kind::installed() {
        let mut smsc = Smsc::start(kind).await;
        let (gateway, _) = bound(&settings(&smsc)).await;
        let bind = smsc.event("bind").await;
        assert_eq!((&bind["systemId"], &bind["version"]), (&json!("bank"), &json!(0x34)), "{kind:?}");
        for (sender, from) in [
            (None, json!([0, 0, ""])),
            (Some("Bank"), json!([5, 0, "Bank"])),
            (Some("+420800123456"), json!([1, 1, "420800123456"])),
            (Some("90006"), json!([3, 0, "90006"])),
        ] {
            let mut message = message("a");
            message.sender = sender.map(str::to_owned);
            let handed_over = gateway.send(&message).await.expect("it is taken");
            assert_eq!(handed_over.gateway.as_deref(), Some("primary"));
            let submit = smsc.event("submit").await;
            assert_eq!(submit["from"], from, "{kind:?}");
            assert_eq!(submit["to"], json!([1, 1, "420777123456"]), "{kind:?}");
            assert_eq!((&submit["receipt"], &submit["esmClass"]), (&json!(1), &json!(0)), "{kind:?}");
            if kind == Kind::Java {
                assert_eq!(submit["validity"], "000000000500000R");
            }
        }
    }
}
