mod deliveries;
mod factors;

use std::future::{pending, poll_fn};
use std::path::Path;
use std::pin::pin;
use std::sync::Mutex;
use std::task::Poll;

use async_trait::async_trait;
use data_adapter_core::{
    Amount, Attribute, AttributeId, AttributeValue, Authentication, AuthenticationOutcome, Binding,
    CodeAndPasswordOutcome, CodeDelivery, CodeMessage, CodeRequest, CodeVerification, Consent, ConsentForm,
    ConsentNeed, ConsentRequest, ConsentSubmission, ConsentValidation, Credentials, IssuedCode, MessageId,
    OperationContext, OperationId, OperationName, Password, Payment, SmsOtp, SystemClock,
    VerificationOutcome,
};
use serde_json::Value;
use tempfile::TempDir;

use super::*;
use crate::chain::Target;
use crate::{AuditedAuthentication, AuditedConsent, AuditedSmsOtp};

const CODE: &str = "31415926";
const PASSWORD: &str = "MARKED-password";

/// A back end that answers what it is told to.
enum Behind {
    Wrong,
    Right,
    Silent,
    Down,
}

impl Behind {
    async fn answer(&self) -> Result<bool, AdapterError> {
        match self {
            Self::Wrong => Ok(false),
            Self::Right => Ok(true),
            Self::Silent => pending().await,
            Self::Down => Err(AdapterError::Remote(format!("a text with {CODE}"))),
        }
    }
}

#[async_trait]
impl Authentication for Behind {
    async fn authenticate(&self, _: &Credentials) -> Result<AuthenticationOutcome, AdapterError> {
        self.answer().await.map(|_| AuthenticationOutcome::Failed { remaining_attempts: Some(2) })
    }
}

#[async_trait]
impl SmsOtp for Behind {
    async fn create(&self, _: &CodeRequest) -> Result<Option<IssuedCode>, AdapterError> {
        self.answer().await.map(|_| None)
    }

    async fn verify(&self, _: &CodeVerification) -> Result<VerificationOutcome, AdapterError> {
        let wrong = VerificationOutcome::Wrong { remaining_attempts: Some(4) };
        self.answer().await.map(|right| if right { VerificationOutcome::Succeeded } else { wrong })
    }

    async fn verify_with_password(
        &self,
        _: &CodeVerification,
        _: &Credentials,
    ) -> Result<CodeAndPasswordOutcome, AdapterError> {
        self.answer().await.map(|right| match right {
            true => CodeAndPasswordOutcome::Succeeded { tolerated: None },
            false => CodeAndPasswordOutcome::Failed,
        })
    }

    async fn send(&self, _: &CodeMessage) -> Result<Option<CodeDelivery>, AdapterError> {
        self.answer().await.map(|_| None)
    }

    async fn end_operation(&self, _: &OperationId) -> Result<(), AdapterError> {
        Ok(())
    }
}

/// Counts what was kept.
#[derive(Default)]
struct Kept(Mutex<usize>);

#[async_trait]
impl Consent for Kept {
    async fn init(&self, _: &ConsentRequest) -> Result<ConsentNeed, AdapterError> {
        Ok(ConsentNeed::NotNeeded)
    }

    async fn create(&self, _: &ConsentRequest) -> Result<ConsentForm, AdapterError> {
        Ok(ConsentForm { html: String::new(), options: Vec::new() })
    }

    async fn validate(&self, _: &ConsentSubmission) -> Result<ConsentValidation, AdapterError> {
        Ok(ConsentValidation::Passed)
    }

    async fn save(&self, _: &ConsentSubmission) -> Result<bool, AdapterError> {
        *self.0.lock().unwrap() += 1;
        Ok(true)
    }
}

/// Everybody is blocked until then, and every message is for the same user.
struct Blocked(Option<Timestamp>);

const OWNER: &str = "the-owner";

#[async_trait]
impl BlockLookup for Blocked {
    async fn blocked_until(&self, _: &UserId, _: Factor) -> Result<Option<Timestamp>, AdapterError> {
        Ok(self.0)
    }

    async fn owner(&self, _: &MessageId) -> Result<Option<UserId>, AdapterError> {
        Ok(Some(UserId::new(OWNER)))
    }

    async fn blocks(&self) -> Result<Vec<UserBlock>, AdapterError> {
        let block = |until: Timestamp| UserBlock {
            user: UserId::new(OWNER),
            factor: Factor::Code,
            since: until - jiff::SignedDuration::from_mins(30),
            until,
        };
        Ok(self.0.into_iter().map(block).collect())
    }
}

fn auditor(file: &Path, required: bool, until: Option<Timestamp>) -> Arc<Auditor> {
    let log = AuditLog::open(&Target::File(file.to_owned()), false, Arc::new(SystemClock)).unwrap();
    let context = || AuditContext {
        caller: Some("web-flow".to_owned()),
        request_id: Some("r-1".to_owned()),
        peer: Some([192, 0, 2, 9].into()),
    };
    Arc::new(Auditor::new(log, Arc::new(context), Arc::new(Blocked(until)), required))
}

/// A file, and what is in it once the log is closed.
struct Bench(TempDir);

impl Bench {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn auditor(&self, required: bool, until: Option<Timestamp>) -> Arc<Auditor> {
        auditor(&self.0.path().join("audit.jsonl"), required, until)
    }

    fn lines(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(self.0.path().join("audit.jsonl")).unwrap();
        assert!(!text.contains(CODE) && !text.contains(PASSWORD), "{text}");
        let mut lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        assert_eq!(lines.next().unwrap()["event"], "opened");
        lines.collect()
    }
}

fn operation() -> OperationContext {
    OperationContext {
        id: OperationId::new("op-1"),
        name: OperationName::new("authorize_payment"),
        data: None,
        external_transaction: None,
        form_data: None,
        application: None,
    }
}

fn verification() -> CodeVerification {
    CodeVerification {
        message: MessageId::new("message-1"),
        code: CODE.into(),
        user: Some(UserId::new("71")),
        organization: None,
        account: data_adapter_core::AccountStatus::Active,
        operation: operation(),
        binding: Binding {
            payment: Some(Payment {
                amount: "100.10".parse::<Amount>().unwrap(),
                currency: "CZK".to_owned(),
                account: "238400856/0300".to_owned(),
                account_id: AttributeId::payees_account(),
            }),
            attributes: vec![
                Attribute {
                    id: AttributeId::new("operation.dueDate").unwrap(),
                    value: AttributeValue::Text("2026-12-24".to_owned()),
                },
                Attribute {
                    id: AttributeId::new("operation.fee").unwrap(),
                    value: AttributeValue::Amount {
                        amount: "12.50".parse().unwrap(),
                        currency: "CZK".to_owned(),
                    },
                },
            ],
        },
    }
}

fn credentials() -> Credentials {
    Credentials {
        user: UserId::new("71"),
        is_nobody: false,
        organization: None,
        password: Password::Clear(PASSWORD.into()),
        operation: operation(),
    }
}

fn submission() -> ConsentSubmission {
    let request = ConsentRequest {
        user: UserId::new("71"),
        organization: None,
        operation: operation(),
        client: None,
        language: None,
    };
    ConsentSubmission { request, choices: Vec::new() }
}

#[tokio::test]
async fn a_code_that_was_checked_leaves_a_line_with_everything_but_the_code() {
    let bench = Bench::new();
    let audited = AuditedSmsOtp::new(Arc::new(Behind::Wrong), bench.auditor(true, None));
    audited.verify(&verification()).await.unwrap();
    drop(audited);
    let lines = bench.lines();
    assert_eq!(lines.len(), 1);
    for (member, value) in [
        ("event", "code_verification"),
        ("outcome", "failed"),
        ("reason", "wrong"),
        ("user", "71"),
        ("caller", "web-flow"),
        ("requestId", "r-1"),
        ("peer", "192.0.2.9"),
        ("operationId", "op-1"),
        ("operationName", "authorize_payment"),
        ("messageId", "message-1"),
        ("amount", "100.10"),
        ("currency", "CZK"),
        ("account", "238400856/0300"),
    ] {
        assert_eq!(lines[0][member], value, "{member}");
    }
    let bound = r#"{"operation.dueDate":"2026-12-24","operation.fee":"12.50 CZK"}"#;
    assert_eq!(lines[0]["attributes"].to_string(), bound);
    assert_eq!(lines[0]["remainingAttempts"].to_string(), "4");
    assert!(lines[0]["organization"].is_null());
}

#[tokio::test]
async fn an_error_leaves_its_kind_and_not_its_text() {
    let bench = Bench::new();
    let audited = AuditedSmsOtp::new(Arc::new(Behind::Down), bench.auditor(false, None));
    assert!(audited.verify(&verification()).await.is_err());
    drop(audited);
    let lines = bench.lines();
    assert_eq!((&lines[0]["outcome"], &lines[0]["reason"]), (&"error".into(), &"remote".into()));
}

#[tokio::test]
async fn a_caller_who_goes_away_leaves_a_line_all_the_same() {
    let bench = Bench::new();
    let audited = AuditedSmsOtp::new(Arc::new(Behind::Silent), bench.auditor(false, None));
    {
        let verification = verification();
        let mut abandoned = pin!(audited.verify(&verification));
        poll_fn(|context| {
            assert!(abandoned.as_mut().poll(context).is_pending());
            Poll::Ready(())
        })
        .await;
    }
    drop(audited);
    let lines = bench.lines();
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0]["outcome"], "abandoned");
}

#[tokio::test]
async fn a_block_has_one_line_however_often_it_is_met() {
    let bench = Bench::new();
    let auditor = bench.auditor(false, Some("2026-11-22T08:00:00Z".parse().unwrap()));
    let password = AuditedAuthentication::new(Arc::new(Behind::Wrong), Arc::clone(&auditor));
    let both = AuditedSmsOtp::new(Arc::new(Behind::Wrong), auditor);
    password.authenticate(&credentials()).await.unwrap();
    password.authenticate(&credentials()).await.unwrap();
    both.verify_with_password(&verification(), &credentials()).await.unwrap();
    drop((password, both));
    let lines = bench.lines();
    let told: Vec<_> = lines.iter().map(|line| line["event"].as_str().unwrap()).collect();
    let expected =
        ["authentication", "blocked", "authentication", "code_and_password_verification", "blocked"];
    assert_eq!(told, expected);
    assert_eq!(lines[1]["factor"], "password");
    assert_eq!(lines[1]["blockedUntil"], "2026-11-22T08:00:00.000Z");
    assert_eq!(lines[1]["requestId"], "r-1");
    assert_eq!(lines[1]["peer"], "192.0.2.9");
    assert_eq!(lines[1]["user"], "71");
    assert_eq!(lines[4]["factor"], "code");
    assert_eq!(lines[4]["user"], OWNER, "against whom the guess counts, whomever the request names");
}

#[tokio::test]
async fn a_code_and_a_password_for_nobody_have_a_line_without_a_user() {
    let bench = Bench::new();
    let audited = AuditedSmsOtp::new(Arc::new(Behind::Wrong), bench.auditor(false, None));
    let verification = CodeVerification { user: None, ..verification() };
    let nobodys = Credentials { is_nobody: true, ..credentials() };
    audited.verify_with_password(&verification, &nobodys).await.unwrap();
    audited.verify_with_password(&verification, &credentials()).await.unwrap();
    drop(audited);
    let users: Vec<_> = bench.lines().iter().map(|line| line["user"].clone()).collect();
    assert_eq!(users, [Value::Null, "71".into()]);
}

#[tokio::test]
async fn a_block_of_somebody_whom_the_request_does_not_name_has_its_line_too() {
    for user in [None, Some(UserId::new("somebody-else"))] {
        let bench = Bench::new();
        let auditor = bench.auditor(false, Some("2026-11-22T08:00:00Z".parse().unwrap()));
        let audited = AuditedSmsOtp::new(Arc::new(Behind::Wrong), auditor);
        let organization = Some(data_adapter_core::OrganizationId::new("RETAIL"));
        let verification = CodeVerification { user, organization, ..verification() };
        audited.verify(&verification).await.unwrap();
        drop(audited);
        let lines = bench.lines();
        assert_eq!(lines.len(), 2);
        assert_eq!((&lines[1]["event"], &lines[1]["user"]), (&"blocked".into(), &OWNER.into()));
        assert_eq!(lines[1]["operationId"], "op-1");
        assert!(lines[1]["organization"].is_null(), "that is of the other: {}", lines[1]);
    }
}

#[tokio::test]
async fn a_block_that_no_request_told_is_told_once_and_not_again_after_a_restart() {
    let bench = Bench::new();
    let until: Timestamp = "2126-11-22T08:00:00Z".parse().unwrap();
    let now: Timestamp = "2026-11-22T08:00:00Z".parse().unwrap();
    let auditor = bench.auditor(false, Some(until));
    for _ in 0..3 {
        auditor.catch_up(now).await;
    }
    drop(auditor);
    let auditor = bench.auditor(false, Some(until));
    auditor.recall(Some(&bench.0.path().join("audit.jsonl"))).await.unwrap();
    for _ in 0..3 {
        auditor.catch_up(now).await;
    }
    let codes = AuditedSmsOtp::new(Arc::new(Behind::Wrong), auditor);
    codes.verify(&verification()).await.unwrap();
    drop(codes);
    let lines = bench.lines();
    let told: Vec<_> = lines.iter().map(|line| line["event"].as_str().unwrap()).collect();
    assert_eq!(told, ["blocked", "code_verification"]);
    assert_eq!(lines[0]["user"], OWNER);
    assert!(lines[0]["requestId"].is_null());
}

#[tokio::test]
async fn refusals_that_were_only_counted_are_told_at_the_end() {
    let bench = Bench::new();
    let auditor = bench.auditor(false, None);
    let refusal = Refusal {
        reason: RefusalReason::Forbidden,
        caller: Some("texting".to_owned()),
        peer: Some([192, 0, 2, 1].into()),
        path: Some("/api/auth/user/lookup".to_owned()),
    };
    for _ in 0..4 {
        auditor.refused(refusal.clone());
    }
    drop(auditor);
    let lines = bench.lines();
    assert_eq!(lines.len(), 2);
    for (line, count, id) in [(&lines[0], "1", Value::from("r-1")), (&lines[1], "3", Value::Null)] {
        assert_eq!(line["event"], "caller_refused");
        assert_eq!(line["reason"], "forbidden");
        assert_eq!(line["caller"], "texting");
        assert_eq!(line["peer"], "192.0.2.1");
        assert_eq!(line["path"], "/api/auth/user/lookup");
        assert_eq!(line["count"].to_string(), count);
        assert_eq!(line["requestId"], id);
    }
}

#[tokio::test]
async fn a_success_asks_for_no_blocks() {
    let bench = Bench::new();
    let auditor = bench.auditor(false, Some(Timestamp::MAX));
    let audited = AuditedSmsOtp::new(Arc::new(Behind::Right), auditor);
    assert!(audited.verify_with_password(&verification(), &credentials()).await.unwrap().succeeded());
    drop(audited);
    assert_eq!(bench.lines().len(), 1);
}

#[tokio::test]
async fn where_lines_are_required_nothing_is_accepted_without_one() {
    let auditor = auditor(Path::new("/dev/full"), true, None);
    let codes = AuditedSmsOtp::new(Arc::new(Behind::Right), Arc::clone(&auditor));
    for _ in 0..2 {
        assert!(matches!(codes.verify(&verification()).await, Err(AdapterError::Remote(_))));
    }
    let kept = Arc::new(Kept::default());
    let consents = AuditedConsent::new(Arc::clone(&kept) as _, auditor);
    assert!(matches!(consents.save(&submission()).await, Err(AdapterError::Remote(_))));
    assert_eq!(*kept.0.lock().unwrap(), 0);
}

#[tokio::test]
async fn the_first_consent_without_a_line_is_not_kept_either() {
    let kept = Arc::new(Kept::default());
    let consents = AuditedConsent::new(Arc::clone(&kept) as _, auditor(Path::new("/dev/full"), true, None));
    assert!(matches!(consents.save(&submission()).await, Err(AdapterError::Remote(_))));
    assert_eq!(*kept.0.lock().unwrap(), 0);
}

#[tokio::test]
async fn where_lines_are_not_required_the_request_goes_on_without_one() {
    let audited = AuditedSmsOtp::new(Arc::new(Behind::Right), auditor(Path::new("/dev/full"), false, None));
    assert_eq!(audited.verify(&verification()).await.unwrap(), VerificationOutcome::Succeeded);
}

#[tokio::test]
async fn where_lines_are_required_a_consent_is_announced_before_it_is_kept() {
    for (required, outcomes) in [(true, &["requested", "succeeded"][..]), (false, &["succeeded"])] {
        let bench = Bench::new();
        let consents = AuditedConsent::new(Arc::new(Kept::default()), bench.auditor(required, None));
        assert!(consents.save(&submission()).await.unwrap());
        drop(consents);
        let lines = bench.lines();
        let found: Vec<_> = lines.iter().map(|line| line["outcome"].as_str().unwrap()).collect();
        assert_eq!(found, outcomes);
    }
}
