//! Limits of how often something is done.

use data_adapter_core::MessageId;
use data_adapter_sca::{CLOCK_TOLERANCE, Opened, Over, RateKeys, RateLimit, RateWindow, Rated, RatedKey};
use jiff::{SignedDuration, Timestamp};

use super::bench::{Bench, VALIDITY, just_before, login};
use crate::build::{at, challenge};

/// So many calls within so many seconds.
pub(super) fn per(limit: u32, seconds: i64) -> RateLimit {
    RateLimit { limit, window: SignedDuration::from_secs(seconds) }
}

fn over(limit: RateLimit, seconds: i64) -> Rated {
    over_key(0, limit, seconds)
}

/// The key in this place is over a limit of so many seconds more.
fn over_key(key: usize, limit: RateLimit, seconds: i64) -> Rated {
    Rated::Over(Over { key, limit, resets_in: SignedDuration::from_secs(seconds) })
}

fn counted(key: &str, limits: &[RateLimit]) -> RatedKey {
    RatedKey::counted(key.to_owned(), limits)
}

fn looked_at(key: &str, limits: &[RateLimit]) -> RatedKey {
    RatedKey::looked_at(key.to_owned(), limits)
}

impl Bench {
    pub(super) async fn rate(&self, key: &str, limits: &[RateLimit], now: Timestamp) -> Rated {
        self.rate_together(&[counted(key, limits)], now).await
    }

    pub(super) async fn rate_together(&self, keys: &[RatedKey], now: Timestamp) -> Rated {
        self.store.rate(keys, now).await.expect("a call is counted")
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
    assert!(matches!(bench.rate("user", &[limit], just_before(65)).await, Rated::Over(_)), "it ended early");
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

pub(super) async fn what_is_over_the_limit_of_one_key_counts_for_none(bench: Bench) {
    let (user, all) = ([per(2, 60)], [per(3, 60), per(9, 600)]);
    let both = |name: &str| [counted(name, &user), counted("all", &all)];
    for _ in 0..2 {
        assert_eq!(bench.rate_together(&both("a"), at(0)).await, Rated::Admitted);
    }
    for _ in 0..5 {
        assert_eq!(bench.rate_together(&both("a"), at(1)).await, over_key(0, user[0], 59));
    }
    assert_eq!(bench.rate_together(&both("b"), at(2)).await, Rated::Admitted, "a flood of `a` took it");
    assert_eq!(bench.rate_together(&both("b"), at(3)).await, over_key(1, all[0], 57));
    bench.admit("b", &user, 1, at(3)).await;
    assert_eq!(bench.rate_together(&both("b"), at(3)).await, over_key(0, user[0], 59), "it ends later");
}

pub(super) async fn a_key_that_is_looked_at_holds_and_does_not_count(bench: Bench) {
    let limit = [per(2, 60)];
    for _ in 0..5 {
        let keys = [counted("own", &[per(9, 60)]), looked_at("all", &limit)];
        assert_eq!(bench.rate_together(&keys, at(0)).await, Rated::Admitted);
    }
    bench.admit("all", &limit, 2, at(1)).await;
    let keys = [counted("own", &[per(9, 60)]), looked_at("all", &limit)];
    assert_eq!(bench.rate_together(&keys, at(2)).await, over_key(1, limit[0], 59));
    bench.admit("own", &[per(9, 60)], 4, at(3)).await;
    assert_eq!(bench.rate("own", &[per(9, 60)], at(3)).await, over(per(9, 60), 57));
}

pub(super) async fn a_challenge_over_a_limit_is_not_opened_and_the_one_before_stays(bench: Bench) {
    let rates = [counted("user", &[per(1, 60)])];
    let limited = |open: Option<&str>, seconds| Opened::Limited {
        over: Over { key: 0, limit: per(1, 60), resets_in: SignedDuration::from_secs(seconds) },
        open: open.map(MessageId::new),
    };
    let (step, other) = (login("op"), login("another op"));
    let first = challenge("first", &step, at(0));
    assert_eq!(bench.open_within(first, &rates).await, Opened::Opened);
    let second = challenge("second", &step, at(1));
    assert_eq!(bench.open_within(second.clone(), &rates).await, limited(Some("first"), 59));
    let elsewhere = challenge("elsewhere", &other, at(1));
    assert_eq!(bench.open_within(elsewhere, &rates).await, limited(None, 59));
    assert!(!bench.consume("second", at(2)).await, "it was kept");
    assert!(bench.consume("first", at(2)).await, "the one before was ended");
    assert_eq!(bench.open_within(second, &rates).await, limited(None, 59), "one that was used is told");
}

pub(super) async fn an_open_challenge_that_is_too_old_is_not_told(bench: Bench) {
    let rates = [counted("user", &[per(1, VALIDITY * 2)])];
    assert_eq!(bench.open_within(challenge("m", &login("op"), at(0)), &rates).await, Opened::Opened);
    for (time, expected) in [(just_before(VALIDITY), Some(MessageId::new("m"))), (at(VALIDITY), None)] {
        let opened = bench.open_within(challenge("next", &login("op"), time), &rates).await;
        assert!(matches!(&opened, Opened::Limited { open, .. } if *open == expected), "{opened:?}");
    }
}

pub(super) async fn what_is_not_opened_because_its_operation_is_over_does_not_count(bench: Bench) {
    let rates = [counted("user", &[per(1, 60)])];
    bench.end_operation("op").await;
    let late = challenge("late", &login("op"), at(0));
    assert_eq!(bench.open_within(late, &rates).await, Opened::OperationOver);
    bench.admit("user", &[per(1, 60)], 1, at(1)).await;
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

impl Bench {
    async fn windows(&self, keys: RateKeys, most: usize, now: Timestamp) -> Vec<RateWindow> {
        self.store.windows(&keys, most, now).await.expect("windows are listed")
    }
}

fn one(key: &str) -> RateKeys {
    RateKeys::One(key.to_owned())
}

fn beginning(key: &str) -> RateKeys {
    RateKeys::Beginning(key.to_owned())
}

fn window(key: &str, limit: RateLimit, calls: u32, seconds: i64) -> RateWindow {
    RateWindow { key: key.to_owned(), limit, calls, resets_in: SignedDuration::from_secs(seconds) }
}

pub(super) async fn windows_are_listed_by_key_and_length_while_they_run(bench: Bench) {
    let (short, long) = (per(3, 60), per(5, 600));
    bench.admit("of ž", &[long, short], 2, at(0)).await;
    bench.admit("of Z_", &[short], 1, at(30)).await;
    bench.admit("of Zx", &[short], 1, at(30)).await;
    bench.admit("OF a", &[short], 1, at(30)).await;
    bench.admit("o", &[short], 1, at(30)).await;
    let (upper, other) = (window("of Z_", short, 1, 30), window("of Zx", short, 1, 30));
    assert_eq!(
        bench.windows(beginning("of "), 9, at(59)).await,
        [
            window("of Z_", short, 1, 31),
            window("of Zx", short, 1, 31),
            window("of ž", short, 2, 1),
            window("of ž", long, 2, 541),
        ]
    );
    assert_eq!(
        bench.windows(beginning("of Z_"), 9, at(60)).await,
        std::slice::from_ref(&upper),
        "nothing stands for a letter"
    );
    assert_eq!(bench.windows(one("of Z_"), 9, at(60)).await, std::slice::from_ref(&upper));
    assert_eq!(bench.windows(one("of "), 9, at(60)).await, []);
    assert_eq!(
        bench.windows(beginning("of "), 9, at(60)).await,
        [upper, other, window("of ž", long, 2, 540)],
        "one was over"
    );
    assert_eq!(bench.windows(beginning("of "), 9, at(600)).await, []);
}

pub(super) async fn of_windows_no_more_are_listed_than_are_asked_for(bench: Bench) {
    for key in ["c", "a", "b"] {
        bench.admit(key, &[per(3, 60), per(2, 60)], 1, at(0)).await;
    }
    let first =
        [window("a", per(2, 60), 1, 60), window("a", per(3, 60), 1, 60), window("b", per(2, 60), 1, 60)];
    assert_eq!(bench.windows(beginning(""), 3, at(0)).await, first);
}

pub(super) async fn a_window_of_a_clock_that_is_ahead_is_not_listed(bench: Bench) {
    let (limit, tolerated) = (per(1, 60), CLOCK_TOLERANCE.as_secs());
    bench.admit("a little", &[limit], 1, at(tolerated)).await;
    bench.admit("a lot", &[limit], 1, at(tolerated + 1)).await;
    assert_eq!(
        bench.windows(beginning("a l"), 9, at(0)).await,
        [window("a little", limit, 1, 60 + tolerated)]
    );
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
