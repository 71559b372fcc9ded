//! The audit log: one line of JSON for each step of an operation (RTS on SCA, Art. 29), appended to a file or to standard
//! output, each with the SHA-256 of the line before.
//!
//! It is a room of its own because neither of its neighbours is one for it: `core` does no I/O, and the engine of `sca` is
//! one back end among others, while the audit log has to record them all alike. So it wraps the capabilities of `core`
//! ([`AuditedAuthentication`], [`AuditedSmsOtp`], [`AuditedConsent`], [`AuditedOperations`], [`AuditedCertificates`],
//! [`AuditedAntiFraud`]) and imports nothing else. Who
//! asks, and which users are blocked, it learns through [`ContextSource`] and [`BlockLookup`].
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

mod anti_fraud;
mod auditor;
mod authentication;
mod beside;
mod blocks;
mod certificates;
mod chain;
mod consent;
mod event;
mod line;
mod log;
mod operations;
mod refusals;
mod sink;
mod sms_otp;
mod tail;
mod verify;
mod worker;
mod writer;

pub use anti_fraud::AuditedAntiFraud;
pub use auditor::{AuditContext, Auditor, ContextSource, Step};
pub use authentication::AuditedAuthentication;
pub use beside::Beside;
pub use blocks::{BlockLookup, UserBlock};
pub use certificates::AuditedCertificates;
pub use consent::AuditedConsent;
pub use event::{AuditEvent, AuditOutcome, EventKind, Factor, Operator, TickedOption};
pub use line::ascii;
pub use log::{AuditError, AuditLog, Target};
pub use operations::AuditedOperations;
pub use refusals::{Refusal, RefusalReason};
pub use sms_otp::AuditedSmsOtp;
pub use verify::{Broken, Verified, verify};
