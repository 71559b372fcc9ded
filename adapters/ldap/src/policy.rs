use ldap3::asn1::{StructureTag, TagClass, parse_tag};
use ldap3::controls::{Control, RawControl};

/// Asks for and is the answer of a password policy (draft-behera-ldap-password-policy-10, 6).
const OID: &str = "1.3.6.1.4.1.42.2.27.8.5.1";
/// Netscape's older control, which 389 Directory Server sends: the password has expired, or has to be changed. Its sibling
/// 2.16.840.1.113730.3.4.5, the password expires soon, says nothing about now.
const EXPIRED: &str = "2.16.840.1.113730.3.4.4";

/// Asks the server to say what its password policy makes of a bind. A server without one ignores it.
pub(crate) fn request() -> RawControl {
    RawControl { ctype: OID.to_owned(), crit: false, val: None }
}

/// What the password policy of a server says beside the result of a bind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Policy {
    /// What stands against it; `None` when nothing does.
    pub(crate) error: Option<PolicyError>,
    /// The password has expired, and may be used so many more times; `None` when it has not, or not any more. The other
    /// warning, that it will expire, says nothing about now.
    pub(crate) grace_logins_left: Option<u64>,
    /// What Netscape's control says.
    pub(crate) is_expired: bool,
}

/// The errors of a password policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PolicyError {
    /// 0
    PasswordExpired,
    /// 1
    AccountLocked,
    /// 2: somebody else set the password.
    ChangeAfterReset,
    /// 3 to 8 are about a new password: who may set it and how, its quality, length, age and history. No bind has them, nor
    /// what is not known or can't be read.
    NotOfABind,
}

impl Policy {
    /// What the controls of an answer say.
    pub(crate) fn of(controls: &[Control]) -> Self {
        let find = |oid| controls.iter().map(|Control(_, raw)| raw).find(|raw| raw.ctype == oid);
        let value = find(OID).and_then(|raw| raw.val.as_deref()).filter(|value| !value.is_empty());
        let unreadable = Self { error: Some(PolicyError::NotOfABind), ..Self::default() };
        let said = value.map_or(Some(Self::default()), read).unwrap_or(unreadable);
        Self { is_expired: find(EXPIRED).is_some(), ..said }
    }
}

/// `SEQUENCE { warning [0] CHOICE { timeBeforeExpiration [0] INTEGER, graceAuthNsRemaining [1] INTEGER } OPTIONAL,
/// error [1] ENUMERATED OPTIONAL }`
fn read(value: &[u8]) -> Option<Policy> {
    const WARNING: u64 = 0;
    const ERROR: u64 = 1;
    /// Twice what the largest numbers take. The parser goes as deep as a value says.
    const LONGEST: usize = 32;
    let value = (value.len() <= LONGEST).then_some(value)?;
    let (_, sequence) = parse_tag(value).ok()?;
    let mut policy = Policy::default();
    for member in sequence.expect_constructed()? {
        match (member.class, member.id) {
            (TagClass::Context, WARNING) => policy.grace_logins_left = grace_logins_left(member)?,
            (TagClass::Context, ERROR) => policy.error = Some(error(&member.expect_primitive()?)),
            _ => return None,
        }
    }
    Some(policy)
}

/// The inner `None` is the other warning.
fn grace_logins_left(warning: StructureTag) -> Option<Option<u64>> {
    const GRACE_LOGINS_LEFT: u64 = 1;
    let warning = warning.expect_constructed()?.pop()?;
    let is_grace = warning.id == GRACE_LOGINS_LEFT;
    let number = warning.expect_primitive()?;
    let number = number.iter().fold(0, |sum: u64, byte| sum.wrapping_shl(8) | u64::from(*byte));
    Some(is_grace.then_some(number))
}

fn error(number: &[u8]) -> PolicyError {
    match number {
        [0] => PolicyError::PasswordExpired,
        [1] => PolicyError::AccountLocked,
        [2] => PolicyError::ChangeAfterReset,
        _ => PolicyError::NotOfABind,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn control(oid: &str, value: Option<&[u8]>) -> Control {
        Control(None, RawControl { ctype: oid.to_owned(), crit: false, val: value.map(<[u8]>::to_vec) })
    }

    fn said(value: &[u8]) -> Policy {
        Policy::of(&[control("1.2.3", None), control(OID, Some(value))])
    }

    #[test]
    fn every_error_has_its_meaning() {
        let error = |number: u8| said(&[0x30, 0x03, 0x81, 0x01, number]).error;
        assert_eq!(error(0), Some(PolicyError::PasswordExpired));
        assert_eq!(error(1), Some(PolicyError::AccountLocked));
        assert_eq!(error(2), Some(PolicyError::ChangeAfterReset));
        for number in 3..=9 {
            assert_eq!(error(number), Some(PolicyError::NotOfABind), "{number}");
        }
    }

    #[test]
    fn both_warnings_have_their_meaning() {
        let time_before_expiration = [0x30, 0x05, 0xa0, 0x03, 0x80, 0x01, 0x3c];
        assert_eq!(said(&time_before_expiration), Policy::default());
        let one_grace_login = [0x30, 0x05, 0xa0, 0x03, 0x81, 0x01, 0x01];
        assert_eq!(said(&one_grace_login).grace_logins_left, Some(1));
        let the_last_one = [0x30, 0x05, 0xa0, 0x03, 0x81, 0x01, 0x00];
        assert_eq!(said(&the_last_one), Policy { grace_logins_left: Some(0), ..Policy::default() });
        let grace_and_locked = [0x30, 0x08, 0xa0, 0x03, 0x81, 0x01, 0x01, 0x81, 0x01, 0x01];
        let both = Policy {
            error: Some(PolicyError::AccountLocked),
            grace_logins_left: Some(1),
            ..Policy::default()
        };
        assert_eq!(said(&grace_and_locked), both);
    }

    #[test]
    fn nothing_is_said_by_an_empty_answer_and_something_unknown_by_one_that_cannot_be_read() {
        for nothing in [&[0x30, 0x00][..], &[]] {
            assert_eq!(said(nothing), Policy::default(), "{nothing:02x?}");
        }
        assert_eq!(Policy::of(&[control(OID, None)]), Policy::default());
        for strange in [
            &[0x30, 0x03, 0x81][..],
            &[0x30, 0x03, 0x82, 0x01, 0x01],
            &[0x30, 0x04, 0x81, 0x02, 0x00, 0x01],
            &[0x30, 0x02, 0xa0, 0x00],
            &[0x04, 0x00],
            b"0",
        ] {
            assert_eq!(said(strange).error, Some(PolicyError::NotOfABind), "{strange:02x?}");
        }
    }

    #[test]
    fn of_netscapes_controls_only_the_first_is_about_now() {
        assert!(Policy::of(&[control(EXPIRED, Some(b"0"))]).is_expired);
        let expiring = control("2.16.840.1.113730.3.4.5", Some(b"3600"));
        assert_eq!(Policy::of(&[expiring]), Policy::default());
    }
}
