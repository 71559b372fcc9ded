//! Accounts that may not be used although the password is right: what the person and the front read, what is counted, and what
//! is recorded.

use serde_json::Value;

use super::{is_let_in, is_told_wrong, log_in, with};
use crate::support::payloads::{
    PASSWORD, SMS_CREATE, SMS_PASSWORD_VERIFY, SMS_VERIFY, payment, sms_create, sms_password_verify,
    sms_verify,
};
use crate::support::{Answer, Builder, DataAdapter, Outcome};
use data_adapter_testkit::Slapd;

/// A password that the help desk handed out.
const TEMPORARY: &str = "40000001";
/// A password that has expired, with one grace login.
const GRACE: &str = "40000002";
/// An account that is over.
const OVER: &str = "40000003";

const DIALECT_1: &str = "web_flow.dialect = \"1\"";
/// Three wrong passwords block.
const THREE: &str = "password = { failures = 3, block_seconds = 3600 }";

fn slapd() -> Option<Slapd> {
    let policy = |name: &str, rules: &str| {
        format!(
            "\ndn: cn={name},ou=policies,dc=bank,dc=test\nobjectClass: organizationalRole\n\
             objectClass: pwdPolicy\ncn: {name}\npwdAttribute: userPassword\n{rules}\n"
        )
    };
    let person = |name: &str, id: &str, more: &str| {
        format!(
            "\ndn: uid={name},ou=people,dc=bank,dc=test\nobjectClass: inetOrgPerson\nobjectClass: bankPerson\n\
             uid: {name}\ncn: Somebody\nsn: Somebody\nmobile: +420000000009\nbankId: {id}\n\
             userPassword: {PASSWORD}\n{more}\n"
        )
    };
    let under = |policy: &str| format!("pwdPolicySubentry: cn={policy},ou=policies,dc=bank,dc=test\n");
    let entries = policy("reset", "pwdMustChange: TRUE\n")
        + &policy("grace", "pwdMaxAge: 3600\npwdGraceAuthNLimit: 1\n")
        + &person("temporary", TEMPORARY, &(under("reset") + "pwdReset: TRUE\n"))
        + &person("grace", GRACE, &(under("grace") + "pwdChangedTime: 20200101000000Z\n"))
        + &person("over", OVER, "accountExpires: 132223104000000000\n");
    Slapd::builder().entries(&entries).start()
}

/// The user changed their password, or the help desk took the mark away.
fn end_reset(slapd: &Slapd) {
    slapd.change(
        "dn: uid=temporary,ou=people,dc=bank,dc=test\nchangetype: modify\ndelete: pwdReset\npwdReset: TRUE\n",
    );
}

fn adapter(slapd: &Slapd, more: &str) -> Builder {
    with(&[slapd.url()], more)
}

#[tokio::test]
async fn a_person_reads_the_same_as_after_a_wrong_password() {
    let Some(slapd) = slapd() else { return };
    let adapter = adapter(&slapd, "").start().await;
    let wrong = log_in(&adapter, TEMPORARY, "wrong").await;
    assert!(is_told_wrong(&wrong), "{}", wrong.text);
    for user in [TEMPORARY, GRACE, OVER] {
        let answer = log_in(&adapter, user, PASSWORD).await;
        assert_eq!((answer.status, answer.text), (wrong.status, wrong.text.clone()), "{user}");
    }
}

#[tokio::test]
async fn a_right_password_of_an_account_that_may_not_be_used_is_not_counted() {
    let Some(slapd) = slapd() else { return };
    let adapter = adapter(&slapd, THREE).start().await;
    for _ in 0..5 {
        assert!(is_told_wrong(&log_in(&adapter, TEMPORARY, PASSWORD).await));
    }
    end_reset(&slapd);
    let entered = log_in(&adapter, TEMPORARY, PASSWORD).await;
    assert!(is_let_in(&entered), "the right password was counted: {}", entered.text);
}

#[tokio::test]
async fn wrong_passwords_of_an_account_that_may_not_be_used_are_counted() {
    let Some(slapd) = slapd() else { return };
    let adapter = adapter(&slapd, THREE).start().await;
    for password in ["wrong", PASSWORD, "wrong", PASSWORD, "wrong"] {
        assert!(is_told_wrong(&log_in(&adapter, TEMPORARY, password).await));
    }
    end_reset(&slapd);
    assert!(is_told_wrong(&log_in(&adapter, TEMPORARY, PASSWORD).await), "it could be guessed at for ever");
}

#[tokio::test]
async fn dialect_1_says_that_the_account_is_not_active_once_the_password_is_right() {
    let Some(slapd) = slapd() else { return };
    let adapter = adapter(&slapd, DIALECT_1).start().await;
    for (user, password, result, status) in [
        (TEMPORARY, "wrong", "FAILED", "ACTIVE"),
        (TEMPORARY, PASSWORD, "SKIPPED", "NOT_ACTIVE"),
        (GRACE, PASSWORD, "SKIPPED", "NOT_ACTIVE"),
        (OVER, "wrong", "SKIPPED", "NOT_ACTIVE"),
        (OVER, PASSWORD, "SKIPPED", "NOT_ACTIVE"),
    ] {
        let answer = log_in(&adapter, user, password).await;
        let object = answer.object();
        assert_eq!(
            (&object["authenticationResult"], &object["accountStatus"], &object["errorMessage"]),
            (&result.into(), &status.into(), &"login.authenticationFailed".into()),
            "{user} {password}"
        );
        assert_eq!(object["remainingAttempts"], Value::Null);
    }
}

/// A code for a payment of the user with the temporary password.
async fn code(adapter: &DataAdapter, context: &str) -> (String, String) {
    let created = adapter.post(SMS_CREATE, sms_create(TEMPORARY, context)).await;
    Outcome::Sent.assert(&created, "a code");
    let message = created.member("messageId");
    let code = adapter.code_for(&message).await;
    (message, code)
}

/// What the four pairs of a wrong or right code and password are answered, the pair of which both are right last.
async fn four(adapter: &DataAdapter, message: &str, code: &str, context: &str) -> [Answer; 4] {
    let wrong = if code.starts_with('0') { "10000000" } else { "00000000" };
    let both = async |code, password| {
        let body = sms_password_verify(message, code, TEMPORARY, password, context);
        adapter.post(SMS_PASSWORD_VERIFY, body).await
    };
    [
        both(wrong, "wrong").await,
        both(wrong, PASSWORD).await,
        both(code, "wrong").await,
        both(code, PASSWORD).await,
    ]
}

#[tokio::test]
async fn with_a_code_nothing_tells_which_was_wrong_and_the_code_stays() {
    let Some(slapd) = slapd() else { return };
    let context = payment("payment", "100", "CZK", "238400856/0300");
    let adapter = adapter(&slapd, "").start().await;
    let (message, code) = code(&adapter, &context).await;
    let answers = four(&adapter, &message, &code, &context).await;
    for answer in &answers {
        assert_eq!((answer.status, &answer.text), (200, &answers[0].text));
        assert_eq!(answer.object()["userAuthenticationResult"], "VERIFIED_FAILED", "{}", answer.text);
    }
    let verified = adapter.post(SMS_VERIFY, sms_verify(&message, &code, TEMPORARY, &context)).await;
    assert_eq!(verified.object()["smsAuthorizationResult"], "VERIFIED_SUCCEEDED", "the code was used up");
}

#[tokio::test]
async fn with_a_code_dialect_1_says_that_the_account_is_not_active_only_if_both_are_right() {
    let Some(slapd) = slapd() else { return };
    let context = payment("payment", "100", "CZK", "238400856/0300");
    let adapter = adapter(&slapd, DIALECT_1).start().await;
    let (message, code) = code(&adapter, &context).await;
    let [first, second, third, both_right] = four(&adapter, &message, &code, &context).await;
    for answer in [&first, &second, &third] {
        assert_eq!(answer.text, first.text);
        assert_eq!(answer.object()["accountStatus"], "ACTIVE", "{}", answer.text);
    }
    assert_eq!(both_right.object()["accountStatus"], "NOT_ACTIVE", "{}", both_right.text);
    assert_eq!(both_right.object()["smsAuthorizationResult"], "SKIPPED", "{}", both_right.text);
}

#[tokio::test]
async fn the_record_and_the_log_say_which_it_was_and_the_log_does_not_say_whose() {
    let Some(slapd) = slapd() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("audit.jsonl");
    let audit = format!("audit = {{ target = \"file\", file = {file:?} }}");
    let adapter = adapter(&slapd, &audit).start().await;
    for user in [TEMPORARY, GRACE, OVER] {
        log_in(&adapter, user, PASSWORD).await;
    }
    log_in(&adapter, TEMPORARY, "wrong").await;
    let log = adapter.terminate().await.stderr;
    let text = std::fs::read_to_string(file).expect("an audit log");
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let told = lines.iter().filter(|line| line["event"] == "authentication");
    let told: Vec<_> =
        told.map(|line| (line["outcome"].clone(), line["user"].clone(), line["reason"].clone())).collect();
    let failed = |user: &str, reason: Option<&str>| ("failed".into(), user.into(), reason.into());
    let expected = [
        failed(TEMPORARY, Some("must_change_password")),
        failed(GRACE, Some("password_expired")),
        failed(OVER, Some("out_of_date")),
        failed(TEMPORARY, None),
    ];
    assert_eq!(told, expected);
    for reason in ["must_change_password", "password_expired", "out_of_date"] {
        assert_eq!(log.matches(reason).count(), 1, "{reason}: {log}");
    }
    for user in [TEMPORARY, GRACE, OVER, "temporary"] {
        assert!(!log.contains(user), "{user} is in the log: {log}");
    }
}

#[tokio::test]
async fn what_the_settings_allow_is_recorded() {
    let Some(slapd) = slapd() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("audit.jsonl");
    let audit = format!("audit = {{ target = \"file\", file = {file:?} }}");
    let config =
        format!("must_change = \"allow\"\ngrace_logins = \"allow\"\n{}", Slapd::settings(&[slapd.url()]));
    let adapter = DataAdapter::builder()
        .config(format!(
            "sandbox.enabled = true\n{audit}\n\
             capabilities = {{ users = \"directory\", authentication = \"directory\", operations = \"engine\" }}\n\
             [backends.directory]\nkind = \"ldap\"\n{config}"
        ))
        .start()
        .await;
    let context = payment("payment", "100", "CZK", "238400856/0300");
    assert!(is_let_in(&log_in(&adapter, GRACE, PASSWORD).await));
    let (message, code) = code(&adapter, &context).await;
    let both = sms_password_verify(&message, &code, TEMPORARY, PASSWORD, &context);
    let answer = adapter.post(SMS_PASSWORD_VERIFY, both).await;
    assert_eq!(answer.object()["smsAuthorizationResult"], "VERIFIED_SUCCEEDED", "{}", answer.text);
    assert!(is_told_wrong(&log_in(&adapter, GRACE, PASSWORD).await), "the grace logins are used up");
    drop(adapter);
    let text = std::fs::read_to_string(file).expect("an audit log");
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    for (event, outcome, reason) in [
        ("authentication", "succeeded", "password_expired"),
        ("code_and_password_verification", "succeeded", "must_change_password"),
        ("authentication", "failed", "password_expired"),
    ] {
        let is_told = |line: &&Value| {
            (&line["event"], &line["outcome"], &line["reason"])
                == (&event.into(), &outcome.into(), &reason.into())
        };
        assert_eq!(lines.iter().filter(is_told).count(), 1, "{event} {outcome} {reason}: {text}");
    }
}
