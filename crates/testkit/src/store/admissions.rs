//! Sessions of those who show a token.

use data_adapter_core::UserId;
use data_adapter_sca::{CLOCK_TOLERANCE, SessionKey};
use jiff::{SignedDuration, Timestamp};

use super::bench::{Bench, USER, just_before};
use crate::build::at;

/// How long a session may be idle.
const IDLE: i64 = 300;
/// What [`Bench::retention`] says.
const SESSIONS: i64 = 21_600;

impl Bench {
    /// Whether a token lets its user in.
    async fn lets_in(&self, holder: &str, user: &str, issued_at: Timestamp, now: Timestamp) -> bool {
        let session = SessionKey { holder: holder.to_owned(), user: UserId::new(user) };
        let idle = SignedDuration::from_secs(IDLE);
        let admitted = self.store.admit_session(&session, issued_at, now, idle).await;
        admitted.expect("the store knows who is logged in")
    }
}

pub(super) async fn a_token_lets_somebody_in_for_so_long_after_it_was_issued(bench: Bench) {
    assert!(bench.lets_in("early", USER, at(0), at(0)).await, "it was issued now");
    assert!(bench.lets_in("late", USER, at(0), just_before(IDLE)).await, "it ended early");
    assert!(!bench.lets_in("too late", USER, at(0), at(IDLE)).await, "it was never used");
}

pub(super) async fn each_use_lets_a_token_live_longer(bench: Bench) {
    for now in [0, IDLE - 1, 2 * (IDLE - 1), 3 * (IDLE - 1)] {
        assert!(bench.lets_in("programme", USER, at(0), at(now)).await, "after {now} seconds");
    }
    let last = 3 * (IDLE - 1);
    assert!(!bench.lets_in("programme", USER, at(0), at(last + IDLE)).await, "nothing was done for so long");
    assert!(!bench.lets_in("programme", USER, at(0), at(last + IDLE)).await, "who was refused did something");
}

pub(super) async fn a_newer_token_opens_a_session_that_was_idle_too_long(bench: Bench) {
    assert!(bench.lets_in("programme", USER, at(0), at(0)).await, "it was issued now");
    assert!(!bench.lets_in("programme", USER, at(0), at(IDLE)).await, "it was idle too long");
    assert!(bench.lets_in("programme", USER, at(IDLE), at(IDLE + 1)).await, "the token is newer");
    assert!(bench.lets_in("programme", USER, at(0), at(IDLE + 2)).await, "there is a session again");
}

pub(super) async fn a_session_that_was_opened_otherwise_goes_on_with_a_token(bench: Bench) {
    bench.open_session("programme", USER, at(IDLE)).await;
    assert!(bench.lets_in("programme", USER, at(0), at(IDLE + 1)).await, "there is a session");
    assert!(!bench.lets_in("another", USER, at(0), at(IDLE + 1)).await, "that is another holder's");
    assert!(!bench.lets_in("programme", "another", at(0), at(IDLE + 1)).await, "that is another user's");
    assert!(bench.touch("programme", USER, at(2 * IDLE)).await, "the token prolonged nothing");
}

pub(super) async fn tokens_that_were_issued_before_the_end_of_the_sessions_let_nobody_in(bench: Bench) {
    assert!(bench.lets_in("programme", USER, at(0), at(1)).await, "it was issued now");
    assert!(bench.lets_in("programme", "another", at(0), at(1)).await, "it was issued now");
    assert_eq!(bench.end_sessions(USER, at(10)).await, 1);
    for issued_at in [0, 9, 10] {
        for holder in ["programme", "a new one"] {
            let lets_in = bench.lets_in(holder, USER, at(issued_at), at(20)).await;
            assert!(!lets_in, "the token of {issued_at} lets in through {holder}");
        }
    }
    assert!(bench.lets_in("programme", "another", at(0), at(20)).await, "somebody else's ended");
    assert!(bench.lets_in("programme", USER, at(11), at(20)).await, "the token is newer");
    assert!(!bench.lets_in("programme", USER, at(10), at(21)).await, "the session is that of a newer token");
    assert_eq!(bench.end_sessions(USER, at(5)).await, 1, "there is a session again");
    assert!(!bench.lets_in("programme", USER, at(10), at(21)).await, "the later end holds");
    assert!(bench.lets_in("programme", USER, at(11), at(21)).await, "it was issued after both");
}

pub(super) async fn the_end_of_sessions_is_kept_for_its_retention_and_then_goes(bench: Bench) {
    assert_eq!(bench.end_sessions(USER, at(0)).await, 0, "there were none");
    assert_eq!(bench.purge(at(SESSIONS - 1)).await, 0, "too early");
    assert_eq!(bench.purge(at(SESSIONS + 1)).await, 1, "one end was over");
    assert_eq!(bench.purge(at(SESSIONS + 1)).await, 0, "nothing is left");
}

pub(super) async fn a_token_of_a_clock_that_is_ahead_lets_nobody_in(bench: Bench) {
    let tolerated = CLOCK_TOLERANCE.as_secs();
    assert!(!bench.lets_in("programme", USER, at(tolerated + 1), at(0)).await, "it was not issued yet");
    assert!(bench.lets_in("programme", USER, at(tolerated), at(0)).await, "clocks are never quite the same");
}

pub(super) async fn a_session_of_a_clock_that_is_ahead_prolongs_no_token(bench: Bench) {
    let ahead = at(86_400);
    assert!(bench.lets_in("programme", USER, ahead, ahead).await, "it was issued now");
    assert!(!bench.lets_in("programme", USER, at(0), at(IDLE)).await, "that is no session");
    assert!(bench.lets_in("programme", USER, at(IDLE), at(IDLE)).await, "it was issued now");
}

/// Any token that there is says a time up to then: what a clock says that went back makes none of them good again.
pub(super) async fn an_end_of_a_clock_that_was_ahead_holds_for_every_token_that_there_is(bench: Bench) {
    let latest = 100 + CLOCK_TOLERANCE.as_secs();
    for issued_until in [86_400, latest + 1] {
        bench.end_sessions(USER, at(issued_until)).await;
        assert_eq!(bench.rewind(at(100)).await, 1, "one end was ahead");
        assert_eq!(bench.rewind(at(100)).await, 0, "it was put right twice");
        assert!(!bench.lets_in("programme", USER, at(latest), at(101)).await, "it was there before");
        assert!(bench.lets_in("programme", USER, at(latest + 1), at(101)).await, "it was issued afterwards");
    }
    bench.end_sessions(USER, at(latest)).await;
    assert_eq!(bench.rewind(at(100)).await, 0, "so far ahead may tokens be that are ended");
}
