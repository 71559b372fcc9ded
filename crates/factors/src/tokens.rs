//! The tokens of users: JSON Web Tokens that somebody else makes, and for exploring we.
//!
//! What signs them is a setting, and never what a token says of itself. Whatever is unclear about one is no token.

mod key_set;
mod numeric_date;

use std::fmt;
use std::sync::Arc;

use data_adapter_core::{AdapterError, Clock, UserId};
use data_adapter_sca::CLOCK_TOLERANCE;
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use zeroize::Zeroizing;

use key_set::KeySet;
pub use key_set::{KeySetError, KeySetFile};
use numeric_date::NumericDate;

/// Longer is no token that anybody made.
const LONGEST_TEXT: usize = 8 * 1024;

/// Longer is no id of a user.
const LONGEST_USER: usize = 256;

/// For how long a token may be good at most: as long as the store knows that sessions were ended.
pub const LONGEST_LIFE: SignedDuration = SignedDuration::from_hours(24);

/// For how long those are good that are made here.
const OWN_LIFE: SignedDuration = SignedDuration::from_hours(1);

/// How tokens are signed that come with a public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PublicAlgorithm {
    /// Ed25519.
    EdDsa,
    /// ECDSA over P-256 with SHA-256.
    Es256,
    /// RSA (PKCS#1 v1.5) with SHA-256, by keys of at least 2048 bits.
    Rs256,
}

impl PublicAlgorithm {
    fn algorithm(self) -> Algorithm {
        match self {
            Self::EdDsa => Algorithm::EdDSA,
            Self::Es256 => Algorithm::ES256,
            Self::Rs256 => Algorithm::RS256,
        }
    }
}

/// A key that both signs tokens and checks them. Its `Debug` shows nothing.
pub struct SharedKey(Zeroizing<Vec<u8>>);

/// The key is too short.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a key for tokens has at least 32 bytes")]
pub struct SharedKeyError;

impl SharedKey {
    const SHORTEST: usize = 32;

    /// Wraps the bytes of a key.
    ///
    /// # Errors
    ///
    /// When there are fewer than 32 of them.
    pub fn new(bytes: Vec<u8>) -> Result<Self, SharedKeyError> {
        let bytes = Zeroizing::new(bytes);
        if bytes.len() < Self::SHORTEST { Err(SharedKeyError) } else { Ok(Self(bytes)) }
    }
}

impl fmt::Debug for SharedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SharedKey([redacted])")
    }
}

/// What tells good tokens.
#[derive(Debug)]
pub enum TokenKeys {
    /// One key, with HS256.
    Shared(SharedKey),
    /// Public keys.
    Public(KeySetFile),
}

/// Who makes tokens, and for whom.
#[derive(Clone, Debug)]
pub struct TokenParties {
    /// The claim `iss`.
    pub issuer: String,
    /// One of the claim `aud`.
    pub audience: String,
}

/// What is in a token.
#[derive(Deserialize, Serialize)]
struct Claims {
    iss: String,
    aud: Audience,
    sub: String,
    iat: NumericDate,
    exp: NumericDate,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    nbf: Option<NumericDate>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    programme: Option<String>,
}

#[derive(Deserialize, Serialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

/// A token that is good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UserToken {
    /// Whose it is.
    pub(crate) user: UserId,
    /// Through which programme alone it may come; `None` where it does not say.
    pub(crate) programme: Option<String>,
    /// When it was made.
    pub(crate) issued_at: Timestamp,
}

/// Reads tokens, and makes some.
pub struct UserTokens {
    keys: TokenKeys,
    parties: TokenParties,
    ahead: SignedDuration,
    clock: Arc<dyn Clock>,
}

impl UserTokens {
    /// Those that `keys` fit, of and for `parties`.
    #[must_use]
    pub fn new(keys: TokenKeys, parties: TokenParties, clock: Arc<dyn Clock>) -> Self {
        Self { keys, parties, ahead: CLOCK_TOLERANCE, clock }
    }

    /// The same where the clock by which tokens are issued may be so far ahead, at most [`CLOCK_TOLERANCE`].
    #[must_use]
    pub fn issued_ahead_by(self, ahead: SignedDuration) -> Self {
        Self { ahead: ahead.min(CLOCK_TOLERANCE), ..self }
    }

    /// A token of a user that comes through a programme, for exploring; `None` where there is no key to sign it with.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Internal`] when it can't be signed.
    pub fn issue(&self, user: &str, programme: &str) -> Result<Option<SecretString>, AdapterError> {
        let TokenKeys::Shared(key) = &self.keys else { return Ok(None) };
        let now = self.clock.now();
        let claims = Claims {
            iss: self.parties.issuer.clone(),
            aud: Audience::One(self.parties.audience.clone()),
            sub: user.to_owned(),
            iat: NumericDate(now),
            exp: NumericDate(now + OWN_LIFE),
            nbf: None,
            programme: Some(programme.to_owned()),
        };
        let token = encode(&Header::new(Algorithm::HS256), &claims, &EncodingKey::from_secret(&key.0));
        let unsigned = |error| AdapterError::Internal(format!("a token can't be made: {error}"));
        Ok(Some(token.map_err(unsigned)?.into()))
    }

    /// What a token says; `None` where it is none.
    pub(crate) async fn read(&self, text: &str) -> Option<UserToken> {
        if text.len() > LONGEST_TEXT {
            return None;
        }
        let header = decode_header(text).ok()?;
        if !is_plain(&header) {
            return None;
        }
        let claims = match &self.keys {
            TokenKeys::Shared(key) => self.claims(text, Algorithm::HS256, &DecodingKey::from_secret(&key.0)),
            TokenKeys::Public(file) => {
                let keys: Arc<KeySet> = file.keys().await;
                let key = keys.find(header.kid.as_deref())?;
                self.claims(text, file.algorithm().algorithm(), key)
            }
        };
        self.token(claims?)
    }

    /// What is signed, by whom and for whom it has to be.
    fn claims(&self, text: &str, algorithm: Algorithm, key: &DecodingKey) -> Option<Claims> {
        let mut validation = Validation::new(algorithm);
        validation.set_issuer(&[&self.parties.issuer]);
        validation.set_audience(&[&self.parties.audience]);
        validation.set_required_spec_claims(&["iss", "aud", "sub"]);
        // By our own clock, in `token`.
        validation.validate_exp = false;
        decode::<Claims>(text, key, &validation).ok().map(|token| token.claims)
    }

    /// The rest, by the clock.
    fn token(&self, claims: Claims) -> Option<UserToken> {
        let (NumericDate(issued_at), NumericDate(expires_at)) = (claims.iat, claims.exp);
        let (not_before, now) = (claims.nbf.map_or(issued_at, |date| date.0), self.clock.now());
        let life = expires_at.duration_since(issued_at);
        let is_now = issued_at.max(not_before).duration_since(now) <= self.ahead
            && now.duration_since(expires_at) < CLOCK_TOLERANCE;
        let is_sound = life > SignedDuration::ZERO && life <= LONGEST_LIFE && is_user(&claims.sub);
        let token = || UserToken { user: UserId::new(claims.sub), programme: claims.programme, issued_at };
        (is_now && is_sound).then(token)
    }
}

/// Whether all that a header asks for is understood.
fn is_plain(header: &Header) -> bool {
    let kind = header.typ.as_deref().unwrap_or("JWT").to_ascii_lowercase();
    // It is a media type, and what it begins with may be left out (RFC 7515, section 4.1.9).
    let is_token = matches!(kind.strip_prefix("application/").unwrap_or(&kind), "jwt" | "at+jwt");
    is_token && header.crit.is_none() && header.enc.is_none() && header.zip.is_none()
}

fn is_user(id: &str) -> bool {
    !id.is_empty() && id.len() <= LONGEST_USER && !id.chars().any(char::is_control)
}

#[cfg(test)]
mod tests;
