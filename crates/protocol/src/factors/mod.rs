//! The Additional Factors API, as the web and mobile applications of a programme call it.
//!
//! `null` is absent and unknown members are ignored. What is wrong with a request is told by the names of its fields
//! and never by their values.

mod answers;
mod channels;
mod conflict;
mod errors;
mod verification;

pub use answers::{Factor, FactorChannel, FactorStatus, FactorType, FactorsResponse};
pub use channels::{OtpChannel, PushChannel};
pub use conflict::{Conflict, ConflictCode};
pub use errors::{BadRequest, FieldError, Forbidden, ForbiddenCode, InvalidField, NotFound, SyntaxErrors};
pub use verification::{CODE_DIGITS, VerifyRequest};
