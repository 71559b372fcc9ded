//! Whole journeys of a real Web Flow 0.22.2 server, replayed step by step on an instance of their own.

mod logins;
mod payments;
mod replay;
mod together;

use crate::support::shared;
pub(crate) use replay::replay_on;
use replay::{Journey, replay};

const FOLDER: &str = "web-flow-journeys/0.22.2";

/// A test for each table, and the list of what the tables tell.
macro_rules! replay_each {
    ($($test:ident: $table:path;)+) => {
        const TOLD: &[&str] = &[$($table.file),+];
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
}

#[test]
fn every_recorded_journey_is_told_and_every_told_journey_is_recorded() {
    let mut told = TOLD.to_vec();
    told.sort_unstable();
    assert_eq!(shared::list(FOLDER, ".http"), told);
}
