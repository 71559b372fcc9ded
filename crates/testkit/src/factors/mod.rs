//! The rules of factors, asked through [`Factors`](data_adapter_sca::Factors) and, where others see what it does, through
//! [`SmsOtp`](data_adapter_core::SmsOtp) and [`ScaRequests`](data_adapter_sca::ScaRequests).

mod bench;
mod blocks;
mod enrolling;
mod limits;
mod numbers;
mod others;
mod pushes;
mod races;
mod verifying;

use std::sync::Arc;

use data_adapter_sca::Store;

use self::bench::Bench;
use crate::suite::{Rule, Suite, rules};

/// Checks every rule of factors with the engine over a store, races included. `make` gives an empty store each time it is
/// called.
///
/// # Panics
///
/// When rules are broken, with the names of all of them; and when the runtime has a single thread.
pub async fn factors_contract<F, Fut>(make: F)
where
    F: Fn() -> Fut,
    Fut: Future<Output = Arc<dyn Store>>,
{
    let mut suite = Suite::with_races("factors");
    suite.check(RULES, || async { Bench::new(make().await) }).await;
    suite.check(RACES, || async { Bench::new(make().await).with_a_slow_store() }).await;
    suite.end();
}

static RULES: &[Rule<Bench>] = &rules! {
    enrolling:
        a_phone_is_active_once_its_code_was_typed,
        a_code_has_six_digits_and_goes_to_the_users_number_in_their_language,
        no_two_enrolments_have_one_code,
        a_code_that_is_given_is_every_code,
        a_phone_that_is_pending_is_sent_another_code_and_the_old_one_is_wrong,
        a_phone_that_is_active_is_not_enrolled_again,
        what_cannot_be_enrolled_is_refused_in_one_order,
        a_code_that_did_not_leave_leaves_a_phone_that_can_be_enrolled_again,
        a_user_may_enrol_so_often_within_a_time,
        what_is_refused_counts_against_no_limit,
        factors_are_listed_in_the_order_of_enrolment;
    verifying:
        each_wrong_code_counts_down_and_after_the_last_one_none_is_right,
        a_code_whose_tries_are_spent_is_none_however_old_it_is,
        the_last_try_may_be_the_right_one,
        a_new_enrolment_has_tries_of_its_own,
        where_nothing_was_enrolled_there_is_nothing_to_prove,
        a_code_is_right_until_its_time_is_over,
        a_right_code_that_could_not_be_used_up_spends_nothing,
        a_code_is_good_while_the_key_of_its_hash_is_known;
    blocks:
        failures_at_other_codes_count_and_block_a_phone_too,
        failures_at_a_phone_block_the_other_codes,
        a_phone_that_was_proved_forgets_the_failures,
        who_is_blocked_enrols_as_ever_and_is_sent_nothing,
        no_code_is_right_while_the_account_may_not_be_used;
    numbers:
        a_phone_is_inactive_when_its_user_has_another_number,
        a_phone_of_another_number_can_be_enrolled_at_once,
        another_notation_is_the_same_number,
        a_number_that_is_gone_or_unreadable_for_a_while_changes_nothing_for_good,
        a_code_proves_no_number_but_the_one_that_it_went_to,
        a_phone_is_active_while_the_key_of_its_hash_is_known,
        a_phone_that_was_seen_under_a_newer_key_outlives_the_older_one,
        another_number_that_any_api_sees_makes_a_phone_inactive_for_good,
        a_number_that_the_front_names_makes_no_phone_inactive,
        what_is_kept_of_one_number_differs_between_users;
    pushes:
        a_device_is_active_once_its_user_has_accepted,
        a_push_says_what_it_is_about_in_the_users_language,
        a_device_is_inactive_once_its_user_has_rejected,
        a_device_that_nobody_decides_on_stays_pending,
        a_device_that_cannot_be_asked_is_refused,
        a_device_has_nothing_to_do_with_the_users_number,
        a_device_is_forgotten_once_and_with_its_push;
    others:
        what_proves_a_phone_is_no_request,
        what_asks_for_a_device_is_no_request,
        where_it_is_required_codes_go_only_to_numbers_that_were_proved,
        where_it_is_required_the_number_that_the_front_names_has_to_be_proved,
        where_it_is_not_required_codes_go_to_any_number;
    limits:
        over_a_limit_no_phone_is_enrolled_and_the_code_before_stays,
        a_phone_that_messages_do_not_go_to_is_not_enrolled,
        who_is_blocked_is_stopped_after_as_many_enrolments;
};

static RACES: &[Rule<Bench>] = &rules! {
    races:
        of_parallel_wrong_codes_exactly_the_tries_are_compared,
        of_parallel_codes_right_and_wrong_at_most_one_activates,
        of_parallel_right_codes_exactly_one_activates,
        of_parallel_enrolments_exactly_the_limit_is_sent;
};
