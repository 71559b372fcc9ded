//! What is wrapped around the traits of `data-adapter-core`, the same for every back end, a bank's own included.
//!
//! | layer | what it adds |
//! |---|---|
//! | [`Guard`] | a deadline, a bound on calls at once, a circuit breaker, and metrics |
//! | [`CachedLookup`] | remembers users for a while |
//! | [`ByOrganization`] | another back end for each organization |
//!
//! None of them knows what is behind it. What counts and blocks is in `data-adapter-sca`, what records in
//! `data-adapter-audit`.

mod by_organization;
mod cache;
mod guard;
mod guarded;

pub use by_organization::ByOrganization;
pub use cache::{CacheSettings, CachedLookup};
pub use guard::{Guard, GuardSettings};
