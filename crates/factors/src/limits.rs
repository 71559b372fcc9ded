//! Limits as they stand in headers.

use data_adapter_sca::RateLimit;
use jiff::SignedDuration;

/// When the window of a limit is over.
pub(crate) fn reset(limit: RateLimit, resets_in: SignedDuration) -> String {
    format!("{};w={}", seconds(resets_in), limit.window.as_secs())
}

/// A time in whole seconds, which are never too few.
pub(crate) fn seconds(time: SignedDuration) -> i64 {
    (time.as_secs() + i64::from(time.subsec_nanos() > 0)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reset_is_never_too_early() {
        let limit = RateLimit { limit: 10, window: SignedDuration::from_secs(60) };
        for (resets_in, written) in [(1, "1;w=60"), (41_000, "41;w=60"), (41_001, "42;w=60"), (0, "1;w=60")] {
            assert_eq!(reset(limit, SignedDuration::from_millis(resets_in)), written);
        }
    }
}
