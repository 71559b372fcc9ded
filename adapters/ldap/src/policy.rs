use ldap3::asn1::{TagClass, parse_tag};
use ldap3::controls::{Control, RawControl};

/// Asks for and is the answer of a password policy (draft-behera-ldap-password-policy, 6).
const OID: &str = "1.3.6.1.4.1.42.2.27.8.5.1";

/// Asks the server to say what its password policy makes of a bind. A server without one ignores it.
pub(crate) fn request() -> RawControl {
    RawControl { ctype: OID.to_owned(), crit: false, val: None }
}

/// Whether the server said that the account is locked. It is all that the control knows of failed attempts: it has no
/// count of those that are left.
pub(crate) fn says_locked(controls: &[Control]) -> bool {
    const ACCOUNT_LOCKED: u8 = 1;
    let answer = controls.iter().find(|control| control.1.ctype == OID);
    answer.and_then(|control| error(control.1.val.as_ref()?)) == Some(ACCOUNT_LOCKED)
}

/// `SEQUENCE { warning [0] CHOICE … OPTIONAL, error [1] ENUMERATED OPTIONAL }`
fn error(value: &[u8]) -> Option<u8> {
    const ERROR: u64 = 1;
    let (_, sequence) = parse_tag(value).ok()?;
    let members = sequence.expect_constructed()?;
    let error = members.into_iter().find(|tag| tag.class == TagClass::Context && tag.id == ERROR)?;
    error.expect_primitive()?.last().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(oid: &str, value: &[u8]) -> Vec<Control> {
        let other = RawControl { ctype: "1.2.3".to_owned(), crit: false, val: None };
        let raw = RawControl { ctype: oid.to_owned(), crit: false, val: Some(value.to_vec()) };
        vec![Control(None, other), Control(None, raw)]
    }

    #[test]
    fn only_a_locked_account_is_one() {
        let grace_and_locked = [0x30, 0x08, 0xa0, 0x03, 0x81, 0x01, 0x01, 0x81, 0x01, 0x01];
        for (value, expected) in [
            (&[0x30, 0x03, 0x81, 0x01, 0x01][..], true),
            (&grace_and_locked, true),
            (&[0x30, 0x03, 0x81, 0x01, 0x00], false),
            (&[0x30, 0x05, 0xa0, 0x03, 0x81, 0x01, 0x01], false),
            (&[0x30, 0x00], false),
            (&[0x30, 0x03, 0x81], false),
            (&[], false),
        ] {
            assert_eq!(says_locked(&answer(OID, value)), expected, "{value:02x?}");
        }
        assert!(!says_locked(&answer("1.2.3.4", &[0x30, 0x03, 0x81, 0x01, 0x01])));
    }
}
