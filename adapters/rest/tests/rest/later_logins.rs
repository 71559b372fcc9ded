//! Logins and codes in dialect 1.

use std::time::Duration;

use data_adapter_core::{
    AdapterError, AuthenticationOutcome, CodeDelivery, CodeRequest, PhoneNumber, Restriction, SmsOtp,
};
use data_adapter_protocol::web_flow::Dialect;
use tokio::time::timeout;

use crate::calls::{
    Call, authenticate, backend_of, code_message, code_request, credentials, harmful, settings, with,
};
use crate::scripted::{Reply, Scripted};

const RIGHT: &str = r#"{"authenticationResult":"SUCCEEDED","accountStatus":"ACTIVE"}"#;

/// What becomes of a login that is answered so, and the paths that were asked.
async fn login(replies: impl Into<Vec<Reply>>) -> (Result<AuthenticationOutcome, AdapterError>, Vec<String>) {
    let server = Scripted::start(replies).await;
    let outcome = authenticate(&backend_of(Dialect::V1, &server.url()), &credentials("p")).await;
    let path = |request: &String| request.split(' ').nth(1).unwrap_or_default().to_owned();
    (outcome, server.requests().iter().map(path).collect())
}

#[tokio::test]
async fn whoever_logged_in_is_asked_for() {
    let user = r#"{"id":"12345678","organizationId":"SME","givenName":"Ada","accountStatus":"ACTIVE",
        "extras":{"tariff":"gold","limit":1.50}}"#;
    let (outcome, asked) = login([Reply::ok(RIGHT), Reply::ok(user)]).await;
    let AuthenticationOutcome::Succeeded { user, .. } = outcome.expect("an outcome") else {
        panic!("it succeeds")
    };
    assert_eq!((user.organization.as_str(), user.given_name.as_deref()), ("SME", Some("Ada")));
    assert_eq!(user.extras.iter().collect::<Vec<_>>(), [("limit", "1.50"), ("tariff", "gold")]);
    assert_eq!(asked, ["/api/auth/user/authenticate", "/api/auth/user/info"]);
}

#[tokio::test]
async fn whoever_is_told_is_not_asked_for() {
    let told = r#"{"authenticationResult":"SUCCEEDED","userDetail":{"id":"1","organizationId":"R"}}"#;
    let (outcome, asked) = login([Reply::ok(told), Reply::Reset]).await;
    assert!(matches!(outcome, Ok(AuthenticationOutcome::Succeeded { .. })), "{outcome:?}");
    assert_eq!(asked.len(), 1);
}

#[tokio::test]
async fn a_user_of_whom_nothing_can_be_learned_is_remote() {
    for reply in [
        Reply::error("400 Bad Request", "USER_NOT_FOUND", "login.userNotFound"),
        Reply::ok(r#"{"id":"somebody else","organizationId":"RETAIL"}"#),
        Reply::ok("{}"),
        Reply::json("503 Service Unavailable", ""),
    ] {
        let (outcome, _) = login([Reply::ok(RIGHT), reply.clone()]).await;
        assert!(matches!(outcome, Err(AdapterError::Remote(_))), "{reply:?}: {outcome:?}");
    }
}

#[tokio::test]
async fn a_check_that_was_skipped_fails_and_an_account_that_may_not_be_used_is_no_wrong_guess() {
    let restricted = |password_is_right, remaining_attempts| {
        let (user, restriction) = (credentials("p").user, Restriction::Unspecified);
        AuthenticationOutcome::Restricted { user, restriction, password_is_right, remaining_attempts }
    };
    for (object, expected) in [
        (r#"{"authenticationResult":"SKIPPED","accountStatus":"NOT_ACTIVE"}"#, restricted(false, None)),
        (
            r#"{"authenticationResult":"FAILED","accountStatus":"NOT_ACTIVE","remainingAttempts":2,
                "showRemainingAttempts":true}"#,
            restricted(false, Some(2)),
        ),
        (r#"{"authenticationResult":"SKIPPED"}"#, AuthenticationOutcome::Failed { remaining_attempts: None }),
        (r#"{"authenticationResult":"SUCCEEDED","accountStatus":"NOT_ACTIVE"}"#, restricted(true, None)),
    ] {
        let (outcome, asked) = login([Reply::ok(object), Reply::Reset]).await;
        assert_eq!(outcome.expect("an outcome"), expected, "{object}");
        assert_eq!(asked.len(), 1, "{object}");
    }
    let blocked = r#"{"id":"12345678","organizationId":"RETAIL","accountStatus":"NOT_ACTIVE"}"#;
    let (outcome, _) = login([Reply::ok(RIGHT), Reply::ok(blocked)]).await;
    assert_eq!(outcome.expect("an outcome"), restricted(true, None));
}

#[tokio::test]
async fn both_questions_of_a_login_share_its_deadline() {
    let Reply::Bytes(user) = Reply::ok(r#"{"id":"12345678","organizationId":"RETAIL"}"#) else {
        panic!("bytes")
    };
    let server = Scripted::start([Reply::ok(RIGHT), Reply::Drip(user)]).await;
    let mut settings = settings(&server.url());
    (settings.dialect, settings.timeout_ms) = (Dialect::V1, 60_000);
    settings.timeouts = toml::from_str("authenticate_ms = 3000").expect("timeouts");
    let (backend, credentials) = (with(settings), credentials("p"));
    let answer = timeout(Duration::from_secs(30), authenticate(&backend, &credentials)).await;
    let error = answer.expect("its own deadline").expect_err("no answer came");
    assert!(error.to_string().ends_with("authenticate: no whole answer within 3000 ms"), "{error}");
    assert_eq!(server.requests().len(), 2, "the second one was under way");
}

/// The request of a call, whose answer does not matter here.
async fn request(dialect: Dialect, call: Call) -> String {
    let server = Scripted::start([Reply::ok("{}")]).await;
    let _ = call.make(&backend_of(dialect, &server.url())).await;
    server.request()
}

#[tokio::test]
async fn that_an_account_may_be_used_is_said_where_it_is_waited_for() {
    const SAID: &str = r#""accountStatus":"ACTIVE""#;
    let waiting =
        [Call::SmsCreate, Call::SmsVerify, Call::SmsPasswordVerify, Call::SmsSend, Call::CertificateVerify];
    for call in harmful(Dialect::V1) {
        let request = request(Dialect::V1, *call).await;
        assert_eq!(request.contains(SAID), waiting.contains(call), "{call:?}: {request}");
    }
    for call in harmful(Dialect::V0_22) {
        assert!(!request(Dialect::V0_22, *call).await.contains("accountStatus"), "{call:?}");
    }
}

#[tokio::test]
async fn nothing_is_said_of_the_account_and_the_number_of_a_fake() {
    let server = Scripted::start([Reply::ok(r#"{"messageId":"m","smsDeliveryResult":"SUCCEEDED"}"#)]).await;
    let fake = CodeRequest { user: None, organization: None, ..code_request() };
    SmsOtp::create(&backend_of(Dialect::V1, &server.url()), &fake).await.expect("an answer");
    let request = server.request();
    assert!(!request.contains("accountStatus") && !request.contains("userContacts"), "{request}");
}

#[tokio::test]
async fn the_number_for_a_code_is_the_primary_phone_in_dialect_1_and_unsaid_before() {
    const NUMBER: &str = "+420605123456";
    for dialect in Dialect::ALL {
        let server =
            Scripted::start([Reply::ok(r#"{"messageId":"m","smsDeliveryResult":"SUCCEEDED"}"#)]).await;
        let wanted = CodeRequest { phone: Some(PhoneNumber::new(NUMBER)), ..code_request() };
        SmsOtp::create(&backend_of(dialect, &server.url()), &wanted).await.expect("an answer");
        let request = server.request();
        let contact =
            format!(r#""userContacts":[{{"contactType":"PHONE","contactValue":"{NUMBER}","primary":true}}]"#);
        assert_eq!(request.contains(&contact), dialect == Dialect::V1, "{request}");
        assert_eq!(request.contains(NUMBER), dialect == Dialect::V1, "{request}");
    }
}

#[tokio::test]
async fn a_code_of_the_front_goes_with_its_message_and_number() {
    for (object, expected) in [
        (
            r#"{"messageId":"a-message-of-the-front","smsDeliveryResult":"SUCCEEDED"}"#,
            CodeDelivery::Succeeded,
        ),
        (r#"{"smsDeliveryResult":"FAILED","errorMessage":"x"}"#, CodeDelivery::Failed),
    ] {
        let server = Scripted::start([Reply::ok(object)]).await;
        let backend = backend_of(Dialect::V1, &server.url());
        let delivery = backend.send(&code_message("87654321", "+420605123456")).await;
        assert_eq!(delivery.expect("an answer"), Some(expected), "{object}");
        let request = server.request();
        assert!(request.starts_with("POST /api/auth/sms/send "), "{request}");
        for part in [
            r#""messageId":"a-message-of-the-front","authorizationCode":"87654321""#,
            r#""contactValue":"+420605123456","primary":true"#,
            r#""userId":"12345678","organizationId":"RETAIL""#,
        ] {
            assert!(request.contains(part), "{part}: {request}");
        }
    }
    for malformed in ["{}", r#"{"smsDeliveryResult":"LATER"}"#] {
        let server = Scripted::start([Reply::ok(malformed)]).await;
        let delivery = backend_of(Dialect::V1, &server.url()).send(&code_message("1", "2")).await;
        assert!(matches!(delivery, Err(AdapterError::Remote(_))), "{malformed}: {delivery:?}");
    }
}

#[tokio::test]
async fn an_unknown_user_gets_no_code_of_the_front() {
    let server = Scripted::start([Reply::error("404 Not Found", "USER_NOT_FOUND", "m")]).await;
    let delivery = backend_of(Dialect::V1, &server.url()).send(&code_message("1", "2")).await;
    assert_eq!(delivery.expect("an answer"), None);
}

#[tokio::test]
async fn in_0_22_there_is_no_way_to_send_a_code_and_nobody_is_asked() {
    let server = Scripted::start([Reply::Reset]).await;
    let result = backend_of(Dialect::V0_22, &server.url()).send(&code_message("1", "2")).await;
    assert!(matches!(&result, Err(AdapterError::InvalidInput(why)) if why.contains("0.22")), "{result:?}");
    assert_eq!(server.requests(), [""; 0]);
}
