//! The router over the engine and a store in memory, asked as partners ask it.

mod approvals;
mod askers;
mod bench;
mod bodies;
mod caller;
mod consumers;
mod devices;
mod document;
mod failing;
mod logins;
mod post_logins;
mod pushes;
mod regenerations;
mod sessions;
mod slow_bodies;
