//! New codes for what waits.

use data_adapter_sca::ApprovalMethod;
use data_adapter_testkit::{Directory, payment};
use serde_json::json;

use crate::bench::{BRINGING, Bench, PARTNER};
use crate::caller::wrong;

#[actix_web::test]
async fn a_new_code_takes_the_place_of_the_one_before_and_spent_guesses_stay_spent() {
    let bench = Bench::new();
    let served = bench.serve().await;
    let partner = served.partner(PARTNER).await;
    let sca = bench.ask(Directory::PAYER, ApprovalMethod::Otp, payment("1", "CZK", "1/0300")).await;
    let before = bench.code_of(&sca);
    assert_eq!(partner.authorize(&sca, &wrong(&before)).await.code(), "905");
    bench.advance(60);
    let again = json!({"SCAReferenceNumber": sca.to_lowercase(), "SCAType": "OTP"});
    let answered = partner.call("RegenerateSCA", again).await;
    assert_eq!((answered.code(), answered.sca()), ("000", sca.clone()));
    let shown = &answered.body["SCARes"];
    assert_eq!((&shown["RemainingResendCount"], &shown["RemainingFailAttempt"]), (&json!(4), &json!(4)));
    assert_eq!(shown["ExpiryDateTime"], "2026-01-01T12:06:00.1250000+00:00");
    let code = bench.code_of(&sca);
    if code != before {
        assert_eq!(partner.authorize(&sca, &before).await.code(), "905");
    }
    assert_eq!(partner.authorize(&sca, &code).await.code(), "000");
}

#[actix_web::test]
async fn the_sixth_time_blocks_the_consumer() {
    let bench = Bench::new();
    let served = bench.serve().await;
    let partner = served.partner(PARTNER).await;
    let sca = partner.ask_for_second(Directory::PAYER).await.sca();
    let again = json!({"SCAReferenceNumber": sca, "SCAType": 1});
    for left in [4, 3, 2, 1, 0] {
        let answered = partner.call("RegenerateSCA", again.clone()).await;
        assert_eq!(
            (answered.code(), &answered.body["SCARes"]["RemainingResendCount"]),
            ("000", &json!(left))
        );
    }
    assert_eq!(partner.call("RegenerateSCA", again.clone()).await.code(), "904");
    assert_eq!(partner.call("RegenerateSCA", again).await.code(), "901");
    assert_eq!(partner.ask_for_second(Directory::PAYER).await.code(), "901");
}

#[actix_web::test]
async fn another_type_than_that_of_the_request_is_400() {
    let bench = Bench::new();
    let served = bench.serve().await;
    let partner = served.partner(PARTNER).await;
    let sca = partner.ask_for_second(Directory::PAYER).await.sca();
    for kind in [json!(0), json!(2), json!("None"), json!("MobilePush")] {
        let answered =
            partner.call("RegenerateSCA", json!({"SCAReferenceNumber": sca, "SCAType": kind})).await;
        assert_eq!(answered.details(), ["SCAType has to be that of the SCA request."]);
    }
    let unknown = json!({"SCAReferenceNumber": "5A376AF7-3AA1-4F63-8F44-B29CF6AC770A", "SCAType": 1});
    assert_eq!(partner.call("RegenerateSCA", unknown).await.code(), "903");
}

#[actix_web::test]
async fn whoever_brings_codes_gets_the_new_one() {
    let bench = Bench::new();
    let served = bench.serve().await;
    let partner = served.partner(BRINGING).await;
    let sca = partner.ask_for_second(Directory::PAYER).await.sca();
    let answered = partner.call("RegenerateSCA", json!({"SCAReferenceNumber": sca, "SCAType": 1})).await;
    let code = partner.decrypt(answered.body["SCARes"]["SCAIdentification"].as_str().unwrap());
    assert_eq!(partner.authorize(&sca, &code).await.code(), "000");
}
