//! A store in memory: one lock around everything, so that every change is whole.

mod attempts;
mod challenges;
mod consents;
mod deliveries;
mod devices;
mod factors;
mod idempotency;
mod open_steps;
mod rates;
mod record;
mod sessions;
mod tokens;

use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use data_adapter_core::AdapterError;
use data_adapter_sca::{BlockDurations, CLOCK_TOLERANCE, Maintenance, Retention};
use jiff::Timestamp;

/// A store in memory. Nothing survives the process.
#[derive(Default)]
pub struct MemoryStore {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    challenges: challenges::Challenges,
    attempts: attempts::Attempts,
    consents: consents::Consents,
    devices: devices::Devices,
    tokens: tokens::Tokens,
    sessions: sessions::Sessions,
    factors: factors::Factors,
    calls: idempotency::Calls,
    rates: rates::Rates,
    deliveries: deliveries::Deliveries,
}

impl MemoryStore {
    /// No change is left half done by a panic: each is a few assignments after everything was computed.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether `time` lies further ahead than clocks may be apart.
fn is_ahead(time: Timestamp, now: Timestamp) -> bool {
    time.duration_since(now) > CLOCK_TOLERANCE
}

/// Dates `time` as of `now` where it lies too far ahead, and says how many times that were: one or none.
fn bring_back(time: &mut Timestamp, now: Timestamp) -> usize {
    let is_ahead = is_ahead(*time, now);
    if is_ahead {
        *time = now;
    }
    usize::from(is_ahead)
}

#[async_trait]
impl Maintenance for MemoryStore {
    async fn purge(&self, now: Timestamp, retention: Retention) -> Result<u64, AdapterError> {
        let mut state = self.state();
        let removed = state.challenges.purge(now, retention)
            + state.attempts.purge(now, retention)
            + state.consents.purge(now, retention)
            + state.tokens.purge(now, retention)
            + state.sessions.purge(now, retention)
            + state.calls.purge(now, retention)
            + state.rates.purge(now)
            + state.deliveries.purge(now, retention);
        Ok(removed as u64)
    }

    async fn rewind(&self, now: Timestamp, blocks: BlockDurations) -> Result<u64, AdapterError> {
        let mut state = self.state();
        let changed = state.challenges.rewind(now)
            + state.attempts.rewind(now, blocks)
            + state.consents.rewind(now)
            + state.sessions.rewind(now)
            + state.factors.rewind(now)
            + state.calls.rewind(now)
            + state.rates.rewind(now)
            + state.deliveries.rewind(now);
        Ok(changed as u64)
    }

    async fn probe(&self) -> Result<(), AdapterError> {
        Ok(())
    }
}
