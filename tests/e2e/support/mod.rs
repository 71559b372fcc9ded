//! What every test needs: a running binary, requests to send, and the files of the contract.

mod answer;
mod binary;
mod builder;
pub(crate) mod contains;
mod instance;
pub(crate) mod outcome;
pub(crate) mod payloads;
pub(crate) mod pki;
pub(crate) mod raw;
pub(crate) mod shared;

pub(crate) use answer::Answer;
pub(crate) use binary::binary;
pub(crate) use builder::{Builder, Exit};
pub(crate) use instance::DataAdapter;
pub(crate) use outcome::Outcome;
