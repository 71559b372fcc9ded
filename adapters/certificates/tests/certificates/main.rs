//! Certificates of users, as the server asks about them: chains, lists, names and signatures that are made on the fly.

#![expect(clippy::panic, reason = "the helpers of a test say by a panic what went wrong")]

mod bench;
mod chains;
mod keys;
mod owners;
mod revocation;
mod settings;
mod signatures;
mod verdict;
