//! A bank's own program, with a back end of its own behind Data Adapter.

mod chapter;
mod outages;
mod overload;
pub(crate) mod program;

use example_core_banking::CoreBanking;

use crate::support::outcome::{AUTHENTICATED, JOHN_DOE, NOBODY, NOT_AUTHENTICATED, VERIFIED};
use crate::support::payloads::{
    AUTHENTICATE, DECORATE, FORMDATA_CHANGE, LOOKUP, OPERATION_CHANGE, PASSWORD, SMS_CREATE, SMS_VERIFY,
    USER, USERNAME, authenticate, formdata_change, formdata_decorate, lookup, operation_change, payment,
    sms_create, sms_verify,
};
use crate::support::{DataAdapter, Outcome};
use program::start;

pub(crate) async fn core() -> CoreBanking {
    CoreBanking::start().await.expect("a port is free")
}

fn choose(account: &str) -> String {
    let choice = format!(r#"{{"type":"BANK_ACCOUNT_CHOICE","bankAccountId":"{account}"}}"#);
    formdata_change(USER, &the_payment(), &choice)
}

fn the_payment() -> String {
    payment("payment-1", "100.00", "CZK", "238400856/0300")
}

async fn send(adapter: &DataAdapter, path: &str, body: String, outcome: Outcome) {
    outcome.assert(&adapter.post(path, body).await, path);
}

#[tokio::test]
async fn a_customer_of_the_bank_logs_in() {
    let core = core().await;
    let adapter = start(&core, "").await;
    send(&adapter, LOOKUP, lookup("nobody"), NOBODY).await;
    send(&adapter, LOOKUP, lookup(USERNAME), JOHN_DOE).await;
    send(&adapter, AUTHENTICATE, authenticate(USER, "wrong"), NOT_AUTHENTICATED).await;
    send(&adapter, AUTHENTICATE, authenticate("../status", PASSWORD), NOT_AUTHENTICATED).await;
    send(&adapter, AUTHENTICATE, authenticate(USER, PASSWORD), AUTHENTICATED).await;
    let log = adapter.log();
    assert!(!log.contains(PASSWORD) && !log.contains(CoreBanking::TOKEN), "{log}");
}

#[tokio::test]
async fn a_customer_of_the_bank_pays() {
    let core = core().await;
    let adapter = start(&core, "").await;
    let payment = the_payment();
    send(&adapter, DECORATE, formdata_decorate(USER, &payment), Outcome::Decorated).await;
    let refused = Outcome::Error(400, "INPUT_INVALID", "login.authenticationFailed");
    send(&adapter, FORMDATA_CHANGE, choose("CZ9512340000000030000001"), refused).await;
    send(&adapter, FORMDATA_CHANGE, choose("CZ4012340000000012345678"), Outcome::Done).await;
    let sent = adapter.post(SMS_CREATE, sms_create(USER, &payment)).await;
    Outcome::Sent.assert(&sent, SMS_CREATE);
    let message = sent.member("messageId");
    let code = adapter.code_for(&message).await;
    send(&adapter, SMS_VERIFY, sms_verify(&message, &code, USER, &payment), VERIFIED).await;
    send(&adapter, OPERATION_CHANGE, operation_change(USER, "DONE", &payment), Outcome::Done).await;
    let told: Vec<_> = core.events().iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            r#"{"operation":"payment-1","user":"12345678","account":"CZ4012340000000012345678"}"#,
            r#"{"operation":"payment-1","user":"12345678","outcome":"done"}"#,
        ]
    );
}
