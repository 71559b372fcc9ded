use std::sync::{Mutex, MutexGuard, PoisonError};

/// Spans that were lost. The log hears of it when that begins and when it is over, however many they are.
#[derive(Debug, Default)]
pub(super) struct Losses(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// Since the log heard that it is over.
    lost: u64,
    /// Whether there were some since the last batch that arrived.
    is_losing: bool,
}

impl Losses {
    /// Takes note of spans that are lost.
    pub(super) fn lost(&self, spans: usize, why: &str) {
        let mut state = self.state();
        if state.lost == 0 {
            tracing::warn!(why, "traces can't be exported, and spans are lost until they can");
        }
        state.lost += spans as u64;
        state.is_losing = true;
    }

    /// Takes note of a batch that arrived.
    pub(super) fn arrived(&self) {
        let mut state = self.state();
        // A second one without a loss since the first: else a queue that runs over would be told of at each batch.
        if !std::mem::take(&mut state.is_losing) && state.lost > 0 {
            let lost = std::mem::take(&mut state.lost);
            tracing::info!(lost, "traces are exported again");
        }
    }

    /// Says at the end how many were lost.
    pub(super) fn sum_up(&self) {
        let lost = self.state().lost;
        if lost > 0 {
            tracing::warn!(lost, "spans were lost until the end");
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
