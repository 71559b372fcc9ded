//! The rules of one-time codes, asked through [`SmsOtp`](data_adapter_core::SmsOtp).

pub(crate) mod bench;
mod binding;
mod blocks;
mod budget;
mod fakes;
mod life;
mod limits;
mod messages;
mod races;
mod sending;
mod with_password;

use std::sync::Arc;

use data_adapter_sca::Store;

use self::bench::Bench;
use crate::suite::{Rule, Suite, rules};

/// Checks every rule of one-time codes with the engine over a store, races included. `make` gives an empty store each
/// time it is called.
///
/// # Panics
///
/// When rules are broken, with the names of all of them; and when the runtime has a single thread.
pub async fn engine_contract<F, Fut>(make: F)
where
    F: Fn() -> Fut,
    Fut: Future<Output = Arc<dyn Store>>,
{
    let mut suite = Suite::with_races("engine");
    suite.check(RULES, || async { Bench::new(make().await) }).await;
    suite.check(RACES, || async { Bench::new(make().await).with_a_slow_store() }).await;
    suite.end();
}

static RULES: &[Rule<Bench>] = &rules! {
    life:
        the_right_code_succeeds_once,
        a_code_has_the_configured_number_of_digits,
        no_two_codes_are_alike,
        a_code_is_valid_until_its_time_is_over,
        a_message_that_was_never_sent_is_unknown,
        a_new_code_ends_the_older_one_whether_it_is_called_a_resend_or_not,
        codes_for_the_steps_of_one_operation_live_side_by_side,
        the_end_of_an_operation_ends_its_codes,
        an_operation_that_was_ended_gets_no_more_codes,
        a_code_of_an_earlier_key_is_good_while_the_key_is_known;
    binding:
        a_code_is_bound_to_amount_currency_and_payee,
        a_code_is_bound_to_every_attribute_that_is_to_be_bound,
        a_code_is_bound_to_its_operation_and_step,
        a_code_is_bound_to_its_user_and_organization,
        a_payment_is_not_approved_by_the_code_of_a_login,
        the_user_may_be_left_out_of_an_answer,
        the_notation_of_the_amount_does_not_matter,
        labels_and_other_data_of_the_operation_do_not_matter;
    budget:
        each_wrong_code_leaves_one_try_less,
        an_empty_code_counts_as_a_try,
        a_right_code_comes_too_late_when_the_tries_are_spent,
        the_last_try_may_be_the_right_one,
        a_new_code_gives_no_try_back,
        a_code_that_expired_gives_no_try_back,
        the_tries_are_fresh_after_a_success,
        the_tries_are_fresh_for_another_step,
        what_is_bound_wrongly_spends_a_try,
        a_code_is_verified_with_one_call_of_the_store,
        a_right_code_that_could_not_be_used_up_spends_nothing;
    fakes:
        a_fake_for_nobody_looks_like_a_code_that_was_sent,
        a_fake_takes_as_long_as_the_gateway_does_over_a_message,
        a_fake_is_counted_down,
        a_fake_expires,
        a_fake_for_nobody_never_verifies,
        a_fake_for_a_blocked_account_never_verifies,
        a_fake_during_a_block_never_verifies_even_after_it,
        a_blocked_account_is_sent_nothing,
        an_unknown_user_has_no_code,
        another_spelling_of_an_id_is_an_unknown_user,
        a_user_without_a_phone_is_told_that_nothing_was_sent,
        a_block_changes_nothing_for_a_user_without_a_phone,
        a_gateway_that_refuses_is_a_failed_delivery,
        a_directory_that_does_not_answer_is_an_error;
    blocks:
        failures_in_a_row_over_challenges_block_the_codes,
        a_block_ends,
        a_right_code_is_wrong_during_a_block,
        a_right_code_is_wrong_and_stays_while_the_front_does_not_let_the_account_be_used,
        a_success_forgets_the_failures,
        failures_that_are_long_past_are_forgotten,
        failures_count_for_the_user_of_the_code,
        codes_and_passwords_are_blocked_apart;
    with_password:
        a_right_code_and_a_right_password_succeed_together_once,
        a_right_code_with_a_wrong_password_spends_a_try_and_stays,
        a_wrong_code_with_a_right_password_spends_a_try,
        a_wrong_code_with_a_wrong_password_spends_one_try,
        an_account_that_may_not_be_used_fails_as_a_wrong_password_does_and_leaves_the_code,
        that_an_account_may_not_be_used_may_be_told_only_when_both_are_right,
        a_password_that_nobody_could_check_spends_nothing,
        a_code_that_is_over_fails_with_any_password,
        failures_with_a_password_block_the_codes;
    messages:
        a_login_is_written_in_english_and_in_czech,
        a_payment_is_written_with_its_amount_and_payee,
        half_a_text_is_not_sent,
        the_language_of_the_request_goes_before_the_users_own,
        an_unknown_language_falls_back_to_english,
        a_language_may_be_a_list_with_weights_in_any_case,
        a_message_names_its_challenge_and_its_operation,
        a_number_in_the_request_goes_before_the_users_own,
        a_number_that_cannot_be_read_gets_no_message,
        a_number_is_handed_on_in_e_164,
        a_message_is_from_the_sender_of_the_country_that_it_goes_to,
        the_last_line_binds_the_code_to_the_host_of_the_organization;
    sending:
        a_code_of_the_front_reaches_the_user_with_the_usual_text,
        a_code_of_the_front_is_sent_in_the_language_of_the_request_or_the_user,
        the_number_of_the_request_goes_before_the_users_own,
        a_code_of_the_front_for_an_unknown_user_is_not_sent,
        a_code_of_the_front_for_a_blocked_account_is_not_sent_and_nobody_can_tell,
        a_code_of_the_front_is_not_sent_during_a_block_and_nobody_can_tell,
        a_code_of_the_front_that_cannot_leave_is_a_failed_delivery,
        a_code_of_the_front_is_the_fronts_to_check,
        a_code_of_the_front_is_an_error_when_the_directory_does_not_answer,
        a_code_of_the_front_is_not_sent_for_an_operation_that_was_ended;
    limits:
        what_a_limit_stops_leaves_the_code_before_as_it_was,
        where_no_code_is_open_no_code_fits_what_a_limit_stopped,
        a_resend_waits_for_its_delay_in_its_own_step_only,
        a_user_gets_so_many_codes_and_others_get_theirs,
        a_number_gets_so_many_codes_whosever_they_are_and_however_it_is_written,
        a_country_gets_so_many_codes,
        an_organization_gets_so_many_codes_and_so_do_all_together,
        numbers_of_other_countries_get_nothing,
        numbers_that_are_dear_or_get_no_messages_get_none,
        a_fake_is_stopped_after_as_many_codes_as_a_user_is,
        a_fake_over_a_limit_names_the_fake_before,
        fakes_take_nothing_from_what_others_may_get,
        fakes_are_stopped_when_nobody_gets_any_more,
        a_user_without_a_phone_is_told_so_each_time,
        a_code_of_the_front_is_held_to_the_same_limits;
};

static RACES: &[Rule<Bench>] = &rules! {
    races:
        of_parallel_wrong_codes_exactly_the_budget_is_compared,
        of_parallel_wrong_codes_over_two_engines_exactly_the_budget_is_compared,
        of_parallel_right_codes_exactly_one_succeeds,
        clocks_that_differ_a_little_change_nothing_for_codes,
        of_parallel_right_codes_with_passwords_exactly_one_succeeds,
        parallel_right_codes_of_one_user_all_succeed,
        of_parallel_requests_for_one_step_exactly_one_code_is_good;
    limits:
        of_parallel_requests_exactly_the_limit_is_sent,
        of_parallel_requests_for_one_step_one_is_sent_and_all_name_its_code;
};
