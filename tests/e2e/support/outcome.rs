//! What a recorded request has to come to.

use reqwest::header::CONTENT_TYPE;
use serde_json::Value;

use super::Answer;
use super::contains::missing;

/// The dialect of Web Flow up to 0.22.
pub(crate) const EARLIER: &str = "0.22";
/// The dialect of Web Flow from 0.23 on.
pub(crate) const LATER: &str = "1";

/// The outcome that is expected of one request.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Outcome {
    /// HTTP 200 and `OK`; these members, a JSON object without its braces, are in the `responseObject`.
    Holds(&'static str),
    /// HTTP 200 and `OK`, with or without a `responseObject`.
    Done,
    /// A text message was accepted for delivery and has an id.
    Sent,
    /// A consent form with a text and at least one option.
    Form,
    /// The form data has exactly one choice of accounts that can be chosen from, in the last place.
    Decorated,
    /// The form data has no choice of accounts.
    Undecorated,
    /// The consent is not given: an option that has to be ticked is not.
    Incomplete,
    /// An error: HTTP status, code, message.
    Error(u16, &'static str, &'static str),
}

/// An authentication with the right password.
pub(crate) const AUTHENTICATED: Outcome = Outcome::Holds(concat!(
    r#""authenticationResult":"VERIFIED_SUCCEEDED","errorMessage":null,"#,
    r#""userDetail":{"id":"12345678","givenName":"John","familyName":"Doe","organizationId":"RETAIL"}"#
));
/// An authentication that fails, whatever is wrong.
pub(crate) const NOT_AUTHENTICATED: Outcome = Outcome::Holds(concat!(
    r#""authenticationResult":"VERIFIED_FAILED","userDetail":null,"#,
    r#""errorMessage":"login.authenticationFailed","remainingAttempts":null"#
));
/// The user of the demo, found or asked for.
pub(crate) const JOHN_DOE: Outcome =
    Outcome::Holds(r#""id":"12345678","givenName":"John","familyName":"Doe","organizationId":"RETAIL""#);
/// A lookup that finds nobody.
pub(crate) const NOBODY: Outcome = Outcome::Error(400, "USER_NOT_FOUND", "login.userNotFound");
/// A right code.
pub(crate) const VERIFIED: Outcome = Outcome::Holds(
    r#""smsAuthorizationResult":"VERIFIED_SUCCEEDED","errorMessage":null,"remainingAttempts":null"#,
);
/// The first wrong code.
pub(crate) const WRONG_CODE: Outcome = Outcome::Holds(concat!(
    r#""smsAuthorizationResult":"VERIFIED_FAILED","errorMessage":"smsAuthorization.failed","#,
    r#""remainingAttempts":4,"showRemainingAttempts":false"#
));
/// A code for a message that was never created.
pub(crate) const UNKNOWN_MESSAGE: Outcome = Outcome::Holds(concat!(
    r#""smsAuthorizationResult":"VERIFIED_FAILED","errorMessage":"smsAuthorization.invalidMessage","#,
    r#""remainingAttempts":null"#
));
/// A code that is out of time, replaced by another, or whose operation has ended.
pub(crate) const EXPIRED: Outcome = Outcome::Holds(concat!(
    r#""smsAuthorizationResult":"VERIFIED_FAILED","errorMessage":"smsAuthorization.expired","#,
    r#""remainingAttempts":null"#
));
/// A code that was right once before.
pub(crate) const USED: Outcome = Outcome::Holds(concat!(
    r#""smsAuthorizationResult":"VERIFIED_FAILED","errorMessage":"smsAuthorization.alreadyVerified","#,
    r#""remainingAttempts":null"#
));
/// Code and password right.
pub(crate) const BOTH_VERIFIED: Outcome = Outcome::Holds(concat!(
    r#""smsAuthorizationResult":"VERIFIED_SUCCEEDED","userAuthenticationResult":"VERIFIED_SUCCEEDED","#,
    r#""errorMessage":null,"remainingAttempts":null"#
));
/// A step without certificates.
pub(crate) const NO_CERTIFICATES: Outcome = Outcome::Holds(concat!(
    r#""certificateAuthenticationMode":"NOT_AVAILABLE","certificateVerificationUrl":null,"#,
    r#""operationDataExternal":null"#
));
/// An operation with several steps, in the step that is a login.
pub(crate) const MAPPED_TO_LOGIN: Outcome = Outcome::Holds(concat!(
    r#""templateName":"login","operationName":"login","operationData":"A2","formData":{"title":{"id":"login.title"},"#,
    r#""greeting":{"id":"login.greeting"},"summary":{"id":"login.summary"},"config":[],"banners":[],"parameters":[]}"#
));
/// A payment as it is.
pub(crate) const MAPPED: Outcome = Outcome::Holds(concat!(
    r#""templateName":"authorize_payment","operationName":"authorize_payment","#,
    r#""formData":{"title":{"id":"operation.title"},"greeting":{"id":"operation.greeting"}}"#
));
/// A payment of several steps, in the step that approves it.
pub(crate) const MAPPED_SCA: Outcome = Outcome::Holds(concat!(
    r#""templateName":"authorize_payment_sca","operationName":"authorize_payment_sca","#,
    r#""formData":{"title":{"id":"operation.title"},"greeting":{"id":"operation.greeting"}}"#
));
/// A login for an application that may see accounts.
pub(crate) const LOGIN_OPERATION: Outcome = Outcome::Holds(concat!(
    r#""name":"login_sca","formData":{"title":{"id":"login.title"},"parameters":[]},"#,
    r#""applicationContext":{"id":"democlient","name":"democlient","extras":{}}"#
));
/// A code of nobody, for a message that was never created.
pub(crate) const SKIPPED: Outcome =
    Outcome::Holds(r#""smsAuthorizationResult":"SKIPPED","errorMessage":"smsAuthorization.invalidMessage""#);
/// A certificate that is nobody's.
pub(crate) const NO_CERTIFICATE: Outcome = Outcome::Holds(concat!(
    r#""certificateVerificationResult":"FAILED","errorMessage":"login.authenticationFailed","#,
    r#""accountStatus":"ACTIVE""#
));
/// An anti-fraud system that has nothing to say.
pub(crate) const NOT_APPLIED: Outcome =
    Outcome::Holds(r#""afsResponseApplied":false,"afsLabel":null,"authStepOptions":null,"extras":{}"#);
/// Code or password wrong: which one is not told.
pub(crate) const NOT_BOTH: Outcome = Outcome::Holds(concat!(
    r#""smsAuthorizationResult":"VERIFIED_FAILED","userAuthenticationResult":"VERIFIED_FAILED","#,
    r#""errorMessage":"login.authenticationFailed","remainingAttempts":null"#
));
/// The consent form is to be shown.
pub(crate) const SHOW: Outcome = Outcome::Holds(r#""shouldDisplayConsentForm":true"#);
/// Every required option is ticked.
pub(crate) const COMPLETE: Outcome = Outcome::Holds(
    r#""consentValidationPassed":true,"validationErrorMessage":null,"optionValidationResults":[]"#,
);
/// The consent is recorded.
pub(crate) const SAVED: Outcome = Outcome::Holds(r#""saveSucceeded":true"#);
/// A consent to be saved lacks what is required.
pub(crate) const NOT_SAVED: Outcome = Outcome::Error(400, "CONSENT_DATA_INVALID", "consent.invalidRequest");

impl Outcome {
    /// Panics, naming the request, when the answer is not this outcome in the words of 0.22.
    pub(crate) fn assert(self, answer: &Answer, request: &str) {
        self.assert_in(EARLIER, answer, request);
    }

    /// Panics, naming the request, when the answer is not this outcome in the words of a dialect.
    pub(crate) fn assert_in(self, dialect: &str, answer: &Answer, request: &str) {
        let problems = self.problems(dialect, answer);
        assert!(
            problems.is_empty(),
            "{request}: expected {self:?}, but {}\nHTTP {} {}",
            problems.join("; "),
            answer.status,
            answer.text
        );
    }

    fn problems(self, dialect: &str, answer: &Answer) -> Vec<String> {
        let expected = match self {
            Self::Error(status, code, message) => return errors(answer, status, code, message),
            Self::Holds(members) => members,
            Self::Sent => r#""smsDeliveryResult":"SUCCEEDED","errorMessage":null"#,
            Self::Incomplete => {
                r#""consentValidationPassed":false,"validationErrorMessage":"Please fill in the whole consent form.""#
            }
            Self::Done | Self::Form | Self::Decorated | Self::Undecorated => "",
        };
        let object = if expected.is_empty() { "" } else { &format!(r#","responseObject":{{{expected}}}"#) };
        let mut expected = parsed(&format!(r#"{{"status":"OK"{object}}}"#));
        if dialect == LATER {
            put_in_later_words(&mut expected);
        }
        let mut problems = holds(answer, 200, &expected);
        if !self.shape(answer) {
            problems.push("the responseObject is of another shape".to_owned());
        }
        problems
    }

    /// What an outcome asks for beyond members with given values.
    fn shape(self, answer: &Answer) -> bool {
        let object = || answer.object();
        match self {
            Self::Sent => object()["messageId"].as_str().is_some_and(|id| !id.is_empty()),
            Self::Form => {
                let filled = |value: &Value| value.as_str().is_some_and(|text| !text.is_empty());
                let options = object()["options"].as_array();
                filled(&object()["consentHtml"])
                    && options.is_some_and(|options| {
                        !options.is_empty() && options.iter().all(|option| filled(&option["id"]))
                    })
            }
            Self::Incomplete => object()["optionValidationResults"]
                .as_array()
                .is_some_and(|results| results.iter().any(|result| result["validationPassed"] == false)),
            Self::Decorated => {
                let parameters = parameters(answer);
                let last = parameters.last().filter(|last| last["type"] == CHOICE);
                last.is_some_and(|choice| {
                    choice["bankAccounts"].as_array().is_some_and(|all| !all.is_empty())
                }) && parameters.iter().filter(|parameter| parameter["type"] == CHOICE).count() == 1
            }
            Self::Undecorated => {
                object()["formData"]["parameters"].is_array()
                    && parameters(answer).iter().all(|parameter| parameter["type"] != CHOICE)
            }
            Self::Holds(_) | Self::Done | Self::Error(..) => true,
        }
    }
}

const CHOICE: &str = "BANK_ACCOUNT_CHOICE";

fn parameters(answer: &Answer) -> &[Value] {
    answer.object()["formData"]["parameters"].as_array().map_or(&[], Vec::as_slice)
}

fn errors(answer: &Answer, status: u16, code: &str, message: &str) -> Vec<String> {
    let body = format!(
        concat!(
            r#"{{"status":"ERROR","responseObject":{{"code":"{}","message":"{}","#,
            r#""validationErrors":null,"remainingAttempts":null}}}}"#
        ),
        code, message
    );
    holds(answer, status, &parsed(&body))
}

fn parsed(body: &str) -> Value {
    serde_json::from_str(body).expect("an expectation is JSON")
}

/// What versions from 0.23 on say in place of what 0.22 says.
fn put_in_later_words(expected: &mut Value) {
    let Some(object) = expected.get_mut("responseObject").and_then(Value::as_object_mut) else { return };
    for value in object.values_mut() {
        if let Some(word) = value.as_str().and_then(|word| word.strip_prefix("VERIFIED_")) {
            *value = word.into();
        }
    }
    let tells_status = ["userDetail", "familyName", "userAuthenticationResult"];
    if tells_status.iter().any(|name| object.contains_key(*name)) {
        object.insert("accountStatus".to_owned(), "ACTIVE".into());
    }
    object.remove("userDetail");
}

fn holds(answer: &Answer, status: u16, example: &Value) -> Vec<String> {
    let mut problems = missing(&answer.json(), example, &[]);
    if answer.status != status {
        problems.push(format!("the HTTP status is {} instead of {status}", answer.status));
    }
    // Web Flow reads a body under another content type as a failure.
    let content_type = answer.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    if !content_type.is_some_and(|value| value.starts_with("application/json")) {
        problems.push(format!("the content type is {content_type:?}"));
    }
    problems
}
