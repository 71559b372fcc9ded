//! The rules of [`LockingAuthentication`](data_adapter_sca::LockingAuthentication).

mod bench;
mod races;
mod rules;

use std::sync::Arc;

use data_adapter_sca::Store;

use self::bench::Bench;
use crate::suite::{Rule, Suite, rules};

/// Checks that wrong passwords block, with the counters of a store, races included. `make` gives an empty store each
/// time it is called.
///
/// # Panics
///
/// When rules are broken, with the names of all of them; and when the runtime has a single thread.
pub async fn password_contract<F, Fut>(make: F)
where
    F: Fn() -> Fut,
    Fut: Future<Output = Arc<dyn Store>>,
{
    let mut suite = Suite::with_races("password");
    suite.check(RULES, || async { Bench::new(make().await) }).await;
    suite.end();
}

static RULES: &[Rule<Bench>] = &rules! {
    rules:
        a_right_password_succeeds_and_a_wrong_one_fails,
        the_limit_of_wrong_passwords_blocks,
        a_blocked_password_costs_what_a_wrong_one_costs,
        a_block_ends_and_counting_starts_again,
        a_success_forgets_the_failures,
        failures_that_are_long_past_are_forgotten,
        a_right_password_of_an_account_that_may_not_be_used_is_not_counted,
        wrong_passwords_of_an_account_that_may_not_be_used_are_counted,
        a_password_for_nobody_costs_what_a_wrong_one_costs_and_leaves_nothing,
        an_error_counts_for_nothing,
        an_error_at_the_limit_blocks_nobody,
        a_refusal_that_comes_as_an_error_is_a_failure,
        an_error_during_a_block_is_an_error,
        users_are_blocked_apart,
        another_spelling_of_an_id_gives_no_more_guesses,
        passwords_and_codes_are_blocked_apart;
    races:
        of_parallel_wrong_passwords_exactly_the_limit_is_evaluated,
        of_parallel_wrong_passwords_over_two_instances_exactly_the_limit_is_evaluated,
        parallel_right_passwords_of_one_user_all_succeed,
        parallel_right_passwords_of_one_user_over_two_instances_all_succeed,
        clocks_that_differ_a_little_change_nothing_for_passwords,
        of_parallel_right_and_wrong_passwords_no_more_than_the_limit_is_evaluated,
        parallel_passwords_of_many_users_do_not_mix;
};
