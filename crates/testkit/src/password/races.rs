use data_adapter_sca::Factor;

use super::bench::{BLOCK_FOR, Bench, LIMIT, RIGHT, WRONG};
use crate::Directory;
use crate::race::{at_once, rounds};

/// 50 passwords at the same moment; the instances take turns. How many succeed.
async fn at_the_same_moment(instances: &[Bench], password: &'static str) -> usize {
    let results = at_once(50, |number| {
        let bench = instances[number % instances.len()].clone();
        async move { bench.succeeds(Directory::PAYER, password).await }
    });
    results.await.into_iter().filter(|right| *right).count()
}

async fn fail_at_once(instances: &[Bench]) {
    for round in rounds() {
        assert_eq!(at_the_same_moment(instances, WRONG).await, 0);
        let bench = &instances[0];
        assert_eq!(
            bench.directory.checks_of(Directory::PAYER, WRONG),
            LIMIT as usize * (round + 1),
            "wrong passwords that were evaluated, after {round} rounds that went well"
        );
        assert!(bench.is_blocked(Directory::PAYER, Factor::Password).await);
        bench.advance(BLOCK_FOR);
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

pub(super) async fn parallel_right_passwords_of_one_user_all_succeed(bench: Bench) {
    for _ in rounds() {
        bench.fail_often(LIMIT - 1).await;
        assert_eq!(
            at_the_same_moment(std::slice::from_ref(&bench), RIGHT).await,
            50,
            "right passwords that succeeded"
        );
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
