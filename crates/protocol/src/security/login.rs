use std::fmt;
use std::ops::RangeInclusive;

use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;
use utoipa::ToSchema;

use super::sca::expose;
use super::{Problem, Problems};

/// How long a token is good for, in seconds.
pub const TOKEN_SECONDS: u32 = 43199;

/// `POST /security/login`
#[derive(ToSchema)]
pub struct LoginForm {
    /// `password`, always.
    #[schema(rename = "GRANT_TYPE")]
    pub grant: GrantType,
    /// The name of the partner.
    #[schema(rename = "UserName", min_length = 8, max_length = 100)]
    pub username: String,
    /// Its password.
    #[schema(rename = "Password", value_type = String, format = Password, min_length = 8, max_length = 20)]
    pub password: SecretString,
    /// The scheme that it logs in for.
    #[schema(rename = "SchemeCode", max_length = 6, nullable = false)]
    pub scheme: Option<String>,
}

/// What a partner asks for a token with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ToSchema)]
#[schema(rename_all = "lowercase")]
pub enum GrantType {
    /// Its password.
    Password,
}

const GRANT: &str = "GRANT_TYPE";
const USERNAME: &str = "UserName";
const PASSWORD: &str = "Password";
const SCHEME: &str = "SchemeCode";

impl LoginForm {
    /// Reads the fields of a form, whose names may be in any case. Those that are not known are ignored.
    ///
    /// # Errors
    ///
    /// All that is wrong with them.
    pub fn read(fields: &[(String, SecretString)]) -> Result<Self, Problems> {
        let mut problems = Vec::new();
        let mut required = |name, length| match field(fields, name, length) {
            Ok(Some(value)) => value,
            Ok(None) => {
                problems.push(Problem::of(name, "is missing"));
                ""
            }
            Err(problem) => {
                problems.push(problem);
                ""
            }
        };
        let grant = required(GRANT, 8..=8);
        let username = required(USERNAME, 8..=100).to_owned();
        let password = required(PASSWORD, 8..=20).into();
        if !grant.is_empty() && grant != "password" {
            problems.push(Problem::of(GRANT, "has to be `password`"));
        }
        let scheme = field(fields, SCHEME, 0..=6).map_err(|problem| problems.push(problem));
        let scheme = scheme.ok().flatten().map(str::to_owned);
        match Problems::of(problems) {
            None => Ok(Self { grant: GrantType::Password, username, password, scheme }),
            Some(problems) => Err(problems),
        }
    }
}

/// The value of a field of so many characters; `None` where it is absent.
fn field<'a>(
    fields: &'a [(String, SecretString)],
    name: &'static str,
    length: RangeInclusive<usize>,
) -> Result<Option<&'a str>, Problem> {
    let mut named = fields.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name));
    let Some((_, value)) = named.next() else { return Ok(None) };
    if named.next().is_some() {
        return Err(Problem::of(name, "is there more than once"));
    }
    let value = value.expose_secret();
    if !length.contains(&value.chars().count()) {
        let (least, most) = (length.start(), length.end());
        return Err(Problem::of(name, format!("has to have {least} to {most} characters")));
    }
    Ok(Some(value))
}

impl fmt::Debug for LoginForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoginForm").finish_non_exhaustive()
    }
}

/// The answer to a login.
#[derive(Debug, Serialize, ToSchema)]
pub struct LoginResponse {
    /// What the partner shows from now on, as `Authorization: Bearer …`.
    #[serde(serialize_with = "expose")]
    #[schema(value_type = String)]
    pub access_token: SecretString,
    /// `bearer`, always.
    pub token_type: &'static str,
    /// How long it is good for, in seconds.
    pub expires_in: u32,
    /// What codes are encrypted with while the token is good: 32 hexadecimal digits of an IV, then 64 of an AES-256 key.
    #[serde(rename = "Contis_SecurityKey", serialize_with = "expose")]
    #[schema(value_type = String, min_length = 96, max_length = 96)]
    pub security_key: SecretString,
    /// When the token ends, with seven decimals and an offset.
    #[serde(rename = ".expires")]
    pub expires: String,
    /// When it began, in the same form.
    #[serde(rename = ".issued")]
    pub issued: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn details(fields: &[(&str, &str)]) -> Vec<String> {
        let fields: Vec<_> =
            fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect();
        let problems = LoginForm::read(&fields).map(|_| ()).err();
        problems.iter().flat_map(Problems::iter).map(ToString::to_string).collect()
    }

    const RIGHT: [(&str, &str); 3] =
        [("grant_type", "password"), ("USERNAME", "demopartner"), ("Password", "Partner#2026")];

    #[test]
    fn names_of_fields_are_read_in_any_case_and_others_are_ignored() {
        assert!(details(&RIGHT).is_empty());
        assert!(details(&[&RIGHT[..], &[("scheme", "far too long")]].concat()).is_empty());
        assert!(details(&[&RIGHT[..], &[("SchemeCode", "")]].concat()).is_empty());
    }

    #[test]
    fn all_that_is_wrong_is_told_by_the_names_of_the_document() {
        let all = ["GRANT_TYPE is missing.", "UserName is missing.", "Password is missing."];
        assert_eq!(details(&[]), all);
        for (name, value, detail) in [
            ("grant_type", "passwort", "GRANT_TYPE has to be `password`."),
            ("grant_type", "PASSWORD", "GRANT_TYPE has to be `password`."),
            ("grant_type", "", "GRANT_TYPE has to have 8 to 8 characters."),
            ("USERNAME", "partner", "UserName has to have 8 to 100 characters."),
            ("USERNAME", &"a".repeat(101), "UserName has to have 8 to 100 characters."),
            ("Password", "Short#1", "Password has to have 8 to 20 characters."),
            ("Password", &"a".repeat(21), "Password has to have 8 to 20 characters."),
        ] {
            let fields = RIGHT.map(|(known, right)| (known, if known == name { value } else { right }));
            assert_eq!(details(&fields), [detail], "{name}");
        }
        let scheme = [&RIGHT[..], &[("SchemeCode", "1234567")]].concat();
        assert_eq!(details(&scheme), ["SchemeCode has to have 0 to 6 characters."]);
    }

    #[test]
    fn a_field_that_is_repeated_under_any_case_is_refused() {
        let twice = [&RIGHT[..], &[("username", "otherpartner")]].concat();
        assert_eq!(details(&twice), ["UserName is there more than once."]);
    }
}
