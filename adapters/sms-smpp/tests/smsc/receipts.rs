use std::sync::atomic::Ordering;

use data_adapter_sca::{DeliveryStatus, Receipt, SmsGateway as _};
use data_adapter_sms_smpp::{ReceiptIds, SmppSettings};

use crate::smsc::{Kind, Smsc};
use crate::support::{bound, message, settings};

const ESME_RX_T_APPN: u32 = 0x64;

/// Cloudhopper's makes its ids hexadecimal in answers and decimal in receipts here.
fn ids(kind: Kind) -> ReceiptIds {
    match kind {
        Kind::Node => ReceiptIds::Same,
        Kind::Java => ReceiptIds::Decimal,
    }
}

/// What the SMSC calls its first message.
fn first_id(kind: Kind) -> &'static str {
    match kind {
        Kind::Node => "n-1",
        Kind::Java => "00bc614e",
    }
}

#[tokio::test]
async fn a_receipt_says_of_which_message_it_is_and_what_became_of_it() {
    for kind in Kind::installed() {
        let mut smsc = Smsc::start(kind).await;
        let (gateway, kept) = bound(&SmppSettings { receipt_ids: ids(kind), ..settings(&smsc) }).await;
        let handed_over = gateway.send(&message("a")).await.expect("it is taken");
        let [reference] = handed_over.references.as_slice() else { panic!("{handed_over:?}") };
        for (state, status, reason) in [
            ("DELIVRD", DeliveryStatus::Delivered, None),
            ("UNDELIV", DeliveryStatus::Undelivered, Some("UNDELIV 011")),
            ("EXPIRED", DeliveryStatus::Undelivered, Some("EXPIRED 011")),
        ] {
            smsc.order(&format!("report {state} {}", first_id(kind))).await;
            assert_eq!(smsc.event("delivered").await["status"], 0, "{kind:?}");
            let (gateway, reference) = ("primary".to_owned(), reference.clone());
            let expected = Receipt { gateway, reference, status, reason: reason.map(str::to_owned) };
            assert_eq!(kept.taken(), [expected], "{kind:?}");
        }
    }
}

#[tokio::test]
async fn a_receipt_that_can_not_be_kept_is_to_come_again() {
    for kind in Kind::installed() {
        let mut smsc = Smsc::start(kind).await;
        let (_gateway, kept) = bound(&settings(&smsc)).await;
        kept.is_broken.store(true, Ordering::Relaxed);
        let report = format!("report DELIVRD {}", first_id(kind));
        smsc.order(&report).await;
        assert_eq!(smsc.event("delivered").await["status"], ESME_RX_T_APPN, "{kind:?}");
        kept.is_broken.store(false, Ordering::Relaxed);
        smsc.order(&report).await;
        assert_eq!(smsc.event("delivered").await["status"], 0, "{kind:?}");
        assert_eq!(kept.taken().len(), 1, "{kind:?}");
    }
}

#[tokio::test]
async fn a_message_from_a_phone_is_taken_and_left() {
    for kind in Kind::installed() {
        let mut smsc = Smsc::start(kind).await;
        let (_gateway, kept) = bound(&settings(&smsc)).await;
        smsc.order("deliver id:n-1 stat:DELIVRD STOP").await;
        assert_eq!(smsc.event("delivered").await["status"], 0, "{kind:?}");
        assert_eq!(kept.taken(), [], "{kind:?}");
    }
}
