//! The rules of [`Store`](data_adapter_sca::Store) and the traits that it joins.

mod attempts;
mod bench;
mod blocks;
mod budget;
mod challenges;
mod clocks;
mod consents;
mod counter_races;
mod duels;
mod endings;
mod purge;
mod races;

use std::sync::Arc;

use data_adapter_sca::Store;

use self::bench::Bench;
use crate::suite::{Suite, rules};

/// Checks every rule of the store traits, races included. `make` gives an empty store each time it is called.
///
/// # Panics
///
/// When rules are broken, with the names of all of them; and when the runtime has a single thread.
pub async fn store_contract<F, Fut>(make: F)
where
    F: Fn() -> Fut,
    Fut: Future<Output = Arc<dyn Store>>,
{
    let mut suite = Suite::with_races("store");
    rules! { suite, Bench::new(make().await);
        challenges:
            an_unknown_message_is_unknown,
            a_challenge_names_its_owner_and_a_fake_names_nobody,
            a_guess_gets_the_challenge_as_it_was_opened,
            a_challenge_expires_exactly_at_its_time,
            a_challenge_can_be_used_until_it_expires,
            a_used_challenge_stays_used,
            a_new_code_ends_the_open_one_of_its_step,
            a_new_fake_ends_the_open_one_of_its_step,
            a_new_code_leaves_other_steps_open,
            a_new_code_leaves_a_used_one_used,
            open_challenges_are_listed_oldest_first,
            challenges_that_are_over_are_not_listed;
        endings:
            the_end_of_an_operation_ends_all_its_open_challenges,
            the_end_of_an_operation_leaves_other_operations_open,
            the_end_of_an_operation_leaves_used_challenges_used,
            no_code_is_opened_after_the_end_of_its_operation;
        budget:
            each_guess_leaves_one_less_until_none_is_left,
            codes_of_one_step_share_one_budget,
            a_code_that_expires_gives_no_guess_back,
            a_use_that_fails_gives_no_guess_back,
            a_right_code_makes_the_budget_fresh,
            the_last_guess_may_be_the_right_one,
            another_step_has_a_budget_of_its_own,
            steps_whose_names_run_together_are_apart,
            what_is_not_counted_spends_nothing,
            a_fake_is_counted_like_a_real_code,
            a_guess_that_is_taken_back_is_none,
            a_guess_at_a_fake_is_taken_back_too;
        blocks:
            failures_in_a_row_over_challenges_block_the_user,
            a_guess_during_a_block_counts_against_the_step_only,
            a_block_ends_at_its_time_and_counting_starts_again,
            a_block_lasts_even_where_failures_are_forgotten_sooner,
            failures_are_forgotten_after_their_time,
            each_failure_keeps_the_earlier_ones_from_being_forgotten,
            a_right_code_forgets_the_failures,
            a_right_code_lifts_the_block_that_its_guess_started,
            a_use_that_fails_forgets_no_failure,
            guesses_that_are_not_counted_block_nobody,
            taking_a_guess_back_lifts_the_block_that_it_started,
            taking_a_guess_back_leaves_a_block_of_before,
            users_are_counted_apart_by_their_guesses,
            fakes_block_nobody;
        attempts:
            attempts_are_admitted_up_to_the_limit,
            a_blocked_attempt_does_not_prolong_the_block,
            a_block_of_attempts_ends_at_its_time_and_counting_starts_again,
            a_block_of_attempts_lasts_even_where_failures_are_forgotten_sooner,
            failed_attempts_are_forgotten_after_their_time,
            each_failed_attempt_keeps_the_earlier_ones_from_being_forgotten,
            factors_are_counted_apart,
            users_are_counted_apart,
            guesses_and_attempts_at_codes_count_together,
            an_attempt_that_is_taken_back_does_not_count,
            taking_an_attempt_back_lifts_the_block_that_it_started,
            taking_back_what_was_not_counted_changes_nothing,
            keeping_an_attempt_changes_nothing,
            clearing_forgets_failures_and_says_whether_there_were_any,
            clearing_lifts_a_block,
            clearing_touches_one_user_and_one_factor,
            blocks_are_listed_by_user_and_factor_while_they_run;
        consents:
            a_form_that_was_shown_is_found_as_it_was,
            a_form_that_is_shown_again_takes_the_place_of_the_earlier_one,
            forms_are_kept_by_operation_and_user,
            consents_are_listed_as_they_were_given_oldest_first,
            consents_of_one_user_are_listed_alone,
            a_consent_that_is_given_twice_is_on_record_twice;
        purge:
            an_empty_store_has_nothing_to_purge,
            a_probe_changes_nothing,
            challenges_stay_for_their_retention_and_then_go,
            open_challenges_are_not_purged,
            counters_outlive_their_challenges,
            counters_stay_for_their_retention_and_then_go,
            the_counter_of_a_step_stays_for_its_retention_and_then_goes,
            a_running_block_is_not_purged,
            shown_forms_stay_for_their_retention_and_then_go,
            that_an_operation_is_over_is_kept_for_its_retention_and_then_goes,
            consents_are_never_purged;
        clocks:
            a_code_of_a_clock_that_is_ahead_is_over,
            a_code_of_a_clock_that_is_a_little_ahead_is_good,
            what_was_answered_as_over_stays_over,
            a_use_that_came_too_late_comes_too_late_for_good,
            a_block_lasts_no_longer_from_now_than_it_would,
            a_block_of_a_clock_that_is_a_little_ahead_is_a_block,
            failures_of_a_clock_that_is_ahead_stay_counted,
            after_the_clock_went_back_nothing_lasts_longer_than_its_time,
            a_clock_that_did_not_go_back_changes_nothing;
        races:
            of_parallel_guesses_exactly_the_budget_counts,
            parallel_guesses_at_a_fake_are_counted_too,
            of_parallel_guesses_over_challenges_exactly_the_limit_is_not_blocked,
            of_parallel_uses_exactly_one_succeeds,
            of_parallel_openings_of_one_step_exactly_one_stays_open,
            parallel_openings_give_no_guess_back;
        duels:
            of_two_guesses_for_the_last_try_exactly_one_counts,
            of_two_uses_exactly_one_succeeds,
            a_challenge_is_either_used_or_ended,
            no_opening_outlives_the_end_of_its_operation,
            of_two_openings_of_one_step_exactly_one_stays_open,
            of_two_attempts_at_the_limit_exactly_one_is_admitted,
            an_attempt_and_a_withdrawal_lose_no_count;
        counter_races:
            of_parallel_attempts_exactly_the_limit_is_admitted,
            parallel_attempts_and_withdrawals_lose_no_count,
            parallel_attempts_of_many_users_do_not_mix,
            parallel_consents_are_all_kept,
            parallel_showings_of_one_form_leave_one;
    }
    suite.end();
}
