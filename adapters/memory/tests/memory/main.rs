//! The store and the back end in memory.

mod contract;
mod operations;
mod spellings;
