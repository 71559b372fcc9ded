use data_adapter_core::UserId;
use data_adapter_sca::{Admission, Block, Factor};

use super::bench::{BLOCK_FOR, Bench, FORGET_AFTER, LIMIT, USER, just_before};
use crate::build::at;

const FACTORS: [Factor; 3] = [Factor::Code, Factor::Password, Factor::Partner];

pub(super) async fn attempts_are_admitted_up_to_the_limit(bench: Bench) {
    for factor in FACTORS {
        bench.attempt_often(USER, factor, LIMIT - 1, at(0)).await;
        assert!(!bench.is_blocked(USER, factor, at(0)).await, "blocked before the limit");
        assert_eq!(bench.attempt(USER, factor, at(7)).await, Admission::Admitted);
        assert_eq!(bench.blocked_until(USER, factor, at(7)).await, Some(at(7 + BLOCK_FOR)));
        assert_eq!(bench.attempt(USER, factor, at(7)).await, Admission::Blocked);
    }
}

pub(super) async fn a_blocked_attempt_does_not_prolong_the_block(bench: Bench) {
    bench.attempt_often(USER, Factor::Password, LIMIT, at(0)).await;
    for _ in 0..LIMIT {
        let attempt = bench.attempt(USER, Factor::Password, just_before(BLOCK_FOR)).await;
        assert_eq!(attempt, Admission::Blocked);
    }
    assert_eq!(
        bench.blocked_until(USER, Factor::Password, at(1)).await,
        Some(at(BLOCK_FOR)),
        "the end of the block"
    );
    bench.attempt_often(USER, Factor::Password, LIMIT, at(BLOCK_FOR)).await;
}

pub(super) async fn a_block_of_attempts_ends_at_its_time_and_counting_starts_again(bench: Bench) {
    bench.attempt_often(USER, Factor::Password, LIMIT, at(0)).await;
    let end = just_before(BLOCK_FOR);
    assert!(bench.is_blocked(USER, Factor::Password, end).await, "it ended early");
    let end = at(BLOCK_FOR);
    assert!(!bench.is_blocked(USER, Factor::Password, end).await, "it did not end");
    bench.attempt_often(USER, Factor::Password, LIMIT - 1, end).await;
    assert!(
        !bench.is_blocked(USER, Factor::Password, end).await,
        "failures of before the block count after it"
    );
    bench.attempt_often(USER, Factor::Password, 1, end).await;
    assert_eq!(
        bench.blocked_until(USER, Factor::Password, end).await,
        Some(at(BLOCK_FOR * 2)),
        "the end of the second block"
    );
}

pub(super) async fn a_block_of_attempts_lasts_even_where_failures_are_forgotten_sooner(bench: Bench) {
    let bench = bench.forgetful();
    bench.attempt_often(USER, Factor::Password, LIMIT, at(0)).await;
    let end = just_before(BLOCK_FOR);
    assert_eq!(
        bench.attempt(USER, Factor::Password, end).await,
        Admission::Blocked,
        "the block ended with the memory of the failures"
    );
    bench.attempt_often(USER, Factor::Password, 1, at(BLOCK_FOR)).await;
}

pub(super) async fn failed_attempts_are_forgotten_after_their_time(bench: Bench) {
    bench.attempt_often(USER, Factor::Password, LIMIT - 1, at(0)).await;
    let later = at(FORGET_AFTER + 1);
    bench.attempt_often(USER, Factor::Password, LIMIT, later).await;
    assert!(bench.is_blocked(USER, Factor::Password, later).await, "new failures were not counted");
}

pub(super) async fn each_failed_attempt_keeps_the_earlier_ones_from_being_forgotten(bench: Bench) {
    let mut now = 0;
    for _ in 0..LIMIT {
        now += FORGET_AFTER - 1;
        bench.attempt_often(USER, Factor::Password, 1, at(now)).await;
    }
    assert_eq!(bench.attempt(USER, Factor::Password, at(now)).await, Admission::Blocked);
}

pub(super) async fn factors_are_counted_apart(bench: Bench) {
    bench.attempt_often(USER, Factor::Password, LIMIT, at(0)).await;
    assert!(!bench.is_blocked(USER, Factor::Code, at(0)).await);
    bench.fail_often(USER, LIMIT - 1, at(0)).await;
    assert!(!bench.is_blocked(USER, Factor::Code, at(0)).await);
    assert!(bench.is_blocked(USER, Factor::Password, at(0)).await);
}

/// The name of a partner may be the id of a user.
pub(super) async fn a_partner_is_counted_apart_from_a_user_of_the_same_name(bench: Bench) {
    bench.attempt_often(USER, Factor::Partner, LIMIT, at(0)).await;
    for factor in [Factor::Code, Factor::Password] {
        assert!(!bench.is_blocked(USER, factor, at(0)).await, "{factor:?}");
        bench.attempt_often(USER, factor, LIMIT, at(0)).await;
    }
    assert!(bench.clear(USER, Factor::Partner).await, "there was a block");
    for factor in [Factor::Code, Factor::Password] {
        assert!(bench.is_blocked(USER, factor, at(0)).await, "{factor:?} was cleared too");
    }
}

pub(super) async fn users_are_counted_apart(bench: Bench) {
    bench.attempt_often(USER, Factor::Password, LIMIT, at(0)).await;
    for other in ["1234567", "123456789", "user"] {
        bench.attempt_often(other, Factor::Password, LIMIT - 1, at(0)).await;
        assert!(!bench.is_blocked(other, Factor::Password, at(0)).await, "`{other}` is blocked");
    }
}

pub(super) async fn guesses_and_attempts_at_codes_count_together(bench: Bench) {
    bench.fail_often(USER, LIMIT - 1, at(0)).await;
    bench.attempt_often(USER, Factor::Code, 1, at(0)).await;
    assert!(bench.fail(USER, at(0)).await.blocked);
}

pub(super) async fn clearing_forgets_failures_and_says_whether_there_were_any(bench: Bench) {
    assert!(!bench.clear(USER, Factor::Password).await, "there were none");
    bench.attempt_often(USER, Factor::Password, LIMIT - 1, at(0)).await;
    assert!(bench.clear(USER, Factor::Password).await, "there were some");
    assert!(!bench.clear(USER, Factor::Password).await, "there are none left");
    bench.attempt_often(USER, Factor::Password, LIMIT, at(0)).await;
}

pub(super) async fn clearing_lifts_a_block(bench: Bench) {
    bench.attempt_often(USER, Factor::Password, LIMIT, at(0)).await;
    assert!(bench.clear(USER, Factor::Password).await, "there was a block");
    assert!(!bench.is_blocked(USER, Factor::Password, at(0)).await, "the block was not lifted");
    bench.attempt_often(USER, Factor::Password, LIMIT, at(0)).await;
}

pub(super) async fn clearing_touches_one_user_and_one_factor(bench: Bench) {
    for (user, factor) in [(USER, Factor::Password), (USER, Factor::Code), ("another user", Factor::Password)]
    {
        bench.attempt_often(user, factor, LIMIT, at(0)).await;
    }
    bench.clear(USER, Factor::Password).await;
    assert!(bench.is_blocked(USER, Factor::Code, at(0)).await);
    assert!(bench.is_blocked("another user", Factor::Password, at(0)).await);
}

pub(super) async fn blocks_are_listed_by_user_and_factor_while_they_run(bench: Bench) {
    assert_eq!(bench.blocks(at(0)).await, []);
    let block = |user: &str, factor, until| Block {
        user: UserId::new(user),
        factor,
        failures: LIMIT,
        until: at(until),
    };
    bench.attempt_often("2", Factor::Password, LIMIT, at(0)).await;
    bench.attempt_often("1", Factor::Password, LIMIT, at(10)).await;
    bench.attempt_often("10", Factor::Code, LIMIT, at(20)).await;
    bench.fail_often("1", LIMIT, at(30)).await;
    bench.attempt_often("3", Factor::Code, LIMIT - 1, at(30)).await;
    let first = block("1", Factor::Code, 30 + BLOCK_FOR);
    let second = block("1", Factor::Password, 10 + BLOCK_FOR);
    let third = block("10", Factor::Code, 20 + BLOCK_FOR);
    bench.attempt_often("1", Factor::Partner, LIMIT, at(15)).await;
    let partner = block("1", Factor::Partner, 15 + BLOCK_FOR);
    let fourth = block("2", Factor::Password, BLOCK_FOR);
    assert_eq!(
        bench.blocks(just_before(BLOCK_FOR)).await,
        [first.clone(), second.clone(), partner.clone(), third.clone(), fourth]
    );
    assert_eq!(bench.blocks(at(BLOCK_FOR)).await, [first.clone(), second, partner, third]);
    bench.clear("10", Factor::Code).await;
    bench.clear("1", Factor::Partner).await;
    assert_eq!(bench.blocks(at(10 + BLOCK_FOR)).await, [first]);
    assert_eq!(bench.blocks(at(30 + BLOCK_FOR)).await, []);
}
