//! The audit log: one line of JSON for each step of an operation (RTS on SCA, Art. 29), appended to a file or to standard
//! output, each with the SHA-256 of the line before.
//!
//! It is a room of its own because neither of its neighbours is one for it: `core` does no I/O, and the engine of `sca` is
//! one back end among others, while the audit log has to record them all alike. So it wraps the capabilities of `core`
//! ([`AuditedAuthentication`], [`AuditedSmsOtp`], [`AuditedConsent`], [`AuditedOperations`], [`AuditedCertificates`],
//! [`AuditedAntiFraud`]) and those that `sca` adds for other APIs ([`AuditedScaRequests`], [`AuditedPushDecisions`],
//! [`AuditedDevices`], [`AuditedSessions`], [`AuditedFactors`]) and for operators ([`AuditedAdministration`], [`AuditedUsers`],
//! [`AuditedTrail`], [`AuditedHealth`]), and
//! imports nothing else. Who asks, and which users are blocked, it learns through [`ContextSource`] and [`BlockLookup`].
//!
//! Each module imports only those before it: `event` is what a line says; `chain` the file that lines stand in; `auditor` begins
//! and ends the lines of a request, and decides what happens when one can't be written; `audited` are the wrappers. Beside them,
//! `trail` reads the files for operators ([`AuditFiles`]).
//!
//! # The chain
//!
//! Each line carries its number, `sequence`, and `previous`, the SHA-256 in hexadecimal of the line before without its line
//! break: 64 zeros in the first line of all. [`verify`] computes the hashes again. A line that is altered, removed, added or
//! moved shows in the line after it; the last line is protected only by what follows, or by its hash kept elsewhere.
//! The chain holds no secret: whoever can write the file can also make all of it anew, which only a hash kept elsewhere shows.
//!
//! Several processes may add lines to one file, a service and the commands beside it ([`Beside`]): each locks the file while
//! it writes, and goes on from what the others added. What does not continue the chain is never gone on from.
//!
//! A line that was cut off by a crash or by a full disk stays in the file. The first line after it is a `recovered` one that
//! carries the hash of the rest (`torn`) and the number of lines that could not be written at all (`lost`).
//!
//! # What can't happen to a line
//!
//! Lines are ASCII: whatever else a caller sends is escaped as JSON does it, so that nothing breaks a line, forges one, or
//! does anything to the terminal that shows it. Codes, passwords and whole phone numbers have no field to stand in.

mod audited;
mod auditor;
mod chain;
mod event;
mod trail;

pub use audited::{
    AuditedAdministration, AuditedAntiFraud, AuditedAuthentication, AuditedCertificates, AuditedConsent,
    AuditedDeliveries, AuditedDevices, AuditedFactors, AuditedHealth, AuditedOperations,
    AuditedPushDecisions, AuditedScaRequests, AuditedSessions, AuditedSmsOtp, AuditedTrail, AuditedUsers,
    erased, erasing, lifted, lifting, looking, withdrawing, withdrawn,
};
pub use auditor::{
    AuditContext, Auditor, BlockLookup, ContextSource, Refusal, RefusalReason, Step, UserBlock,
};
pub use chain::{AuditError, AuditLog, Beside, Broken, Target, Verified, ascii, verify};
pub use event::{AuditEvent, AuditOutcome, EventKind, Factor, Operator, TickedOption};
pub use trail::AuditFiles;
