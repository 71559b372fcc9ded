//! The chain in a file: each line is written after the one whose hash it carries.
//!
//! Each module imports only those before it: `error` and `target`, `hash`, `link`, `line`, `tail`, `sink`, `writer`, `worker`,
//! `log`. Beside `log`, which is for a service, stand `beside`, for a command, and `verify`, for a reader.

mod beside;
mod error;
mod hash;
mod line;
mod link;
mod log;
mod sink;
mod tail;
mod target;
mod verify;
mod worker;
mod writer;

pub(crate) use hash::{finish, hash};
pub(crate) use link::{Link, NO_LINE, Tip};

pub use beside::Beside;
pub use error::AuditError;
pub use line::ascii;
pub use log::AuditLog;
pub use target::Target;
pub use verify::{Broken, Verified, verify};
