//! What there is of a user, and putting it right.

use data_adapter_core::{Clock as _, UserId};
use data_adapter_sca::{
    AttemptStore as _, DeviceStore as _, Factor, NewDevice, SessionKey, SessionStore as _,
};
use data_adapter_testkit::{Directory, at};
use jiff::SignedDuration;
use serde_json::json;

use crate::bench::{Bench, TOKENS_AHEAD, failures};

const USER: &str = "/admin/users/12345678";

async fn block(bench: &Bench, user: &str, factor: Factor) {
    bench.store.block(&UserId::new(user), factor, at(0), &failures()).await.expect("it is kept");
}

#[actix_web::test]
async fn a_user_is_shown_with_blocks_devices_and_challenges_and_without_codes_and_phone_numbers() {
    let bench = Bench::new();
    let service = bench.serve().await;
    let request = json!({"consumerId": 12_345_678, "type": "otp", "title": "A limit", "description": "More"});
    let number = service.post("/admin/sca-requests", request).await.with(201)["scaReferenceNumber"].clone();
    let code = bench.gateway.last_code().expect("it was sent");
    let device = json!({"deviceName": "My phone", "deviceType": "iPhone 15", "osVersion": "18.1"});
    let device =
        service.post(&format!("{USER}/devices"), device).await.with(201)["sdkDeviceReferenceId"].clone();
    block(&bench, Directory::PAYER, Factor::Password).await;
    let answered = service.get(USER).await;
    let user = answered.with(200);
    assert_eq!((&user["userId"], &user["known"]), (&"12345678".into(), &true.into()));
    assert_eq!(
        user["blocks"],
        json!([{"userId": "12345678", "factor": "password", "failures": 5, "until": format!("{:.3}", at(600))}])
    );
    assert_eq!(
        user["devices"],
        json!([{
            "sdkDeviceReferenceId": device, "deviceName": "My phone", "deviceType": "iPhone 15", "osVersion": "18.1",
            "registeredAt": format!("{:.3}", at(0))
        }])
    );
    let challenge = &user["challenges"][0];
    assert_eq!(challenge["scaReferenceNumber"], number);
    for (name, value) in
        [("type", "otp"), ("title", "A limit"), ("description", "More"), ("organizationId", "RETAIL")]
    {
        assert_eq!(challenge[name], value);
    }
    assert!(challenge["amount"].is_null() && challenge["operationId"].as_str().map(str::len) == Some(36));
    assert!(!answered.text.contains(&code) && !answered.text.contains("+420"), "{}", answered.text);
}

#[actix_web::test]
async fn somebody_whom_nobody_knows_is_shown_as_long_as_anything_is_left_of_them() {
    let bench = Bench::new();
    let service = bench.serve().await;
    service.get("/admin/users/left%20behind%2F1").await.problem(404);
    let user = UserId::new("left behind/1");
    let device = NewDevice {
        user: user.clone(),
        name: "a".to_owned(),
        kind: "b".to_owned(),
        os_version: "c".to_owned(),
        registered_at: at(0),
    };
    let device = bench.store.register_device(device).await.expect("it is kept");
    let answered = service.get("/admin/users/left%20behind%2F1").await;
    assert_eq!(
        (&answered.with(200)["userId"], &answered.body["known"]),
        (&user.as_str().into(), &false.into())
    );
    service.delete(&format!("/admin/users/left%20behind%2F1/devices/{}", device.id)).await.with(204);
    service.get("/admin/users/left%20behind%2F1").await.problem(404);
}

#[actix_web::test]
async fn blocks_are_lifted_and_the_answer_tells_which() {
    let bench = Bench::new();
    let service = bench.serve().await;
    let unblock = format!("{USER}/unblock");
    assert_eq!(service.ask(&unblock).await.with(200), &json!({"lifted": []}));
    let both = async || {
        block(&bench, Directory::PAYER, Factor::Code).await;
        block(&bench, Directory::PAYER, Factor::Password).await;
    };
    both().await;
    assert_eq!(service.ask(&unblock).await.with(200), &json!({"lifted": ["code", "password"]}));
    assert_eq!(service.get(USER).await.body["blocks"], json!([]));
    both().await;
    assert_eq!(service.post(&unblock, json!({"factor": "code"})).await.body, json!({"lifted": ["code"]}));
    assert_eq!(service.post(&unblock, json!({"factor": "code"})).await.body, json!({"lifted": []}));
    assert_eq!(service.post(&unblock, json!({"factor": null})).await.body, json!({"lifted": ["password"]}));
    for factor in [json!("partner"), json!("Code"), json!(1), json!([])] {
        assert_eq!(service.post(&unblock, json!({"factor": factor})).await.invalid(), ["factor"]);
    }
}

#[actix_web::test]
async fn the_password_of_a_partner_is_unblocked_apart_from_that_of_a_user_of_this_name() {
    let bench = Bench::new();
    let service = bench.serve().await;
    for factor in [Factor::Partner, Factor::Password, Factor::Code] {
        block(&bench, "partner", factor).await;
    }
    let lifted = service.ask("/admin/partners/partner/unblock").await;
    assert_eq!(lifted.with(200), &json!({"lifted": ["partner"]}));
    assert_eq!(service.get("/admin/blocks").await.body["blocks"].as_array().map(Vec::len), Some(2));
    assert_eq!(service.ask("/admin/partners/partner/unblock").await.body, json!({"lifted": []}));
    service.ask("/admin/partners/stranger/unblock").await.problem(404);
}

#[actix_web::test]
async fn all_sessions_of_a_user_are_ended_and_counted() {
    let bench = Bench::new();
    let service = bench.serve().await;
    for holder in ["one", "other"] {
        let session = SessionKey { holder: holder.to_owned(), user: UserId::new(Directory::PAYER) };
        bench.store.open_session(&session, at(0)).await.expect("it is kept");
    }
    for ended in [2, 0] {
        assert_eq!(service.ask(&format!("{USER}/sessions/end")).await.with(200), &json!({"ended": ended}));
    }
}

#[actix_web::test]
async fn who_meant_a_user_whom_nobody_knows_is_told_where_there_was_nothing_to_do() {
    let bench = Bench::new();
    let service = bench.serve().await;
    for what in ["sessions/end", "unblock"] {
        service.ask(&format!("/admin/users/nobody/{what}")).await.problem(404);
    }
    let session = SessionKey { holder: "one".to_owned(), user: UserId::new("left behind") };
    bench.store.open_session(&session, at(0)).await.expect("it is kept");
    let ended = service.ask("/admin/users/left%20behind/sessions/end").await;
    assert_eq!(ended.with(200), &json!({"ended": 1}));
    block(&bench, "left behind", Factor::Code).await;
    let lifted = service.ask("/admin/users/left%20behind/unblock").await;
    assert_eq!(lifted.with(200), &json!({"lifted": ["code"]}));
    service.ask("/admin/users/left%20behind/unblock").await.problem(404);
}

#[actix_web::test]
async fn tokens_of_a_clock_that_is_ahead_end_with_the_sessions() {
    let bench = Bench::new();
    let service = bench.serve().await;
    service.ask(&format!("{USER}/sessions/end")).await.with(200);
    let session = SessionKey { holder: "one".to_owned(), user: UserId::new(Directory::PAYER) };
    let ahead = bench.clock.now() + TOKENS_AHEAD;
    for (issued_at, lets_in) in [(ahead, false), (ahead + SignedDuration::from_millis(1), true)] {
        let idle = SignedDuration::from_secs(300);
        let admitted = bench.store.admit_session(&session, issued_at, ahead, idle).await;
        assert_eq!(admitted.expect("it is known"), lets_in, "issued at {issued_at}");
    }
}
