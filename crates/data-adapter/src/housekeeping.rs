//! What is done to the store beside requests, and the watch over the clock that it depends on.

use std::sync::Arc;
use std::time::{Duration, Instant};

use data_adapter_core::Clock;
use data_adapter_sca::{BlockDurations, Retention, Store};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

/// Removes from the store what is over, and puts right what a clock that went back has left in it.
pub(crate) struct Housekeeping {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    keeping: watch::Receiver<Keeping>,
}

/// How long what is in the store lasts, by the settings in effect.
#[derive(Clone, Copy)]
pub(crate) struct Keeping {
    pub(crate) retention: Retention,
    pub(crate) blocks: BlockDurations,
}

impl Housekeeping {
    const LOOK_EVERY: Duration = Duration::from_secs(1);
    /// Looks at the clock for one purge.
    const LOOKS: u64 = 30;
    /// Looks before the first purge, ten minutes: a machine may start with a wrong clock, and what is purged by it is gone when
    /// the clock is right.
    const FIRST: u64 = 600;

    pub(crate) fn new(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        keeping: watch::Receiver<Keeping>,
    ) -> Self {
        Self { store, clock, keeping }
    }

    /// Goes on until the task is dropped.
    pub(crate) async fn run(self) {
        let mut interval = tokio::time::interval(Self::LOOK_EVERY);
        let mut watch = ClockWatch::default();
        // It may have gone back while nobody looked.
        self.rewind().await;
        for look in 0_u64.. {
            interval.tick().await;
            if let Some(back) = watch.look(&both(self.clock.as_ref())) {
                tracing::warn!(seconds = back.as_secs(), "the clock went back");
                self.rewind().await;
            }
            if look >= Self::FIRST && look.is_multiple_of(Self::LOOKS) {
                self.purge().await;
            }
        }
    }

    async fn rewind(&self) {
        let Keeping { blocks, .. } = *self.keeping.borrow();
        match self.store.rewind(self.clock.now(), blocks).await {
            Ok(0) => {}
            Ok(records) => {
                tracing::warn!(records, "the clock was ahead: what it left in the store lasts no longer now");
            }
            Err(error) => tracing::warn!(%error, "what a clock that was ahead left could not be put right"),
        }
    }

    async fn purge(&self) {
        let Keeping { retention, .. } = *self.keeping.borrow();
        match self.store.purge(self.clock.now(), retention).await {
            Ok(0) => {}
            Ok(removed) => tracing::debug!(removed, "expired records were purged"),
            Err(error) => tracing::warn!(%error, "expired records could not be purged"),
        }
    }
}

/// What two clocks show at the same moment: one that people set, and one that only goes on.
struct Reading {
    wall: Timestamp,
    steady: Instant,
}

/// Both clocks. A process that is held between the two looks would read them as if one had gone back, and looks again.
fn both(clock: &dyn Clock) -> Reading {
    const AT_ONCE: Duration = Duration::from_millis(100);
    loop {
        let steady = Instant::now();
        let wall = clock.now();
        if steady.elapsed() < AT_ONCE {
            return Reading { wall, steady };
        }
    }
}

/// Notices when a clock goes back, by another that does not.
#[derive(Default)]
struct ClockWatch {
    last: Option<(Timestamp, Instant)>,
}

impl ClockWatch {
    /// Less is how clocks are kept right.
    const NOTICED: SignedDuration = SignedDuration::from_secs(1);

    /// By how much the clock went back since the last look; `None` when it did not. Each time is told once.
    fn look(&mut self, now: &Reading) -> Option<SignedDuration> {
        let (wall, steady) = self.last.replace((now.wall, now.steady))?;
        let passed = SignedDuration::try_from(now.steady.duration_since(steady)).ok()?;
        let back = passed.checked_sub(now.wall.duration_since(wall))?;
        (back >= Self::NOTICED).then_some(back)
    }
}

#[cfg(test)]
mod tests {
    use data_adapter_core::OperationId;
    use data_adapter_memory::MemoryStore;
    use data_adapter_testkit::{ManualClock, challenge, step};

    use super::*;

    struct Clocks {
        wall: Timestamp,
        steady: Instant,
    }

    impl Clocks {
        /// After so many seconds, with the wall clock set forth or back by some more.
        fn after(&mut self, seconds: u64, set: i64) -> Reading {
            self.steady += Duration::from_secs(seconds);
            self.wall += SignedDuration::from_secs(i64::try_from(seconds).unwrap() + set);
            Reading { wall: self.wall, steady: self.steady }
        }
    }

    #[test]
    fn a_clock_that_goes_back_is_told_once_and_one_that_goes_forth_is_not() {
        let mut clocks = Clocks { wall: Timestamp::UNIX_EPOCH, steady: Instant::now() };
        let mut watch = ClockWatch::default();
        assert_eq!(watch.look(&clocks.after(0, 0)), None);
        assert_eq!(watch.look(&clocks.after(1, 0)), None);
        assert_eq!(watch.look(&clocks.after(1, 86_400)), None, "it goes forth");
        assert_eq!(watch.look(&clocks.after(1, -86_400)), Some(SignedDuration::from_secs(86_400)));
        assert_eq!(watch.look(&clocks.after(1, 0)), None, "it was told");
        assert_eq!(
            watch.look(&clocks.after(3, -2)),
            Some(SignedDuration::from_secs(2)),
            "while nobody looked"
        );
    }

    const HOUR: SignedDuration = SignedDuration::from_hours(1);

    fn over(store: &Arc<dyn Store>, clock: &Arc<ManualClock>) -> Housekeeping {
        let retention = Retention {
            challenges: HOUR,
            counters: HOUR,
            shown_forms: HOUR,
            ended_operations: HOUR,
            revoked_tokens: HOUR,
            sessions: HOUR,
            idempotency: HOUR,
            deliveries: HOUR,
            early_receipts: HOUR,
        };
        let blocks = BlockDurations { code: HOUR, password: HOUR };
        let (_, keeping) = watch::channel(Keeping { retention, blocks });
        Housekeeping::new(Arc::clone(store), Arc::clone(clock) as _, keeping)
    }

    #[tokio::test(start_paused = true)]
    async fn a_clock_that_is_wrong_for_the_first_ten_minutes_costs_nothing() {
        let store: Arc<dyn Store> = Arc::new(MemoryStore::default());
        let (clock, operation) = (Arc::new(ManualClock::default()), OperationId::new("op"));
        store.end_operation(&operation, clock.now()).await.unwrap();
        clock.advance(HOUR * 48);
        let minutes = |minutes: u64| Duration::from_secs(minutes * 60);
        let _ = tokio::time::timeout(minutes(10) - Duration::from_secs(1), over(&store, &clock).run()).await;
        assert!(store.is_over(&operation).await.unwrap(), "it was purged by a clock that may be wrong");
        let _ = tokio::time::timeout(minutes(11), over(&store, &clock).run()).await;
        assert!(!store.is_over(&operation).await.unwrap(), "it is never purged");
    }

    #[tokio::test]
    async fn the_store_is_put_right_at_the_start() {
        let store: Arc<dyn Store> = Arc::new(MemoryStore::default());
        let clock = Arc::new(ManualClock::default());
        let ahead = clock.now() + SignedDuration::from_hours(24);
        let step = step("op", "login", Some("12345678"));
        store.open(challenge("ahead", &step, ahead), &[]).await.unwrap();
        let housekeeping = over(&store, &clock);
        assert_eq!(store.open_challenges(ahead).await.unwrap().len(), 1);
        let _ = tokio::time::timeout(Duration::from_millis(10), housekeeping.run()).await;
        assert_eq!(store.open_challenges(ahead).await.unwrap(), [], "it is good again a day later");
    }
}
