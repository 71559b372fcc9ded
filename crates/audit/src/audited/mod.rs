//! The capabilities of `core` and `sca`, each of which leaves a line of every step.

mod administration;
mod anti_fraud;
mod authentication;
mod certificates;
mod consent;
mod deliveries;
mod devices;
mod factors;
mod health;
mod operations;
mod requests;
mod sessions;
mod sms_otp;
mod trail;
mod users;

pub use administration::{
    AuditedAdministration, erased, erasing, lifted, lifting, looking, withdrawing, withdrawn,
};
pub use anti_fraud::AuditedAntiFraud;
pub use authentication::AuditedAuthentication;
pub use certificates::AuditedCertificates;
pub use consent::AuditedConsent;
pub use deliveries::AuditedDeliveries;
pub use devices::AuditedDevices;
pub use factors::AuditedFactors;
pub use health::AuditedHealth;
pub use operations::AuditedOperations;
pub use requests::{AuditedPushDecisions, AuditedScaRequests};
pub use sessions::AuditedSessions;
pub use sms_otp::AuditedSmsOtp;
pub use trail::AuditedTrail;
pub use users::AuditedUsers;
