//! The store that the configuration names: whole, or in two halves.

use std::sync::Arc;

use async_trait::async_trait;
use data_adapter_core::{AdapterError, Readiness};
use data_adapter_factors::LONGEST_LIFE;
use data_adapter_memory::MemoryStore;
use data_adapter_sca::{AttemptPolicy, CLOCK_TOLERANCE, CodeStore, Retention, Store};
use data_adapter_store_postgres::PostgresStore;
use data_adapter_store_redis::{RedisSettings, RedisStore};
use data_adapter_store_split::SplitStore;
use data_adapter_store_sqlite::SqliteStore;
use jiff::SignedDuration;

use crate::config::{Settings, StoreKind};
use crate::failure::Failure;

/// A store that is open.
#[derive(Clone)]
pub(crate) struct Opened {
    pub(crate) store: Arc<dyn Store>,
    /// The half with codes and counters, where that is elsewhere.
    pub(crate) codes: Option<Arc<dyn CodeStore>>,
}

/// The store that the configuration names. Makes its file or its schema when there is none.
pub(crate) async fn open_store(settings: &Settings) -> Result<Opened, Failure> {
    let codes = match settings.store.codes()? {
        Some(codes) => Some(open_codes(&codes, retention(settings)).await?),
        None => None,
    };
    let records = open_records(settings).await?;
    let store = match &codes {
        Some(codes) => Arc::new(SplitStore::new(Arc::clone(codes), records)),
        None => records,
    };
    Ok(Opened { store, codes })
}

async fn open_codes(settings: &RedisSettings, retention: Retention) -> Result<Arc<dyn CodeStore>, Failure> {
    match Box::pin(RedisStore::open(settings, retention)).await {
        Ok(store) => Ok(Arc::new(store)),
        Err(error) if error.is_configuration() => Err(Failure::Configuration(error.to_string())),
        Err(error) => Err(Failure::Failed(error.to_string())),
    }
}

async fn open_records(settings: &Settings) -> Result<Arc<dyn Store>, Failure> {
    match settings.store.kind()? {
        StoreKind::Memory => Ok(Arc::new(MemoryStore::default())),
        StoreKind::Sqlite(path) => match SqliteStore::open(&path) {
            Ok(store) => Ok(Arc::new(store)),
            Err(error) => Err(Failure::Failed(error.to_string())),
        },
        StoreKind::Postgres(settings) => match PostgresStore::open(&settings).await {
            Ok(store) => Ok(Arc::new(store)),
            Err(error) if error.is_configuration() => Err(Failure::Configuration(error.to_string())),
            Err(error) => Err(Failure::Failed(error.to_string())),
        },
    }
}

/// Late codes are told that they are late for as long again as they were good.
pub(crate) fn retention(settings: &Settings) -> Retention {
    let longest = |policy: AttemptPolicy| policy.forget_after.max(policy.block_for);
    Retention {
        challenges: settings.otp.policy().validity,
        counters: longest(settings.otp.failures()).max(longest(settings.password.failures())),
        shown_forms: SignedDuration::from_hours(24),
        ended_operations: SignedDuration::from_hours(24),
        revoked_tokens: SignedDuration::from_hours(24),
        // Clocks may differ where a token is made, and where sessions are ended.
        sessions: LONGEST_LIFE + CLOCK_TOLERANCE * 2,
        idempotency: SignedDuration::from_hours(24),
        deliveries: SignedDuration::from_hours(72),
        early_receipts: SignedDuration::from_mins(10),
    }
}

/// Whether the half with codes and counters keeps changes.
pub(crate) struct CodesReadiness(pub(crate) Arc<dyn CodeStore>);

#[async_trait]
impl Readiness for CodesReadiness {
    async fn check(&self) -> Result<(), AdapterError> {
        self.0.probe().await
    }
}
