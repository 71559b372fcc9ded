use data_adapter_core::{SystemClock, UserId};

use super::*;

/// Requests that are open until somebody decides one.
#[derive(Default)]
struct Open(Mutex<Vec<(MessageId, bool)>>);

#[async_trait]
impl PushDecisions for Open {
    async fn decide(&self, message: &MessageId, accepted: bool) -> Result<bool, AdapterError> {
        let mut decided = self.0.lock().unwrap();
        let is_open = message.as_str() != "over" && decided.iter().all(|(known, _)| known != message);
        if is_open {
            decided.push((message.clone(), accepted));
        }
        Ok(is_open)
    }
}

/// Nobody can be told.
struct Down;

#[async_trait]
impl PushDecisions for Down {
    async fn decide(&self, _: &MessageId, _: bool) -> Result<bool, AdapterError> {
        Err(AdapterError::Remote("down".to_owned()))
    }
}

async fn send(pushes: &SandboxPushes, message: &str) {
    let push = PushMessage {
        message: MessageId::new(message),
        user: UserId::new("user"),
        organization: None,
        title: "A payment".to_owned(),
        text: message.to_owned(),
    };
    pushes.send(&push).await.unwrap();
}

async fn devices(decisions: Arc<dyn PushDecisions>, messages: &[&str]) -> SandboxDevices {
    let pushes = Arc::new(SandboxPushes::new(Arc::new(SystemClock)));
    for message in messages {
        send(&pushes, message).await;
    }
    SandboxDevices::new(pushes, decisions)
}

fn statuses(devices: &SandboxDevices) -> Vec<(u64, PushStatus)> {
    devices.pushes().iter().map(|push| (push.id, push.status)).collect()
}

#[tokio::test]
async fn the_last_pushes_are_kept_newest_first() {
    let devices = devices(Arc::new(Open::default()), &[]).await;
    for number in 0..=SandboxPushes::KEPT {
        send(&devices.pushes, &number.to_string()).await;
    }
    let pushes = devices.pushes();
    assert_eq!(pushes.len(), SandboxPushes::KEPT);
    assert_eq!((pushes[0].id, pushes[0].push.text.as_str()), (101, "100"));
    assert_eq!(pushes.last().unwrap().push.text, "1");
    assert!(matches!(devices.decide(1, true).await, Ok(PushAnswer::Unknown)), "it is no longer there");
}

#[tokio::test]
async fn the_first_decision_counts_and_whoever_waits_is_told_it() {
    let open = Arc::new(Open::default());
    let devices = devices(Arc::clone(&open) as _, &["first", "second"]).await;
    let answer = devices.decide(1, false).await;
    assert!(matches!(
        answer,
        Ok(PushAnswer::Decided(DeliveredPush { id: 1, status: PushStatus::Rejected, .. }))
    ));
    for again in [true, false] {
        assert!(matches!(devices.decide(1, again).await, Ok(PushAnswer::TooLate)));
    }
    assert!(matches!(devices.decide(2, true).await, Ok(PushAnswer::Decided(_))));
    assert!(matches!(devices.decide(3, true).await, Ok(PushAnswer::Unknown)));
    assert_eq!(statuses(&devices), [(2, PushStatus::Accepted), (1, PushStatus::Rejected)]);
    assert_eq!(*open.0.lock().unwrap(), [(MessageId::new("first"), false), (MessageId::new("second"), true)]);
}

#[tokio::test]
async fn a_push_whose_request_is_over_is_not_decided() {
    let devices = devices(Arc::new(Open::default()), &["over"]).await;
    for accepted in [true, false] {
        assert!(matches!(devices.decide(1, accepted).await, Ok(PushAnswer::TooLate)));
    }
    assert_eq!(statuses(&devices), [(1, PushStatus::Pending)]);
}

#[tokio::test]
async fn a_push_that_was_sent_again_is_decided_once() {
    let devices = devices(Arc::new(Open::default()), &["renewed", "renewed", "another"]).await;
    assert!(matches!(devices.decide(1, true).await, Ok(PushAnswer::Decided(_))));
    assert!(matches!(devices.decide(2, true).await, Ok(PushAnswer::TooLate)));
    let expected = [(3, PushStatus::Pending), (2, PushStatus::Accepted), (1, PushStatus::Accepted)];
    assert_eq!(statuses(&devices), expected);
}

#[tokio::test]
async fn a_decision_that_nobody_could_be_told_changes_nothing() {
    let devices = devices(Arc::new(Down), &["first"]).await;
    assert!(devices.decide(1, true).await.is_err());
    assert_eq!(statuses(&devices), [(1, PushStatus::Pending)]);
}
