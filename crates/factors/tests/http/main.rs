//! The API over the real router, with the engine and the store in memory.

mod bad_input;
mod bench;
mod codes;
mod documents;
mod limits;
mod listing;
mod outages;
mod pushes;
mod references;
mod tokens;
