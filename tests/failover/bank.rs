//! Two instances over one store, and what callers ask of them.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use data_adapter_tests::payloads::{
    AUTHENTICATE, ORGANIZATION, PASSWORD, SMS_CREATE, SMS_VERIFY, authenticate, payment, sms_create,
    sms_verify,
};
use data_adapter_tests::{Answer, DataAdapter};
use tempfile::NamedTempFile;

use crate::history::Told;
use crate::watch::Watch;

/// The hash of the password at the lowest cost there is: this is about the store.
const HASH: &str = "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$r6n7JS8nhqx+JzIQfXk/S+RWWarJd7kc3HXCZqP+Nd7L2SuwjoYr5rHsWL65ObxofuPyLzlxZY1uO9AqGRicVg";
/// The same at both, as at a bank.
const KEY: &str = "YSBrZXkgb2YgdGVzdHMgb25seSwgb2YgMzIgYnl0ZXM=";

/// Two instances of the binary over one store.
pub(crate) struct Bank {
    instances: [DataAdapter; 2],
    users: usize,
    served: AtomicUsize,
    watch: Watch,
    _users_file: NamedTempFile,
}

/// A code that was acknowledged and has arrived.
#[derive(Debug)]
pub(crate) struct Code {
    user: String,
    context: String,
    message: String,
    digits: String,
}

/// What comes of a call.
pub(crate) enum Outcome {
    Told(Told),
    /// Nobody knows.
    Unknown,
    /// It is not known any more, in the words of the answer.
    Lost(String),
}

impl Bank {
    /// Starts them with these settings, and so many users.
    pub(crate) async fn open(settings: &[(&'static str, String)], users: usize) -> Self {
        let file = NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), users_file(users)).expect("it can be written");
        let start = async || {
            let file = file.path().display().to_string();
            let builder = DataAdapter::builder().env("DATA_ADAPTER__OTP__KEY", KEY);
            // Longer than anything here takes: the ledger knows no time.
            let builder = builder.env("DATA_ADAPTER__OTP__BLOCK_SECONDS", "86400");
            let builder = builder.env("DATA_ADAPTER__PASSWORD__BLOCK_SECONDS", "86400");
            let builder = builder.env("DATA_ADAPTER__BACKENDS__MEMORY__USERS_FILE", file);
            settings.iter().fold(builder, |builder, (name, value)| builder.env(*name, value)).start().await
        };
        let instances = [start().await, start().await];
        let (served, watch) = (AtomicUsize::new(0), Watch::default());
        Self { instances, users, served, watch, _users_file: file }
    }

    /// Somebody who has not been here before.
    pub(crate) fn next_user(&self) -> String {
        let user = self.served.fetch_add(1, Ordering::Relaxed);
        assert!(user < self.users, "all {} users have been here, and no end is in sight", self.users);
        user.to_string()
    }

    /// Who watches how soon they answer.
    pub(crate) fn watch(&self) -> &Watch {
        &self.watch
    }

    /// The logs of both.
    pub(crate) fn logs(&self) -> [String; 2] {
        self.instances.each_ref().map(DataAdapter::log)
    }

    /// Asks an instance for a code; `None` where it does not acknowledge it.
    pub(crate) async fn create(&self, instance: usize, user: &str, operation: &str) -> Option<Code> {
        let began = Instant::now();
        let context = payment(operation, "100", "CZK", "238400856/0300");
        let answer = self.instances[instance].post(SMS_CREATE, sms_create(user, &context)).await;
        let is_acknowledged = is_answered(&answer) && answer.object()["smsDeliveryResult"] == "SUCCEEDED";
        if !is_acknowledged {
            return None;
        }
        self.watch.answered(instance, began);
        let message = answer.member("messageId");
        let digits = self.instances[instance].code_for(&message).await;
        Some(Code { user: user.to_owned(), context, message, digits })
    }

    /// Shows an instance a code, or a wrong one.
    pub(crate) async fn verify(&self, instance: usize, code: &Code, is_right: bool) -> Outcome {
        let digits = if is_right { code.digits.clone() } else { wrong(&code.digits) };
        let request = sms_verify(&code.message, &digits, code.user.as_str(), &code.context);
        let began = Instant::now();
        let answer = self.instances[instance].post(SMS_VERIFY, request).await;
        if !is_answered(&answer) {
            return Outcome::Unknown;
        }
        self.watch.answered(instance, began);
        let remaining =
            answer.object()["remainingAttempts"].as_u64().and_then(|left| u8::try_from(left).ok());
        match (answer.message().as_str(), remaining) {
            ("", _) if answer.object()["smsAuthorizationResult"] == "VERIFIED_SUCCEEDED" => {
                Outcome::Told(Told::Accepted)
            }
            ("smsAuthorization.alreadyVerified", _) => Outcome::Told(Told::Used),
            ("smsAuthorization.maxAttemptsExceeded", _) => Outcome::Told(Told::Spent),
            ("smsAuthorization.failed", Some(remaining)) => Outcome::Told(Told::Refused { remaining }),
            _ => Outcome::Lost(answer.text),
        }
    }

    /// Shows an instance the password of a user, or a wrong one.
    pub(crate) async fn log_in(&self, instance: usize, user: &str, is_right: bool) -> Outcome {
        let password = if is_right { PASSWORD } else { "wrong" };
        let answer = self.instances[instance].post(AUTHENTICATE, authenticate(user, password)).await;
        if !is_answered(&answer) {
            return Outcome::Unknown;
        }
        let is_right = answer.object()["authenticationResult"] == "VERIFIED_SUCCEEDED";
        Outcome::Told(Told::Password { is_right })
    }
}

/// Whether the program knows an answer; panics where that is another error than that of a system that can't be used.
fn is_answered(answer: &Answer) -> bool {
    let code = answer.error_code();
    assert!(answer.status == 200 || code == "REMOTE_ERROR", "HTTP {}: {}", answer.status, answer.text);
    answer.status == 200
}

/// Another code of the same length.
fn wrong(code: &str) -> String {
    code.chars().map(|digit| if digit == '0' { '1' } else { '0' }).collect()
}

fn users_file(users: usize) -> String {
    (0..users).fold(String::new(), |mut file, id| {
        writeln!(
            file,
            "[[users]]\nid = \"{id}\"\nusername = \"user-{id}\"\norganization = \"{ORGANIZATION}\"\nphone = \"+420600000001\"\n\
             password_hash = \"{HASH}\""
        )
        .expect("a text takes more text");
        file
    })
}
