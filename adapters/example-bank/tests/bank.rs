//! The example bank against the core banking that it is written for, and against what may be in its place.

use std::collections::HashSet;
use std::sync::Arc;

use data_adapter_core::{
    AdapterError, Authentication, AuthenticationOutcome, Capabilities, Credentials, FormChoice,
    FormDataChange, OperationChange, OperationName, OperationOutcome, OperationParty, Operations,
    OrganizationId, Password, PasswordCheck, UserId, UserLookup,
};
use data_adapter_example_bank::{Settings, connect};
use data_adapter_testkit::operation;
use example_core_banking::CoreBanking;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

const ACCOUNT: &str = "CZ4012340000000012345678";
const UNUSABLE_ACCOUNT: &str = "CZ4011110000000044444444";

fn settings(url: &str, token: &str) -> Settings {
    let keys = json!({ "url": url, "token": token, "timeout_ms": 5000 });
    serde_json::from_value(keys).expect("they are its keys")
}

fn bank(url: &str, token: &str) -> Capabilities {
    let decorated = HashSet::from([OperationName::new("authorize_payment")]);
    connect(settings(url, token), decorated).expect("the settings can be used")
}

fn users(bank: &Capabilities) -> Arc<dyn UserLookup> {
    bank.users.clone().expect("it finds users")
}

fn authentication(bank: &Capabilities) -> Arc<dyn Authentication> {
    let (PasswordCheck::Bare(check) | PasswordCheck::Complete(check)) =
        bank.authentication.clone().expect("it checks passwords");
    check
}

fn operations(bank: &Capabilities) -> Arc<dyn Operations> {
    bank.operations.clone().expect("it follows operations")
}

async fn core() -> (CoreBanking, Capabilities) {
    let core = CoreBanking::start().await.expect("a port is free");
    let bank = bank(&core.url(), CoreBanking::TOKEN);
    (core, bank)
}

fn credentials() -> Credentials {
    Credentials {
        user: UserId::new("12345678"),
        is_nobody: false,
        organization: None,
        password: Password::Clear("s3cret".into()),
        operation: operation("login-1", "login"),
    }
}

fn party() -> OperationParty {
    OperationParty {
        user: Some(UserId::new("12345678")),
        organization: Some(OrganizationId::new("RETAIL")),
        operation: operation("payment-1", "authorize_payment"),
    }
}

fn choice(account: &str) -> FormDataChange {
    FormDataChange { party: party(), choice: FormChoice::BankAccount(account.to_owned()) }
}

fn end() -> OperationChange {
    OperationChange { party: party(), outcome: OperationOutcome::Done }
}

#[tokio::test]
async fn an_id_leads_to_no_other_path() {
    let (core, bank) = core().await;
    for id in ["../status", "..", ".", "12345678/accounts", "..%2fstatus", "x?y", "x#y", "1234\t5678"] {
        let found = users(&bank).by_id(&UserId::new(id), None).await;
        assert_eq!(found.expect("it is answered"), None, "{id:?}");
    }
    let encoded = ["..%2Fstatus", "12345678%2Faccounts", "..%252fstatus", "x%3Fy", "x%23y"];
    let expected = encoded.map(|id| format!("GET /users/{id}"));
    assert_eq!(core.asked(), expected, "nobody is asked for by dots and tabs");
}

#[tokio::test]
async fn core_banking_is_told_of_a_choice_and_of_the_end() {
    let (core, bank) = core().await;
    for _ in 0..2 {
        operations(&bank).form_data_changed(&choice(ACCOUNT)).await.expect("it is told");
        operations(&bank).operation_changed(&end()).await.expect("it is told");
    }
    let told: Vec<_> = core.events().iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            r#"{"operation":"payment-1","user":"12345678","account":"CZ4012340000000012345678"}"#,
            r#"{"operation":"payment-1","user":"12345678","outcome":"done"}"#,
        ]
    );
}

#[tokio::test]
async fn an_account_that_cannot_pay_cannot_be_chosen() {
    let (core, bank) = core().await;
    let refused = operations(&bank).form_data_changed(&choice(UNUSABLE_ACCOUNT)).await;
    assert!(matches!(refused, Err(AdapterError::InvalidInput(_))), "{refused:?}");
    assert_eq!(core.events().len(), 0);
}

#[tokio::test]
async fn the_bank_is_ready_while_core_banking_answers_to_its_token() {
    let (core, bank) = core().await;
    let ready = bank.readiness.expect("it can be asked");
    ready.check().await.expect("it answers");
    let elsewhere = format!("{}/elsewhere", core.url());
    for (url, token) in [(core.url(), "another-token"), (elsewhere, CoreBanking::TOKEN)] {
        let ready = self::bank(&url, token).readiness.expect("it can be asked");
        let error = ready.check().await.unwrap_err();
        assert!(matches!(error, AdapterError::Remote(_) | AdapterError::Unreachable(_)), "{error:?}");
    }
    core.stop().await;
    assert!(ready.check().await.is_err());
}

/// Checks that what answers there is taken neither for a wrong password nor for somebody who was told.
async fn assert_remote(url: &str, token: &str) {
    let bank = bank(url, token);
    let outcome = authentication(&bank).authenticate(&credentials()).await;
    let is_remote = |error| matches!(error, AdapterError::Remote(_) | AdapterError::Unreachable(_));
    assert!(outcome.is_err_and(is_remote), "{url}");
    let told = operations(&bank).operation_changed(&end()).await;
    assert!(told.is_err_and(is_remote), "{url}");
}

#[tokio::test]
async fn a_wrong_token_a_wrong_path_and_a_stopped_core_banking_are_no_wrong_passwords() {
    let (core, _) = core().await;
    let url = core.url();
    assert_remote(&url, "another-token").await;
    assert_remote(&format!("{url}/elsewhere"), CoreBanking::TOKEN).await;
    core.stop().await;
    assert_remote(&url, CoreBanking::TOKEN).await;
}

/// The URL of a service that answers every request with this body.
async fn answering(body: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let url = format!("http://{}", listener.local_addr().expect("it has an address"));
    tokio::spawn(async move {
        while let Ok((mut connection, _)) = listener.accept().await {
            let length = body.len();
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
            // A client that has read enough may hang up before.
            let _ = connection.read(&mut [0; 4096]).await;
            let _ = connection.write_all((head + body).as_bytes()).await;
        }
    });
    url
}

#[tokio::test]
async fn an_answer_to_another_question_is_no_wrong_password() {
    for body in ["", "{}", "[]", "0", "\"false\"", "falsehood", "<html></html>", "{\"right\":false}"] {
        assert_remote(&answering(body).await, CoreBanking::TOKEN).await;
    }
}

#[tokio::test]
async fn a_user_other_than_the_one_who_was_asked_for_is_nobody() {
    let other = r#"{"id":"87654321","organization":"RETAIL","blocked":false}"#;
    let bank = bank(&answering(other).await, CoreBanking::TOKEN);
    let found = users(&bank).by_id(&UserId::new("12345678"), None).await;
    assert_eq!(found.expect("it is answered"), None);
}

#[tokio::test]
async fn an_encrypted_password_is_not_sent() {
    let (core, bank) = core().await;
    let password = Password::Encrypted { transformation: "AES".to_owned(), ciphertext: "s3cret".into() };
    let refused = authentication(&bank).authenticate(&Credentials { password, ..credentials() }).await;
    assert!(matches!(refused, Err(AdapterError::InvalidInput(_))), "{refused:?}");
    assert_eq!(core.asked().len(), 0);
}

#[tokio::test]
async fn whatever_is_wrong_the_same_is_asked() {
    let (core, bank) = core().await;
    let wrong = Credentials { password: Password::Clear("wrong".into()), ..credentials() };
    let unknown = Credentials { user: UserId::new("nobody"), ..credentials() };
    let blocked = Credentials { user: UserId::new("20000001"), ..credentials() };
    for (failing, is_wrong) in [(wrong, true), (unknown, true), (blocked, false)] {
        let outcome = authentication(&bank).authenticate(&failing).await.expect("it is answered");
        let is_told = match outcome {
            AuthenticationOutcome::Succeeded { .. } => false,
            AuthenticationOutcome::Failed { .. } => is_wrong,
            AuthenticationOutcome::Restricted { .. } => !is_wrong,
        };
        assert!(is_told, "{outcome:?}");
    }
    let expected = ["12345678", "nobody", "20000001"]
        .map(|id| ["POST /passwords".to_owned(), format!("GET /users/{id}")])
        .concat();
    assert_eq!(core.asked(), expected);
}

#[test]
fn the_token_is_not_shown_and_a_misspelled_key_is_refused() {
    let shown = format!("{:?}", settings("http://localhost", "MARKED"));
    assert!(shown.contains("localhost") && !shown.contains("MARKED"), "{shown}");
    let misspelled = json!({ "url": "http://localhost", "token": "t", "timeout_ms": 1, "tokne": "t" });
    let refused = serde_json::from_value::<Settings>(misspelled).expect_err("it is refused").to_string();
    assert!(refused.contains("tokne"), "{refused}");
}

#[test]
fn settings_that_cannot_be_used_are_refused_by_their_key() {
    for (url, token, key) in [
        ("core.test", "t", "`url`"),
        ("http://core.test", "t", "`url`"),
        ("https://core.test", "MARKED\n", "`token`"),
    ] {
        let refused = connect(settings(url, token), HashSet::new()).err().expect("it is refused");
        assert!(refused.starts_with(key) && !refused.contains("MARKED"), "{url}: {refused}");
    }
}
