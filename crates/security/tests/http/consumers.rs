//! Whom a partner may see.

use data_adapter_sca::ApprovalMethod;
use data_adapter_testkit::{Directory, payment};
use serde_json::json;

use crate::bench::{Bench, PARTNER, STRANGER, consumer};

#[actix_web::test]
async fn a_consumer_of_another_partner_and_one_whom_there_is_not_are_told_alike() {
    let bench = Bench::new();
    let served = bench.serve().await;
    let stranger = served.partner(STRANGER).await;
    let id = bench.register_device(Directory::PAYER).await;
    for operation in ["PostLoginDetails", "GetSCAPendingRequest", "ListSDKDevices", "DeRegisterSDKDevice"] {
        let mut answers = Vec::new();
        for consumer in [consumer(Directory::PAYER), 99, 0, -1, i32::MAX, i32::MIN] {
            let body = json!({"ConsumerID": consumer, "SDKDeviceReferenceID": id, "SCAOptionID1FA": 6, "SCAOptionID2FA": 4});
            let answered = stranger.call(operation, body).await;
            assert_eq!(
                answered.details(),
                ["ConsumerID is that of no consumer of this partner."],
                "{operation}"
            );
            answers.push(answered.body);
        }
        assert!(answers.iter().all(|body| body == &answers[0]), "{answers:?}");
    }
    let partner = served.partner(PARTNER).await;
    let devices = partner.call("ListSDKDevices", json!({"ConsumerID": consumer(Directory::PAYER)})).await;
    assert_eq!(devices.body["SDKDevicesList"].as_array().unwrap().len(), 1, "nothing was done");
}

#[actix_web::test]
async fn a_request_of_another_partners_consumer_is_unknown_and_stays_as_it_was() {
    let bench = Bench::new();
    let served = bench.serve().await;
    let (partner, stranger) = (served.partner(PARTNER).await, served.partner(STRANGER).await);
    let sca = bench.ask(Directory::PAYER, ApprovalMethod::Otp, payment("1", "CZK", "1/0300")).await;
    let code = bench.code_of(&sca);
    for body in [
        json!({"SCAReferenceNumber": sca, "SCAIdentification": stranger.encrypt(&code)}),
        json!({"SCAReferenceNumber": sca, "SCAIdentification": "wrong"}),
        json!({"SCAReferenceNumber": sca, "CancelRequest": true}),
        json!({"SCAReferenceNumber": sca}),
    ] {
        assert_eq!(stranger.call("Authorize", body).await.code(), "903");
    }
    let again = json!({"SCAReferenceNumber": sca, "SCAType": 1});
    assert_eq!(stranger.call("RegenerateSCA", again).await.code(), "903");
    let answered = partner.authorize(&sca, &code).await;
    assert_eq!((answered.code(), &answered.body["SCARes"]["RemainingFailAttempt"]), ("000", &json!(4)));
}

#[actix_web::test]
async fn a_consumer_whose_id_is_no_number_has_one_beside_it() {
    let bench = Bench::new();
    let served = bench.serve().await;
    let partner = served.partner(PARTNER).await;
    let id = bench.register_device(Directory::NAMED).await;
    let body = json!({"ConsumerID": Directory::NAMED_CONSUMER});
    let answered = partner.call("ListSDKDevices", body).await;
    assert_eq!(answered.body["SDKDevicesList"][0]["SDKDeviceReferenceID"], id);
}
