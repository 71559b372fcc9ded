//! What must not be found anywhere but where it belongs, however much is logged.

use super::{assert_files_clean, send_wrong_credentials, wrong_credentials};
use crate::codes::{Sent, rent, send, verify, wrong};
use crate::support::payloads::{
    AUTHENTICATE, CONSENT_CREATE, CONSENT_SAVE, DECORATE, LOOKUP, OPERATION_CHANGE, SMS_CREATE,
    SMS_PASSWORD_VERIFY, SMS_VERIFY, TICKED, USER_INFO, authenticate, authenticate_protected, consent_create,
    consent_save, formdata_decorate, lookup, operation_change, sms_create, sms_password_verify, sms_verify,
    user_info,
};
use crate::support::{Answer, DataAdapter, Exit};

const USER: &str = "71";
const PASSWORD: &str = "MARKED-pass-word-5Yq8";
const WRONG_PASSWORD: &str = "MARKED-wrong-word-Lp2x";
const PHONE: &str = "+420606717273";
/// 32 bytes, 16 of them a text that would show if they were printed raw.
const AES_KEY: &str = "TUFSS0VELWFlcy1rZXktMzItYnl0ZXMtbG9uZy1KajM=";
const SERVER_KEY: &str = "TUFSS0VELXNlcnZlci1rZXktMzItYnl0ZXMtVXc0TnE=";
const TRANSFORMATION: &str = "AES/CBC/PKCS7Padding";
const AES: &str = "PASSWORD_ENCRYPTION_AES";

/// A bank with one user whose secrets are marked.
struct Bank {
    folder: tempfile::TempDir,
    settings: String,
    hash: String,
    /// Of callers whom nobody knows.
    credentials: Vec<String>,
}

impl Bank {
    async fn new(filter: &str) -> Self {
        let hashing = DataAdapter::builder().arg("hash-password").stdin(format!("{PASSWORD}\n"));
        let hash = hashing.spawn_failing().await.stdout.trim().to_owned();
        let folder = tempfile::tempdir().expect("a folder");
        let users = folder.path().join("users.toml");
        let user = format!(
            "[[users]]\nid = \"{USER}\"\nusername = \"marked\"\norganization = \"RETAIL\"\n\
             phone = \"{PHONE}\"\npassword_hash = \"{hash}\"\n"
        );
        std::fs::write(&users, user).expect("a file");
        let settings = format!(
            "sandbox.enabled = true\nbackends.memory.users_file = {:?}\nlog.filter = \"{filter}\"\n\
             password.key = \"{AES_KEY}\"\notp.key = \"{SERVER_KEY}\"\n\
             [consent.forms.authorize_payment]\nversion = \"1\"\ntext.en = \"I agree.\"\n",
            users.display().to_string()
        );
        Self { folder, settings, hash, credentials: wrong_credentials() }
    }

    async fn encrypted(&self, password: &str) -> String {
        let encrypting = DataAdapter::builder().config(&self.settings).arg("encrypt-password");
        encrypting.stdin(format!("{password}\n")).spawn_failing().await.stdout.trim().to_owned()
    }
}

/// A login, a payment and what goes wrong with them; the answers, and the codes that were sent.
async fn journeys(adapter: &DataAdapter, bank: &Bank) -> (Vec<Answer>, Vec<String>) {
    let context = rent("op");
    let Sent { message, code } = send(adapter, USER, &context).await;
    let encrypted = bank.encrypted(PASSWORD).await;
    let broken = encrypted.replace(':', ":A");
    let with_code =
        |code: &str, password: &str| sms_password_verify(&message, code, USER, password, &context);
    let cut = |body: String| body[..body.len() - 1].to_owned();
    let protected = |password: &str, transformation: &'static str| {
        authenticate_protected(USER, password, AES, transformation)
    };
    let requests = [
        (LOOKUP, lookup("marked")),
        (AUTHENTICATE, authenticate(USER, WRONG_PASSWORD)),
        (AUTHENTICATE, authenticate(USER, PASSWORD)),
        (AUTHENTICATE, protected(&encrypted, TRANSFORMATION)),
        (AUTHENTICATE, protected(&broken, TRANSFORMATION)),
        (AUTHENTICATE, protected(PASSWORD, TRANSFORMATION)),
        (AUTHENTICATE, protected(PASSWORD, "DES/ECB")),
        (AUTHENTICATE, authenticate(USER, &PASSWORD.repeat(10))),
        (AUTHENTICATE, authenticate(&PASSWORD.repeat(2), "")),
        (AUTHENTICATE, cut(authenticate(USER, PASSWORD))),
        (
            AUTHENTICATE,
            authenticate(USER, PASSWORD).replace("\"password\":", "\"password\":[],\"password\":"),
        ),
        (
            AUTHENTICATE,
            authenticate(USER, PASSWORD).replace(&format!("\"{PASSWORD}\""), &format!("[\"{PASSWORD}\"]")),
        ),
        (USER_INFO, user_info(USER)),
        (SMS_CREATE, cut(sms_create(USER, &context))),
        (SMS_VERIFY, sms_verify(&message, &wrong(&code), USER, &context)),
        (SMS_VERIFY, sms_verify("unknown", &code, USER, &context)),
        (
            SMS_VERIFY,
            sms_verify(&message, &code, USER, &context)
                .replace("\"authorizationCode\":\"", "\"authorizationCode\":1,\"x\":\""),
        ),
        (SMS_VERIFY, sms_verify(&message, &code.repeat(100), USER, &context)),
        (SMS_VERIFY, cut(sms_verify(&message, &code, USER, &context))),
        (SMS_PASSWORD_VERIFY, with_code(&code, WRONG_PASSWORD)),
        (SMS_PASSWORD_VERIFY, with_code(&wrong(&code), PASSWORD)),
        (SMS_PASSWORD_VERIFY, cut(with_code(&code, PASSWORD))),
        (SMS_PASSWORD_VERIFY, with_code(&code, PASSWORD)),
        (SMS_PASSWORD_VERIFY, with_code(&code, PASSWORD)),
        (DECORATE, formdata_decorate(USER, &context)),
        (CONSENT_CREATE, consent_create(USER, &context, "en")),
        (CONSENT_SAVE, consent_save(USER, &context, TICKED)),
        (OPERATION_CHANGE, operation_change(USER, "DONE", &context)),
    ];
    let mut answers = Vec::new();
    for (path, body) in requests {
        answers.push(adapter.post(path, body).await);
    }
    let second = send(adapter, USER, &rent("second")).await;
    answers.push(verify(adapter, &second.message, &second.code, USER, &rent("second")).await);
    (answers, vec![code, second.code])
}

fn marks<'a>(bank: &'a Bank, codes: &'a [String]) -> Vec<&'a str> {
    let mut marks =
        vec![PASSWORD, WRONG_PASSWORD, PHONE, "606717273", AES_KEY, SERVER_KEY, "MARKED-", &bank.hash];
    marks.extend(codes.iter().chain(&bank.credentials).map(String::as_str));
    marks
}

/// The bytes of a key or of a text as `Debug` prints a list of them.
fn as_list(text: &str) -> String {
    let bytes = text.bytes().take(8).map(|byte| byte.to_string()).collect::<Vec<_>>();
    bytes.join(", ")
}

fn assert_not_logged(exit: &Exit, bank: &Bank, codes: &[String]) {
    let log = format!("{}{}", exit.stdout, exit.stderr);
    for mark in marks(bank, codes) {
        let found = log.lines().find(|line| line.contains(mark) || line.contains(&as_list(mark)));
        assert_eq!(found, None, "{mark} is in the log");
    }
}

#[tokio::test]
async fn a_login_and_a_payment_leave_no_secret_in_the_log_or_in_an_error_at_any_level() {
    for (filter, format) in [("trace", "human"), ("trace", "json"), ("info", "human")] {
        let bank = Bank::new(filter).await;
        let folder = bank.folder.path();
        let adapter = DataAdapter::builder().config(&bank.settings).env("DATA_ADAPTER__LOG__FORMAT", format);
        let adapter = adapter
            .store(&folder.join("store.db"))
            .env("DATA_ADAPTER__AUDIT__TARGET", "file")
            .env("DATA_ADAPTER__AUDIT__FILE", folder.join("audit.jsonl").display().to_string());
        let adapter = adapter.start().await;
        let (mut answers, codes) = journeys(&adapter, &bank).await;
        // Nobody asks for a token here, and nobody repeats it.
        answers.extend(send_wrong_credentials(&adapter).await);
        let succeeded = answers.iter().filter(|answer| answer.text.contains("VERIFIED_SUCCEEDED")).count();
        assert_eq!(succeeded, 4, "two logins, both factors, and the second code");
        for answer in &answers {
            assert!(answer.status < 500, "{}: {}", answer.status, answer.text);
            for mark in marks(&bank, &codes) {
                assert!(!answer.text.contains(mark), "{mark} is in the answer {}", answer.text);
            }
        }
        let exit = adapter.terminate().await;
        assert!(exit.stderr.contains("/api/auth/sms/verify"), "something is logged: {}", exit.stderr);
        assert_not_logged(&exit, &bank, &codes);
        assert_files_clean(filter, folder, &marks(&bank, &codes));
    }
}

#[tokio::test]
async fn what_is_wrong_in_the_configuration_is_told_without_the_secrets_in_it() {
    let bank = Bank::new("trace").await;
    for (name, value) in [
        ("DATA_ADAPTER__SERVER__PORT", "eighty"),
        ("DATA_ADAPTER__OTP__DIGITS", "4"),
        ("DATA_ADAPTER__NO_SUCH", "section"),
        ("DATA_ADAPTER__SANDBOX__ENABLED", "false"),
    ] {
        let exit = DataAdapter::builder().config(&bank.settings).env(name, value).spawn_failing().await;
        assert_eq!(exit.status, Some(78), "{name}: {}", exit.stderr);
        assert_not_logged(&exit, &bank, &[]);
    }
}

#[tokio::test]
async fn looking_at_the_configuration_shows_no_secret() {
    let bank = Bank::new("trace").await;
    for command in [["config", "show"], ["config", "check"]] {
        let builder = DataAdapter::builder().config(&bank.settings).env("RUST_BACKTRACE", "full");
        let exit = builder.arg(command[0]).arg(command[1]).spawn_failing().await;
        assert_eq!(exit.status, Some(0), "{command:?}: {}", exit.stderr);
        assert_not_logged(&exit, &bank, &[]);
    }
}
