//! The rules of [`Store`](data_adapter_sca::Store) and the traits that it joins.

mod admissions;
mod attempts;
mod bench;
mod blocks;
mod budget;
mod challenges;
mod clocks;
mod consents;
mod counter_races;
mod decisions;
mod deliveries;
mod devices;
mod duels;
mod endings;
mod factor_duels;
mod factors;
mod histories;
mod idempotency;
mod offers;
mod orders;
mod purge;
mod races;
mod rates;
mod renewals;
mod request_duels;
mod requests;
mod reservations;
mod sessions;
mod tokens;
mod withdrawals;

use std::sync::Arc;

use data_adapter_sca::Store;

use self::bench::Bench;
use crate::suite::{Rule, Suite, rules};

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
    suite.check(RULES, || async { Bench::new(make().await) }).await;
    suite.end();
}

static RULES: &[Rule<Bench>] = &rules! {
    challenges:
        an_unknown_message_is_unknown,
        a_challenge_names_its_step_as_long_as_it_is_kept,
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
        a_code_whose_tries_are_spent_stays_spent_when_it_is_over,
        what_is_over_is_spent_only_while_its_tries_are_counted,
        codes_of_one_step_share_one_budget,
        a_code_that_expires_gives_no_guess_back,
        a_use_that_fails_gives_no_guess_back,
        a_right_code_makes_the_budget_fresh,
        the_last_guess_may_be_the_right_one,
        a_right_code_comes_too_late_after_the_last_guess,
        another_step_has_a_budget_of_its_own,
        steps_whose_names_run_together_are_apart,
        what_is_not_counted_spends_nothing,
        a_fake_is_counted_like_a_real_code;
    offers:
        a_right_code_is_accepted_and_a_wrong_one_counts,
        of_the_hashes_that_are_offered_the_one_under_its_key_is_compared,
        what_nobody_can_compare_counts_for_nothing_and_stays_open,
        a_right_code_that_is_not_accepted_counts_and_stays,
        a_code_of_somebody_else_does_not_fit,
        no_code_fits_a_fake;
    blocks:
        failures_in_a_row_over_challenges_block_the_user,
        a_guess_during_a_block_counts_against_the_step_only,
        a_block_ends_at_its_time_and_counting_starts_again,
        a_block_lasts_even_where_failures_are_forgotten_sooner,
        failures_are_forgotten_after_their_time,
        each_failure_keeps_the_earlier_ones_from_being_forgotten,
        a_right_code_forgets_the_failures,
        a_right_code_at_the_limit_is_accepted_and_blocks_nobody,
        a_right_code_is_wrong_during_a_block_and_counts_against_the_step,
        a_use_that_fails_forgets_no_failure,
        guesses_that_are_not_counted_block_nobody,
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
        a_partner_is_counted_apart_from_a_user_of_the_same_name,
        users_are_counted_apart,
        guesses_and_attempts_at_codes_count_together,
        clearing_forgets_failures_and_says_whether_there_were_any,
        clearing_lifts_a_block,
        clearing_touches_one_user_and_one_factor,
        blocks_are_listed_by_user_and_factor_while_they_run;
    reservations:
        failures_and_attempts_under_way_are_together_never_more_than_the_limit,
        the_last_of_the_attempts_under_way_that_fails_starts_the_block,
        any_number_of_right_attempts_block_nobody,
        an_attempt_that_succeeds_forgets_failures_and_leaves_the_others_under_way,
        an_attempt_that_is_given_back_does_not_count,
        an_attempt_ends_once,
        an_attempt_that_is_admitted_again_is_the_same_one,
        an_attempt_that_nobody_ended_is_a_failure_when_its_lease_is_over,
        attempts_that_nobody_ended_count_one_by_one,
        a_block_of_attempts_that_nobody_ended_may_be_over_when_the_next_one_comes,
        attempts_that_nobody_ended_are_forgotten_after_their_time,
        an_attempt_that_ends_after_its_lease_counts_as_what_it_came_to,
        what_nobody_ended_before_a_success_is_forgotten_with_the_failures,
        clearing_forgets_attempts_under_way_too,
        one_attempt_may_be_made_over_a_limit_that_was_lowered,
        attempts_of_a_clock_that_is_a_little_ahead_count_like_others,
        attempts_of_a_clock_that_was_ahead_last_no_longer_than_others,
        attempts_under_way_are_not_purged_and_go_with_the_counters;
    orders:
        a_block_that_is_ordered_holds_at_once_until_its_time,
        after_a_block_that_was_ordered_counting_starts_again,
        a_block_that_lasts_longer_stays,
        a_block_that_is_ordered_is_of_one_user_and_one_factor,
        clearing_lifts_a_block_that_was_ordered,
        what_fails_or_is_given_back_leaves_a_block_that_was_ordered,
        exactly_the_guess_that_starts_a_block_says_so,
        no_guess_at_a_fake_starts_a_block;
    requests:
        an_open_challenge_is_found_as_it_was_opened,
        a_challenge_that_is_over_is_not_found,
        an_open_challenge_tells_the_guesses_of_its_step,
        guesses_that_are_forgotten_are_not_told,
        the_open_challenges_of_a_user_are_listed_oldest_first,
        what_was_done_to_a_challenge_is_listed_with_it,
        a_challenge_is_ended_once_and_for_good,
        what_is_not_open_is_not_ended,
        the_end_of_a_challenge_leaves_everything_else,
        a_guess_at_what_has_no_code_counts_for_nothing,
        what_has_no_code_is_used_up_once,
        a_code_is_used_up_by_a_guess_alone;
    renewals:
        a_renewed_challenge_has_another_code_and_begins_again,
        a_renewed_challenge_lasts_until_its_new_time,
        a_renewal_gives_no_guess_back,
        a_challenge_is_renewed_up_to_the_limit,
        a_limit_of_none_lets_nothing_be_renewed,
        what_is_over_is_not_renewed,
        a_push_is_renewed_until_it_is_accepted,
        the_code_before_a_renewal_is_wrong,
        what_is_approved_without_a_code_is_used_after_a_renewal,
        a_renewal_leaves_other_challenges_as_they_are;
    decisions:
        a_push_is_accepted_once_and_then_used_up_once,
        a_push_that_is_rejected_is_ended,
        a_push_that_nobody_has_decided_is_not_used_up_and_stays_open,
        what_is_approved_without_a_code_forgets_no_failure,
        a_device_that_is_forgotten_ends_the_open_pushes_of_its_user,
        the_open_pushes_of_a_user_end_together_whatever_the_time,
        only_a_push_is_decided,
        a_push_that_is_over_is_not_decided,
        a_push_that_was_accepted_expires_at_its_time,
        a_push_may_be_decided_after_it_was_renewed;
    devices:
        devices_are_listed_as_they_were_registered_oldest_first,
        devices_of_one_user_are_listed_alone,
        a_device_is_deregistered_once_and_only_by_its_owner,
        no_number_of_a_device_comes_again;
    tokens:
        a_token_is_revoked_once,
        tokens_are_revoked_by_exactly_their_ids,
        each_number_is_greater_than_the_one_before,
        no_number_is_given_for_exactly_the_tokens_that_were_revoked;
    sessions:
        a_session_lasts_until_nothing_was_done_in_it_for_so_long,
        whatever_is_done_in_a_session_prolongs_it,
        opening_goes_on_with_a_session_or_opens_one_anew,
        each_holder_and_user_has_a_session_of_its_own,
        all_sessions_of_a_user_end_together,
        a_session_of_a_clock_that_is_ahead_is_none;
    consents:
        a_form_that_was_shown_is_found_as_it_was,
        a_form_that_is_shown_again_takes_the_place_of_the_earlier_one,
        forms_are_kept_by_operation_and_user,
        consents_are_listed_as_they_were_given_oldest_first,
        consents_of_one_user_are_listed_alone,
        a_consent_that_is_given_twice_is_on_record_twice;
    withdrawals:
        a_consent_is_found_by_exactly_what_it_was_given_for,
        of_consents_for_one_purpose_the_last_is_found,
        a_withdrawal_is_on_record_once_and_the_consent_stays,
        a_withdrawal_means_what_its_filter_fits,
        what_is_given_after_a_withdrawal_is_not_withdrawn,
        what_is_erased_is_all_of_one_user,
        of_two_who_withdraw_a_consent_exactly_one_does,
        a_consent_is_either_withdrawn_or_erased;
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
        consents_are_never_purged,
        a_renewed_challenge_stays_for_its_retention_after_its_new_time,
        revoked_tokens_stay_for_their_retention_after_they_expired_and_then_go,
        sessions_stay_for_their_retention_after_their_last_use_and_then_go,
        devices_are_never_purged;
    clocks:
        a_code_of_a_clock_that_is_ahead_is_over,
        a_code_of_a_clock_that_is_a_little_ahead_is_good,
        what_was_answered_as_over_stays_over,
        a_use_that_came_too_late_comes_too_late_for_good,
        a_block_lasts_no_longer_from_now_than_it_would,
        a_block_of_a_clock_that_is_a_little_ahead_is_a_block,
        failures_of_a_clock_that_is_ahead_stay_counted,
        after_the_clock_went_back_nothing_lasts_longer_than_its_time,
        a_clock_that_did_not_go_back_changes_nothing,
        a_renewal_of_a_clock_that_is_ahead_is_over,
        sessions_of_a_clock_that_was_ahead_end_for_good,
        a_clock_that_went_back_gives_no_token_back_and_takes_no_device;
    admissions:
        a_token_lets_somebody_in_for_so_long_after_it_was_issued,
        each_use_lets_a_token_live_longer,
        a_newer_token_opens_a_session_that_was_idle_too_long,
        a_session_that_was_opened_otherwise_goes_on_with_a_token,
        tokens_that_were_issued_before_the_end_of_the_sessions_let_nobody_in,
        the_end_of_sessions_is_kept_for_its_retention_and_then_goes,
        a_token_of_a_clock_that_is_ahead_lets_nobody_in,
        a_session_of_a_clock_that_is_ahead_prolongs_no_token,
        an_end_of_a_clock_that_was_ahead_holds_for_every_token_that_there_is;
    factors:
        a_factor_is_kept_as_it_was_enrolled,
        an_enrolment_opens_its_challenge,
        factors_are_listed_in_the_order_of_enrolment,
        a_new_enrolment_takes_the_place_of_a_pending_one_and_ends_its_challenge,
        an_active_factor_stays_and_what_would_decide_another_is_not_kept,
        an_inactive_factor_can_be_enrolled_again,
        nothing_is_enrolled_where_no_challenge_is_opened,
        the_use_of_a_code_activates_its_factor,
        a_code_that_is_not_used_activates_nothing,
        an_accepted_push_activates_its_factor_and_is_used_up,
        a_rejected_push_makes_its_factor_inactive,
        a_push_that_came_too_late_leaves_its_factor_pending,
        a_push_that_decides_no_factor_stays_open_when_it_is_accepted,
        a_factor_is_made_inactive_once_and_only_for_its_own_number,
        what_is_made_inactive_while_it_is_pending_is_not_proved_any_more,
        the_number_of_a_factor_is_rehashed_once_and_nothing_else_changes,
        what_is_given_up_stays_pending_until_it_is_enrolled_again,
        a_factor_is_forgotten_once_and_with_its_challenge,
        factors_are_never_purged,
        factors_of_a_clock_that_was_ahead_stay_and_are_dated_now;
    idempotency:
        a_call_is_new_once_and_then_under_way,
        a_call_that_was_finished_is_answered_as_it_was,
        calls_are_told_apart_by_every_part_of_their_keys,
        a_call_that_was_freed_is_new,
        a_call_whose_lease_is_over_is_new,
        a_call_that_had_its_effect_is_answered_once_it_is_under_way_no_more,
        a_call_has_its_effect_once,
        a_call_whose_effect_came_to_nothing_is_freed,
        a_call_whose_effect_may_stand_is_freed_only_where_it_had_none,
        only_a_call_that_is_under_way_is_finished_or_freed,
        a_call_of_a_clock_that_is_ahead_is_not_under_way,
        calls_stay_for_their_retention_from_when_they_began_and_then_go,
        after_the_clock_went_back_calls_stay_no_longer_than_their_time;
    rates:
        calls_are_admitted_up_to_the_limit_of_a_window,
        what_is_over_one_limit_counts_against_none,
        of_several_limits_that_are_reached_the_one_that_lasts_longest_is_told,
        keys_and_limits_are_counted_apart,
        what_is_over_the_limit_of_one_key_counts_for_none,
        a_key_that_is_looked_at_holds_and_does_not_count,
        a_challenge_over_a_limit_is_not_opened_and_the_one_before_stays,
        an_open_challenge_that_is_too_old_is_not_told,
        what_is_not_opened_because_its_operation_is_over_does_not_count,
        a_limit_of_none_admits_nothing,
        a_window_of_a_clock_that_is_ahead_begins_anew,
        windows_go_when_they_are_over,
        windows_are_listed_by_key_and_length_while_they_run,
        of_windows_no_more_are_listed_than_are_asked_for,
        a_window_of_a_clock_that_is_ahead_is_not_listed,
        after_the_clock_went_back_a_window_lasts_no_longer_than_its_time;
    deliveries:
        a_message_is_handed_over_until_its_receipt_comes,
        a_gateway_that_reports_nothing_has_its_messages_handed_over,
        a_receipt_that_comes_again_says_nothing_new,
        what_a_phone_has_it_has_whatever_else_is_reported,
        a_receipt_may_come_before_its_message,
        a_message_of_several_parts_is_delivered_with_the_last_of_them,
        a_message_is_undelivered_as_soon_as_one_of_its_parts_is,
        references_are_those_of_one_gateway,
        a_message_that_is_sent_anew_begins_anew,
        a_reference_that_comes_again_is_of_the_later_message,
        deliveries_of_many_messages_are_told_at_once,
        deliveries_stay_for_their_retention_and_then_go,
        receipts_of_no_message_go_after_a_short_time,
        after_the_clock_went_back_deliveries_stay_no_longer_than_their_time,
        a_receipt_and_its_message_may_come_at_once,
        of_parallel_receipts_exactly_one_is_news;
    races:
        of_parallel_guesses_exactly_the_budget_counts,
        parallel_guesses_at_a_fake_are_counted_too,
        of_parallel_guesses_over_challenges_exactly_the_limit_is_not_blocked,
        of_parallel_uses_exactly_one_succeeds,
        of_parallel_right_and_wrong_guesses_one_is_accepted_within_the_budget,
        of_parallel_openings_of_one_step_exactly_one_stays_open,
        parallel_openings_give_no_guess_back;
    duels:
        of_two_guesses_for_the_last_try_exactly_one_counts,
        of_two_uses_exactly_one_succeeds,
        a_challenge_is_either_used_or_ended,
        no_opening_outlives_the_end_of_its_operation,
        of_two_openings_of_one_step_exactly_one_stays_open,
        of_two_attempts_at_the_limit_exactly_one_is_admitted,
        a_new_attempt_and_the_end_of_another_lose_no_count;
    request_duels:
        of_parallel_renewals_each_up_to_the_limit_succeeds_once,
        a_code_is_either_used_or_renewed,
        of_two_decisions_exactly_one_counts,
        a_request_is_either_used_or_cancelled,
        of_two_ends_exactly_one_ends_it,
        of_two_revocations_exactly_one_is_the_first,
        of_two_deregistrations_exactly_one_forgets_the_device,
        of_two_numbers_at_once_each_is_new,
        no_number_is_given_for_a_token_after_it_was_revoked,
        of_two_devices_at_once_each_has_a_number_of_its_own;
    factor_duels:
        of_parallel_enrolments_exactly_the_challenge_of_the_factor_stays_open,
        a_phone_is_either_proved_or_enrolled_anew,
        a_phone_that_is_forgotten_is_not_proved_afterwards,
        a_phone_of_another_number_does_not_stay_active,
        of_two_who_forget_a_factor_exactly_one_does,
        of_two_who_make_a_factor_inactive_exactly_one_does,
        of_two_who_rehash_a_number_exactly_one_does,
        a_device_is_either_accepted_or_rejected,
        of_parallel_calls_exactly_one_is_new,
        of_two_different_calls_exactly_one_is_new,
        of_two_who_take_a_call_over_exactly_one_does,
        of_two_who_make_one_call_exactly_one_has_an_effect,
        of_parallel_calls_exactly_the_limit_is_admitted,
        of_parallel_openings_exactly_the_limit_of_each_key_is_opened;
    counter_races:
        of_parallel_attempts_exactly_the_limit_is_under_way,
        parallel_attempts_that_are_given_back_lose_no_count,
        of_parallel_right_attempts_all_succeed_and_nobody_is_blocked,
        parallel_attempts_of_many_users_do_not_mix,
        parallel_consents_are_all_kept,
        parallel_showings_of_one_form_leave_one;
    histories:
        guesses_at_once_are_answered_as_if_one_after_the_other,
        passwords_at_once_are_answered_as_if_one_after_the_other;
};
