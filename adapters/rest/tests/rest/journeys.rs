//! Codes, consent and operations through a second instance of the program.

use data_adapter_core::{
    AdapterError, CodeDelivery, CodeMessage, CodeRequest, CodeVerification, Consent, ConsentValidation,
    Decoration, FormChoice, FormDataChange, IssuedCode, OperationChange, OperationOutcome, Operations as _,
    SmsOtp, UserLookup as _, VerificationOutcome,
};
use data_adapter_core::{CallContext, Json, PhoneNumber};
use data_adapter_protocol::web_flow::Dialect;
use data_adapter_rest::{RestBackend, RestSettings};
use data_adapter_testkit::Directory;
use data_adapter_tests::DataAdapter;

use crate::calls::{
    Call, DEMO, FORM, approval, backend_of, code_message, consent, every, party, query, settings, submission,
    with,
};

/// The setting of the program behind.
pub(crate) const DIALECT: &str = "DATA_ADAPTER__WEB_FLOW__DIALECT";

async fn start(dialect: Dialect) -> (DataAdapter, RestBackend) {
    let behind = DataAdapter::builder().env(DIALECT, dialect.name()).start().await;
    let backend = backend_of(dialect, &behind.url("/powerauth-data-adapter"));
    (behind, backend)
}

async fn issue(backend: &RestBackend, id: &str) -> IssuedCode {
    SmsOtp::create(backend, &approval(id).request()).await.expect("an answer").expect("a user")
}

#[tokio::test]
async fn a_code_is_accepted_once_and_only_for_its_payment() {
    for dialect in Dialect::ALL {
        let (behind, backend) = start(dialect).await;
        let issued = issue(&backend, "op-1").await;
        assert_eq!(issued.delivery, CodeDelivery::Succeeded);
        let code = behind.code_for(issued.message.as_str()).await;
        let answer = approval("op-1").answer(&issued.message, &code);
        let mut changed: CodeVerification = answer.clone();
        changed.operation.form_data = Some(Json::new(FORM.replace("158121.10", "158121.11")));
        let outcome = backend.verify(&changed).await.expect("an outcome");
        assert_eq!(outcome, VerificationOutcome::Wrong { remaining_attempts: Some(4) });
        let empty = approval("op-1").answer(&issued.message, "");
        let outcome = backend.verify(&empty).await.expect("an outcome");
        assert_eq!(outcome, VerificationOutcome::Empty { remaining_attempts: Some(3) });
        assert_eq!(backend.verify(&answer).await.expect("an outcome"), VerificationOutcome::Succeeded);
        assert_eq!(backend.verify(&answer).await.expect("an outcome"), VerificationOutcome::AlreadyUsed);
        let unknown = approval("op-1").answer(&"nothing".to_owned().into(), &code);
        assert_eq!(backend.verify(&unknown).await.expect("an outcome"), VerificationOutcome::UnknownMessage);
    }
}

#[tokio::test]
async fn a_code_and_a_password_are_right_together() {
    for dialect in Dialect::ALL {
        let (behind, backend) = start(dialect).await;
        let issued = issue(&backend, "op-2").await;
        let answer =
            approval("op-2").answer(&issued.message, &behind.code_for(issued.message.as_str()).await);
        let credentials = |password| approval("op-2").credentials(password);
        let both = backend.verify_with_password(&answer, &credentials("wrong")).await;
        assert!(!both.expect("an outcome").succeeded());
        let both = backend.verify_with_password(&answer, &credentials(Directory::PASSWORD)).await;
        assert!(both.expect("an outcome").succeeded());
    }
}

#[tokio::test]
async fn the_end_of_an_operation_ends_its_codes_behind() {
    for dialect in Dialect::ALL {
        let (behind, backend) = start(dialect).await;
        let issued = issue(&backend, "op-3").await;
        let code = behind.code_for(issued.message.as_str()).await;
        backend.end_operation(&"op-3".to_owned().into()).await.expect("nothing to do");
        let change = OperationChange { party: party("op-3"), outcome: OperationOutcome::Canceled };
        backend.operation_changed(&change).await.expect("it is told");
        let outcome = backend.verify(&approval("op-3").answer(&issued.message, &code)).await;
        assert_eq!(outcome.expect("an outcome"), VerificationOutcome::Expired);
    }
}

#[tokio::test]
async fn a_fake_looks_like_a_code_and_never_verifies() {
    for dialect in Dialect::ALL {
        let (behind, backend) = start(dialect).await;
        let fake = approval("op-4").by_nobody();
        let issued = SmsOtp::create(&backend, &fake.request()).await.expect("an answer").expect("a fake");
        assert_eq!((issued.delivery, behind.messages().await.len()), (CodeDelivery::Succeeded, 0));
        let outcome = backend.verify(&fake.answer(&issued.message, "12345678")).await;
        assert_eq!(outcome.expect("an outcome"), VerificationOutcome::Wrong { remaining_attempts: Some(4) });
    }
}

#[tokio::test]
async fn a_payment_gets_the_accounts_of_its_payer() {
    for dialect in Dialect::ALL {
        let (_behind, backend) = start(dialect).await;
        let decoration = backend.decorate(&party("op-5")).await.expect("an answer");
        let Some(Decoration::FormData(form)) = decoration else { panic!("a form: {decoration:?}") };
        for part in [r#""amount":158121.10,"#, r#""balance":158121.10,"#, r#""type":"BANK_ACCOUNT_CHOICE""#] {
            assert!(form.as_str().contains(part), "{part} is not in {}", form.as_str());
        }
        let choose = |id: &str| FormDataChange {
            party: party("op-5"),
            choice: FormChoice::BankAccount(id.to_owned()),
        };
        backend.form_data_changed(&choose("CZ4012340000000012345678")).await.expect("it is told");
        let unknown = backend.form_data_changed(&choose("nothing")).await;
        assert!(matches!(unknown, Err(AdapterError::InvalidInput(_))), "{unknown:?}");
    }
}

#[tokio::test]
async fn consent_is_asked_judged_and_kept_behind() {
    for dialect in Dialect::ALL {
        let (_behind, backend) = start(dialect).await;
        let need = backend.init(&consent("op-6")).await.expect("an answer");
        let announced = need.form().expect("consent is needed");
        let form = Consent::create(&backend, &consent("op-6")).await.expect("a form");
        assert_eq!(announced, form);
        assert!(!form.html.is_empty());
        let ticks = |checked| -> Vec<(&str, bool)> {
            form.options.iter().map(|option| (option.id.as_str(), checked)).collect()
        };
        let refused = backend.validate(&submission("op-6", &ticks(false))).await.expect("an answer");
        let ConsentValidation::Failed { message, problems } = refused else { panic!("something is missing") };
        assert!(!message.is_empty() && !problems.is_empty());
        let refused = backend.save(&submission("op-6", &ticks(false))).await;
        assert!(matches!(refused, Err(AdapterError::InvalidConsentData(_))), "{refused:?}");
        let passed = backend.validate(&submission("op-6", &ticks(true))).await;
        assert_eq!(passed.expect("an answer"), ConsentValidation::Passed);
        assert!(backend.save(&submission("op-6", &ticks(true))).await.expect("an answer"));
    }
}

#[tokio::test]
async fn an_unknown_operation_is_the_same_error_on_both_sides() {
    for dialect in Dialect::ALL {
        let (_behind, backend) = start(dialect).await;
        let result = SmsOtp::create(&backend, &approval("op-7").named("unknown").request()).await;
        assert!(matches!(result, Err(AdapterError::InvalidOperationContext(_))), "{result:?}");
    }
}

#[tokio::test]
async fn the_log_behind_names_the_same_request() {
    for dialect in Dialect::ALL {
        let (mut behind, backend) = start(dialect).await;
        let call = CallContext::new("a-request-of-the-front", None);
        call.scope(async { backend.by_username(&query()).await.expect("an answer") }).await;
        behind.logged("request_id=a-request-of-the-front", 1).await;
    }
}

/// A caller that is not let in is an operator's problem, never a person's wrong password.
#[tokio::test]
async fn wrong_credentials_of_the_front_are_remote_for_every_call() {
    // The hash of `token`.
    let hash = "3c469e9d6c5875d37a43f353d4f88e61fcf812c66eee3457465a40b0da4153e0";
    let config = format!("{DEMO}[[callers.allowed]]\nname = \"front\"\ntoken_sha256 = \"{hash}\"\n");
    for dialect in Dialect::ALL {
        let behind = DataAdapter::builder().config(&config).env(DIALECT, dialect.name()).start().await;
        let with_token = |token: &str| {
            with(RestSettings { dialect, token: Some(token.into()), ..settings(&behind.url("")) })
        };
        let wrong = with_token("wrong");
        for call in every(dialect) {
            let result = call.make(&wrong).await;
            assert!(matches!(result, Err(AdapterError::Remote(_))), "{call:?}: {result:?}");
        }
        Call::Status.make(&with_token("token")).await.expect("the caller is let in");
    }
}

#[tokio::test]
async fn a_code_of_the_front_reaches_the_number_that_it_says_and_no_blocked_user() {
    let (behind, backend) = start(Dialect::V1).await;
    let message = code_message("87654321", "+420777000111");
    let delivery = backend.send(&message).await.expect("an answer");
    assert_eq!(delivery, Some(CodeDelivery::Succeeded));
    assert_eq!(behind.code_for("a-message-of-the-front").await, "87654321");
    assert_eq!(behind.messages().await[0]["to"], "+420777000111");
    let blocked = CodeMessage { user: Some(Directory::BLOCKED.to_owned().into()), ..message.clone() };
    assert_eq!(backend.send(&blocked).await.expect("an answer"), Some(CodeDelivery::Succeeded));
    let unknown = CodeMessage { user: Some("nobody".to_owned().into()), ..message };
    assert_eq!(backend.send(&unknown).await.expect("an answer"), None);
    assert_eq!(behind.messages().await.len(), 1, "only the first one left");
}

#[tokio::test]
async fn the_code_of_a_payment_reaches_the_number_that_the_front_says() {
    let (behind, backend) = start(Dialect::V1).await;
    let phone = Some(PhoneNumber::new("+420777000111"));
    let request = CodeRequest { phone, ..approval("op-8").request() };
    SmsOtp::create(&backend, &request).await.expect("an answer").expect("a user");
    assert_eq!(behind.messages().await[0]["to"], "+420777000111");
}
