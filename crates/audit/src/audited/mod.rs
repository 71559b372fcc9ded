//! The capabilities of `core`, each of which leaves a line of every step.

mod anti_fraud;
mod authentication;
mod certificates;
mod consent;
mod operations;
mod sms_otp;

pub use anti_fraud::AuditedAntiFraud;
pub use authentication::AuditedAuthentication;
pub use certificates::AuditedCertificates;
pub use consent::AuditedConsent;
pub use operations::AuditedOperations;
pub use sms_otp::AuditedSmsOtp;
