use std::sync::Arc;

use crate::{Authentication, Consent, Operations, SmsOtp, UserLookup};

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
}
