use super::*;
use crate::policy::Policy;

fn answer(code: u32, policy: Policy) -> BindAnswer {
    BindAnswer { code, policy, sub_code: None }
}

fn with(code: u32, error: PolicyError) -> Option<Verdict> {
    judge(&answer(code, Policy { error: Some(error), ..Policy::default() })).ok()
}

fn restricted(restriction: Restriction, password_is_right: bool, left: Option<u32>) -> Option<Verdict> {
    Some(Verdict::Restricted { restriction, password_is_right, remaining_attempts: left })
}

#[test]
fn only_codes_about_the_password_or_the_account_are_outcomes() {
    let judged = |code| judge(&answer(code, Policy::default())).ok();
    assert_eq!(judged(0), Some(Verdict::Right));
    for wrong in [32, 48, 49] {
        assert_eq!(judged(wrong), Some(Verdict::Wrong), "{wrong}");
    }
    assert_eq!(judged(19), restricted(Restriction::Locked, false, None));
    for unclear in [1, 2, 3, 7, 8, 10, 11, 12, 13, 14, 34, 50, 51, 52, 53, 80, 4096] {
        assert_eq!(judged(unclear), None, "{unclear}");
    }
}

#[test]
fn a_bind_that_went_well_is_judged_by_what_the_policy_says_beside() {
    for (error, expected) in [
        (PolicyError::PasswordExpired, Some(Verdict::RightBut(Restriction::PasswordExpired))),
        (PolicyError::ChangeAfterReset, Some(Verdict::RightBut(Restriction::MustChangePassword))),
        (PolicyError::AccountLocked, restricted(Restriction::Locked, true, None)),
        (PolicyError::NotOfABind, None),
    ] {
        assert_eq!(with(0, error), expected, "{error:?}");
    }
    let grace = Policy { grace_logins_left: Some(0), ..Policy::default() };
    let expired = Policy { is_expired: true, ..Policy::default() };
    let reset = Policy { error: Some(PolicyError::ChangeAfterReset), ..expired };
    for (policy, restriction) in [
        (grace, Restriction::PasswordExpired),
        (expired, Restriction::MustChangePassword),
        (Policy { grace_logins_left: Some(1), ..expired }, Restriction::PasswordExpired),
        (reset, Restriction::MustChangePassword),
    ] {
        assert_eq!(judge(&answer(0, policy)).ok(), Some(Verdict::RightBut(restriction)), "{policy:?}");
    }
}

#[test]
fn a_bind_that_was_denied_is_a_wrong_password_unless_more_is_said() {
    for (error, expected) in [
        (PolicyError::PasswordExpired, restricted(Restriction::PasswordExpired, true, None)),
        (PolicyError::ChangeAfterReset, restricted(Restriction::MustChangePassword, true, None)),
        (PolicyError::AccountLocked, restricted(Restriction::Locked, false, Some(0))),
        (PolicyError::NotOfABind, Some(Verdict::Wrong)),
    ] {
        assert_eq!(with(49, error), expected, "{error:?}");
    }
    let expired = Policy { is_expired: true, ..Policy::default() };
    let expected = restricted(Restriction::PasswordExpired, true, None);
    assert_eq!(judge(&answer(49, expired)).ok(), expected);
}

#[test]
fn of_what_389_directory_server_says_whatever_the_password_nothing_is_known_of_it() {
    assert_eq!(with(53, PolicyError::AccountLocked), restricted(Restriction::Disabled, false, None));
    assert_eq!(with(53, PolicyError::ChangeAfterReset), None, "it does not want to, who knows why");
    assert_eq!(with(19, PolicyError::AccountLocked), restricted(Restriction::Locked, false, Some(0)));
}

#[test]
fn active_directory_says_more_beside_49() {
    let judged = |number| {
        let text = format!(
            "80090308: LdapErr: DSID-0C09041C, comment: AcceptSecurityContext error, data {number}, v4563\0"
        );
        let answer = BindAnswer { code: 49, policy: Policy::default(), sub_code: sub_code(&text) };
        judge(&answer).ok()
    };
    for (number, expected) in [
        ("52e", Some(Verdict::Wrong)),
        ("525", Some(Verdict::Wrong)),
        ("530", restricted(Restriction::OutsideHours, true, None)),
        ("532", restricted(Restriction::PasswordExpired, true, None)),
        ("533", restricted(Restriction::Disabled, true, None)),
        ("701", restricted(Restriction::OutOfDate, true, None)),
        ("773", restricted(Restriction::MustChangePassword, true, None)),
        ("775", restricted(Restriction::Locked, false, None)),
        ("0", Some(Verdict::Wrong)),
        ("", Some(Verdict::Wrong)),
        ("ffffffffffff", Some(Verdict::Wrong)),
    ] {
        assert_eq!(judged(number), expected, "{number}");
    }
}

#[test]
fn a_text_without_such_an_error_says_nothing_more() {
    for text in ["", "data 533", "Invalid credentials", "comment: x, data -1", "comment: x, data \u{660}"] {
        assert_eq!(sub_code(text), None, "{text}");
    }
    assert_eq!(sub_code("comment: x, data 533"), Some(0x533));
}
