//! The Data Adapter program as a library: reads the configuration, picks the adapters, starts the server.

mod assemble;
mod audit;
mod commands;
mod config;
mod demo;
mod failure;
mod logging;

use std::process::ExitCode;

pub use failure::Failure;

/// Runs the command line that the process was started with.
#[must_use]
pub fn run() -> ExitCode {
    commands::run()
}
