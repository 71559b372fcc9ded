//! Measures the release binary beside it: `load` how fast it is, `instructions` what a request takes, `timing` whether the time
//! of an answer tells a secret.
//! `docs/performance.md` says what the numbers mean.

#![expect(clippy::print_stdout, reason = "its output is a table for people")]
#![expect(clippy::print_stderr, reason = "and its progress")]

mod bare;
mod house;
mod http;
mod instructions;
mod load;
mod requests;
mod server;
mod timing;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Requests per second, latencies, start and memory, beside a handler that does nothing
    Load(load::Arguments),
    /// Instructions and allocations a request, which are the same on a busy machine
    Instructions(instructions::Arguments),
    /// Welch's t-test over pairs of answers that must not be told apart by their time
    Timing(timing::Arguments),
    /// The handler that does nothing, which `load` starts by itself
    #[command(hide = true)]
    Bare {
        /// A JSON file with the answers by path.
        answers: PathBuf,
        /// Threads.
        workers: usize,
    },
}

fn main() -> std::io::Result<()> {
    match Arguments::parse().command {
        Command::Bare { answers, workers } => bare::serve(&answers, workers),
        Command::Load(arguments) => on_one_thread(load::run(&arguments)),
        Command::Instructions(arguments) => on_one_thread(instructions::run(&arguments)),
        Command::Timing(arguments) => on_one_thread(timing::run(&arguments)),
    }
}

/// One thread is enough to keep the servers busy, and leaves them the other core.
fn on_one_thread(work: impl Future<Output = std::io::Result<()>>) -> std::io::Result<()> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(work)
}
