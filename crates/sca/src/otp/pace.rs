use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use data_adapter_core::Random;

/// How long the gateway took over the last messages of this process: a fake that were answered sooner would show that nothing leaves.
#[derive(Default)]
pub struct Pace {
    last: Mutex<VecDeque<Duration>>,
}

impl Pace {
    /// Enough that two fakes are seldom alike, and few enough that a gateway that has become slower is soon noticed.
    const KEPT: usize = 64;

    /// Keeps how long a message took, in place of the oldest where there are enough.
    pub(super) fn keep(&self, took: Duration) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.len() == Self::KEPT {
            last.pop_front();
        }
        last.push_back(took);
    }

    /// How long one of them took, by chance; nothing before the first of them.
    pub(super) fn any(&self, random: &dyn Random) -> Duration {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let [chance] = random.bytes();
        let place = usize::from(chance) % last.len().max(1);
        last.get(place).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use data_adapter_core::SystemRandom;

    use super::*;

    #[test]
    fn the_last_messages_are_kept_and_no_others() {
        let pace = Pace::default();
        assert_eq!(pace.any(&SystemRandom), Duration::ZERO);
        pace.keep(Duration::from_secs(1));
        assert_eq!(pace.any(&SystemRandom), Duration::from_secs(1));
        for _ in 0..Pace::KEPT {
            pace.keep(Duration::from_secs(2));
        }
        assert!((0..1_000).all(|_| pace.any(&SystemRandom) == Duration::from_secs(2)));
    }
}
