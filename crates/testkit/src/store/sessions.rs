use data_adapter_core::UserId;
use data_adapter_sca::{CLOCK_TOLERANCE, SessionKey};
use jiff::{SignedDuration, Timestamp};

use super::bench::{Bench, USER, just_before};
use crate::build::at;

/// How long a session may be idle.
const IDLE: i64 = 300;

fn key(holder: &str, user: &str) -> SessionKey {
    SessionKey { holder: holder.to_owned(), user: UserId::new(user) }
}

impl Bench {
    pub(super) async fn open_session(&self, holder: &str, user: &str, now: Timestamp) {
        let opened = self.store.open_session(&key(holder, user), now).await;
        opened.expect("a session is opened");
    }

    /// Whether a session goes on.
    pub(super) async fn touch(&self, holder: &str, user: &str, now: Timestamp) -> bool {
        let idle = SignedDuration::from_secs(IDLE);
        let touched = self.store.touch_session(&key(holder, user), now, idle).await;
        touched.expect("the store knows who is logged in")
    }

    pub(super) async fn end_sessions(&self, user: &str, now: Timestamp) -> u64 {
        let ended = self.store.end_sessions(&UserId::new(user), now).await;
        ended.expect("sessions are ended")
    }
}

pub(super) async fn a_session_lasts_until_nothing_was_done_in_it_for_so_long(bench: Bench) {
    assert!(!bench.touch("partner", USER, at(0)).await, "nobody opened it");
    bench.open_session("partner", USER, at(0)).await;
    bench.open_session("other", USER, at(0)).await;
    assert!(bench.touch("partner", USER, just_before(IDLE)).await, "it ended early");
    assert!(!bench.touch("other", USER, at(IDLE)).await, "it did not end");
}

pub(super) async fn whatever_is_done_in_a_session_prolongs_it(bench: Bench) {
    bench.open_session("partner", USER, at(0)).await;
    let mut now = 0;
    for _ in 0..3 {
        now += IDLE - 1;
        assert!(bench.touch("partner", USER, at(now)).await, "it ended at {now}");
    }
    assert!(!bench.touch("partner", USER, at(now + IDLE)).await, "it did not end");
    assert!(!bench.touch("partner", USER, at(now + IDLE + 1)).await, "what came too late prolonged it");
}

pub(super) async fn opening_goes_on_with_a_session_or_opens_one_anew(bench: Bench) {
    bench.open_session("partner", USER, at(0)).await;
    bench.open_session("partner", USER, at(IDLE - 1)).await;
    assert!(bench.touch("partner", USER, at(IDLE)).await, "it did not go on");
    bench.open_session("partner", USER, at(IDLE * 9)).await;
    assert!(bench.touch("partner", USER, at(IDLE * 9 + 1)).await, "it was not opened again");
    assert_eq!(bench.end_sessions(USER, at(IDLE * 9 + 1)).await, 1, "there is one of each holder and user");
}

pub(super) async fn each_holder_and_user_has_a_session_of_its_own(bench: Bench) {
    bench.open_session("partner", USER, at(0)).await;
    for (holder, user) in [("other", USER), ("partner", "another user"), ("", USER), ("Partner", USER)] {
        assert!(!bench.touch(holder, user, at(1)).await, "{user} at `{holder}`");
    }
    bench.open_session("a:b", "c", at(0)).await;
    assert!(!bench.touch("a", "b:c", at(1)).await, "their names run together");
    bench.open_session("other", USER, at(IDLE - 1)).await;
    assert!(!bench.touch("partner", USER, at(IDLE)).await, "another holder's session prolonged it");
}

pub(super) async fn all_sessions_of_a_user_end_together(bench: Bench) {
    for (holder, user) in [("partner", USER), ("other", USER), ("partner", "another user")] {
        bench.open_session(holder, user, at(0)).await;
    }
    assert_eq!(bench.end_sessions("nobody", at(0)).await, 0);
    assert_eq!(bench.end_sessions(USER, at(0)).await, 2);
    assert_eq!(bench.end_sessions(USER, at(0)).await, 0, "they were ended before");
    for holder in ["partner", "other"] {
        assert!(!bench.touch(holder, USER, at(1)).await, "the session at {holder} goes on");
    }
    assert!(bench.touch("partner", "another user", at(1)).await, "another user's was ended");
}

pub(super) async fn a_session_of_a_clock_that_is_ahead_is_none(bench: Bench) {
    let tolerated = CLOCK_TOLERANCE.as_secs();
    for (holder, ahead, goes_on) in [
        ("a little", 2, true),
        ("as much as is tolerated", tolerated, true),
        ("a little more", tolerated + 1, false),
        ("a day", 86_400, false),
    ] {
        bench.open_session(holder, USER, at(ahead)).await;
        assert_eq!(bench.touch(holder, USER, at(0)).await, goes_on, "{holder}");
    }
}
