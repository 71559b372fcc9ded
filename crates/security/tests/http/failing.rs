//! A back end that fails.

use data_adapter_core::AdapterError;
use data_adapter_testkit::Directory;
use serde_json::{Value, json};

use crate::bench::{Bench, PARTNER, consumer};

/// Makes an error.
type MakeError = fn() -> AdapterError;

const DETAIL: &str = "connection to 10.0.0.1 refused";

#[actix_web::test]
async fn every_operation_answers_500_and_tells_nothing_of_what_failed() {
    let bench = Bench::new();
    let served = bench.serve().await;
    let partner = served.partner(PARTNER).await;
    let sca = partner.ask_for_second(Directory::PAYER).await.sca();
    let who = json!({
        "ConsumerID": consumer(Directory::PAYER), "SDKDeviceReferenceID": 1, "SCAOptionID1FA": 6, "SCAOptionID2FA": 4
    });
    let what = json!({"SCAReferenceNumber": sca, "SCAType": 1, "SCAIdentification": "wrong"});
    let errors: [(MakeError, &str); 4] = [
        (
            || AdapterError::Unreachable(DETAIL.to_owned()),
            "A system behind does not answer now: try again later.",
        ),
        (|| AdapterError::Remote(DETAIL.to_owned()), "A system behind does not answer now: try again later."),
        (
            || AdapterError::Unanswerable(DETAIL.to_owned()),
            "A system behind does not answer now: try again later.",
        ),
        (|| AdapterError::Internal(DETAIL.to_owned()), "Something unexpected happened."),
    ];
    for (error, told) in errors {
        bench.directory.fail_with(Some(error));
        let whose = ["PostLoginDetails", "GetSCAPendingRequest", "ListSDKDevices", "DeRegisterSDKDevice"];
        let whose = whose.map(|operation| (operation, &who));
        for (operation, body) in whose.into_iter().chain([("Authorize", &what), ("RegenerateSCA", &what)]) {
            let answered = partner.call(operation, body.clone()).await;
            assert_eq!(answered.status, 500, "{operation}: {answered:?}");
            let expected: Value = json!({"Errors": [{"Status": "500", "Detail": told}]});
            assert_eq!(answered.body, expected, "{operation}");
        }
    }
    bench.directory.fail_with(None);
    let pending = partner.call("GetSCAPendingRequest", who).await;
    assert_eq!(pending.body["SCAPendingRequests"][0]["RemainingFailAttempt"], 5, "nothing was counted");
}
