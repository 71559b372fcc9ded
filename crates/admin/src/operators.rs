//! Who may call.

use actix_web::http::header::{AUTHORIZATION, HeaderMap};
use sha2::{Digest as _, Sha256};
use subtle::{ConditionallySelectable as _, ConstantTimeEq as _};

/// An operator who may be let in.
#[derive(Clone, Debug)]
pub struct Operator {
    /// What the log and the audit log call them.
    pub name: String,
    /// The SHA-256 of their token, which is 256 random bits.
    pub token_sha256: [u8; 32],
}

/// All operators who may be let in.
#[derive(Clone, Debug)]
pub struct Operators(Vec<Operator>);

impl Operators {
    /// Lets these in. No two have one name or one token.
    #[must_use]
    pub fn new(operators: Vec<Operator>) -> Self {
        Self(operators)
    }

    /// Whose token the headers show. Looks at every operator to the end, so that the time tells nothing of a token.
    pub(crate) fn identify(&self, headers: &HeaderMap) -> Option<&str> {
        let shown: [u8; 32] = Sha256::digest(bearer(headers)?).into();
        let mut found = u32::MAX;
        for (index, operator) in (0_u32..).zip(&self.0) {
            found.conditional_assign(&index, operator.token_sha256.ct_eq(&shown));
        }
        self.0.get(usize::try_from(found).ok()?).map(|operator| operator.name.as_str())
    }
}

/// The token in the header `authorization`, which is there once.
fn bearer(headers: &HeaderMap) -> Option<&[u8]> {
    let mut values = headers.get_all(AUTHORIZATION);
    let (Some(value), None) = (values.next(), values.next()) else { return None };
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().as_bytes())
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn operators() -> Operators {
        let operator = |name: &str, token: &str| Operator {
            name: name.to_owned(),
            token_sha256: Sha256::digest(token).into(),
        };
        Operators::new(vec![operator("ann", "first"), operator("bob", "second")])
    }

    fn identified(values: &[&'static str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(AUTHORIZATION, HeaderValue::from_static(value));
        }
        operators().identify(&headers).map(str::to_owned)
    }

    #[test]
    fn each_operator_is_known_by_a_token_of_their_own() {
        assert_eq!(identified(&["Bearer first"]).as_deref(), Some("ann"));
        assert_eq!(identified(&["bearer  second "]).as_deref(), Some("bob"));
    }

    #[test]
    fn nobody_is_let_in_by_anything_else_than_one_token_that_is_right() {
        for values in [
            &[][..],
            &["Bearer third"],
            &["Bearer"],
            &["Bearer "],
            &["first"],
            &["Basic YW5uOmZpcnN0"],
            &["Bearer first", "Bearer first"],
            &["Bearer first second"],
        ] {
            assert_eq!(identified(values), None, "{values:?}");
        }
    }
}
