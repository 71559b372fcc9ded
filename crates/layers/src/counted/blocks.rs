use std::sync::Arc;
use std::time::Duration;

use data_adapter_core::{Clock, MessageId, UserId};
use data_adapter_sca::{BlockDurations, Factor, Store};
use jiff::Timestamp;
use metrics::Counter;
use moka::future::Cache;

/// Counts blocks when they begin. Only an attempt that failed can have begun one, so that nothing else costs anything.
pub struct BlockCounter {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    durations: BlockDurations,
    codes: Counter,
    passwords: Counter,
    partners: Counter,
    counted: Cache<(UserId, Factor, Timestamp), ()>,
}

impl BlockCounter {
    /// Longer than any request takes: attempts that begin later know by the time that they did not begin a block.
    const REMEMBERED: Duration = Duration::from_secs(300);
    const MOST_REMEMBERED: u64 = 10_000;

    /// Looks for blocks in `store`, where they last as long as `durations` says.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, durations: BlockDurations) -> Arc<Self> {
        let counter = |factor| metrics::counter!("data_adapter_blocks_total", "factor" => factor);
        let counted = Cache::builder().time_to_live(Self::REMEMBERED).max_capacity(Self::MOST_REMEMBERED);
        Arc::new(Self {
            store,
            clock,
            durations,
            codes: counter("code"),
            passwords: counter("password"),
            partners: counter("partner"),
            counted: counted.build(),
        })
    }

    /// When an attempt begins.
    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Whose code it is; `None` when it is nobody's, or not known now.
    pub(super) async fn owner(&self, message: &MessageId) -> Option<UserId> {
        self.store.step(message).await.ok().flatten()?.user
    }

    /// Counts the block that an attempt began, if it did. The store says itself when it can't be asked.
    pub(super) async fn failed(&self, user: &UserId, factor: Factor, began: Timestamp) {
        let duration = self.durations.of(factor);
        let counter = match factor {
            Factor::Code => &self.codes,
            Factor::Password => &self.passwords,
            Factor::Partner => &self.partners,
        };
        let Ok(Some(until)) = self.store.blocked_until(user, factor, self.clock.now()).await else { return };
        let is_older = until.checked_sub(duration).is_ok_and(|since| since < began);
        if is_older {
            return;
        }
        // Attempts of one user at the same moment: only one of them began it.
        if self.counted.entry((user.clone(), factor, until)).or_insert(()).await.is_fresh() {
            counter.increment(1);
        }
    }
}
