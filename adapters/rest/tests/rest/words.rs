//! What answers mean, in the words of each version.

use data_adapter_core::{
    AdapterError, AuthenticationOutcome, CodeAndPasswordOutcome, CodeDelivery, ConsentValidation, Decoration,
    IssuedCode, OptionProblem, Restriction, SmsOtp, VerificationOutcome,
};
use data_adapter_core::{Consent, Operations as _, UserLookup as _};
use data_adapter_protocol::web_flow::Dialect;

use crate::calls::{
    Call, authenticate, backend, backend_of, code_request, consent, credentials, every, party, query,
    submission, verification,
};
use crate::scripted::{Reply, Scripted};

#[tokio::test]
async fn the_result_of_a_code_is_told_by_its_key() {
    let left = Some(3);
    for (result, key, expected) in [
        ("VERIFIED_SUCCEEDED", "", VerificationOutcome::Succeeded),
        ("SUCCEEDED", "", VerificationOutcome::Succeeded),
        (
            "VERIFIED_FAILED",
            "smsAuthorization.failed",
            VerificationOutcome::Wrong { remaining_attempts: left },
        ),
        ("FAILED", "smsAuthorization.failed", VerificationOutcome::Wrong { remaining_attempts: left }),
        ("FAILED", "something.else", VerificationOutcome::Wrong { remaining_attempts: left }),
        ("SKIPPED", "login.authenticationFailed", VerificationOutcome::Wrong { remaining_attempts: left }),
        ("FAILED", "smsAuthorization.invalidCode", VerificationOutcome::Empty { remaining_attempts: left }),
        ("FAILED", "smsAuthorization.invalidMessage", VerificationOutcome::UnknownMessage),
        ("FAILED", "smsAuthorization.expired", VerificationOutcome::Expired),
        ("FAILED", "smsAuthorization.alreadyVerified", VerificationOutcome::AlreadyUsed),
        ("FAILED", "smsAuthorization.maxAttemptsExceeded", VerificationOutcome::AttemptsSpent),
    ] {
        let object = format!(
            r#"{{"smsAuthorizationResult":"{result}","errorMessage":"{key}","remainingAttempts":3}}"#
        );
        let server = Scripted::start([Reply::ok(&object)]).await;
        let outcome = backend(&server.url()).verify(&verification("1")).await;
        assert_eq!(outcome.expect("an outcome"), expected, "{object}");
    }
}

#[tokio::test]
async fn code_and_password_are_right_only_when_both_are() {
    for (code, password, right) in [
        ("VERIFIED_SUCCEEDED", "VERIFIED_SUCCEEDED", true),
        ("SUCCEEDED", "SUCCEEDED", true),
        ("SUCCEEDED", "FAILED", false),
        ("SKIPPED", "SKIPPED", false),
        ("VERIFIED_FAILED", "VERIFIED_SUCCEEDED", false),
    ] {
        let object =
            format!(r#"{{"smsAuthorizationResult":"{code}","userAuthenticationResult":"{password}"}}"#);
        let server = Scripted::start([Reply::ok(&object)]).await;
        let backend = backend(&server.url());
        let outcome = backend.verify_with_password(&verification("1"), &credentials("p")).await;
        assert_eq!(outcome.expect("an outcome").succeeded(), right, "{object}");
    }
}

async fn login(object: &str) -> Result<AuthenticationOutcome, AdapterError> {
    let server = Scripted::start([Reply::ok(object)]).await;
    authenticate(&backend(&server.url()), &credentials("p")).await
}

#[tokio::test]
async fn a_login_succeeds_with_its_user_and_without_one_is_remote() {
    let user = r#"{"id":"12345678","organizationId":"SME","givenName":"Ada","familyName":null}"#;
    let outcome =
        login(&format!(r#"{{"authenticationResult":"VERIFIED_SUCCEEDED","userDetail":{user}}}"#)).await;
    let AuthenticationOutcome::Succeeded { user, .. } = outcome.expect("an outcome") else {
        panic!("it succeeds")
    };
    assert_eq!((user.id.as_str(), user.organization.as_str()), ("12345678", "SME"));
    assert_eq!((user.given_name.as_deref(), user.family_name, user.phone), (Some("Ada"), None, None));
    for none in ["", r#","userDetail":null"#, r#","userDetail":{}"#] {
        let result = login(&format!(r#"{{"authenticationResult":"SUCCEEDED"{none}}}"#)).await;
        assert!(matches!(result, Err(AdapterError::Remote(_))), "{none}: {result:?}");
    }
}

#[tokio::test]
async fn a_failed_login_tells_the_tries_that_may_be_shown() {
    for (shown, remaining_attempts) in [("true", Some(2)), ("false", None), ("null", None)] {
        let object = format!(
            r#"{{"authenticationResult":"FAILED","remainingAttempts":2,"showRemainingAttempts":{shown}}}"#
        );
        let outcome = login(&object).await.expect("an outcome");
        assert_eq!(outcome, AuthenticationOutcome::Failed { remaining_attempts }, "{object}");
    }
}

/// Later versions tell the status of an account; whoever says that it may not be used is believed.
#[tokio::test]
async fn an_account_that_may_not_be_used_is_no_wrong_guess() {
    let user = r#"{"id":"1","organizationId":"R","accountStatus":"NOT_ACTIVE"}"#;
    let outcome = login(&format!(r#"{{"authenticationResult":"SUCCEEDED","userDetail":{user}}}"#)).await;
    let restricted = AuthenticationOutcome::restricted(credentials("p").user, Restriction::Unspecified);
    assert_eq!(outcome.expect("an outcome"), restricted);
}

#[tokio::test]
async fn an_account_that_may_not_be_used_is_passed_on_with_a_code_and_a_password() {
    let object = r#"{"smsAuthorizationResult":"SKIPPED","userAuthenticationResult":"SKIPPED",
        "accountStatus":"NOT_ACTIVE"}"#;
    let server = Scripted::start([Reply::ok(object)]).await;
    let both = backend(&server.url()).verify_with_password(&verification("1"), &credentials("p")).await;
    let restriction = Restriction::Unspecified;
    let restricted = CodeAndPasswordOutcome::Restricted { restriction, may_be_told: true };
    assert_eq!(both.expect("an outcome"), restricted);
}

#[tokio::test]
async fn an_unknown_user_is_an_answer_where_there_can_be_one() {
    let server =
        Scripted::start([Reply::error("400 Bad Request", "USER_NOT_FOUND", "login.userNotFound")]).await;
    let backend = backend(&server.url());
    assert_eq!(backend.by_username(&query()).await.expect("an answer"), None);
    assert_eq!(backend.by_id(&"1".to_owned().into(), None).await.expect("an answer"), None);
    assert_eq!(backend.decorate(&party("op")).await.expect("an answer"), None);
    assert_eq!(SmsOtp::create(&backend, &code_request()).await.expect("an answer"), None);
    let failed = AuthenticationOutcome::Failed { remaining_attempts: None };
    assert_eq!(authenticate(&backend, &credentials("p")).await.expect("an answer"), failed);
    let wrong = VerificationOutcome::Wrong { remaining_attempts: None };
    assert_eq!(backend.verify(&verification("1")).await.expect("an answer"), wrong);
    let both = backend.verify_with_password(&verification("1"), &credentials("p")).await;
    assert_eq!(both.expect("an answer"), CodeAndPasswordOutcome::Failed);
    let unclear = backend.init(&consent("op")).await;
    assert!(matches!(unclear, Err(AdapterError::InvalidInput(_))), "{unclear:?}");
}

#[tokio::test]
async fn an_error_behind_is_the_same_error_here_for_every_call() {
    let server = Scripted::start([Reply::error("400 Bad Request", "OPERATION_CONTEXT_INVALID", "m")]).await;
    for dialect in Dialect::ALL {
        let backend = backend_of(dialect, &server.url());
        for call in every(dialect).filter(|call| *call != Call::Status) {
            let result = call.make(&backend).await;
            assert!(matches!(result, Err(AdapterError::InvalidOperationContext(_))), "{call:?}: {result:?}");
        }
    }
}

#[tokio::test]
async fn information_about_another_user_is_remote() {
    let server = Scripted::start([Reply::ok(r#"{"id":"2","organizationId":"RETAIL"}"#)]).await;
    let result = backend(&server.url()).by_id(&"1".to_owned().into(), None).await;
    assert!(matches!(result, Err(AdapterError::Remote(_))), "{result:?}");
}

#[tokio::test]
async fn without_an_organization_a_default_is_needed() {
    let mut settings = crate::calls::settings("http://127.0.0.1:1");
    settings.default_organization = None;
    let result = crate::calls::with(settings).by_id(&"1".to_owned().into(), None).await;
    assert!(
        matches!(&result, Err(AdapterError::InvalidInput(why)) if why.contains("default_organization")),
        "{result:?}"
    );
}

#[tokio::test]
async fn a_message_that_did_not_leave_is_a_failed_delivery() {
    for (object, expected) in [
        (r#"{"messageId":"m","smsDeliveryResult":"SUCCEEDED"}"#, Some(CodeDelivery::Succeeded)),
        (r#"{"messageId":"m","smsDeliveryResult":"FAILED","errorMessage":"x"}"#, Some(CodeDelivery::Failed)),
        (r#"{"messageId":null,"smsDeliveryResult":"SUCCEEDED"}"#, None),
    ] {
        let server = Scripted::start([Reply::ok(object)]).await;
        let result = SmsOtp::create(&backend(&server.url()), &code_request()).await;
        match expected {
            Some(delivery) => {
                let issued = IssuedCode { message: "m".to_owned().into(), delivery };
                assert_eq!(result.expect("an answer"), Some(issued));
            }
            None => assert!(matches!(result, Err(AdapterError::Remote(_))), "{result:?}"),
        }
    }
}

#[tokio::test]
async fn consent_is_asked_for_however_it_is_announced() {
    for (object, needed) in [
        (r#"{"shouldDisplayConsentForm":true}"#, true),
        (r#"{"shouldDisplayConsentForm":false,"consentHtml":"","options":[]}"#, false),
        (r#"{"consentHtml":"I consent","options":[{"id":"A","required":true}]}"#, true),
    ] {
        let server = Scripted::start([Reply::ok(object)]).await;
        let need = backend(&server.url()).init(&consent("op")).await.expect("an answer");
        assert_eq!(need.form().is_some(), needed, "{object}");
    }
    let server = Scripted::start([Reply::ok("{}")]).await;
    let silence = backend(&server.url()).init(&consent("op")).await;
    assert!(matches!(silence, Err(AdapterError::Remote(_))), "{silence:?}");
}

#[tokio::test]
async fn a_form_from_behind_has_its_options_as_they_are_there() {
    let object = r#"{"consentHtml":"<p>I <b>consent</b></p>","options":[
        {"id":"A","descriptionHtml":"a","required":true,"defaultValue":"CHECKED"}]}"#;
    let server = Scripted::start([Reply::ok(object)]).await;
    let form = Consent::create(&backend(&server.url()), &consent("op")).await.expect("a form");
    assert_eq!(form.html, "<p>I <b>consent</b></p>");
    let option = &form.options[0];
    assert!(option.required && option.checked_by_default && option.html == "a", "{option:?}");
}

#[tokio::test]
async fn what_is_wrong_with_a_form_is_told_option_by_option() {
    let object = r#"{"consentValidationPassed":false,"validationErrorMessage":"Not yet","optionValidationResults":[
        {"id":"A","validationPassed":false,"errorMessage":"Tick me"},{"id":"B","validationPassed":true}]}"#;
    let server = Scripted::start([Reply::ok(object)]).await;
    let validation = backend(&server.url()).validate(&submission("op", &[("A", false)])).await;
    let problems = vec![OptionProblem { id: "A".to_owned(), message: "Tick me".to_owned() }];
    let expected = ConsentValidation::Failed { message: "Not yet".to_owned(), problems };
    assert_eq!(validation.expect("an answer"), expected);
    assert!(server.request().contains(r#""options":[{"id":"A","value":"NOT_CHECKED"}]"#));
}

#[tokio::test]
async fn a_decorated_form_comes_back_byte_for_byte() {
    let form = r#"{ "parameters" : [{"balance":158121.10},{"type":"NEW","x":1.0E7}] }"#;
    let server = Scripted::start([Reply::ok(&format!(r#"{{"formData":{form}}}"#))]).await;
    let decoration = backend(&server.url()).decorate(&party("op")).await.expect("an answer");
    let Some(Decoration::FormData(json)) = decoration else { panic!("a whole form") };
    assert_eq!(json.as_str(), form);
}

#[tokio::test]
async fn a_fake_is_asked_for_without_a_user() {
    let server = Scripted::start([Reply::ok(r#"{"messageId":"m","smsDeliveryResult":"SUCCEEDED"}"#)]).await;
    let fake = data_adapter_core::CodeRequest { user: None, organization: None, ..code_request() };
    SmsOtp::create(&backend(&server.url()), &fake).await.expect("an answer").expect("a code");
    assert!(server.request().contains(r#""userId":null,"organizationId":null,"#));
}

#[tokio::test]
async fn what_the_api_refuses_as_empty_is_nobodys_and_not_asked() {
    let server = Scripted::start([Reply::Reset]).await;
    let backend = backend(&server.url());
    let blank = data_adapter_core::UsernameQuery { username: " ".to_owned(), ..query() };
    assert_eq!(backend.by_username(&blank).await.expect("an answer"), None);
    assert_eq!(backend.by_id(&String::new().into(), None).await.expect("an answer"), None);
    let failed = AuthenticationOutcome::Failed { remaining_attempts: None };
    for password in ["", "a\0b"] {
        assert_eq!(authenticate(&backend, &credentials(password)).await.expect("an answer"), failed);
    }
    assert_eq!(server.requests(), [""; 0]);
}
