//! A code approves one payment or one login, and nothing else (RTS on SCA, Art. 5).

use super::{assert_right, assert_wrong, rent, send, verify};
use crate::support::DataAdapter;
use crate::support::payloads::{USER, context, login, payment, payment_named};

const ANOTHER_USER: &str = "20000002";

#[tokio::test]
async fn a_code_does_not_approve_a_changed_payment_and_the_try_is_counted() {
    let adapter = DataAdapter::start().await;
    let changes = [
        ("amount", payment("op", "100.01", "CZK", "238400856/0300")),
        ("amount with more digits", payment("op", "1000", "CZK", "238400856/0300")),
        ("currency", payment("op", "100", "EUR", "238400856/0300")),
        ("payee", payment("op", "100", "CZK", "238400857/0300")),
        ("payee with a space", payment("op", "100", "CZK", "238400856 /0300")),
        ("operation id", rent("another-op")),
        ("step", payment_named("authorize_payment_sca", "op", "100", "CZK", "238400856/0300")),
        ("kind of operation", login("op")),
    ];
    for (what, changed) in changes {
        let sent = send(&adapter, USER, &rent("op")).await;
        let answer = verify(&adapter, &sent.message, &sent.code, USER, &changed).await;
        assert_wrong(&answer, 4, what);
        let answer = verify(&adapter, &sent.message, &sent.code, USER, &rent("op")).await;
        assert_right(&answer, &format!("after another {what}"));
    }
}

#[tokio::test]
async fn a_code_does_not_work_for_another_user_and_the_try_counts_against_its_own() {
    let adapter = DataAdapter::start().await;
    let sent = send(&adapter, USER, &rent("op")).await;
    for (user, remaining) in [(ANOTHER_USER, 4), ("nobody", 3)] {
        let answer = verify(&adapter, &sent.message, &sent.code, user, &rent("op")).await;
        assert_wrong(&answer, remaining, user);
    }
    let answer = verify(&adapter, &sent.message, &sent.code, USER, &rent("op")).await;
    assert_right(&answer, "his own");
}

#[tokio::test]
async fn a_verification_that_names_no_user_is_accepted() {
    let adapter = DataAdapter::start().await;
    let sent = send(&adapter, USER, &rent("op")).await;
    let answer = verify(&adapter, &sent.message, &sent.code, None, &rent("op")).await;
    assert_right(&answer, "no user");
}

#[tokio::test]
async fn what_changes_on_the_way_and_does_not_matter_does_not_matter() {
    let adapter = DataAdapter::start().await;
    let plain = rent("op");
    let account = r#"{"operation.bankAccountChoice":"CZ4012340000000012345678"}"#;
    let choice = concat!(
        r#"{"type":"BANK_ACCOUNT_CHOICE","id":"operation.bankAccountChoice","label":null,"bankAccounts":[],"#,
        r#""enabled":true,"defaultValue":null}"#
    );
    let later = [
        ("100.0", payment("op", "100.0", "CZK", "238400856/0300")),
        ("100.00", payment("op", "100.00", "CZK", "238400856/0300")),
        ("1.0E2", payment("op", "1.0E2", "CZK", "238400856/0300")),
        ("1e2", payment("op", "1e2", "CZK", "238400856/0300")),
        ("labels", plain.replace(r#""label":null"#, r#""label":"Částka""#)),
        (
            "formatted values",
            plain.replace(r#""formattedValues":{}"#, r#""formattedValues":{"amount":"100,00"}"#),
        ),
        ("user input", plain.replace(r#""userInput":{}"#, &format!(r#""userInput":{account}"#))),
        ("a decoration", plain.replacen(r#""parameters":["#, &format!(r#""parameters":[{choice},"#), 1)),
        ("a message", plain.replace(r#""message":null"#, r#""message":"Confirm Payment""#)),
    ];
    for (what, changed) in later {
        assert_ne!(changed, plain, "{what} is a change");
        let sent = send(&adapter, USER, &plain).await;
        let answer = verify(&adapter, &sent.message, &sent.code, USER, &changed).await;
        assert_right(&answer, what);
        let sent = send(&adapter, USER, &changed).await;
        let answer = verify(&adapter, &sent.message, &sent.code, USER, &plain).await;
        assert_right(&answer, &format!("{what}, the other way round"));
    }
}

#[tokio::test]
async fn the_code_of_a_login_is_bound_to_its_name_and_not_to_its_form() {
    let adapter = DataAdapter::start().await;
    let sent = send(&adapter, USER, &login("op")).await;
    let under_another_name = context("op", "login_sca", "A2", "");
    let answer = verify(&adapter, &sent.message, &sent.code, USER, &under_another_name).await;
    assert_wrong(&answer, 4, "login_sca");
    let heading = r#"{"type":"HEADING","id":"login.heading","label":null,"value":"Hello"}"#;
    let with_heading = context("op", "login", "A2", heading);
    let answer = verify(&adapter, &sent.message, &sent.code, USER, &with_heading).await;
    assert_right(&answer, "a heading");
}

#[tokio::test]
async fn the_code_of_one_message_does_not_answer_another() {
    let adapter = DataAdapter::start().await;
    let first = send(&adapter, USER, &rent("first")).await;
    let second = send(&adapter, USER, &rent("second")).await;
    assert_ne!(first.code, second.code, "two codes are two codes");
    let answer = verify(&adapter, &first.message, &second.code, USER, &rent("first")).await;
    assert_wrong(&answer, 4, "the code of the second");
    let answer = verify(&adapter, &second.message, &first.code, USER, &rent("second")).await;
    assert_wrong(&answer, 4, "the code of the first");
}

#[tokio::test]
async fn a_code_has_eight_digits_and_every_message_an_id_of_its_own() {
    let adapter = DataAdapter::start().await;
    let mut messages = std::collections::BTreeSet::new();
    let mut codes = std::collections::BTreeSet::new();
    for _ in 0..30 {
        let sent = send(&adapter, USER, &rent("op")).await;
        assert_eq!(sent.code.len(), 8, "{}", sent.code);
        messages.insert(sent.message);
        codes.insert(sent.code);
    }
    assert_eq!(messages.len(), 30);
    assert!(codes.len() > 28, "codes repeat: {codes:?}");
}
