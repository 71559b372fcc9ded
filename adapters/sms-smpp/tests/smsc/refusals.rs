use std::time::{Duration, Instant};

use data_adapter_sca::{GatewayError, SmsGateway as _};
use data_adapter_sms_smpp::SmppSettings;

use crate::smsc::{Kind, Smsc};
use crate::support::{bound, message, settings, start, until};

#[tokio::test]
async fn what_the_smsc_says_no_to_was_not_taken() {
    for kind in Kind::installed() {
        let mut smsc = Smsc::start(kind).await;
        let (gateway, _) = bound(&settings(&smsc)).await;
        for (status, is_refused) in [(11, true), (69, true), (1_025, true), (8, false), (100, false)] {
            smsc.answer(&status.to_string()).await;
            match gateway.send(&message("a")).await {
                Err(GatewayError::Refused(why)) if is_refused => assert!(why.contains("0x"), "{why}"),
                Err(GatewayError::Unavailable(_)) if !is_refused => {}
                other => panic!("{kind:?} {status}: {other:?}"),
            }
        }
        smsc.answer("0").await;
        gateway.send(&message("a")).await.expect("the next one is taken");
    }
}

#[tokio::test]
async fn an_smsc_that_gets_too_much_is_not_asked_again_before_the_pause_is_over() {
    const ESME_RTHROTTLED: &str = "88";
    for kind in Kind::installed() {
        let mut smsc = Smsc::start(kind).await;
        let pause = Duration::from_millis(700);
        let settings = SmppSettings { pause_ms: 700, timeout_ms: 30_000, ..settings(&smsc) };
        let (gateway, _) = bound(&settings).await;
        smsc.answer(ESME_RTHROTTLED).await;
        let throttled = gateway.send(&message("a")).await;
        assert!(matches!(throttled, Err(GatewayError::Unavailable(_))), "{kind:?}: {throttled:?}");
        let begin = Instant::now();
        smsc.answer("0").await;
        gateway.send(&message("b")).await.expect("it is taken after the pause");
        assert!(begin.elapsed() > pause / 2, "{kind:?}: {:?}", begin.elapsed());
    }
}

#[tokio::test]
async fn nobody_knows_of_a_part_that_is_not_answered_and_the_window_stays_full() {
    for kind in Kind::installed() {
        let mut smsc = Smsc::start(kind).await;
        let settings = SmppSettings { window: 1, timeout_ms: 3_000, ..settings(&smsc) };
        let (gateway, _) = bound(&settings).await;
        smsc.answer("never").await;
        let (a, b) = (message("a"), message("b"));
        let (first, second) = tokio::join!(gateway.send(&a), async {
            smsc.event("submit").await;
            gateway.send(&b).await
        });
        assert!(matches!(first, Err(GatewayError::Unknown(_))), "{kind:?}: {first:?}");
        assert!(matches!(second, Err(GatewayError::Unavailable(_))), "{kind:?}: {second:?}");
        gateway.stop().await;
        let more = smsc.events_until("submit", "unbind").await;
        assert!(more.is_empty(), "{kind:?}: the second one was never sent");
    }
}

#[tokio::test]
async fn a_message_of_which_one_part_was_taken_and_the_next_was_not_is_not_sent_again() {
    for kind in Kind::installed() {
        let mut smsc = Smsc::start(kind).await;
        let (gateway, _) = bound(&settings(&smsc)).await;
        for second in ["11", "88"] {
            smsc.answer(&format!("0 {second} 0")).await;
            let outcome = gateway.send(&message(&"a".repeat(400))).await;
            let Err(GatewayError::Unknown(why)) = outcome else { panic!("{kind:?}: {outcome:?}") };
            assert!(why.contains("1 of 3 parts were taken"), "{why}");
        }
        gateway.stop().await;
        let parts = smsc.events_until("submit", "unbind").await;
        assert_eq!(parts.len(), 2, "{kind:?}: the third part is not sent");
    }
}

#[tokio::test]
async fn a_password_that_is_wrong_is_said_and_never_shown() {
    for kind in Kind::installed() {
        let smsc = Smsc::start(kind).await;
        let settings = SmppSettings { password: Some("hushhush".to_owned().into()), ..settings(&smsc) };
        let (gateway, _) = start(&settings);
        let why = until(&gateway, false).await;
        assert!(why.contains("ESME_RBINDFAIL (0x0000000d)"), "{kind:?}: {why}");
        let sent = gateway.send(&message("a")).await;
        assert!(matches!(sent, Err(GatewayError::Unavailable(_))), "{kind:?}: {sent:?}");
        assert!(!format!("{why}{sent:?}{settings:?}").contains("hushhush"));
    }
}
