//! The store in a file.

mod contract;
mod file;
