//! What gateways report of messages.

use super::*;

/// Waits until that is known of a message.
pub(super) async fn known(adapter: &DataAdapter, message: &str, expected: &Value) {
    let wait = async {
        while delivery(adapter, message).await != *expected {
            sleep(Duration::from_millis(100)).await;
        }
    };
    timeout(PATIENCE, wait).await.expect("it is known in the end");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_is_shown_to_operators_recorded_and_counted() {
    let Some(mut smsc) = Smsc::start().await else { return };
    let folder = TempDir::new().expect("a folder");
    let store = folder.path().join("store.db");
    let adapter = with_gateways(&folder, &[("primary", smsc.address())]).store(&store).start().await;
    ready(&adapter, "primary").await;
    let (_, arrived) = create(&adapter, "op-1").await;
    let (_, lost) = create(&adapter, "op-2").await;
    let handed_over = json!({"status": "handedOver", "gateway": "primary"});
    assert_eq!(delivery(&adapter, &arrived).await, handed_over);
    smsc.report("DELIVRD", "n-1").await;
    smsc.report("UNDELIV", "n-2").await;
    smsc.report("UNDELIV", "n-1").await;
    known(&adapter, &arrived, &json!({"status": "delivered", "gateway": "primary"})).await;
    let undelivered = json!({"status": "undelivered", "gateway": "primary", "reason": "UNDELIV 011"});
    known(&adapter, &lost, &undelivered).await;
    let lines = recorded(&folder, "code_delivery");
    let told: Vec<_> =
        lines.iter().map(|line| (&line["messageId"], &line["outcome"], &line["user"])).collect();
    let (arrived, lost, user) = (json!(arrived), json!(lost), json!(USER));
    assert_eq!(told, [(&arrived, &json!("succeeded"), &user), (&lost, &json!("failed"), &user)]);
    let metrics = adapter.get("/metrics").await.text;
    for event in ["delivered", "undelivered", "known"] {
        let line = format!("data_adapter_sms_receipts_total{{gateway=\"primary\",event=\"{event}\"}} 1");
        assert!(metrics.contains(&line), "{event}: {metrics}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_may_come_to_another_instance_than_the_one_that_sent() {
    let Some(mut smsc) = Smsc::start().await else { return };
    let (folder, beside) = (TempDir::new().expect("a folder"), TempDir::new().expect("a folder"));
    let store = folder.path().join("store.db");
    let gateways = [("primary", smsc.address())];
    let sender = with_gateways(&folder, &gateways).store(&store).start().await;
    ready(&sender, "primary").await;
    let (_, message) = create(&sender, "op").await;
    let other = with_gateways(&beside, &gateways).store(&store).start().await;
    ready(&other, "primary").await;
    smsc.report("DELIVRD", "n-1").await;
    let delivered = json!({"status": "delivered", "gateway": "primary"});
    known(&sender, &message, &delivered).await;
    known(&other, &message, &delivered).await;
    assert_eq!(recorded(&folder, "code_delivery").len(), 0);
    assert_eq!(recorded(&beside, "code_delivery").len(), 1, "by whom it came");
}
