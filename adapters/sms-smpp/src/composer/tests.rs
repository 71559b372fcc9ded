use data_adapter_core::{MessageId, OperationId, OperationName, PhoneNumber, UserId};
use rusmpp::tlvs::{Tlv as AnyTlv, TlvValue};

use super::*;

const EURO: char = '€';

fn message(text: &str) -> SmsMessage {
    SmsMessage {
        message: MessageId::new("m"),
        operation: OperationId::new("o"),
        name: OperationName::new("login"),
        user: UserId::new("u"),
        organization: None,
        to: PhoneNumber::new("+420777123456"),
        sender: Some("Bank".to_owned()),
        text: text.to_owned().into(),
    }
}

fn submits(settings: &SmppSettings, text: &str) -> Vec<SubmitSm> {
    Composer::new(settings).unwrap().submits(&message(text)).unwrap()
}

fn by(long_messages: LongMessages) -> SmppSettings {
    SmppSettings { long_messages, ..SmppSettings::default() }
}

fn text_of(submit: &SubmitSm) -> &[u8] {
    submit.short_message().as_ref()
}

#[test]
fn a_text_of_160_septets_is_one_message_of_the_default_alphabet() {
    let text = format!("{}{EURO}", "a".repeat(158));
    let submits = submits(&SmppSettings::default(), &text);
    let [only] = submits.as_slice() else { panic!("{} parts", submits.len()) };
    assert_eq!(text_of(only).len(), 160);
    assert_eq!(&text_of(only)[157..], [b'a', 0x1b, 0x65]);
    assert_eq!(u8::from(only.esm_class), 0);
    assert_eq!(u8::from(only.data_coding), 0);
    assert_eq!(u8::from(only.registered_delivery), 1);
    assert!(only.tlvs().is_empty());
}

#[test]
fn a_character_of_another_alphabet_makes_it_ucs2() {
    let submits = submits(&SmppSettings::default(), "ě");
    assert_eq!(u8::from(submits[0].data_coding), 8);
    assert_eq!(text_of(&submits[0]), [0x01, 0x1b]);
}

#[test]
fn parts_begin_with_a_header_that_tells_them_apart_and_puts_them_together() {
    let composer = Composer::new(&by(LongMessages::Udh)).unwrap();
    let parts = composer.submits(&message(&"a".repeat(161))).unwrap();
    let headers: Vec<_> = parts.iter().map(|part| text_of(part)[..6].to_vec()).collect();
    let reference = headers[0][3];
    assert_eq!(headers, [[5, 0, 3, reference, 2, 1], [5, 0, 3, reference, 2, 2]]);
    assert_eq!(parts.iter().map(|part| text_of(part).len() - 6).collect::<Vec<_>>(), [153, 8]);
    assert!(parts.iter().all(|part| u8::from(part.esm_class) == 0x40));
    let next = composer.submits(&message(&"a".repeat(161))).unwrap();
    assert_ne!(text_of(&next[0])[3], reference);
}

#[test]
fn by_setting_the_smsc_makes_the_parts_or_the_headers() {
    let payload = submits(&by(LongMessages::Payload), &"ě".repeat(71));
    let [only] = payload.as_slice() else { panic!("{} parts", payload.len()) };
    assert!(text_of(only).is_empty());
    let Some(TlvValue::MessagePayload(payload)) = only.tlvs().first().and_then(AnyTlv::value) else {
        panic!("there is no payload");
    };
    assert_eq!(payload.value.as_ref(), [0x01, 0x1b].repeat(71));

    let parts = submits(&by(LongMessages::Sar), &"ě".repeat(71));
    let numbers: Vec<_> = parts.iter().map(|part| part.tlvs().iter().map(AnyTlv::value).collect()).collect();
    let [first, second]: &[Vec<_>; 2] = numbers.as_slice().try_into().unwrap();
    assert!(matches!(
        first.as_slice(),
        [
            Some(TlvValue::SarMsgRefNum(_)),
            Some(TlvValue::SarTotalSegments(2)),
            Some(TlvValue::SarSegmentSeqnum(1))
        ]
    ));
    assert_eq!(first[0], second[0]);
    assert!(parts.iter().all(|part| u8::from(part.esm_class) == 0));
}

#[test]
fn a_message_is_not_delivered_when_its_code_is_over() {
    for (validity_seconds, expected) in
        [(300, "000000000500000R"), (86_400, "000001000000000R"), (3_661, "000000010101000R"), (0, "")]
    {
        let settings = SmppSettings { validity_seconds, ..SmppSettings::default() };
        assert_eq!(submits(&settings, "a")[0].validity_period.as_str(), expected);
    }
}

#[test]
fn a_message_that_no_phone_can_get_is_refused() {
    let composer = Composer::new(&SmppSettings::default()).unwrap();
    let to = PhoneNumber::new("777123456");
    let refused = composer.submits(&SmsMessage { to, ..message("a") }).unwrap_err();
    assert_eq!(refused, GatewayError::Refused("the number is not in E.164".to_owned()));
}
