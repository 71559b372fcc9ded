//! Whole journeys of real Web Flow servers, replayed step by step on an instance of their own.

mod later;
mod logins;
mod payments;
mod replay;
mod together;

use crate::support::outcome::{EARLIER, LATER};
use crate::support::shared;
pub(crate) use replay::replay_on;
use replay::{Journey, Version, replay};

/// The older of the two.
const V0_22_2: Version = Version { folder: "web-flow-journeys/0.22.2", dialect: EARLIER };
/// The newer one.
const V1_9_0: Version = Version { folder: "web-flow-journeys/1.9.0", dialect: LATER };

/// A test for each table, and the list of all tables.
macro_rules! replay_each {
    ($($test:ident: $table:path;)+) => {
        /// Every journey.
        pub(crate) const JOURNEYS: &[Journey] = &[$($table),+];

        $(#[tokio::test]
        async fn $test() {
            replay(&$table).await;
        })+
    };
}

replay_each! {
    a_visitor_cancels_before_the_login: logins::CANCEL;
    a_person_forgets_to_tick_the_consent_and_then_does: logins::CONSENT_UNCHECKED;
    five_wrong_passwords_block_the_password_so_that_the_right_one_fails_too: logins::FIVE_WRONG_PASSWORDS;
    a_person_logs_in_with_a_code_and_a_password: logins::SCA;
    a_person_mistypes_the_user_name_and_then_logs_in: logins::UNKNOWN_USER;
    a_person_mistypes_the_password_and_then_logs_in: logins::WRONG_PASSWORD;
    a_person_logs_in_with_a_password: logins::LOGIN;
    a_person_cancels_a_payment: payments::CANCEL;
    a_person_asks_for_another_code_and_only_that_one_is_accepted: payments::RESEND;
    a_person_approves_a_payment_with_two_codes_for_its_two_steps: payments::SCA;
    a_person_mistypes_the_code_and_has_four_more_tries: payments::WRONG_CODE_ONCE;
    a_person_approves_a_payment: payments::PAYMENT;
    in_later_versions_a_person_logs_in_with_a_password: later::LOGIN;
    in_later_versions_an_application_without_an_operation_gets_a_login: later::LOGIN_IMPLICIT;
    in_later_versions_a_person_logs_in_with_a_code_and_a_password: later::LOGIN_SCA;
    in_later_versions_a_person_mistypes_the_password_and_then_logs_in: later::LOGIN_WRONG_PASSWORD;
    in_later_versions_a_person_approves_a_payment: later::PAYMENT;
    in_later_versions_a_person_cancels_a_payment: later::PAYMENT_CANCEL;
    in_later_versions_a_person_asks_for_another_code_and_only_that_one_is_accepted: later::PAYMENT_RESEND;
    in_later_versions_a_person_approves_a_payment_with_two_codes_for_its_two_steps: later::PAYMENT_SCA;
    in_later_versions_a_person_mistypes_the_code_and_has_more_tries: later::PAYMENT_WRONG_CODE;
}

#[test]
fn every_recorded_journey_is_told_and_every_told_journey_is_recorded() {
    for version in [V0_22_2, V1_9_0] {
        let of_this = JOURNEYS.iter().filter(|journey| journey.version.folder == version.folder);
        let mut told: Vec<_> = of_this.map(|journey| journey.file).collect();
        told.sort_unstable();
        assert_eq!(shared::list(version.folder, ".http"), told);
    }
}
