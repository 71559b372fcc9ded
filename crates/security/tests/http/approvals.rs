//! How what a consumer has to approve is approved, or not.

use data_adapter_core::{Binding, OperationId};
use data_adapter_sca::ApprovalMethod;
use data_adapter_testkit::{Directory, payment};
use serde_json::{Value, json};

use crate::bench::{Bench, PARTNER, consumer};
use crate::caller::wrong;

#[actix_web::test]
async fn a_payment_waits_with_its_title_amount_currency_and_payee() {
    let bench = Bench::new();
    let served = bench.serve().await;
    let partner = served.partner(PARTNER).await;
    let binding = payment("158121.10", "CZK", "238400856/0300");
    let sca = bench.ask(Directory::PAYER, ApprovalMethod::Otp, binding).await;
    for (culture, description) in [
        (1, "Payment: 158121.10 CZK to account 238400856/0300"),
        (2, "Платёж: 158121.10 CZK на счёт 238400856/0300"),
        (3, "Maksājums: 158121.10 CZK uz kontu 238400856/0300"),
    ] {
        let body = json!({"ConsumerID": consumer(Directory::PAYER), "CultureID": culture});
        let answered = partner.call("GetSCAPendingRequest", body).await;
        assert_eq!(answered.body["SCAPendingRequests"][0]["Description"], description);
        assert_eq!(answered.body["SCAPendingRequests"][0]["SCAReferenceNumber"], sca.as_str());
    }
    let code = bench.code_of(&sca);
    let answered = partner.authorize(&sca, &code).await;
    assert_eq!((answered.code(), answered.sca()), ("000", sca.clone()));
    assert_eq!(answered.body["SCAReferenceNumber"], sca.as_str());
    assert_eq!(answered.body["ReferenceID"], answered.body["RequestID"]);
}

#[actix_web::test]
async fn requests_are_listed_oldest_first() {
    let bench = Bench::new();
    let served = bench.serve().await;
    let partner = served.partner(PARTNER).await;
    let mut asked = Vec::new();
    for amount in ["1", "2", "3"] {
        asked.push(bench.ask(Directory::PAYER, ApprovalMethod::Otp, payment(amount, "CZK", "1/0300")).await);
        bench.advance(1);
    }
    assert_eq!(partner.pending(Directory::PAYER).await, asked);
}

#[actix_web::test]
async fn the_fifth_wrong_code_blocks_and_then_even_the_right_one_is_refused() {
    let bench = Bench::new();
    let served = bench.serve().await;
    let partner = served.partner(PARTNER).await;
    let sca = bench.ask(Directory::PAYER, ApprovalMethod::Otp, payment("1", "CZK", "1/0300")).await;
    let code = bench.code_of(&sca);
    for left in [4, 3, 2, 1] {
        let answered = partner.authorize(&sca, &wrong(&code)).await;
        assert_eq!(
            (answered.code(), &answered.body["SCARes"]["RemainingFailAttempt"]),
            ("905", &json!(left))
        );
    }
    assert_eq!(partner.authorize(&sca, &wrong(&code)).await.code(), "904");
    assert_eq!(partner.authorize(&sca, &code).await.code(), "901");
    assert_eq!(
        partner.call("RegenerateSCA", json!({"SCAReferenceNumber": sca, "SCAType": 1})).await.code(),
        "901"
    );
    assert_eq!(partner.ask_for_second(Directory::PAYER).await.code(), "901");
    assert_eq!(
        partner.call("Authorize", json!({"SCAReferenceNumber": sca, "CancelRequest": true})).await.code(),
        "000",
        "what nobody wants is ended all the same"
    );
}

#[actix_web::test]
async fn whatever_can_not_be_decrypted_is_a_wrong_code_and_nothing_at_all_is_not_counted() {
    let bench = Bench::new();
    let served = bench.serve().await;
    let partner = served.partner(PARTNER).await;
    let sca = bench.ask(Directory::PAYER, ApprovalMethod::Otp, payment("1", "CZK", "1/0300")).await;
    let code = bench.code_of(&sca);
    let answered = partner.call("Authorize", json!({"SCAReferenceNumber": sca})).await;
    assert_eq!(answered.details(), ["SCAIdentification is missing, which this SCA request needs."]);
    let sent = [json!(""), json!(code), json!("!"), json!(partner.encrypt("1234"))];
    for (sent, left) in sent.into_iter().zip([4, 3, 2, 1]) {
        let body = json!({"SCAReferenceNumber": sca, "SCAIdentification": sent});
        let answered = partner.call("Authorize", body).await;
        assert_eq!(
            (answered.code(), &answered.body["SCARes"]["RemainingFailAttempt"]),
            ("905", &json!(left)),
            "{sent}"
        );
    }
    assert_eq!(partner.authorize(&sca, &code).await.code(), "000");
}

#[actix_web::test]
async fn a_client_managed_request_needs_two_factors_or_is_cancelled() {
    let bench = Bench::new();
    let served = bench.serve().await;
    let partner = served.partner(PARTNER).await;
    let sca = bench.ask(Directory::PAYER, ApprovalMethod::ClientManaged, Binding::to_operation()).await;
    for (members, missing) in [
        (json!({}), "FirstFactorSCAOptionType"),
        (json!({"FirstFactorSCAOptionType": 1}), "SecondFactorSCAOptionType"),
        (
            json!({"SecondFactorSCAOptionType": 1, "SCAIdentification": "12345678"}),
            "FirstFactorSCAOptionType",
        ),
    ] {
        let mut body = members.clone();
        body["SCAReferenceNumber"] = json!(sca);
        let answered = partner.call("Authorize", body).await;
        assert_eq!(
            answered.details(),
            [format!("{missing} is missing, which this SCA request needs.")],
            "{members}"
        );
    }
    let pending =
        partner.call("GetSCAPendingRequest", json!({"ConsumerID": consumer(Directory::PAYER)})).await;
    let shown = &pending.body["SCAPendingRequests"][0];
    assert_eq!((&shown["SCAType"], &shown["AuthorizeOn"]), (&json!(0), &json!("")));
    let right = json!({"SCAReferenceNumber": sca, "FirstFactorSCAOptionType": 1, "SecondFactorSCAOptionType": "mPIN"});
    assert_eq!(partner.call("Authorize", right.clone()).await.code(), "000");
    assert_eq!(partner.call("Authorize", right).await.code(), "903", "it is used up");
}

#[actix_web::test]
async fn a_request_that_is_cancelled_is_over() {
    let bench = Bench::new();
    let served = bench.serve().await;
    let partner = served.partner(PARTNER).await;
    for method in [ApprovalMethod::Otp, ApprovalMethod::ClientManaged] {
        let sca = bench.ask(Directory::PAYER, method, payment("1", "CZK", "1/0300")).await;
        let cancel = json!({"SCAReferenceNumber": sca, "CancelRequest": true});
        let answered = partner.call("Authorize", cancel.clone()).await;
        assert_eq!((answered.code(), &answered.body["SCARes"]), ("000", &Value::Null));
        assert_eq!(partner.call("Authorize", cancel).await.code(), "903");
        assert!(partner.pending(Directory::PAYER).await.is_empty());
    }
}

#[actix_web::test]
async fn a_request_that_is_too_old_or_whose_operation_is_over_is_unknown() {
    let bench = Bench::new();
    let served = bench.serve().await;
    let partner = served.partner(PARTNER).await;
    let sca = partner.ask_for_second(Directory::PAYER).await.sca();
    let code = bench.code_of(&sca);
    bench.advance(301);
    assert_eq!(partner.authorize(&sca, &code).await.code(), "903");
    let unknown = "5A376AF7-3AA1-4F63-8F44-B29CF6AC770A";
    assert_eq!(partner.authorize(unknown, "12345678").await.code(), "903");
    assert_eq!(partner.authorize(&"?".repeat(36), "12345678").await.code(), "903");
    let engine: &dyn data_adapter_core::SmsOtp = &*bench.engine;
    let issued =
        engine.create(&data_adapter_testkit::Approval::payment("ended").request()).await.unwrap().unwrap();
    let sca = issued.message.as_str().to_uppercase();
    assert_eq!(partner.pending(Directory::PAYER).await, [sca.as_str()], "Web Flow's are among them");
    engine.end_operation(&OperationId::new("ended")).await.unwrap();
    assert_eq!(partner.authorize(&sca, &bench.code_of(&sca)).await.code(), "903");
}

#[actix_web::test]
async fn who_may_not_use_their_account_approves_nothing() {
    let bench = Bench::new();
    let served = bench.serve().await;
    let partner = served.partner(PARTNER).await;
    let engine: &dyn data_adapter_core::SmsOtp = &*bench.engine;
    let approval = data_adapter_testkit::Approval::payment("blocked").by(Directory::BLOCKED);
    let issued = engine.create(&approval.request()).await.unwrap().unwrap();
    let sca = issued.message.as_str().to_uppercase();
    assert_eq!(partner.authorize(&sca, "12345678").await.code(), "901");
    let cancel = json!({"SCAReferenceNumber": sca, "CancelRequest": true});
    assert_eq!(partner.call("Authorize", cancel).await.code(), "000", "it can be ended");
}
