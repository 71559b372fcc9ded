use super::*;

const MINUTES: SignedDuration = SignedDuration::from_mins(15);
const USABLE: Option<Restriction> = None;
const LOCKED: Option<Restriction> = Some(Restriction::Locked);
const DISABLED: Option<Restriction> = Some(Restriction::Disabled);
const OUT_OF_DATE: Option<Restriction> = Some(Restriction::OutOfDate);

fn at_noon(attribute: &str, value: &str, lockout: SignedDuration) -> Option<Restriction> {
    let now = "2026-11-22T12:00:00Z".parse().unwrap();
    restriction(&Entry::of(&[(attribute, value)]), now, lockout)
}

#[test]
fn a_lock_of_a_password_policy_lasts_as_long_as_the_settings_say() {
    for (since, lockout, expected) in [
        ("20261122115000Z", SignedDuration::ZERO, LOCKED),
        ("20251122115000Z", SignedDuration::ZERO, LOCKED),
        ("20261122115000Z", MINUTES, LOCKED),
        ("20261122114500.123456Z", MINUTES, USABLE),
        ("20261122130000Z", MINUTES, LOCKED),
        ("000001010000Z", MINUTES, LOCKED),
        ("yesterday", MINUTES, LOCKED),
    ] {
        assert_eq!(at_noon("pwdaccountlockedtime", since, lockout), expected, "{since} {lockout}");
    }
}

#[test]
fn a_lock_of_active_directory_lasts_as_long_as_the_settings_say() {
    // 2026-11-22T11:50:00Z
    let since = "134398218000000000";
    assert_eq!(at_noon("lockoutTime", since, MINUTES), LOCKED);
    assert_eq!(at_noon("lockoutTime", since, SignedDuration::from_mins(10)), USABLE);
    assert_eq!(at_noon("lockoutTime", since, SignedDuration::ZERO), LOCKED);
    assert_eq!(at_noon("lockoutTime", "0", SignedDuration::ZERO), USABLE);
    assert_eq!(at_noon("lockoutTime", "-9223372036854775808", MINUTES), LOCKED);
}

#[test]
fn a_lock_that_active_directory_computes_lasts_as_long_as_it_says() {
    for (flags, expected) in [("0", USABLE), ("8388608", USABLE), ("8388624", LOCKED), ("?", LOCKED)] {
        assert_eq!(at_noon("msDS-User-Account-Control-Computed", flags, MINUTES), expected, "{flags}");
    }
}

#[test]
fn a_lock_of_389_directory_server_lasts_until_its_time_whatever_the_settings_say() {
    for (until, expected) in [
        ("20261122120001Z", LOCKED),
        ("20261122120000Z", USABLE),
        ("20251122120000Z", USABLE),
        ("19700101000000Z", LOCKED),
        ("tomorrow", LOCKED),
    ] {
        for lockout in [SignedDuration::ZERO, MINUTES] {
            assert_eq!(at_noon("accountUnlockTime", until, lockout), expected, "{until}");
        }
    }
}

#[test]
fn an_account_that_is_disabled_is_so_whatever_the_time() {
    for (attribute, value, expected) in [
        ("userAccountControl", "512", USABLE),
        ("userAccountControl", "514", DISABLED),
        ("userAccountControl", "66050", DISABLED),
        ("userAccountControl", "?", DISABLED),
        ("nsAccountLock", "TRUE", DISABLED),
        ("nsAccountLock", "false", USABLE),
        ("description", "locked", USABLE),
    ] {
        assert_eq!(at_noon(attribute, value, MINUTES), expected, "{attribute} {value}");
    }
}

#[test]
fn an_account_that_is_over_or_has_not_begun_is_out_of_date() {
    for (attribute, value, expected) in [
        // 2026-11-22T11:50:00Z and noon of the day after
        ("accountExpires", "134398218000000000", OUT_OF_DATE),
        ("accountExpires", "134399088000000000", USABLE),
        ("accountExpires", "0", USABLE),
        ("accountExpires", "9223372036854775807", USABLE),
        ("accountExpires", "9223372032559808511", USABLE),
        ("accountExpires", "-1", OUT_OF_DATE),
        ("accountExpires", "never", OUT_OF_DATE),
        ("pwdStartTime", "20261122120000Z", USABLE),
        ("pwdStartTime", "20261122120001Z", OUT_OF_DATE),
        ("pwdStartTime", "tomorrow", OUT_OF_DATE),
        ("pwdEndTime", "20261122120001Z", USABLE),
        ("pwdEndTime", "20261122120000Z", OUT_OF_DATE),
        ("pwdEndTime", "yesterday", OUT_OF_DATE),
        // 2026-11-22 and the day after
        ("shadowExpire", "20779", OUT_OF_DATE),
        ("shadowExpire", "20780", USABLE),
        ("shadowExpire", "0", USABLE),
        ("shadowExpire", "-1", USABLE),
        ("shadowExpire", "9223372036854775807", USABLE),
        ("shadowExpire", "soon", OUT_OF_DATE),
    ] {
        assert_eq!(at_noon(attribute, value, MINUTES), expected, "{attribute} {value}");
    }
}
