//! What is wrapped around the traits of `data-adapter-core` and around stores, the same for every one of them, a bank's own
//! included.
//!
//! | layer | what it adds |
//! |---|---|
//! | [`Guard`] | a deadline, a bound on calls at once, a circuit breaker, and metrics |
//! | [`CachedLookup`] | remembers users for a while |
//! | [`ByOrganization`] | another back end for each organization |
//! | [`CountedSmsOtp`], [`CountedAuthentication`], [`CountedScaRequests`], [`CountedFactors`] | count codes, passwords, and blocks |
//! | [`StricterOnFailure`] | asks for all factors when nobody says in time how risky a step is |
//! | [`WatchedStore`] | times the calls to a store, and knows whether it can be written |
//!
//! None of them knows what is behind it. What counts and blocks is in `data-adapter-sca`, what records in
//! `data-adapter-audit`.

mod by_organization;
mod cache;
mod counted;
mod guard;
mod guarded;
mod stricter;
mod timers;
mod watched_store;

pub use by_organization::ByOrganization;
pub use cache::{CacheSettings, CachedLookup};
pub use counted::{BlockCounter, CountedAuthentication, CountedFactors, CountedScaRequests, CountedSmsOtp};
pub use guard::{Guard, GuardSettings};
pub use stricter::StricterOnFailure;
pub use watched_store::WatchedStore;
