//! What people do leaves a line for each step, and none of their secrets.

use serde_json::Value;

use super::{Folder, lines, told};
use crate::codes::{Sent, create, rent, send, wrong};
use crate::support::payloads::{
    AUTHENTICATE, CONSENT_CREATE, CONSENT_SAVE, FORMDATA_CHANGE, OPERATION_CHANGE, PASSWORD,
    SMS_PASSWORD_VERIFY, SMS_VERIFY, TICKED, USER, authenticate, consent_create, consent_save,
    formdata_change, operation_change, payment, sms_password_verify, sms_verify,
};
use crate::support::{Answer, DataAdapter};

/// The number of the demo's user.
const PHONE: &str = "+420000000001";
const CHOICE: &str = r#"{"type":"BANK_ACCOUNT_CHOICE","bankAccountId":"CZ4012340000000012345678"}"#;

/// A wrong code that is found nowhere else.
fn guess(code: &str) -> &'static str {
    if code == "91827364" { "81726354" } else { "91827364" }
}

fn request_id(answer: &Answer) -> &str {
    answer.headers["x-request-id"].to_str().expect("a text")
}

/// A payment that is approved at the second try; the answers that have a line, and the code.
async fn pay(adapter: &DataAdapter, context: &str) -> (Vec<Answer>, Sent) {
    let mut answers = vec![
        adapter.post(AUTHENTICATE, authenticate(USER, PASSWORD)).await,
        adapter.post(FORMDATA_CHANGE, formdata_change(USER, context, CHOICE)).await,
    ];
    let sent = send(adapter, USER, context).await;
    for code in [guess(&sent.code), &sent.code] {
        answers.push(adapter.post(SMS_VERIFY, sms_verify(&sent.message, code, USER, context)).await);
    }
    adapter.post(CONSENT_CREATE, consent_create(USER, context, "en")).await;
    answers.push(adapter.post(CONSENT_SAVE, consent_save(USER, context, TICKED)).await);
    answers.push(adapter.post(OPERATION_CHANGE, operation_change(USER, "DONE", context)).await);
    (answers, sent)
}

#[tokio::test]
async fn a_payment_leaves_its_steps_in_order() {
    let folder = Folder::new();
    let adapter = folder.builder().start().await;
    let context = payment("op-7", "158121.10", "CZK", "238400856/0300");
    let (answers, sent) = pay(&adapter, &context).await;
    adapter.terminate().await;
    let lines = folder.lines();
    let expected = [
        "authentication succeeded",
        "form_data_change succeeded",
        "code_sent succeeded",
        "code_created succeeded",
        "code_verification failed",
        "code_verification succeeded",
        "consent succeeded",
        "operation_change succeeded",
    ];
    assert_eq!(told(&lines), expected);
    let with_answer = [0, 1, 4, 5, 6, 7].map(|index| &lines[index]);
    for (line, answer) in with_answer.into_iter().zip(&answers) {
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert_eq!(line["requestId"], request_id(answer), "{line}");
        assert_eq!(line["user"], USER, "{line}");
        assert_eq!(line["organization"], "RETAIL", "{line}");
        assert!(line["caller"].is_null(), "{line}");
    }
    for line in &lines[2..6] {
        assert_eq!(line["user"], USER, "{line}");
        assert_eq!(line["organization"], "RETAIL", "{line}");
        assert_eq!(line["operationId"], "op-7", "{line}");
        assert_eq!(line["operationName"], "authorize_payment", "{line}");
    }
    for line in &lines[3..6] {
        assert_eq!(line["messageId"], sent.message.as_str(), "{line}");
        assert_eq!(line["amount"], "158121.10", "{line}");
        assert_eq!(line["currency"], "CZK", "{line}");
        assert_eq!(line["account"], "238400856/0300", "{line}");
    }
    assert_eq!(lines[1]["bankAccount"], "CZ4012340000000012345678");
    assert_eq!(lines[2]["messageId"], sent.message.as_str());
    assert_eq!(lines[2]["phone"], "**********001");
    assert_eq!(lines[2]["requestId"], lines[3]["requestId"]);
    assert_eq!(lines[3]["delivery"], "succeeded");
    assert_eq!(lines[4]["reason"], "wrong");
    assert_eq!(lines[4]["remainingAttempts"].to_string(), "4");
    let options: Value =
        serde_json::from_str(&TICKED.replace(r#""value":"CHECKED""#, r#""checked":true"#)).expect("JSON");
    assert_eq!(lines[6]["options"], options);
    assert_eq!(lines[7]["change"], "done");
}

#[tokio::test]
async fn neither_codes_nor_passwords_nor_phone_numbers_are_recorded() {
    let folder = Folder::new();
    let adapter = folder.builder().start().await;
    let (_, sent) = pay(&adapter, &rent("op")).await;
    let second = send(&adapter, USER, &rent("second")).await;
    for (code, password) in
        [(guess(&second.code), PASSWORD), (&second.code, "MARKED-wrong-word"), (&second.code, PASSWORD)]
    {
        let request = sms_password_verify(&second.message, code, USER, password, &rent("second"));
        adapter.post(SMS_PASSWORD_VERIFY, request).await;
    }
    adapter.post(AUTHENTICATE, authenticate(USER, "MARKED-wrong-word")).await;
    adapter.terminate().await;
    let text = folder.text();
    let of = |what: &str| told(&lines(&text)).iter().filter(|told| *told == what).count();
    assert_eq!(of("code_and_password_verification failed"), 2);
    assert_eq!(of("code_and_password_verification succeeded"), 1);
    let codes = [&sent.code, &second.code, guess(&sent.code), guess(&second.code)];
    for mark in codes.into_iter().chain([PASSWORD, "MARKED", PHONE, &PHONE[2..]]) {
        assert!(!text.contains(mark), "{mark} is in the audit log:\n{text}");
    }
}

#[tokio::test]
async fn a_block_is_recorded_once_and_codes_that_are_not_sent_after_it_are_not_said_to_be() {
    let folder = Folder::new();
    let adapter = folder.builder().start().await;
    for number in 0..5 {
        let context = rent(&format!("op-{number}"));
        let sent = send(&adapter, USER, &context).await;
        adapter.post(SMS_VERIFY, sms_verify(&sent.message, &wrong(&sent.code), USER, &context)).await;
    }
    let message = create(&adapter, USER, &rent("fake")).await;
    adapter.post(SMS_VERIFY, sms_verify(&message, "12345678", USER, &rent("fake"))).await;
    create(&adapter, None, &rent("nobody")).await;
    adapter.terminate().await;
    let lines = folder.lines();
    let mut expected = Vec::new();
    for number in 0..5 {
        expected.extend(["code_sent succeeded", "code_created succeeded", "code_verification failed"]);
        expected.extend((number == 4).then_some("blocked succeeded"));
    }
    expected.extend(["code_created succeeded", "code_verification failed", "code_created succeeded"]);
    assert_eq!(told(&lines), expected);
    let blocked = &lines[15];
    assert_eq!(blocked["factor"], "code");
    assert_eq!(blocked["user"], USER);
    assert_eq!(blocked["requestId"], lines[14]["requestId"]);
    assert!(blocked["blockedUntil"].as_str() > blocked["time"].as_str(), "{blocked}");
    assert!(lines[18]["user"].is_null());
}

#[tokio::test]
async fn wrong_passwords_their_block_and_unknown_users_are_recorded() {
    let folder = Folder::new();
    let adapter = folder.builder().start().await;
    for _ in 0..5 {
        adapter.post(AUTHENTICATE, authenticate(USER, "wrong")).await;
    }
    adapter.post(AUTHENTICATE, authenticate("nobody", "wrong")).await;
    adapter.post(OPERATION_CHANGE, operation_change(None, "CANCELED", &rent("op"))).await;
    adapter.terminate().await;
    let lines = folder.lines();
    let mut expected = vec!["authentication failed"; 5];
    expected.extend(["blocked succeeded", "authentication failed", "operation_change succeeded"]);
    assert_eq!(told(&lines), expected);
    assert_eq!(lines[5]["factor"], "password");
    assert_eq!(lines[6]["user"], "nobody");
    assert_eq!(lines[7]["change"], "canceled");
    assert!(lines[7]["user"].is_null());
}

#[tokio::test]
async fn a_user_without_a_phone_gets_a_code_that_is_not_sent() {
    let folder = Folder::new();
    let adapter = folder.builder().start().await;
    let request = crate::support::payloads::sms_create("20000003", &rent("op"));
    adapter.post(crate::support::payloads::SMS_CREATE, request).await;
    adapter.terminate().await;
    let lines = folder.lines();
    assert_eq!(told(&lines), ["code_created succeeded"]);
    assert_eq!(lines[0]["delivery"], "failed");
}

#[tokio::test]
async fn standard_output_takes_the_audit_log_and_nothing_else() {
    let adapter = DataAdapter::builder().env(super::TARGET, "stdout").start().await;
    pay(&adapter, &rent("op")).await;
    let exit = adapter.terminate().await;
    assert_eq!(lines(&exit.stdout).len(), 8, "{}", exit.stdout);
    assert!(!exit.stderr.contains("\"previous\""), "{}", exit.stderr);
    let quiet = DataAdapter::start().await;
    pay(&quiet, &rent("op")).await;
    assert_eq!(quiet.terminate().await.stdout, "", "it is off unless it is asked for");
}

#[tokio::test]
async fn the_caller_stands_in_each_line() {
    let token = DataAdapter::builder().arg("caller-token").spawn_failing().await.stdout;
    let (token, settings) = token.trim().split_once('\n').expect("a token and its setting");
    let folder = Folder::new();
    let config = format!(
        "sandbox.enabled = true\nbackends.memory.demo_users = true\n[[callers.allowed]]\nname = \"web-flow\"\n{settings}\n"
    );
    let adapter = folder.builder().config(config).start().await;
    let request = adapter.client().post(adapter.url(AUTHENTICATE)).bearer_auth(token);
    let request = request.header("content-type", "application/json").body(authenticate(USER, PASSWORD));
    let answer = adapter.send(request).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    adapter.terminate().await;
    let lines = folder.lines();
    assert_eq!(told(&lines), ["authentication succeeded"]);
    assert_eq!(lines[0]["caller"], "web-flow");
    assert!(!folder.text().contains(token), "the token is not recorded");
}
