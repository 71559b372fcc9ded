//! The Data Adapter program as a library: reads the configuration, picks the adapters, starts the server.
//!
//! A bank's own program is a crate of its own that depends on this one and registers its back end, as
//! `adapters/example-bank/program` does:
//!
//! ```text
//! fn main() -> ExitCode {
//!     data_adapter::run(|registry| {
//!         registry.register("our-bank", |settings: OurSettings, _: &BackendContext<'_>| {
//!             OurBank::new(settings).map(OurBank::capabilities)
//!         });
//!     })
//! }
//! ```

mod apis;
mod assemble;
mod audit;
mod backends;
mod commands;
mod config;
mod demo;
mod factors;
mod failure;
mod foundation;
mod hardening;
mod housekeeping;
mod logging;
mod operator;
mod reload;
mod requests;
mod runtime;
mod sms;
mod sms_costs;
mod stores;
mod supervisor;
mod telemetry;

use std::alloc::System;
use std::process::ExitCode;

use zeroizing_alloc::ZeroAlloc;

pub use backends::{BackendContext, Kind, Registry};
pub use data_adapter_core::Capabilities;
pub use failure::Failure;

/// Wipes whatever is given back. A password passes through buffers, parsers and texts of many libraries, which leave it behind
/// where they had it.
#[global_allocator]
static WIPING: ZeroAlloc<System> = ZeroAlloc(System);

/// Runs the command line that the process was started with. `register` adds kinds of back ends to those that come with the
/// program.
#[must_use]
pub fn run(register: impl FnOnce(&mut Registry)) -> ExitCode {
    let mut registry = backends::builtin();
    register(&mut registry);
    commands::run(&registry)
}
