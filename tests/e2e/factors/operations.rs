//! The five operations, with what each of them may answer.

use reqwest::Method;

/// An operation, as the document lists it.
#[derive(Clone, Debug)]
pub(super) struct Operation {
    pub(super) method: Method,
    /// Below the root of the API.
    pub(super) path: String,
    pub(super) has_reference: bool,
    /// The codes that it may answer 409 with.
    pub(super) conflicts: &'static [&'static str],
}

/// The root of the API.
pub(super) const ROOT: &str = "/authentication_factors";

const ENROL_OTP: &[&str] = &[
    "CHANNEL_NOT_SUPPORTED",
    "CHANNEL_ALREADY_REGISTERED",
    "MOBILE_NUMBER_NOT_AVAILABLE",
    "MOBILE_NUMBER_INVALID",
    "CREDENTIALS_INACTIVE",
    "CHALLENGE_LIMIT_EXCEEDED",
    "REQUEST_UNDER_WAY",
];
const VERIFY_OTP: &[&str] = &[
    "CHANNEL_ALREADY_REGISTERED",
    "VERIFICATION_CODE_EXPIRED",
    "VERIFICATION_CODE_INVALID",
    "CHALLENGE_LIMIT_EXCEEDED",
    "ONE_CHALLENGE_LIMIT_REMAINING",
    "STATE_INVALID",
    "REQUEST_UNDER_WAY",
];
const ENROL_PUSH: &[&str] = &[
    "CHANNEL_NOT_SUPPORTED",
    "CHANNEL_ALREADY_REGISTERED",
    "CREDENTIALS_INACTIVE",
    "CHANNEL_NOT_READY",
    "CHALLENGE_LIMIT_EXCEEDED",
    "REQUEST_UNDER_WAY",
];

impl Operation {
    fn new(method: Method, path: &str, conflicts: &'static [&'static str]) -> Self {
        let has_reference = method == Method::POST;
        Self { method, path: path.to_owned(), has_reference, conflicts }
    }

    pub(super) fn list() -> Self {
        Self::new(Method::GET, "", &[])
    }

    pub(super) fn enrol_otp() -> Self {
        Self::new(Method::POST, "/otp/SMS", ENROL_OTP)
    }

    pub(super) fn verify_otp() -> Self {
        Self::new(Method::POST, "/otp/SMS/verify", VERIFY_OTP)
    }

    pub(super) fn enrol_push() -> Self {
        Self::new(Method::POST, "/push/AUTHY", ENROL_PUSH)
    }

    pub(super) fn unlink() -> Self {
        Self::new(Method::DELETE, "/push/AUTHY", &["CHANNEL_NOT_REGISTERED"])
    }

    /// All of them.
    pub(super) fn all() -> [Self; 5] {
        [Self::list(), Self::enrol_otp(), Self::verify_otp(), Self::enrol_push(), Self::unlink()]
    }

    /// The same with another path.
    pub(super) fn at(self, path: &str) -> Self {
        Self { path: path.to_owned(), ..self }
    }

    /// Whether this is the one that asks for nothing but what there is.
    pub(super) fn is_list(&self) -> bool {
        self.method == Method::GET
    }

    /// Whether it takes a code.
    pub(super) fn takes_code(&self) -> bool {
        self.path.ends_with("/verify")
    }
}
