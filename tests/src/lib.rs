//! What tests of the real Data Adapter binary are made of: an instance to start, answers to read, certificates to show. The
//! end-to-end tests are in `e2e/`; adapters that need an instance to talk to use it as well.

#![expect(clippy::panic, reason = "the helpers of a test say by a panic what went wrong")]

mod answer;
pub mod binary;
mod builder;
mod instance;
pub mod payloads;
pub mod people;
pub mod pki;

use std::time::Duration;

pub use answer::Answer;
use binary::binary;
pub use builder::{Builder, Exit};
pub use instance::DataAdapter;

/// Longer than anything here takes on a busy machine; only a hang reaches it.
pub const PATIENCE: Duration = Duration::from_secs(60);
