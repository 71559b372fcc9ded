use std::time::{Duration, Instant};

use data_adapter_core::{Readiness as _, Step};
use data_adapter_sca::{GatewayError, SmsGateway as _};
use data_adapter_sms_smpp::{SmppGateway, SmppSettings};

use crate::smsc::{Kind, Smsc};
use crate::support::{bound, message, settings, until};

#[tokio::test]
async fn an_smsc_that_ends_is_bound_to_again_when_it_is_back() {
    for kind in Kind::installed() {
        let mut smsc = Smsc::start(kind).await;
        let settings = settings(&smsc);
        let (gateway, _) = bound(&settings).await;
        smsc.kill().await;
        until(&gateway, false).await;
        let begin = Instant::now();
        let sent = gateway.send(&message("a")).await;
        assert!(matches!(sent, Err(GatewayError::Unavailable(_))), "{kind:?}: {sent:?}");
        assert!(begin.elapsed() < Duration::from_millis(settings.timeout_ms), "{kind:?}");
        let mut smsc = smsc.again(kind).await;
        until(&gateway, true).await;
        gateway.send(&message("b")).await.expect("it is taken");
        assert_eq!(smsc.event("submit").await["text"], "b", "{kind:?}: what was not sent is not sent later");
    }
}

#[tokio::test]
async fn what_was_under_way_when_the_smsc_died_is_never_sent_again() {
    for kind in Kind::installed() {
        let mut smsc = Smsc::start(kind).await;
        let (gateway, _) = bound(&SmppSettings { timeout_ms: 20_000, ..settings(&smsc) }).await;
        smsc.answer("never").await;
        let sent = tokio::spawn({
            let gateway = gateway.clone();
            async move { gateway.send(&message("a")).await }
        });
        smsc.event("submit").await;
        smsc.kill().await;
        let sent = sent.await.unwrap();
        assert!(matches!(sent, Err(GatewayError::Unknown(_))), "{kind:?}: {sent:?}");
        let mut smsc = smsc.again(kind).await;
        until(&gateway, true).await;
        gateway.send(&message("b")).await.expect("it is taken");
        assert_eq!(smsc.event("submit").await["text"], "b", "{kind:?}");
    }
}

#[tokio::test]
async fn an_smsc_that_unbinds_is_answered_and_bound_to_again() {
    for kind in Kind::installed() {
        let mut smsc = Smsc::start(kind).await;
        let (gateway, _) = bound(&settings(&smsc)).await;
        smsc.event("bind").await;
        smsc.order("unbind").await;
        smsc.event("unbound").await;
        smsc.event("bind").await;
        until(&gateway, true).await;
        gateway.send(&message("b")).await.expect("it is taken");
    }
}

#[tokio::test]
async fn both_sides_ask_whether_the_other_one_is_there() {
    for kind in Kind::installed() {
        let mut smsc = Smsc::start(kind).await;
        let (gateway, _) = bound(&SmppSettings { enquire_link_seconds: 1, ..settings(&smsc) }).await;
        smsc.event("enquire").await;
        smsc.event("enquire").await;
        smsc.order("enquire").await;
        smsc.event("enquired").await;
        gateway.check().await.expect("it is bound all the time");
    }
}

#[tokio::test]
async fn a_gateway_that_is_stopped_or_dropped_unbinds() {
    for kind in Kind::installed() {
        let mut smsc = Smsc::start(kind).await;
        let settings = settings(&smsc);
        let (gateway, _) = bound(&settings).await;
        gateway.stop().await;
        smsc.event("unbind").await;
        let sent = gateway.send(&message("a")).await;
        assert!(matches!(sent, Err(GatewayError::Unavailable(_))), "{kind:?}: {sent:?}");
        let (gateway, _) = bound(&settings).await;
        drop(gateway);
        smsc.event("unbind").await;
    }
}

#[tokio::test]
async fn the_way_to_a_bind_is_told_step_by_step() {
    for kind in Kind::installed() {
        let mut smsc = Smsc::start(kind).await;
        let gateway = SmppGateway::new("primary".to_owned(), &settings(&smsc)).unwrap();
        let fine = |steps: &[Step]| steps.iter().map(|step| step.outcome().is_ok()).collect::<Vec<_>>();
        assert_eq!(fine(&gateway.steps().await), [true, true, true], "{kind:?}");
        smsc.kill().await;
        assert_eq!(fine(&gateway.steps().await), [true, false, false], "{kind:?}");
    }
}
