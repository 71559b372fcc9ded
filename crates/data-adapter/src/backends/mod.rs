//! Which back ends there are, and which of them answers what.

mod builtin;
mod choose;
mod registry;

pub(crate) use builtin::{builtin, shows_demo_users};
pub(crate) use choose::{Parts, Ready, choose, connect, start, users};
pub use registry::{BackendContext, Kind, Registry};

#[cfg(test)]
mod tests;
