use std::borrow::Cow;

use precis_core::profile::PrecisFastInvocation as _;
use precis_profiles::{OpaqueString, UsernameCaseMapped};
use secrecy::{ExposeSecret as _, SecretString};
use thiserror::Error;

/// A text that RFC 8265 has no prepared form for: it is empty, or has a control character, an invisible one, or one that
/// was not assigned in Unicode 6.3, which IANA's table of PRECIS stands at. It does not say which.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("it is empty, or has a character that RFC 8265 does not allow in it")]
pub struct Unpreparable;

/// The one form of a password, whatever keyboard it was typed on: `OpaqueString` of RFC 8265, 4.2, that is NFC with blanks
/// of any kind as ordinary ones. Blanks at the ends stay.
///
/// # Errors
///
/// When the profile does not allow it as a new password.
pub fn prepared_password(password: &SecretString) -> Result<SecretString, Unpreparable> {
    OpaqueString::enforce(password.expose_secret())
        .map(|prepared| prepared.into_owned().into())
        .map_err(|_| Unpreparable)
}

/// The one form of a username: `UsernameCaseMapped` of RFC 8265, 3.3, of each of its parts (3.5), with single ordinary blanks
/// between them and none at the ends, as directories compare names (RFC 4518, 2.6.1).
///
/// # Errors
///
/// When the profile does not allow it.
pub fn prepared_username(username: &str) -> Result<String, Unpreparable> {
    let parts = username.split_whitespace().map(case_mapped).collect::<Result<Vec<_>, _>>()?;
    if parts.is_empty() { Err(Unpreparable) } else { Ok(parts.join(" ")) }
}

/// `UsernameCaseMapped`, which looks characters up in tables and does no more than this to those of ASCII.
fn case_mapped(part: &str) -> Result<Cow<'_, str>, Unpreparable> {
    if part.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(part.to_ascii_lowercase().into());
    }
    UsernameCaseMapped::enforce(part).map_err(|_| Unpreparable)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn password(text: &str) -> Option<String> {
        prepared_password(&text.into()).ok().map(|prepared| prepared.expose_secret().to_owned())
    }

    #[test]
    fn a_password_has_one_form_whatever_typed_it() {
        let composed = "\u{17e}lu\u{165}ou\u{10d}k\u{fd} k\u{16f}\u{148}";
        let decomposed = "z\u{30c}lut\u{30c}ouc\u{30c}ky\u{301} ku\u{30a}n\u{30c}";
        assert_eq!(password(composed).as_deref(), Some(composed));
        assert_eq!(password(decomposed).as_deref(), Some(composed));
        assert_eq!(password("a\u{a0}b\u{3000}c").as_deref(), Some("a b c"));
    }

    #[test]
    fn case_and_blanks_at_the_ends_of_a_password_are_part_of_it() {
        for text in [" s3cret", "s3cret ", "S3cret", "s3cret", "pass  word", "\u{fb01}", "\u{ff21}"] {
            assert_eq!(password(text).as_deref(), Some(text));
        }
    }

    #[test]
    fn a_password_of_nothing_and_of_what_cannot_be_typed_is_refused() {
        for text in ["", "a\tb", "a\u{7}", "a\u{200b}b", "a\u{378}", "a\u{e000}"] {
            assert_eq!(password(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_username_has_one_form_whatever_its_case_normal_form_width_and_blanks() {
        for (typed, expected) in [
            ("Anna", "anna"),
            ("  anna\t", "anna"),
            ("anna\u{a0}", "anna"),
            ("NOVA\u{301}K", "nov\u{e1}k"),
            ("\u{ff41}nna", "anna"),
            ("Jan  Nov\u{e1}k", "jan nov\u{e1}k"),
            ("Anna.K@bank.example", "anna.k@bank.example"),
            ("\u{410}\u{43d}\u{43d}\u{430}", "\u{430}\u{43d}\u{43d}\u{430}"),
        ] {
            assert_eq!(prepared_username(typed).as_deref(), Ok(expected), "{typed:?}");
        }
    }

    #[test]
    fn ascii_is_prepared_as_by_the_profile() {
        let ascii = || (0_u8..128).map(char::from);
        for name in ascii().flat_map(|first| ascii().map(move |last| format!("{first}a{last}"))) {
            let expected = UsernameCaseMapped::enforce(&name).map_err(|_| Unpreparable);
            assert_eq!(case_mapped(&name), expected, "{name:?}");
        }
    }

    #[test]
    fn a_username_of_nothing_and_of_what_cannot_be_seen_is_refused() {
        for typed in ["", " ", "a\u{0}", "a\u{200b}b", "a\u{202e}b", "\u{fb01}", "a\u{e000}"] {
            assert_eq!(prepared_username(typed), Err(Unpreparable), "{typed:?}");
        }
    }
}
