//! Who asked for a request, and who may go on with it.

use data_adapter_sca::ApprovalMethod;
use data_adapter_testkit::{Directory, payment};
use serde_json::{Value, json};

use crate::bench::{BRINGING, Bench, PARTNER, consumer};

#[actix_web::test]
async fn the_login_of_one_partner_is_none_to_another_that_sees_the_same_consumer() {
    let bench = Bench::new();
    let served = bench.serve().await;
    let (partner, another) = (served.partner(PARTNER).await, served.partner(BRINGING).await);
    let sca = partner.ask_for_second(Directory::PAYER).await.sca();
    let code = bench.code_of(&sca);
    let sent = bench.gateway.messages().len();
    assert!(another.pending(Directory::PAYER).await.is_empty());
    let again = json!({"SCAReferenceNumber": sca, "SCAType": 1});
    assert_eq!(another.call("RegenerateSCA", again).await.code(), "903");
    assert_eq!(another.authorize(&sca, &code).await.code(), "903");
    let cancel = json!({"SCAReferenceNumber": sca, "CancelRequest": true});
    assert_eq!(another.call("Authorize", cancel).await.code(), "903");
    assert_eq!(bench.gateway.messages().len(), sent, "something was sent");
    assert_eq!(partner.authorize(&sca, &code).await.code(), "000");
}

#[actix_web::test]
async fn what_another_api_asked_for_is_renewed_by_sms_whoever_brings_the_codes_of_the_partner() {
    let bench = Bench::new();
    let served = bench.serve().await;
    let partner = served.partner(BRINGING).await;
    let sca = bench.ask(Directory::PAYER, ApprovalMethod::Otp, payment("1", "CZK", "1/0300")).await;
    assert_eq!(partner.pending(Directory::PAYER).await, [sca.as_str()]);
    let sent = bench.gateway.messages().len();
    let again = json!({"SCAReferenceNumber": sca, "SCAType": 1});
    let answered = partner.call("RegenerateSCA", again).await;
    assert_eq!((answered.code(), &answered.body["SCARes"]["SCAIdentification"]), ("000", &json!("")));
    assert_eq!(bench.gateway.messages().len(), sent + 1, "messages");
    assert_eq!(partner.authorize(&sca, &bench.code_of(&sca)).await.code(), "000");
}

#[actix_web::test]
async fn a_consumer_logs_in_once_at_a_time() {
    let bench = Bench::new();
    let served = bench.serve().await;
    let (partner, another) = (served.partner(PARTNER).await, served.partner(BRINGING).await);
    let elsewhere = another.ask_for_second(Directory::PAYER).await.sca();
    let payment = bench.ask(Directory::PAYER, ApprovalMethod::Otp, payment("1", "CZK", "1/0300")).await;
    bench.advance(1);
    let first = partner.ask_for_second(Directory::PAYER).await.sca();
    let second = partner.ask_for_second(Directory::PAYER).await.sca();
    assert_eq!(partner.pending(Directory::PAYER).await, [payment, second.clone()]);
    assert!(another.pending(Directory::PAYER).await.contains(&elsewhere));
    assert_eq!(partner.authorize(&first, &bench.code_of(&first)).await.code(), "903");
    assert_eq!(partner.authorize(&second, &bench.code_of(&second)).await.code(), "000");
}

#[actix_web::test]
async fn one_factor_alone_opens_no_session() {
    let bench = Bench::requiring_sessions();
    let served = bench.serve().await;
    let partner = served.partner(PARTNER).await;
    let second_only = json!({"ConsumerID": consumer(Directory::PAYER), "DoSecondFactor": true});
    let sca = partner.call("PostLoginDetails", second_only).await.sca();
    let refused = partner.authorize(&sca, &bench.code_of(&sca)).await;
    assert_eq!(refused.body["Errors"][0]["Status"], "0387");
    let list = json!({"ConsumerID": consumer(Directory::PAYER)});
    assert_eq!(partner.call("ListSDKDevices", list).await.body["Errors"][0]["Status"], "0387");
}

#[actix_web::test]
async fn the_code_of_another_apis_login_opens_no_session_here() {
    let bench = Bench::requiring_sessions();
    let served = bench.serve().await;
    let partner = served.partner(PARTNER).await;
    let sca = bench.ask_by_web_flow(Directory::PAYER).await;
    let refused = partner.authorize(&sca, &bench.code_of(&sca)).await;
    assert_eq!(refused.body["Errors"][0]["Status"], "0387");
}

#[actix_web::test]
async fn who_is_written_to_and_who_asks_may_have_different_languages() {
    let bench = Bench::new();
    let served = bench.serve().await;
    let partner = served.partner(PARTNER).await;
    let body = |culture: Value| json!({"ConsumerID": consumer(Directory::CZECH), "SCAOptionID1FA": 6, "DoSecondFactor": true, "CultureID": culture});
    partner.call("PostLoginDetails", body(Value::Null)).await;
    assert!(bench.gateway.last_text().unwrap().starts_with("Autorizační kód"), "the consumer's own language");
    partner.call("PostLoginDetails", body(json!(2))).await;
    let list = json!({"ConsumerID": consumer(Directory::CZECH), "CultureID": 1});
    let pending = partner.call("GetSCAPendingRequest", list).await;
    assert_eq!(pending.body["SCAPendingRequests"][0]["Title"], "Login", "in the language of this request");
}

#[actix_web::test]
async fn a_consumer_whose_account_was_blocked_since_approves_nothing() {
    let bench = Bench::new();
    let served = bench.serve().await;
    let partner = served.partner(PARTNER).await;
    for method in [ApprovalMethod::Otp, ApprovalMethod::ClientManaged] {
        let sca = bench.ask_before_the_block(method).await;
        let factors = json!({"SCAReferenceNumber": sca, "FirstFactorSCAOptionType": 6, "SecondFactorSCAOptionType": 1,
            "SCAIdentification": partner.encrypt("00000000")});
        assert_eq!(partner.call("Authorize", factors).await.code(), "901", "{method:?}");
    }
}
