//! Each kind of thing that is read again.

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use serde_json::json;

use super::{Stage, USERS};
use crate::callers::{TEXTING, TOKEN, caller};
use crate::codes::{assert_right, rent, send, verify};
use crate::support::payloads::{
    CONSENT_CREATE, LOOKUP, SMS_CREATE, USER, USERNAME, consent_create, login, lookup, sms_create,
};
use crate::support::{Builder, DataAdapter};
use crate::texts::sent;

#[tokio::test]
async fn a_user_of_the_file_is_known_and_one_who_left_it_is_not() {
    let stage = Stage::start().await;
    let known = async || stage.adapter.post(LOOKUP, lookup("newcomer")).await.text.contains("\"77777777\"");
    assert!(!known().await);
    let newcomer = USERS
        .replace(&format!("\"{USERNAME}\""), "\"newcomer\"")
        .replace(&format!("\"{USER}\""), "\"77777777\"");
    stage.write("users.toml", &newcomer);
    assert!(!known().await, "nobody has asked for it yet");
    stage.reloaded("backends.memory.users_file").await;
    assert!(known().await);
    let gone = stage.adapter.post(LOOKUP, lookup(USERNAME)).await;
    assert!(!gone.text.contains(USER), "{}", gone.text);
}

#[tokio::test]
async fn people_read_the_texts_of_now() {
    let stage = Stage::start().await;
    assert_eq!(sent(&stage.adapter, &login("one"), "en").await, "At first CODE");
    stage.write("texts/en.ftl", "sms-login = And then { $code }\n");
    stage.reloaded("texts.folder").await;
    assert_eq!(sent(&stage.adapter, &login("two"), "en").await, "And then CODE");
}

#[tokio::test]
async fn people_are_shown_the_consent_form_of_now() {
    let stage = Stage::start().await;
    let form =
        async || stage.adapter.post(CONSENT_CREATE, consent_create(USER, &login("op"), "en")).await.text;
    assert!(!form().await.contains("by hand"));
    stage.change(
        "I consent that I have initiated this login",
        "I consent by hand that I have initiated this login",
    );
    stage.reloaded("consent.forms.login.text.en").await;
    assert!(form().await.contains("by hand"));
}

/// The status of a lookup with this token.
async fn status(adapter: &DataAdapter, token: &str) -> u16 {
    let request = adapter.client().post(adapter.url(LOOKUP)).header(CONTENT_TYPE, "application/json");
    let request = request.header(AUTHORIZATION, format!("Bearer {token}")).body(lookup(USERNAME));
    adapter.send(request).await.status
}

#[tokio::test]
async fn callers_of_now_are_let_in_and_those_of_before_are_not() {
    let stage = Stage::start().await;
    let unguarded = stage.read("data-adapter.toml");
    let with = |callers: &str| stage.write("data-adapter.toml", &format!("{unguarded}\n{callers}"));
    with(&caller("web-flow", TOKEN, "[]"));
    stage.reloaded("callers.allowed").await;
    assert_eq!(stage.adapter.post(LOOKUP, lookup(USERNAME)).await.status, 401);
    assert_eq!((status(&stage.adapter, TOKEN).await, status(&stage.adapter, TEXTING).await), (200, 401));
    with(&(caller("web-flow", TOKEN, "[]") + &caller("texting", TEXTING, "[]")));
    stage.reloaded("callers.allowed").await;
    assert_eq!((status(&stage.adapter, TOKEN).await, status(&stage.adapter, TEXTING).await), (200, 200));
    with(&caller("texting", TEXTING, "[]"));
    stage.reloaded("callers.allowed").await;
    assert_eq!((status(&stage.adapter, TOKEN).await, status(&stage.adapter, TEXTING).await), (401, 200));
}

#[tokio::test]
async fn a_partner_of_now_logs_in_and_one_of_before_does_not() {
    let stage = Stage::start().await;
    let logs_in = async |name: &str| {
        let form = format!("grant_type=password&username={name}&password=Partner%232026");
        let request = stage.adapter.client().post(stage.adapter.url("/security/login"));
        let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(form);
        stage.adapter.send(request).await.text.contains("access_token")
    };
    assert!(logs_in("demopartner").await && !logs_in("newpartner").await);
    stage.change("\"demopartner\"", "\"newpartner\"");
    stage.reloaded("security.partners").await;
    assert!(!logs_in("demopartner").await && logs_in("newpartner").await);
}

#[tokio::test]
async fn users_come_through_the_programmes_of_now() {
    let stage = Stage::start().await;
    let has_token = async |programme: &str| {
        let body = json!({ "userId": USER, "programme": programme }).to_string();
        stage.adapter.post("/sandbox/tokens", body).await.status == 200
    };
    assert!(has_token("demo").await && !has_token("renamed").await);
    stage.change("id = \"demo\"", "id = \"renamed\"");
    stage.reloaded("factors.programmes").await;
    assert!(!has_token("demo").await && has_token("renamed").await);
}

#[tokio::test]
async fn a_limit_holds_as_it_is_now() {
    let stage = Stage::start_with("", Builder::with_send_limits).await;
    let delivery = async |operation: &str| {
        let answer = stage.adapter.post(SMS_CREATE, sms_create(USER, &rent(operation))).await;
        answer.object()["smsDeliveryResult"].as_str().map(str::to_owned).unwrap_or_default()
    };
    let wide = "user = \"1000;w=60, 20000;w=3600, 200000;w=86400\"";
    stage.change(wide, "user = \"1;w=3600\"");
    stage.reloaded("sms.limits.user").await;
    assert_eq!([delivery("one").await, delivery("two").await], ["SUCCEEDED", "FAILED"]);
    stage.change("user = \"1;w=3600\"", wide);
    stage.reloaded("sms.limits.user").await;
    assert_eq!(delivery("three").await, "SUCCEEDED");
}

#[tokio::test]
async fn codes_of_a_key_that_is_kept_stay_good_and_those_of_one_that_is_gone_do_not() {
    const FIRST: &str = "key = \"ZGVtbyBvbmUtdGltZSBjb2RlIGtleSwgMzIgYnl0ZXM=\"";
    const SECOND: &str = "key = \"c2Vjb25kIG9uZS10aW1lIGNvZGUga2V5IDMyIGJ5dGVz\"\nkey_id = \"second\"";
    const THIRD: &str = "key = \"dGhpcmQga2V5IG9mIG9uZS10aW1lIGNvZGVzLCAzMiBi\"\nkey_id = \"third\"";
    let stage = Stage::start().await;
    let before = send(&stage.adapter, USER, &rent("before")).await;
    stage.change(FIRST, SECOND);
    let end = format!("\n[[otp.previous_keys]]\nid = \"1\"\n{FIRST}\n");
    stage.write("data-adapter.toml", &(stage.read("data-adapter.toml") + &end));
    stage.reloaded("otp.previous_keys").await;
    let right = verify(&stage.adapter, &before.message, &before.code, USER, &rent("before")).await;
    assert_right(&right, "a code of the key before");
    let lost = send(&stage.adapter, USER, &rent("lost")).await;
    stage.change(SECOND, THIRD);
    stage.reloaded("otp.key").await;
    let answer = verify(&stage.adapter, &lost.message, &lost.code, USER, &rent("lost")).await;
    assert!(!answer.text.contains("VERIFIED_SUCCEEDED"), "a code of a key that is gone: {}", answer.text);
    let after = send(&stage.adapter, USER, &rent("after")).await;
    let right = verify(&stage.adapter, &after.message, &after.code, USER, &rent("after")).await;
    assert_right(&right, "a code of the new key");
}

#[tokio::test]
async fn apis_are_where_they_are_put_now_and_gone_when_they_are_switched_off() {
    let stage = Stage::start().await;
    let at = async |path: &str| stage.adapter.post(path, lookup(USERNAME)).await.status;
    assert_eq!(
        (at("/powerauth-data-adapter-1/api/auth/user/lookup").await, at("/moved/api/auth/user/lookup").await),
        (200, 404)
    );
    stage.change("\"/powerauth-data-adapter-1\"", "\"/moved\"");
    stage.change("[security]\nenabled = true", "[security]\nenabled = false");
    stage.reloaded("web_flow.other_context_path").await;
    assert_eq!(
        (at("/powerauth-data-adapter-1/api/auth/user/lookup").await, at("/moved/api/auth/user/lookup").await),
        (404, 200)
    );
    assert_eq!(at("/security/login").await, 404);
}

#[tokio::test]
async fn what_the_sandbox_made_and_shows_stays() {
    let stage = Stage::start().await;
    // Without keys of its own it makes some.
    for key in
        ["ZGVtbyBvbmUtdGltZSBjb2RlIGtleSwgMzIgYnl0ZXM=", "ZGVtbyB1c2VyIHRva2VuIGtleSwgb2YgMzIgYnl0ZXM="]
    {
        stage.change(&format!("key = \"{key}\""), "");
    }
    stage.reloaded("otp.key").await;
    let body = json!({ "userId": USER, "programme": "demo" }).to_string();
    let token = stage.adapter.post("/sandbox/tokens", body).await.json()["token"]
        .as_str()
        .expect("a token")
        .to_owned();
    let code = send(&stage.adapter, USER, &rent("op")).await;
    stage.change("block_seconds = 60", "block_seconds = 61");
    stage.reloaded("otp.block_seconds").await;
    assert!(
        stage.adapter.messages().await.iter().any(|message| message["messageId"] == code.message.as_str())
    );
    let right = verify(&stage.adapter, &code.message, &code.code, USER, &rent("op")).await;
    assert_right(&right, "a code of before");
    let request = stage.adapter.client().get(stage.adapter.url("/authentication_factors/v1/factors"));
    let answer = stage.adapter.send(request.header("api-key", "demo-api-key").bearer_auth(token)).await;
    assert_ne!(answer.status, 401, "a token of before: {}", answer.text);
}
