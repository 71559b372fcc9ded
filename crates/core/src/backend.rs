use std::sync::Arc;

use crate::{
    AntiFraud, Authentication, CertificateAuthentication, Consent, OperationSetup, Operations, Readiness,
    SmsOtp, UserLookup,
};

/// Everything that stands behind the server, one part per capability: users may come from a directory, consent from a
/// remote service and codes from the engine.
#[derive(Clone)]
pub struct Backend {
    /// Finds users.
    pub users: Arc<dyn UserLookup>,
    /// Checks passwords.
    pub authentication: Arc<dyn Authentication>,
    /// Makes and checks one-time codes.
    pub sms_otp: Arc<dyn SmsOtp>,
    /// Asks for consent.
    pub consent: Arc<dyn Consent>,
    /// Follows operations.
    pub operations: Arc<dyn Operations>,
    /// Sets operations up.
    pub setup: Arc<dyn OperationSetup>,
    /// Checks certificates.
    pub certificates: Arc<dyn CertificateAuthentication>,
    /// Judges risks.
    pub anti_fraud: Arc<dyn AntiFraud>,
}

/// What one back end can do; `None` is what it can't. The configuration picks a [`Backend`] from those of several.
#[derive(Clone, Default)]
pub struct Capabilities {
    /// Finds users.
    pub users: Option<Arc<dyn UserLookup>>,
    /// Checks passwords.
    pub authentication: Option<PasswordCheck>,
    /// Makes and checks one-time codes, for a system that owns their whole life.
    pub sms_otp: Option<Arc<dyn SmsOtp>>,
    /// Asks for consent, for a system that has a register of its own.
    pub consent: Option<Arc<dyn Consent>>,
    /// Follows operations.
    pub operations: Option<Arc<dyn Operations>>,
    /// Sets operations up, for a system that does not leave it to the configuration.
    pub setup: Option<Arc<dyn OperationSetup>>,
    /// Checks certificates, for a system that knows who owns which.
    pub certificates: Option<Arc<dyn CertificateAuthentication>>,
    /// Judges risks.
    pub anti_fraud: Option<Arc<dyn AntiFraud>>,
    /// Tells whether the system behind can be reached; `None` where nothing is behind.
    pub readiness: Option<Arc<dyn Readiness>>,
}

/// How much of an authentication a back end does.
#[derive(Clone)]
pub enum PasswordCheck {
    /// It says whether a clear password is right. What came encrypted is decrypted before, and failures are counted and
    /// block around it.
    Bare(Arc<dyn Authentication>),
    /// It takes passwords as they come, and counts and blocks itself.
    Complete(Arc<dyn Authentication>),
}
