//! The rules of [`ConsentEngine`](data_adapter_sca::ConsentEngine).

mod answers;
mod bench;
mod forms;
mod remembered;

use std::sync::Arc;

use data_adapter_sca::Store;

use self::bench::Bench;
use crate::suite::{Rule, Suite, rules};

/// Checks that consent is asked, judged and recorded as it has to be, over a store. `make` gives an empty store each
/// time it is called.
///
/// # Panics
///
/// When rules are broken, with the names of all of them.
pub async fn consent_contract<F, Fut>(make: F)
where
    F: Fn() -> Fut,
    Fut: Future<Output = Arc<dyn Store>>,
{
    let mut suite = Suite::new("consent");
    suite.check(RULES, || async { Bench::new(make().await) }).await;
    suite.end();
}

static RULES: &[Rule<Bench>] = &rules! {
    forms:
        an_operation_with_a_form_needs_consent,
        an_operation_without_a_form_needs_none,
        an_unknown_operation_is_refused,
        a_form_shows_its_options_in_order,
        what_could_run_is_taken_out_of_the_texts,
        a_form_is_shown_in_the_wanted_language,
        a_language_that_the_form_lacks_falls_back_to_english;
    answers:
        a_form_with_all_required_options_ticked_passes,
        a_required_option_that_is_not_ticked_is_named,
        problems_are_told_in_the_language_of_the_form_or_the_request,
        a_required_option_that_is_not_ticked_is_not_saved,
        options_that_the_form_does_not_know_are_ignored,
        an_option_that_is_answered_twice_is_refused,
        answers_for_an_operation_without_a_form_are_refused,
        answers_for_an_unknown_operation_are_refused_whatever_was_shown,
        a_consent_is_recorded_with_who_asked_version_language_and_time,
        a_validation_stores_nothing,
        each_saved_consent_is_kept,
        the_form_that_was_shown_counts_even_under_another_operation_name,
        a_form_that_was_shown_for_a_login_does_not_count_for_a_payment,
        the_form_that_was_shown_counts_even_when_it_has_changed,
        the_form_that_another_user_was_shown_does_not_count,
        without_a_shown_form_the_current_one_counts_in_english;
    remembered:
        where_nothing_is_remembered_each_operation_asks_anew,
        a_consent_stands_for_others_until_its_time,
        a_consent_stands_only_for_what_the_same_client_asks_of_the_same_user,
        a_consent_to_another_version_or_other_options_asks_anew,
        the_language_does_not_matter_to_a_consent,
        a_consent_to_a_form_that_was_not_shown_is_not_remembered,
        nothing_is_remembered_where_nobody_says_who_asks,
        a_withdrawn_consent_asks_anew_even_where_an_older_one_would_stand,
        a_consent_is_remembered_no_longer_than_the_settings_say_then_and_now,
        a_consent_of_a_clock_that_is_ahead_asks_anew,
        a_consent_to_a_payment_is_remembered_only_where_its_form_says_so,
        a_withdrawal_through_another_instance_counts_at_once;
};
