use data_adapter_sca::{Delivery, DeliveryStatus, DeliveryStore, NewDelivery, Receipt, Receipted};

use serde_json::json;

use super::*;
use crate::AuditedDeliveries;

/// Whatever is reported, a message comes to this by it.
struct ComesTo(DeliveryStatus);

impl ComesTo {
    fn delivery(&self) -> Delivery {
        let reason = (self.0 == DeliveryStatus::Undelivered).then(|| "UNDELIV".to_owned());
        let (message, gateway) = (MessageId::new("message-1"), "primary".to_owned());
        Delivery { message, gateway, status: self.0, reason }
    }
}

#[async_trait]
impl DeliveryStore for ComesTo {
    async fn hand_over(&self, _: &NewDelivery, _: Timestamp) -> Result<Delivery, AdapterError> {
        Ok(self.delivery())
    }

    async fn keep_receipt(&self, _: &Receipt, _: Timestamp) -> Result<Receipted, AdapterError> {
        Ok(Receipted::Changed(self.delivery()))
    }

    async fn deliveries(&self, _: &[MessageId]) -> Result<Vec<Delivery>, AdapterError> {
        Ok(vec![self.delivery()])
    }
}

/// The lines of a receipt by which a message comes to `status`: their outcome, their reason and that of the gateway.
async fn lines(status: DeliveryStatus) -> Vec<Value> {
    let bench = Bench::new();
    let deliveries = AuditedDeliveries::new(Arc::new(ComesTo(status)), bench.auditor(true, None));
    let receipt = Receipt {
        gateway: "primary".to_owned(),
        reference: "1".to_owned(),
        status: DeliveryStatus::Delivered,
        reason: None,
    };
    deliveries.keep_receipt(&receipt, Timestamp::UNIX_EPOCH).await.unwrap();
    drop(deliveries);
    let lines = bench.lines().into_iter().filter(|line| line["event"] == "code_delivery");
    lines.map(|line| json!([line["outcome"], line["reason"], line["gatewayReason"]])).collect()
}

#[tokio::test]
async fn a_line_says_that_a_message_arrived_or_will_not() {
    assert_eq!(lines(DeliveryStatus::Delivered).await, [json!(["succeeded", null, null])]);
    let undelivered = json!(["failed", "undelivered", "UNDELIV"]);
    assert_eq!(lines(DeliveryStatus::Undelivered).await, [undelivered]);
}

#[tokio::test]
async fn a_lost_part_that_arrived_after_all_leaves_no_line_while_others_are_on_their_way() {
    assert_eq!(lines(DeliveryStatus::HandedOver).await, Vec::<Value>::new());
}
