use data_adapter_core::Restriction;

use crate::connection::BindAnswer;
use crate::failure::Failure;
use crate::policy::PolicyError;

/// What the answer to a bind says of a password and an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The password is right.
    Right,
    /// It is, and the directory lets the user in only to change it, or for a last time.
    RightBut(Restriction),
    /// It is wrong.
    Wrong,
    /// The account may not be used.
    Restricted {
        restriction: Restriction,
        /// False where the directory says so whatever the password.
        password_is_right: bool,
        remaining_attempts: Option<u32>,
    },
}

/// What a bind says, by the result codes of RFC 4511 and what the server has to say beside. Any other code says nothing about
/// the password.
pub(crate) fn judge(answer: &BindAnswer) -> Result<Verdict, Failure> {
    const CONSTRAINT_VIOLATION: u32 = 19;
    const NO_SUCH_OBJECT: u32 = 32;
    const INVALID_CREDENTIALS: u32 = 49;
    let is_locked = answer.policy.error == Some(PolicyError::AccountLocked);
    match answer.code {
        BindAnswer::RIGHT => granted(answer),
        INVALID_CREDENTIALS => Ok(denied(answer)),
        // 389 Directory Server: too many wrong passwords.
        CONSTRAINT_VIOLATION => Ok(locked(is_locked)),
        // 389 Directory Server: an account that is inactive. Others say only 53 to what they don't want to do.
        BindAnswer::UNWILLING_TO_PERFORM if is_locked => Ok(Verdict::Restricted {
            restriction: Restriction::Disabled,
            password_is_right: false,
            remaining_attempts: None,
        }),
        NO_SUCH_OBJECT | BindAnswer::INAPPROPRIATE_AUTHENTICATION => Ok(Verdict::Wrong),
        code => Err(Failure::unusable("the bind of a user", code)),
    }
}

fn granted(answer: &BindAnswer) -> Result<Verdict, Failure> {
    let policy = answer.policy;
    Ok(match policy.error {
        Some(PolicyError::PasswordExpired) => Verdict::RightBut(Restriction::PasswordExpired),
        None if policy.grace_logins_left.is_some() => Verdict::RightBut(Restriction::PasswordExpired),
        Some(PolicyError::ChangeAfterReset) => Verdict::RightBut(Restriction::MustChangePassword),
        None if policy.is_expired => Verdict::RightBut(Restriction::MustChangePassword),
        Some(PolicyError::AccountLocked) => right_but_restricted(Restriction::Locked),
        None => Verdict::Right,
        Some(PolicyError::NotOfABind) => {
            let why = "a bind went well with an error of the password policy that no bind has";
            return Err(Failure::UnusableEntry(why.to_owned()));
        }
    })
}

/// Neither a policy nor Active Directory says that a password has expired, or why else an account may not be used, after a
/// wrong one; only that it is locked.
fn denied(answer: &BindAnswer) -> Verdict {
    match answer.policy.error {
        Some(PolicyError::AccountLocked) => locked(true),
        Some(PolicyError::PasswordExpired) => right_but_restricted(Restriction::PasswordExpired),
        Some(PolicyError::ChangeAfterReset) => right_but_restricted(Restriction::MustChangePassword),
        None if answer.policy.is_expired => right_but_restricted(Restriction::PasswordExpired),
        None | Some(PolicyError::NotOfABind) => answer.sub_code.map_or(Verdict::Wrong, denied_by_sub_code),
    }
}

/// Active Directory says more by an error of Windows.
fn denied_by_sub_code(sub_code: u32) -> Verdict {
    match sub_code {
        0x530 => right_but_restricted(Restriction::OutsideHours),
        0x532 => right_but_restricted(Restriction::PasswordExpired),
        0x533 => right_but_restricted(Restriction::Disabled),
        0x701 => right_but_restricted(Restriction::OutOfDate),
        0x773 => right_but_restricted(Restriction::MustChangePassword),
        0x775 => locked(false),
        // 0x52e, the password is wrong, and whatever else there is.
        _ => Verdict::Wrong,
    }
}

fn right_but_restricted(restriction: Restriction) -> Verdict {
    Verdict::Restricted { restriction, password_is_right: true, remaining_attempts: None }
}

/// Told whatever the password. A server that says so by a control says that no attempts are left.
fn locked(by_control: bool) -> Verdict {
    Verdict::Restricted {
        restriction: Restriction::Locked,
        password_is_right: false,
        remaining_attempts: by_control.then_some(0),
    }
}

/// The error of Windows in what Active Directory says beside 49, such as
/// `80090308: LdapErr: DSID-0C09041C, comment: AcceptSecurityContext error, data 52e, v4563`.
pub(crate) fn sub_code(text: &str) -> Option<u32> {
    let (_, rest) = text.split_once(", data ")?;
    let number = rest.split(|c: char| !c.is_ascii_hexdigit()).next()?;
    u32::from_str_radix(number, 16).ok()
}

#[cfg(test)]
mod tests;
