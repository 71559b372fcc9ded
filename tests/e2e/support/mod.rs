//! What every test needs: a running binary, requests to send, and the files of the contract.

pub(crate) mod contains;
pub(crate) mod outcome;
pub(crate) mod python;
pub(crate) mod raw;
pub(crate) mod shared;

pub(crate) use data_adapter_tests::{Answer, Builder, DataAdapter, Exit, PATIENCE, payloads, pki};
pub(crate) use outcome::Outcome;
