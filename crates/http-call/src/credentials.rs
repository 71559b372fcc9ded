use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret as _, SecretString};
use zeroize::Zeroizing;

use crate::setting::SettingError;

/// What a call shows of who makes it.
#[derive(Clone, Debug)]
pub enum Credentials {
    /// Nothing.
    None,
    /// A token, after the word that says what it is, such as `Bearer` (RFC 6750).
    Token {
        /// The word.
        scheme: String,
        /// The token.
        token: SecretString,
    },
    /// A name and a password (HTTP Basic, RFC 7617).
    Basic {
        /// The name.
        username: String,
        /// The password.
        password: SecretString,
    },
}

impl Credentials {
    /// What the settings `username`, `password` and `token` come to, with a `scheme` for the token.
    ///
    /// # Errors
    ///
    /// When one of two is missing, or there are both kinds.
    pub fn of(
        username: Option<String>,
        password: Option<SecretString>,
        token: Option<SecretString>,
        scheme: &str,
    ) -> Result<Self, SettingError> {
        match (username, password, token) {
            (_, None, None) => Ok(Self::None),
            (_, None, Some(token)) => Ok(Self::Token { scheme: scheme.to_owned(), token }),
            (Some(username), Some(password), None) => Ok(Self::Basic { username, password }),
            (None, Some(_), None) => Err(SettingError::new("username", "is missing beside `password`")),
            (_, Some(_), Some(_)) => {
                Err(SettingError::new("token", "is set beside `password`; keep one of the two"))
            }
        }
    }

    /// The value of the header `authorization`, which no `Debug` shows; `None` without credentials.
    ///
    /// # Errors
    ///
    /// When no header can carry them.
    pub fn header(&self) -> Result<Option<HeaderValue>, SettingError> {
        let (key, text) = match self {
            Self::None => return Ok(None),
            Self::Token { scheme, token } => {
                ("token", Zeroizing::new(format!("{scheme} {}", token.expose_secret())))
            }
            Self::Basic { username, .. } if username.contains(':') => {
                return Err(SettingError::new("username", "has a colon in it, which HTTP Basic can't carry"));
            }
            Self::Basic { username, password } => {
                let pair = Zeroizing::new(format!("{username}:{}", password.expose_secret()));
                ("password", Zeroizing::new(format!("Basic {}", STANDARD.encode(pair.as_bytes()))))
            }
        };
        let mut value: HeaderValue =
            text.parse().map_err(|_| SettingError::new(key, "has to be visible ASCII characters"))?;
        value.set_sensitive(true);
        Ok(Some(value))
    }
}
