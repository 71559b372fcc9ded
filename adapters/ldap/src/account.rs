use data_adapter_core::Restriction;
use jiff::{SignedDuration, Timestamp};

use crate::entry::Entry;
use crate::time::{days, file_time, generalized};

/// The attributes that say whether an account may be used, where no preset tells the kind of directory. A server leaves out
/// those that it does not know.
pub(crate) const ATTRIBUTES: [&str; 9] = [
    POLICY_LOCK,
    POLICY_START,
    POLICY_END,
    ACTIVE_DIRECTORY_CONTROL,
    ACTIVE_DIRECTORY_LOCK,
    ACTIVE_DIRECTORY_END,
    DIRECTORY_SERVER_INACTIVE,
    DIRECTORY_SERVER_UNLOCK,
    SHADOW_END,
];

/// Since when a password policy has locked the account (draft-behera-ldap-password-policy-10, 5.3.3). A value that is no time,
/// such as `000001010000Z`, is a lock for good.
const POLICY_LOCK: &str = "pwdAccountLockedTime";
/// From when on the password is valid (5.3.10).
const POLICY_START: &str = "pwdStartTime";
/// Until when (5.3.11).
const POLICY_END: &str = "pwdEndTime";
/// Flags of Active Directory.
const ACTIVE_DIRECTORY_CONTROL: &str = "userAccountControl";
/// Since when Active Directory has locked the account, or 0.
const ACTIVE_DIRECTORY_LOCK: &str = "lockoutTime";
/// Flags that Active Directory computes when it is asked: it knows for itself when a lock is over.
const ACTIVE_DIRECTORY_COMPUTED: &str = "msDS-User-Account-Control-Computed";
/// When the account ends in Active Directory; 0 and the highest number are never.
const ACTIVE_DIRECTORY_END: &str = "accountExpires";
/// Whether 389 Directory Server has the account inactivated.
const DIRECTORY_SERVER_INACTIVE: &str = "nsAccountLock";
/// Until when 389 Directory Server has the account locked. The beginning of 1970 is for good.
const DIRECTORY_SERVER_UNLOCK: &str = "accountUnlockTime";
/// The day on which the account ends (RFC 2307, shadowAccount), in days since 1970; none, if it is not above zero.
const SHADOW_END: &str = "shadowExpire";

/// Why the account may not be used; `None` when nothing in the entry is against it. Servers leave the time of a lock in place
/// when it is over, so `lockout` says how long one lasts; zero is for good. A time that can't be read keeps everybody out.
pub(crate) fn restriction(entry: &Entry, now: Timestamp, lockout: SignedDuration) -> Option<Restriction> {
    if is_disabled(entry) {
        Some(Restriction::Disabled)
    } else if is_out_of_date(entry, now) {
        Some(Restriction::OutOfDate)
    } else if is_locked(entry, now, lockout) {
        Some(Restriction::Locked)
    } else {
        None
    }
}

/// Flags that can't be read disable the account.
fn is_disabled(entry: &Entry) -> bool {
    const ACCOUNTDISABLE: i64 = 0x2;
    let has_flag = |flags: &str| flags.parse::<i64>().map_or(true, |flags| flags & ACCOUNTDISABLE != 0);
    entry.texts(ACTIVE_DIRECTORY_CONTROL).any(has_flag)
        || entry.texts(DIRECTORY_SERVER_INACTIVE).any(|locked| !locked.eq_ignore_ascii_case("false"))
}

fn is_out_of_date(entry: &Entry, now: Timestamp) -> bool {
    let is_over = |end: Option<Timestamp>| end.is_none_or(|end| end <= now);
    entry.texts(POLICY_START).any(|start| generalized(start).is_none_or(|start| start > now))
        || entry.texts(POLICY_END).any(|end| is_over(generalized(end)))
        || entry.texts(ACTIVE_DIRECTORY_END).any(|end| !is_never(end) && is_over(file_time(end)))
        || entry.texts(SHADOW_END).any(|end| !is_no_day(end) && is_over(days(end)))
}

fn is_locked(entry: &Entry, now: Timestamp, lockout: SignedDuration) -> bool {
    let is_over = |since: Option<Timestamp>| {
        !lockout.is_zero() && since.is_some_and(|since| now.duration_since(since) >= lockout)
    };
    let is_unlocked =
        |at: &str| generalized(at).is_some_and(|time| time != Timestamp::UNIX_EPOCH && time <= now);
    entry.texts(POLICY_LOCK).any(|time| !is_over(generalized(time)))
        || entry.texts(ACTIVE_DIRECTORY_LOCK).any(|time| time != "0" && !is_over(file_time(time)))
        || entry.texts(ACTIVE_DIRECTORY_COMPUTED).any(is_locked_out)
        || entry.texts(DIRECTORY_SERVER_UNLOCK).any(|time| !is_unlocked(time))
}

/// Flags that can't be read lock the account.
fn is_locked_out(flags: &str) -> bool {
    const LOCKOUT: i64 = 0x10;
    flags.parse::<i64>().map_or(true, |flags| flags & LOCKOUT != 0)
}

/// Times that lie beyond the calendar are never as well: tools write the highest number in more than one way.
fn is_never(file_time: &str) -> bool {
    const YEAR_9999: i64 = 2_650_152_384_000_000_000;
    file_time.parse::<i64>().is_ok_and(|time| time == 0 || time >= YEAR_9999)
}

fn is_no_day(days: &str) -> bool {
    const YEAR_9999: i64 = 2_932_532;
    days.parse::<i64>().is_ok_and(|days| days <= 0 || days >= YEAR_9999)
}

#[cfg(test)]
mod tests;
