//! Whatever comes in, the answer is a refusal that a client can read, and never an error of the server.

pub(crate) mod case;
mod form_kinds;
mod framework_kinds;
mod member_kinds;
pub(crate) mod paths;
pub(crate) mod raw;
mod routing;
mod sweep;
mod validation;
