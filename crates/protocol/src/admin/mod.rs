//! The admin API, as operators call it.
//!
//! `null` is absent and unknown members are ignored, everywhere. All that is wrong with a request is told at once, by the names of
//! its members and never by their values.

mod answers;
mod problem;
mod requests;
mod values;
mod watch;

pub use answers::{
    BlockEntry, BlocksAnswer, ChallengeEntry, ChallengesAnswer, ConsentChoice, ConsentEntry, ConsentsAnswer,
    ConsentsWithdrawn, DeliveryEntry, DeviceEntry, DeviceRegistered, ScaRequestCreated, SessionsEnded,
    UnblockAnswer, UserAnswer,
};
pub use problem::{MemberProblem, ProblemDetails, ProblemReason};
pub use requests::{
    AdminRequest, CreateScaRequest, LONGEST_TEXT, LONGEST_TITLE, RegisterDeviceRequest, UnblockRequest,
    WithdrawConsentsRequest, read,
};
pub use values::{
    DeliveryStatusName, FactorName, PartKind, PartStatus, ScaMethod, SentScopeName, UserFactor,
};
pub use watch::{
    AuditAnswer, AuditLine, BreakEntry, ChainEntry, HealthAnswer, PartEntry, SentAnswer, SentEntry, SentLimit,
};
