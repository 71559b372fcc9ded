//! The shell around APIs that it has never heard of, over real connections.

mod asking;
mod bench;
mod case;
mod clashes;
mod documents;
mod pushes;
mod refusals;
mod replacing;
mod tokens;
