//! What a consumer logs in with.

use data_adapter_testkit::Directory;
use serde_json::{Value, json};

use crate::bench::{BRINGING, Bench, PARTNER, consumer};

#[actix_web::test]
async fn two_factors_of_different_categories_are_a_login_and_one_is_none() {
    let bench = Bench::new();
    let served = bench.serve().await;
    let partner = served.partner(PARTNER).await;
    for (members, code) in [
        (json!({"SCAOptionID1FA": 6, "SCAOptionID2FA": 4}), "000"),
        (json!({"SCAOptionID1FA": "Face", "SCAOptionID2FA": "mPIN", "DoSecondFactor": false}), "000"),
        (json!({"SCAOptionID1FA": 6}), "907"),
        (json!({"SCAOptionID2FA": 6}), "907"),
        (json!({}), "907"),
    ] {
        let mut body = members.clone();
        body["ConsumerID"] = json!(consumer(Directory::PAYER));
        let answered = partner.call("PostLoginDetails", body).await;
        assert_eq!((answered.code(), &answered.body["SCARes"]), (code, &Value::Null), "{members}");
    }
    assert!(bench.gateway.messages().is_empty());
}

#[actix_web::test]
async fn the_second_factor_is_a_code_by_sms_that_is_right_once() {
    let bench = Bench::new();
    let served = bench.serve().await;
    let partner = served.partner(PARTNER).await;
    let answered = partner.ask_for_second(Directory::PAYER).await;
    assert_eq!(answered.code(), "000");
    let sca = answered.sca();
    assert_eq!(sca, sca.to_uppercase());
    let expected = json!({
        "SCAReferenceNumber": sca, "SCAType": 1, "AuthorizeOn": "SMS", "AdditionalData": "",
        "StartDateTime": "2026-01-01T12:00:00.1250000+00:00", "ExpiryDateTime": "2026-01-01T12:05:00.1250000+00:00",
        "RemainingResendCount": 5, "RemainingFailAttempt": 5, "SCAIdentification": "", "Title": "Login"
    });
    assert_eq!(answered.body["SCARes"], expected);
    assert_eq!(partner.pending(Directory::PAYER).await, [sca.as_str()]);
    let code = bench.code_of(&sca);
    assert_eq!(partner.authorize(&sca.to_lowercase(), &code).await.code(), "000");
    assert_eq!(partner.authorize(&sca, &code).await.code(), "903");
    assert!(partner.pending(Directory::PAYER).await.is_empty());
}

#[actix_web::test]
async fn a_partner_that_brings_codes_itself_gets_them_encrypted_with_the_key_of_its_token() {
    let bench = Bench::new();
    let served = bench.serve().await;
    let partner = served.partner(BRINGING).await;
    let answered = partner.ask_for_second(Directory::NO_PHONE).await;
    assert_eq!(answered.code(), "000", "it needs no phone");
    assert!(bench.gateway.messages().is_empty());
    let code = partner.decrypt(answered.body["SCARes"]["SCAIdentification"].as_str().unwrap());
    assert!(code.len() == 8 && code.bytes().all(|digit| digit.is_ascii_digit()), "{code}");
    let pending =
        partner.call("GetSCAPendingRequest", json!({"ConsumerID": consumer(Directory::NO_PHONE)})).await;
    assert_eq!(pending.body["SCAPendingRequests"][0]["SCAIdentification"], "", "it is told once");
    let again = served.partner(BRINGING).await;
    assert_eq!(
        again
            .call(
                "Authorize",
                json!({
                    "SCAReferenceNumber": answered.sca(), "SCAIdentification": partner.encrypt(&code)
                })
            )
            .await
            .code(),
        "905",
        "each token has its own key"
    );
    assert_eq!(again.authorize(&answered.sca(), &code).await.code(), "000");
}

#[actix_web::test]
async fn a_message_that_could_not_be_sent_is_902_and_one_without_a_number_906() {
    let bench = Bench::new();
    let served = bench.serve().await;
    let partner = served.partner(PARTNER).await;
    assert_eq!(partner.ask_for_second(Directory::NO_PHONE).await.code(), "906");
    bench.gateway.refuse(true);
    let answered = partner.ask_for_second(Directory::PAYER).await;
    assert_eq!(answered.code(), "902");
    bench.gateway.refuse(false);
    let again = json!({"SCAReferenceNumber": answered.sca(), "SCAType": 1});
    assert_eq!(partner.call("RegenerateSCA", again).await.code(), "000", "it can be sent again");
}

#[actix_web::test]
async fn a_consumer_whose_account_is_blocked_is_901() {
    let bench = Bench::new();
    let served = bench.serve().await;
    let partner = served.partner(PARTNER).await;
    let both = json!({"ConsumerID": consumer(Directory::BLOCKED), "SCAOptionID1FA": 6, "SCAOptionID2FA": 4});
    assert_eq!(partner.call("PostLoginDetails", both).await.code(), "901");
    assert_eq!(partner.ask_for_second(Directory::BLOCKED).await.code(), "901");
    let pending = json!({"ConsumerID": consumer(Directory::BLOCKED)});
    assert_eq!(partner.call("GetSCAPendingRequest", pending.clone()).await.code(), "901");
    assert_eq!(partner.call("ListSDKDevices", pending).await.code(), "000", "its devices can be seen");
}

#[actix_web::test]
async fn the_description_is_in_the_language_of_the_request() {
    let bench = Bench::new();
    let served = bench.serve().await;
    let partner = served.partner(PARTNER).await;
    for (culture, description) in
        [(Value::Null, "Success"), (json!(1), "Success"), (json!(2), "Успешно"), (json!(3), "Izdevās")]
    {
        let body = json!({"ConsumerID": consumer(Directory::PAYER), "CultureID": culture});
        assert_eq!(partner.call("ListSDKDevices", body).await.body["Description"], description);
    }
    let body = json!({"ConsumerID": consumer(Directory::PAYER), "SCAOptionID1FA": 6, "DoSecondFactor": true, "CultureID": 3});
    let answered = partner.call("PostLoginDetails", body).await;
    assert_eq!(answered.body["SCARes"]["Title"], "Pieteikšanās");
    assert!(bench.gateway.last_text().unwrap().starts_with("Pieteikšanās"), "and so is the message");
}

#[actix_web::test]
async fn every_answer_has_a_number_of_its_own_which_rises_and_the_reference_as_it_came() {
    let bench = Bench::new();
    let served = bench.serve().await;
    let partner = served.partner(PARTNER).await;
    let mut last = 0;
    for reference in [Value::Null, json!(""), json!(" ž\n\"😀"), json!("a".repeat(50))] {
        let body = json!({"ConsumerID": consumer(Directory::PAYER), "ClientRequestReference": reference});
        for operation in ["ListSDKDevices", "GetSCAPendingRequest", "PostLoginDetails"] {
            let answered = partner.call(operation, body.clone()).await;
            assert_eq!(answered.body["ClientRequestReference"], reference);
            assert_eq!(answered.body["ResponseDateTime"], "2026-01-01T12:00:00.125");
            let number = answered.body["RequestID"].as_i64().unwrap();
            assert!(number > last, "{number} after {last}");
            last = number;
        }
    }
}
