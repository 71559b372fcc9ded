//! A payer reads what is bound: nothing in a payee or a currency is invisible, and a currency is no sentence.

use super::{Sent, assert_right, create, send, verify};
use crate::support::payloads::{SMS_CREATE, SMS_VERIFY, USER, payment, sms_create, sms_verify};
use crate::support::{Answer, DataAdapter};

/// One of each kind: format characters, direction marks, fillers, selectors, and blanks of other widths.
const UNSEEN: [char; 20] = [
    '\u{ad}',
    '\u{34f}',
    '\u{600}',
    '\u{61c}',
    '\u{70f}',
    '\u{115f}',
    '\u{1680}',
    '\u{180e}',
    '\u{2003}',
    '\u{200b}',
    '\u{202e}',
    '\u{2028}',
    '\u{2066}',
    '\u{2800}',
    '\u{3000}',
    '\u{3164}',
    '\u{fe0f}',
    '\u{ffa0}',
    '\u{e000}',
    '\u{e0100}',
];

fn assert_invalid(answer: &Answer, what: &str, code: &str) {
    assert_eq!(
        (answer.status, answer.error_code().as_str()),
        (400, "INPUT_INVALID"),
        "{what}: {}",
        answer.text
    );
    assert_eq!(answer.message(), "login.authenticationFailed", "{what}");
    assert!(answer.text.contains(code), "{what}: {}", answer.text);
}

/// That neither a code is made for `paid`, nor the one of `sent` looked at.
async fn is_refused(adapter: &DataAdapter, sent: &Sent, paid: &str, what: &str, code: &str) {
    assert_invalid(&adapter.post(SMS_CREATE, sms_create(USER, paid)).await, what, code);
    let answer = adapter.post(SMS_VERIFY, sms_verify(&sent.message, &sent.code, USER, paid)).await;
    assert_invalid(&answer, what, code);
}

#[tokio::test]
async fn what_cannot_be_seen_in_a_payee_is_refused_and_spends_no_try() {
    let adapter = DataAdapter::start().await;
    let good = payment("op", "100", "CZK", "238400856/0300");
    let sent = send(&adapter, USER, &good).await;
    let hidden = UNSEEN.map(|c| format!("238400856{c}/0300"));
    let blanks = [" 238400856/0300", "238400856/0300 ", "238400856  /0300", "\u{301}238400856/0300"];
    for payee in hidden.iter().map(String::as_str).chain(blanks) {
        let paid = payment("op", "100", "CZK", payee);
        is_refused(&adapter, &sent, &paid, &format!("{payee:?}"), "smsAuthorization.account.invalid").await;
    }
    assert_right(&verify(&adapter, &sent.message, &sent.code, USER, &good).await, "the payee itself");
}

#[tokio::test]
async fn payees_as_people_write_them_are_approved() {
    let adapter = DataAdapter::start().await;
    for payee in
        ["CZ65 0800 0000 1920 0014 5399", "19-2000145399/0800", "Žluťoučký kůň", "شركة الاتصالات", "中国银行"]
    {
        let paid = payment("op", "100", "CZK", payee);
        let sent = send(&adapter, USER, &paid).await;
        assert_right(&verify(&adapter, &sent.message, &sent.code, USER, &paid).await, payee);
    }
}

#[tokio::test]
async fn a_currency_is_three_capital_letters() {
    let adapter = DataAdapter::start().await;
    let sent = send(&adapter, USER, &payment("op", "100", "CZK", "238400856/0300")).await;
    for currency in
        ["czk", "0CZK", "CZ", "CZKX", "CZ1", "ČZK", "ＣＺＫ", "CZK. Your bank asks you to", "points"]
    {
        let paid = payment("op", "100", currency, "238400856/0300");
        is_refused(&adapter, &sent, &paid, currency, "smsAuthorization.currency.invalid").await;
    }
}

#[tokio::test]
async fn another_currency_is_taken_where_the_operation_names_it() {
    let settings = "sandbox.enabled = true\nbackends.memory.demo_users = true\n\
                    operations.authorize_payment.currencies = [\"points\"]\n";
    let adapter = DataAdapter::builder().config(settings).start().await;
    for currency in ["points", "CZK"] {
        create(&adapter, USER, &payment("op", "100", currency, "238400856/0300")).await;
    }
    let paid = payment("op", "100", "Points", "238400856/0300");
    let answer = adapter.post(SMS_CREATE, sms_create(USER, &paid)).await;
    assert_invalid(&answer, "Points", "smsAuthorization.currency.invalid");
}

#[tokio::test]
async fn a_currency_that_cannot_be_read_or_is_of_no_payment_is_refused_at_the_start() {
    for (operation, currency) in
        [("authorize_payment", "poi\u{200b}nts"), ("authorize_payment", " "), ("login", "points")]
    {
        let settings =
            format!("sandbox.enabled = true\noperations.{operation}.currencies = [\"{currency}\"]\n");
        let exit = DataAdapter::builder().config(settings).spawn_failing().await;
        let key = format!("`operations.{operation}.currencies`");
        assert!(exit.status == Some(78) && exit.stderr.contains(&key), "{exit:?}");
    }
}
