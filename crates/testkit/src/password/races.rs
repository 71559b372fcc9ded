use data_adapter_sca::Factor;

use super::bench::{BLOCK_FOR, Bench, LIMIT, RIGHT, WRONG};
use crate::Directory;
use crate::race::{at_once, rounds};

/// How far ahead the clock of another instance may be, in seconds.
const AHEAD: i64 = 2;

/// 50 passwords at the same moment; the instances take turns. How many succeed.
async fn at_the_same_moment(instances: &[Bench], password: &'static str) -> usize {
    let results = at_once(50, |number| {
        let bench = instances[number % instances.len()].clone();
        async move { bench.succeeds(Directory::PAYER, password).await }
    });
    results.await.into_iter().filter(|right| *right).count()
}

async fn fail_at_once(instances: &[Bench]) {
    let bench = &instances[0];
    for round in rounds() {
        let before = bench.directory.checks_of(Directory::PAYER, WRONG);
        assert_eq!(at_the_same_moment(instances, WRONG).await, 0);
        assert_eq!(
            bench.directory.checks_of(Directory::PAYER, WRONG) - before,
            LIMIT as usize,
            "wrong passwords that were evaluated, after {round} rounds that went well"
        );
        assert!(bench.is_blocked(Directory::PAYER, Factor::Password).await);
        bench.advance(BLOCK_FOR + AHEAD);
    }
}

pub(super) async fn of_parallel_wrong_passwords_exactly_the_limit_is_evaluated(bench: Bench) {
    fail_at_once(&[bench]).await;
}

pub(super) async fn of_parallel_wrong_passwords_over_two_instances_exactly_the_limit_is_evaluated(
    bench: Bench,
) {
    let second = bench.another();
    fail_at_once(&[bench, second]).await;
}

async fn succeed_at_once(instances: &[Bench]) {
    let bench = &instances[0];
    for _ in rounds() {
        bench.fail_often(LIMIT - 1).await;
        assert_eq!(at_the_same_moment(instances, RIGHT).await, 50, "right passwords that succeeded");
        assert!(!bench.is_blocked(Directory::PAYER, Factor::Password).await, "right passwords block");
    }
    bench.succeeds(Directory::PAYER, RIGHT).await;
    assert_eq!(bench.records().await, 0, "something of right passwords stays");
}

pub(super) async fn parallel_right_passwords_of_one_user_all_succeed(bench: Bench) {
    succeed_at_once(&[bench]).await;
}

pub(super) async fn parallel_right_passwords_of_one_user_over_two_instances_all_succeed(bench: Bench) {
    let second = bench.another();
    succeed_at_once(&[bench, second]).await;
}

pub(super) async fn clocks_that_differ_a_little_change_nothing_for_passwords(bench: Bench) {
    let ahead = bench.another_ahead(AHEAD);
    succeed_at_once(&[bench.clone(), ahead.clone()]).await;
    fail_at_once(&[bench, ahead]).await;
}

/// A right one lets guesses begin anew, and nothing else does.
pub(super) async fn of_parallel_right_and_wrong_passwords_no_more_than_the_limit_is_evaluated(bench: Bench) {
    let instances = [bench.clone(), bench.another()];
    for _ in rounds() {
        let before = bench.directory.checks_of(Directory::PAYER, WRONG);
        let results = at_once(60, |number| {
            let instance = instances[number % 2].clone();
            let password = if number % 10 == 0 { RIGHT } else { WRONG };
            async move { instance.succeeds(Directory::PAYER, password).await }
        });
        let right = results.await.into_iter().filter(|right| *right).count();
        let wrong = bench.directory.checks_of(Directory::PAYER, WRONG) - before;
        assert!(wrong <= LIMIT as usize * (right + 1), "{wrong} wrong ones with {right} right ones");
        bench.advance(BLOCK_FOR);
        bench.clear().await;
    }
}

pub(super) async fn parallel_passwords_of_many_users_do_not_mix(bench: Bench) {
    let results = at_once(60, |number| {
        let bench = bench.clone();
        let (user, password) = match number % 3 {
            0 => (Directory::PAYER, RIGHT),
            1 => (Directory::CZECH, WRONG),
            _ => (Directory::NO_PHONE, RIGHT),
        };
        async move { (user, bench.succeeds(user, password).await) }
    });
    for (user, succeeded) in results.await {
        assert_eq!(succeeded, user != Directory::CZECH, "{user}");
    }
    assert!(bench.is_blocked(Directory::CZECH, Factor::Password).await);
}
