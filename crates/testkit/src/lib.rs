//! Contract suites for whatever can be swapped in Data Adapter: functions that call only the traits, so that the tests of
//! any adapter can run them. They are the rules that the docs of the traits state, each by its name.
//!
//! | suite | for whom |
//! |---|---|
//! | [`store_contract`] | a [`Store`](data_adapter_sca::Store): every rule of its traits, and the races |
//! | [`engine_contract`] | a store again: one-time codes over it, as a bank's customers meet them |
//! | [`requests_contract`] | a store again: the same codes as requests, and those without a code |
//! | [`factors_contract`] | a store again: phones and devices that users prove |
//! | [`password_contract`] | a store again: blocks after wrong passwords |
//! | [`consent_contract`] | a store again: consent forms and the answers on record |
//! | [`user_lookup_contract`] | a [`UserLookup`](data_adapter_core::UserLookup) |
//! | [`authentication_contract`] | an [`Authentication`](data_adapter_core::Authentication) |
//! | [`operations_contract`] | [`Operations`](data_adapter_core::Operations) |
//! | [`operation_setup_contract`] | an [`OperationSetup`](data_adapter_core::OperationSetup) |
//! | [`certificate_contract`] | a [`CertificateAuthentication`](data_adapter_core::CertificateAuthentication) |
//! | [`anti_fraud_contract`] | an [`AntiFraud`](data_adapter_core::AntiFraud) |
//!
//! A store passes when all six suites that take one do:
//!
//! ```no_run
//! # use std::sync::Arc;
//! # use data_adapter_sca::Store;
//! # async fn empty_store() -> Arc<dyn Store> { unimplemented!() }
//! # mod tests { use super::*;
//! #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
//! async fn the_store_keeps_its_contract() {
//!     data_adapter_testkit::store_contract(empty_store).await;
//! }
//! # }
//! ```
//!
//! A suite checks all of its rules, each over a store of its own, and then panics with the names of those that are broken.
//! The races need a runtime of several threads.
//!
//! The rest is what the suites themselves are made with: [`ManualClock`], [`RecordingGateway`], [`RecordingPush`],
//! [`SeededRandom`], [`Directory`], and builders such as [`Approval`]. [`Relay`] breaks connections to a server, and
//! [`SlowStore`] calls to a store. With the
//! feature `slapd` there are real LDAP servers: `Slapd`, `NsSlapd` and `Samba`; with the feature `postgres` there are `Postgres`,
//! `PgBouncer` and `Patroni`, and with the feature `redis` `RedisServer`, `RedisSentinel` and `RedisCluster`.

mod address;
mod anti_fraud;
mod authentication;
mod build;
mod certificates;
mod clock;
mod consent;
mod directory;
mod engine;
mod factors;
mod gateway;
mod keepalive;
#[cfg(feature = "slapd")]
mod ldap_server;
#[cfg(feature = "slapd")]
mod ns_slapd;
mod operations;
mod password;
#[cfg(feature = "postgres")]
mod patroni;
mod people;
#[cfg(feature = "postgres")]
mod postgres;
mod push;
mod race;
mod random;
#[cfg(feature = "redis")]
mod redis;
mod relay;
mod requests;
#[cfg(feature = "slapd")]
mod samba;
#[cfg(any(feature = "postgres", feature = "redis", feature = "slapd"))]
mod server;
mod setup;
#[cfg(feature = "slapd")]
mod slapd;
mod slow_store;
mod store;
mod suite;
mod users;

pub use address::OwnAddress;
pub use anti_fraud::anti_fraud_contract;
pub use authentication::authentication_contract;
pub use build::{
    Approval, at, attribute, attribute_id, challenge, fraud_query, operation, paid, payment, start, step,
};
pub use certificates::certificate_contract;
pub use clock::ManualClock;
pub use consent::consent_contract;
pub use directory::Directory;
pub use engine::engine_contract;
pub use factors::factors_contract;
pub use gateway::RecordingGateway;
pub use keepalive::keepalive_probes;
#[cfg(feature = "slapd")]
pub use ns_slapd::{NsSlapd, NsSlapdBuilder};
pub use operations::operations_contract;
pub use password::password_contract;
#[cfg(feature = "postgres")]
pub use patroni::Patroni;
pub use people::{Account, Accounts, Payer};
#[cfg(feature = "postgres")]
pub use postgres::{PgBouncer, Postgres};
pub use push::RecordingPush;
pub use random::SeededRandom;
#[cfg(feature = "redis")]
pub use redis::{RedisCluster, RedisSentinel, RedisServer};
pub use relay::Relay;
pub use requests::requests_contract;
#[cfg(feature = "slapd")]
pub use samba::{Samba, SambaBuilder};
pub use setup::operation_setup_contract;
#[cfg(feature = "slapd")]
pub use slapd::{Slapd, SlapdBuilder};
pub use slow_store::{Faults, SlowStore};
pub use store::store_contract;
pub use users::user_lookup_contract;
