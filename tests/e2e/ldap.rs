//! Users and passwords from a real directory server, through the whole program.

mod binds;
mod directories;
mod restricted;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use data_adapter_testkit::Slapd;
use futures::future::join_all;

use crate::support::outcome::VERIFIED;
use crate::support::payloads::{
    AUTHENTICATE, DECORATE, LOOKUP, PASSWORD, SMS_CREATE, SMS_VERIFY, USER, USERNAME, authenticate, envelope,
    formdata_decorate, login, lookup, payment, sms_create, sms_verify,
};
use crate::support::{Answer, Builder, DataAdapter, Outcome};

const LOCKED: &str = "20000001";
/// The directory locks this user after three wrong passwords.
const STRICT: &str = "20000002";
/// Longer than `timeout_ms` of the back end, and than the deadline around it.
const DEADLINE: Duration = Duration::from_secs(60);

fn with(urls: &[String], more: &str) -> Builder {
    with_settings(&Slapd::settings(urls), more)
}

fn with_settings(directory: &str, more: &str) -> Builder {
    DataAdapter::builder().config(format!(
        "sandbox.enabled = true\n{more}\n\
         capabilities = {{ users = \"directory\", authentication = \"directory\", operations = \"engine\" }}\n\
         [backends.directory]\nkind = \"ldap\"\n{directory}"
    ))
}

async fn start(slapd: &Slapd) -> DataAdapter {
    with(&[slapd.url()], "").start().await
}

async fn log_in(adapter: &DataAdapter, user: &str, password: &str) -> Answer {
    adapter.post(AUTHENTICATE, authenticate(user, password)).await
}

fn is_let_in(answer: &Answer) -> bool {
    answer.status == 200 && answer.object()["authenticationResult"] == "VERIFIED_SUCCEEDED"
}

fn is_told_wrong(answer: &Answer) -> bool {
    answer.status == 200 && answer.object()["authenticationResult"] == "VERIFIED_FAILED"
}

#[tokio::test]
async fn a_login_and_a_payment_go_through_with_a_user_of_the_directory() {
    let Some(slapd) = Slapd::builder().start() else { return };
    let adapter = start(&slapd).await;
    let found = adapter.post(LOOKUP, lookup(USERNAME)).await;
    assert_eq!((found.member("id").as_str(), found.member("organizationId").as_str()), (USER, "RETAIL"));
    assert!(is_told_wrong(&log_in(&adapter, USER, "wrong").await));
    let entered = log_in(&adapter, USER, PASSWORD).await;
    assert!(is_let_in(&entered), "{}", entered.text);
    assert_eq!(entered.object()["userDetail"]["givenName"], found.object()["givenName"]);

    let context = payment("payment-by-ldap", "100", "CZK", "238400856/0300");
    let decorated = adapter.post(DECORATE, formdata_decorate(USER, &context)).await;
    assert_eq!(decorated.status, 200, "{}", decorated.text);
    let created = adapter.post(SMS_CREATE, sms_create(USER, &context)).await;
    Outcome::Sent.assert(&created, "a code to the phone in the directory");
    let message = created.member("messageId");
    let sent = adapter.messages().await;
    assert_eq!(sent[0]["to"], "+420000000001", "without the spaces and hyphens of the directory");
    let code = adapter.code_for(&message).await;
    let other = payment("payment-by-ldap", "1000", "CZK", "238400856/0300");
    let verify = |context: &str| sms_verify(&message, &code, USER, context);
    assert_eq!(
        adapter.post(SMS_VERIFY, verify(&other)).await.member("smsAuthorizationResult"),
        "VERIFIED_FAILED"
    );
    VERIFIED.assert(&adapter.post(SMS_VERIFY, verify(&context)).await, "the code for that amount");
}

/// The server calls the attribute `mobile` in its answer.
#[tokio::test]
async fn a_code_goes_to_the_phone_of_an_attribute_by_another_name() {
    let Some(slapd) = Slapd::builder().start() else { return };
    for name in ["mobileTelephoneNumber", "0.9.2342.19200300.100.1.41"] {
        let settings = format!("{}attributes.phone = \"{name}\"\n", Slapd::settings(&[slapd.url()]));
        let adapter = with_settings(&settings, "").start().await;
        let context = payment("payment-by-alias", "100", "CZK", "238400856/0300");
        let created = adapter.post(SMS_CREATE, sms_create(USER, &context)).await;
        Outcome::Sent.assert(&created, "a code to the phone in the directory");
        assert_eq!(adapter.messages().await[0]["to"], "+420000000001", "{name}");
    }
}

#[tokio::test]
async fn what_would_change_a_filter_or_a_dn_finds_nobody() {
    let Some(slapd) = Slapd::builder().start() else { return };
    let adapter = start(&slapd).await;
    for strange in [
        "*",
        "*)(uid=*",
        "user1234)(uid=*",
        "user*",
        "\\2a",
        "uid=user1234",
        "user1234,ou=people",
        "(",
        ")",
        "&",
    ] {
        let answer = adapter.post(LOOKUP, lookup(strange)).await;
        assert_eq!(answer.error_code(), "USER_NOT_FOUND", "{strange}: {}", answer.text);
        let answer = log_in(&adapter, strange, PASSWORD).await;
        assert!(is_told_wrong(&answer), "{strange}: {}", answer.text);
    }
}

#[tokio::test]
async fn an_empty_password_lets_nobody_in() {
    let Some(slapd) = Slapd::builder().start() else { return };
    let adapter = start(&slapd).await;
    let answer = log_in(&adapter, USER, "").await;
    assert_eq!((answer.status, answer.error_code().as_str()), (400, "INPUT_INVALID"), "{}", answer.text);
}

#[tokio::test]
async fn an_account_that_the_directory_locked_is_not_let_in_with_the_right_password() {
    let Some(slapd) = Slapd::builder().start() else { return };
    let adapter = start(&slapd).await;
    assert_eq!(adapter.post(LOOKUP, lookup("locked")).await.member("id"), LOCKED);
    assert!(is_told_wrong(&log_in(&adapter, LOCKED, PASSWORD).await));
    for _ in 0..3 {
        assert!(is_told_wrong(&log_in(&adapter, STRICT, "wrong").await));
    }
    assert!(is_told_wrong(&log_in(&adapter, STRICT, PASSWORD).await), "the directory locked it");
}

#[tokio::test]
async fn while_a_user_is_blocked_here_the_directory_is_not_asked_about_them() {
    let Some(slapd) = Slapd::builder().start() else { return };
    let adapter = with(&[slapd.url()], "password = { failures = 2, block_seconds = 3600 }").start().await;
    for _ in 0..10 {
        assert!(is_told_wrong(&log_in(&adapter, STRICT, "wrong").await));
    }
    drop(adapter);
    let other = start(&slapd).await;
    assert!(
        is_let_in(&log_in(&other, STRICT, PASSWORD).await),
        "the directory counted more than two failures"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_stops_under_load_is_never_a_wrong_password_and_comes_back_without_a_restart() {
    let Some(mut slapd) = Slapd::builder().start() else { return };
    let adapter = Arc::new(start(&slapd).await);
    let over = Arc::new(AtomicBool::new(false));
    let clients: Vec<_> = (0..8)
        .map(|_| {
            let (adapter, over) = (Arc::clone(&adapter), Arc::clone(&over));
            tokio::spawn(async move {
                while !over.load(Ordering::Relaxed) {
                    let asked = Instant::now();
                    let answer = log_in(&adapter, USER, PASSWORD).await;
                    assert!(is_let_in(&answer) || answer.error_code() == "REMOTE_ERROR", "{}", answer.text);
                    assert!(asked.elapsed() < DEADLINE, "{:?}", asked.elapsed());
                }
            })
        })
        .collect();
    let seen = async |wanted: fn(&Answer) -> bool| {
        let since = Instant::now();
        while !wanted(&log_in(&adapter, USER, PASSWORD).await) {
            assert!(since.elapsed() < Duration::from_secs(60), "it never comes");
        }
    };
    seen(is_let_in).await;
    slapd.stop();
    seen(|answer| answer.error_code() == "REMOTE_ERROR").await;
    slapd.start_again();
    seen(is_let_in).await;
    over.store(true, Ordering::Relaxed);
    for client in join_all(clients).await {
        client.expect("no client saw a wrong password or waited too long");
    }
}

#[tokio::test]
async fn the_second_server_answers_when_the_first_is_down() {
    let (Some(mut first), Some(second)) = (Slapd::builder().start(), Slapd::builder().start()) else {
        return;
    };
    let adapter = with(&[first.url(), second.url()], "").start().await;
    assert!(is_let_in(&log_in(&adapter, USER, PASSWORD).await));
    first.stop();
    for _ in 0..5 {
        assert!(is_let_in(&log_in(&adapter, USER, PASSWORD).await));
    }
}

#[tokio::test]
async fn the_users_of_one_organization_come_from_the_directory_and_those_of_another_from_a_file() {
    let Some(slapd) = Slapd::builder().start() else { return };
    let organizations = "organizations.SME = { users = \"directory\", authentication = \"directory\" }";
    let adapter = DataAdapter::builder()
        .config(format!(
            "sandbox.enabled = true\n{organizations}\nbackends.memory.demo_users = true\n\
             [backends.directory]\nkind = \"ldap\"\n{}",
            Slapd::settings(&[slapd.url()])
        ))
        .start()
        .await;
    let lookup_in = |organization: &str| {
        let context = login("lookup-operation");
        envelope(&format!(
            r#""username":"{USERNAME}","organizationId":"{organization}","operationContext":{context}"#
        ))
    };
    assert_eq!(adapter.post(LOOKUP, lookup_in("RETAIL")).await.member("id"), USER);
    assert_eq!(adapter.post(LOOKUP, lookup_in("SME")).await.member("id"), "30000001");
    let in_sme = |password| authenticate("30000001", password).replace("\"RETAIL\"", "\"SME\"");
    assert!(is_let_in(&adapter.post(AUTHENTICATE, in_sme("other-s3cret")).await));
    assert!(is_told_wrong(&adapter.post(AUTHENTICATE, in_sme(PASSWORD)).await), "another user's password");
}
