//! Limits of how often something is done.

use data_adapter_sca::{CLOCK_TOLERANCE, RateLimit, Rated};
use jiff::{SignedDuration, Timestamp};

use super::bench::{Bench, just_before};
use crate::build::at;

/// So many calls within so many seconds.
pub(super) fn per(limit: u32, seconds: i64) -> RateLimit {
    RateLimit { limit, window: SignedDuration::from_secs(seconds) }
}

fn over(limit: RateLimit, seconds: i64) -> Rated {
    Rated::Over { limit, resets_in: SignedDuration::from_secs(seconds) }
}

impl Bench {
    pub(super) async fn rate(&self, key: &str, limits: &[RateLimit], now: Timestamp) -> Rated {
        self.store.rate(key, limits, now).await.expect("a call is counted")
    }

    /// So many calls that have to be admitted.
    async fn admit(&self, key: &str, limits: &[RateLimit], count: usize, now: Timestamp) {
        for number in 1..=count {
            let rated = self.rate(key, limits, now).await;
            assert_eq!(rated, Rated::Admitted, "call {number} of {count} of `{key}`");
        }
    }
}

pub(super) async fn calls_are_admitted_up_to_the_limit_of_a_window(bench: Bench) {
    let limit = per(3, 60);
    bench.admit("user", &[limit], 1, at(5)).await;
    bench.admit("user", &[limit], 2, at(30)).await;
    assert_eq!(bench.rate("user", &[limit], at(30)).await, over(limit, 35));
    assert!(
        matches!(bench.rate("user", &[limit], just_before(65)).await, Rated::Over { .. }),
        "it ended early"
    );
    bench.admit("user", &[limit], 3, at(65)).await;
    assert_eq!(
        bench.rate("user", &[limit], at(66)).await,
        over(limit, 59),
        "a window begins with its first call"
    );
}

pub(super) async fn what_is_over_one_limit_counts_against_none(bench: Bench) {
    let (short, long) = (per(2, 10), per(3, 100));
    bench.admit("user", &[short, long], 2, at(0)).await;
    for _ in 0..5 {
        assert_eq!(bench.rate("user", &[short, long], at(1)).await, over(short, 9));
    }
    bench.admit("user", &[short, long], 1, at(10)).await;
    assert_eq!(bench.rate("user", &[short, long], at(11)).await, over(long, 89));
    assert_eq!(bench.rate("user", &[long, short], at(99)).await, over(long, 1));
    bench.admit("user", &[short, long], 2, at(100)).await;
}

pub(super) async fn of_several_limits_that_are_reached_the_one_that_lasts_longest_is_told(bench: Bench) {
    let (short, long, middle) = (per(1, 10), per(1, 100), per(1, 50));
    let limits = [short, long, middle];
    bench.admit("user", &limits, 1, at(0)).await;
    assert_eq!(bench.rate("user", &limits, at(1)).await, over(long, 99));
    assert_eq!(bench.rate("user", &[short, middle], at(1)).await, over(middle, 49));
}

pub(super) async fn keys_and_limits_are_counted_apart(bench: Bench) {
    let limit = per(1, 60);
    for key in ["user", "User", "user ", "another"] {
        bench.admit(key, &[limit], 1, at(0)).await;
        assert_eq!(bench.rate(key, &[limit], at(0)).await, over(limit, 60), "`{key}`");
    }
    bench.admit("user", &[per(1, 61)], 1, at(0)).await;
    bench.admit("user", &[], 10, at(0)).await;
}

pub(super) async fn a_limit_of_none_admits_nothing(bench: Bench) {
    let none = per(0, 60);
    assert_eq!(bench.rate("user", &[none], at(0)).await, over(none, 60));
    assert_eq!(bench.rate("user", &[none], at(30)).await, over(none, 60));
}

pub(super) async fn a_window_of_a_clock_that_is_ahead_begins_anew(bench: Bench) {
    let (limit, tolerated) = (per(1, 60), CLOCK_TOLERANCE.as_secs());
    bench.admit("a little", &[limit], 1, at(tolerated)).await;
    assert_eq!(bench.rate("a little", &[limit], at(0)).await, over(limit, 60 + tolerated));
    bench.admit("a lot", &[limit], 1, at(tolerated + 1)).await;
    bench.admit("a lot", &[limit], 1, at(0)).await;
    assert_eq!(bench.rate("a lot", &[limit], at(0)).await, over(limit, 60));
}

pub(super) async fn windows_go_when_they_are_over(bench: Bench) {
    bench.admit("user", &[per(2, 60), per(2, 600)], 1, at(0)).await;
    assert_eq!(bench.purge(just_before(60)).await, 0, "too early");
    assert_eq!(bench.purge(at(61)).await, 1, "one window was over");
    bench.admit("user", &[per(2, 600)], 1, at(61)).await;
    assert_eq!(bench.rate("user", &[per(2, 600)], at(61)).await, over(per(2, 600), 539));
    assert_eq!(bench.purge(at(601)).await, 1, "the other one was over");
}

pub(super) async fn after_the_clock_went_back_a_window_lasts_no_longer_than_its_time(bench: Bench) {
    let limit = per(1, 60);
    bench.admit("user", &[limit], 1, at(86_400)).await;
    assert_eq!(bench.rewind(at(0)).await, 1, "one window was ahead");
    assert_eq!(bench.rewind(at(0)).await, 0, "it was put right twice");
    assert_eq!(
        bench.rate("user", &[limit], at(1)).await,
        over(limit, 59),
        "the call is not counted any more"
    );
    bench.admit("user", &[limit], 1, at(60)).await;
}
