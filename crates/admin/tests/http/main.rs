//! The admin API as operators see it, over the real router, engine and store.

mod bench;
mod consents;
mod devices;
mod document;
mod lists;
mod operators;
mod refusals;
mod requests;
mod users;
mod watch;
