use data_adapter_core::AccountStatus;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::entry::Entry;

/// The attributes that say whether an account may be used. A server leaves out those that it does not know.
pub(crate) const ATTRIBUTES: [&str; 4] =
    [PASSWORD_POLICY_LOCK, ACTIVE_DIRECTORY_CONTROL, ACTIVE_DIRECTORY_LOCK, DIRECTORY_SERVER_LOCK];

/// Since when a password policy has locked the account (draft-behera-ldap-password-policy, 5.3.3). A value that is no time,
/// such as `000001010000Z`, is a lock for good.
const PASSWORD_POLICY_LOCK: &str = "pwdAccountLockedTime";
/// Flags of Active Directory.
const ACTIVE_DIRECTORY_CONTROL: &str = "userAccountControl";
/// Since when Active Directory has locked the account: 100 ns since 1601, or 0.
const ACTIVE_DIRECTORY_LOCK: &str = "lockoutTime";
/// Flags that Active Directory computes when it is asked: it knows for itself when a lock is over.
const ACTIVE_DIRECTORY_COMPUTED: &str = "msDS-User-Account-Control-Computed";
/// Whether 389 Directory Server has the account inactivated.
const DIRECTORY_SERVER_LOCK: &str = "nsAccountLock";

/// Whether the account may be used. Servers leave the time of a lock in place when it is over, so `lockout` says how long
/// one lasts; zero is for good.
pub(crate) fn status(entry: &Entry, now: Timestamp, lockout: SignedDuration) -> AccountStatus {
    let is_over = |since: Option<Timestamp>| {
        !lockout.is_zero() && since.is_some_and(|since| now.duration_since(since) >= lockout)
    };
    let locked = entry.texts(PASSWORD_POLICY_LOCK).any(|time| !is_over(generalized_time(time)))
        || entry.texts(ACTIVE_DIRECTORY_LOCK).any(|time| time != "0" && !is_over(file_time(time)))
        || entry.texts(ACTIVE_DIRECTORY_CONTROL).any(is_disabled)
        || entry.texts(ACTIVE_DIRECTORY_COMPUTED).any(is_locked_out)
        || entry.texts(DIRECTORY_SERVER_LOCK).any(|locked| !locked.eq_ignore_ascii_case("false"));
    if locked { AccountStatus::Blocked } else { AccountStatus::Active }
}

/// Flags that can't be read disable the account.
fn is_disabled(flags: &str) -> bool {
    const ACCOUNTDISABLE: i64 = 0x2;
    flags.parse::<i64>().map_or(true, |flags| flags & ACCOUNTDISABLE != 0)
}

/// Flags that can't be read lock the account.
fn is_locked_out(flags: &str) -> bool {
    const LOCKOUT: i64 = 0x10;
    flags.parse::<i64>().map_or(true, |flags| flags & LOCKOUT != 0)
}

/// `20261122091214Z`, with or without a fraction. Only this form in UTC is understood (RFC 4517, 3.3.13 allows more).
fn generalized_time(text: &str) -> Option<Timestamp> {
    let digits = text.strip_suffix('Z')?.split(['.', ',']).next()?;
    let time = DateTime::strptime("%Y%m%d%H%M%S", digits).ok()?;
    TimeZone::UTC.to_timestamp(time).ok()
}

fn file_time(text: &str) -> Option<Timestamp> {
    const SECONDS_FROM_1601_TO_1970: i64 = 11_644_473_600;
    let seconds = text.parse::<i64>().ok()?.checked_div(10_000_000)?;
    Timestamp::from_second(seconds - SECONDS_FROM_1601_TO_1970).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTES: SignedDuration = SignedDuration::from_mins(15);

    fn at_noon(attribute: &str, value: &str, lockout: SignedDuration) -> AccountStatus {
        let now = "2026-11-22T12:00:00Z".parse().unwrap();
        status(&Entry::of(&[(attribute, value)]), now, lockout)
    }

    #[test]
    fn a_lock_of_a_password_policy_lasts_as_long_as_the_settings_say() {
        for (since, lockout, expected) in [
            ("20261122115000Z", SignedDuration::ZERO, AccountStatus::Blocked),
            ("20251122115000Z", SignedDuration::ZERO, AccountStatus::Blocked),
            ("20261122115000Z", MINUTES, AccountStatus::Blocked),
            ("20261122114500.123456Z", MINUTES, AccountStatus::Active),
            ("20261122130000Z", MINUTES, AccountStatus::Blocked),
            ("000001010000Z", MINUTES, AccountStatus::Blocked),
            ("yesterday", MINUTES, AccountStatus::Blocked),
        ] {
            assert_eq!(at_noon("pwdaccountlockedtime", since, lockout), expected, "{since} {lockout}");
        }
    }

    #[test]
    fn a_lock_of_active_directory_lasts_as_long_as_the_settings_say() {
        // 2026-11-22T11:50:00Z
        let since = "134398218000000000";
        assert_eq!(at_noon("lockoutTime", since, MINUTES), AccountStatus::Blocked);
        assert_eq!(at_noon("lockoutTime", since, SignedDuration::from_mins(10)), AccountStatus::Active);
        assert_eq!(at_noon("lockoutTime", since, SignedDuration::ZERO), AccountStatus::Blocked);
        assert_eq!(at_noon("lockoutTime", "0", SignedDuration::ZERO), AccountStatus::Active);
        assert_eq!(at_noon("lockoutTime", "-9223372036854775808", MINUTES), AccountStatus::Blocked);
    }

    #[test]
    fn an_account_that_is_disabled_is_blocked_whatever_the_time() {
        for (attribute, value, expected) in [
            ("userAccountControl", "512", AccountStatus::Active),
            ("userAccountControl", "514", AccountStatus::Blocked),
            ("userAccountControl", "66050", AccountStatus::Blocked),
            ("userAccountControl", "?", AccountStatus::Blocked),
            ("msDS-User-Account-Control-Computed", "0", AccountStatus::Active),
            ("msDS-User-Account-Control-Computed", "8388624", AccountStatus::Blocked),
            ("msDS-User-Account-Control-Computed", "8388608", AccountStatus::Active),
            ("msDS-User-Account-Control-Computed", "?", AccountStatus::Blocked),
            ("nsAccountLock", "TRUE", AccountStatus::Blocked),
            ("nsAccountLock", "false", AccountStatus::Active),
            ("description", "locked", AccountStatus::Active),
        ] {
            assert_eq!(at_noon(attribute, value, MINUTES), expected, "{attribute} {value}");
        }
    }
}
