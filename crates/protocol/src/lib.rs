//! The wire formats of the APIs that Data Adapter answers, one module per API: what is on the wire, which of it is valid,
//! and nothing of what it means.

pub mod admin;
pub mod factors;
pub mod json;
pub mod security;
pub mod web_flow;
