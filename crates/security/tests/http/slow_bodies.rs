//! Bodies that take their time, in which a token ends.

use actix_web::http::header::WWW_AUTHENTICATE;
use data_adapter_testkit::Directory;
use serde_json::json;

use crate::bench::{Bench, PARTNER, consumer};

#[actix_web::test]
async fn a_token_that_is_given_back_while_the_body_comes_does_nothing_any_more() {
    let bench = Bench::new();
    let served = bench.serve().await;
    let (partner, other) = (served.partner(PARTNER).await, served.partner(PARTNER).await);
    let sca = partner.ask_for_second(Directory::PAYER).await.sca();
    let device = bench.register_device(Directory::PAYER).await;
    let code = partner.encrypt(&bench.code_of(&sca));
    let whose = json!({"ConsumerID": consumer(Directory::PAYER), "SDKDeviceReferenceID": device});
    let approval = json!({"SCAReferenceNumber": sca, "SCAIdentification": code, "SCAType": 1});
    for (operation, body) in [
        ("Authorize", &approval),
        ("RegenerateSCA", &approval),
        ("DeRegisterSDKDevice", &whose),
        ("ListSDKDevices", &whose),
        ("GetSCAPendingRequest", &whose),
        ("PostLoginDetails", &whose),
        ("logout", &json!({})),
    ] {
        let leaving = served.partner(PARTNER).await;
        let logout = async { assert_eq!(leaving.call("logout", json!({})).await.code(), "000") };
        let answered = leaving.call_slowly(operation, body, logout).await;
        assert_eq!(answered.status, 401, "{operation}: {answered:?}");
        assert!(answered.headers.contains_key(WWW_AUTHENTICATE), "{operation}");
    }
    assert_eq!(other.pending(Directory::PAYER).await, [sca], "it was approved");
    let listed = other.call("ListSDKDevices", whose).await;
    assert_eq!(listed.body["SDKDevicesList"][0]["SDKDeviceReferenceID"], device, "it was deregistered");
    let answered = partner.call_slowly("Authorize", &approval, async {}).await;
    assert_eq!(answered.code(), "000", "a token that is good is good for a slow body too");
}

#[actix_web::test]
async fn a_token_whose_time_is_over_before_the_body_is_there_is_good_no_more() {
    let bench = Bench::new();
    let served = bench.serve().await;
    for (seconds, status) in [(43198, 200), (43199, 401)] {
        let partner = served.partner(PARTNER).await;
        let passing = async { bench.advance(seconds) };
        assert_eq!(partner.call_slowly("logout", &json!({}), passing).await.status, status, "{seconds}");
    }
}
