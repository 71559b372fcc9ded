//! The rules of requests, asked through [`ScaRequests`](data_adapter_sca::ScaRequests) and, where both see the same code,
//! through [`SmsOtp`](data_adapter_core::SmsOtp).

mod approving;
mod bench;
mod doors;
mod limits;
mod listing;
mod making;
mod pushes;
mod races;
mod renewing;

use std::sync::Arc;

use data_adapter_sca::Store;

use self::bench::Bench;
use crate::suite::{Rule, Suite, rules};

/// Checks every rule of requests with the engine over a store, races included. `make` gives an empty store each time it is
/// called.
///
/// # Panics
///
/// When rules are broken, with the names of all of them; and when the runtime has a single thread.
pub async fn requests_contract<F, Fut>(make: F)
where
    F: Fn() -> Fut,
    Fut: Future<Output = Arc<dyn Store>>,
{
    let mut suite = Suite::with_races("requests");
    suite.check(RULES, || async { Bench::new(make().await) }).await;
    suite.check(RACES, || async { Bench::new(make().await).with_a_slow_store() }).await;
    suite.end();
}

static RULES: &[Rule<Bench>] = &rules! {
    making:
        a_request_is_made_as_it_was_asked_for,
        a_code_is_sent_with_the_text_of_its_operation,
        the_language_of_a_request_goes_before_the_users_own,
        a_code_that_the_caller_brings_is_told_to_them_and_is_not_sent,
        what_the_client_manages_is_told_to_nobody,
        without_a_number_that_can_be_used_no_code_is_made_to_be_sent,
        without_a_device_no_push_is_made,
        for_a_user_who_is_blocked_nothing_is_made,
        a_request_whose_code_did_not_leave_is_open_and_can_be_renewed,
        a_new_request_ends_the_older_one_of_its_step_and_gives_no_guess_back,
        an_operation_that_is_over_gets_no_request;
    approving:
        a_right_code_approves_a_request_once,
        each_wrong_code_leaves_one_guess_less_and_the_last_one_blocks,
        the_last_guess_may_be_the_right_one,
        a_right_code_comes_too_late_when_the_guesses_are_spent,
        a_wrong_code_that_starts_a_block_says_so_whatever_is_left_of_the_guesses,
        a_right_code_approves_nothing_during_a_block_and_stays,
        what_is_no_code_counts_as_a_guess,
        what_is_over_is_gone,
        what_is_approved_in_another_way_is_gone_and_stays,
        two_factors_approve_once_what_the_client_manages,
        two_factors_approve_nothing_during_a_block,
        a_right_proof_that_could_not_be_used_up_spends_nothing,
        a_code_that_nobody_can_check_spends_nothing;
    listing:
        a_request_is_found_until_its_time_is_over,
        the_open_requests_of_a_user_are_listed_oldest_first,
        a_request_is_listed_with_the_guesses_that_it_has_left,
        a_request_is_cancelled_once,
        what_is_over_is_not_cancelled,
        a_cancellation_gives_no_guess_back;
    renewing:
        a_new_code_takes_the_place_of_the_one_before,
        a_renewed_request_lasts_until_its_new_time,
        a_renewal_gives_no_guess_back,
        a_new_code_is_brought_by_whoever_is_to_bring_it_now,
        a_new_code_is_written_in_the_language_asked_for,
        one_renewal_too_many_blocks_the_user,
        a_request_of_somebody_else_is_gone_and_stays,
        what_is_over_is_not_renewed,
        nothing_is_renewed_for_a_user_who_is_blocked,
        without_a_number_no_code_is_renewed_to_be_sent,
        a_renewal_whose_code_did_not_leave_counts_and_can_be_repeated,
        what_the_client_manages_begins_again;
    pushes:
        a_push_says_what_is_approved,
        a_push_is_written_in_the_users_language,
        a_push_is_approved_once_it_was_accepted,
        a_push_that_was_rejected_is_gone,
        a_push_is_decided_once,
        nothing_else_is_decided,
        a_push_that_was_accepted_expires,
        a_push_approves_nothing_during_a_block,
        a_push_that_is_renewed_is_asked_again_until_it_is_accepted,
        a_push_ends_with_the_device_that_is_forgotten,
        a_push_that_did_not_leave_is_open_and_can_be_renewed;
    doors:
        a_code_for_an_operation_is_a_request,
        a_request_is_a_code_for_its_operation,
        guesses_at_both_doors_share_one_budget_and_one_block,
        a_block_that_one_door_starts_holds_at_the_other,
        a_right_code_at_one_door_forgets_the_failures_at_the_other,
        what_is_cancelled_at_one_door_is_over_at_the_other,
        a_new_code_at_one_door_ends_the_one_of_the_other,
        a_code_that_was_renewed_here_is_the_right_one_there,
        a_code_that_was_renewed_here_lasts_longer_there,
        a_fake_for_nobody_is_no_request,
        a_fake_for_a_blocked_account_is_not_renewed;
    limits:
        over_a_limit_no_request_is_made_and_the_one_before_stays,
        over_a_limit_nothing_is_renewed_and_the_code_before_stays,
        who_may_not_renew_it_any_more_is_told_that_and_not_of_limits,
        what_is_not_sent_from_here_is_within_all_limits;
};

static RACES: &[Rule<Bench>] = &rules! {
    races:
        of_parallel_wrong_codes_at_both_doors_exactly_the_budget_is_compared,
        of_parallel_right_codes_at_both_doors_exactly_one_succeeds,
        parallel_right_codes_of_one_user_at_both_doors_all_succeed,
        of_parallel_approvals_of_a_push_exactly_one_succeeds,
        a_request_is_either_approved_or_cancelled,
        of_parallel_renewals_no_more_than_the_limit_leave;
};
