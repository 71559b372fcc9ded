//! The tokens of partners: JSON Web Tokens of our own making, and no others.

use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use data_adapter_core::{AdapterError, Clock, Random};
use data_adapter_protocol::security::TOKEN_SECONDS;
use data_adapter_sca::{CLOCK_TOLERANCE, TokenStore};
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use thiserror::Error;
use zeroize::Zeroizing;

use crate::partners::{Partner, Partners};
use crate::security_key::SecurityKey;

/// Whatever a token says, it is signed and checked like this.
const ALGORITHM: Algorithm = Algorithm::HS256;

const ISSUER: &str = "data-adapter";
const AUDIENCE: &str = "security-api";

/// The key that tokens are signed with, and that the keys for codes are derived from. Its `Debug` shows nothing.
pub struct TokenKey(Zeroizing<Vec<u8>>);

/// The key is too short.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a key for tokens has at least 32 bytes")]
pub struct TokenKeyError;

impl TokenKey {
    const SHORTEST: usize = 32;

    /// Wraps the bytes of a key.
    ///
    /// # Errors
    ///
    /// When there are fewer than 32 of them.
    pub fn new(bytes: Vec<u8>) -> Result<Self, TokenKeyError> {
        let bytes = Zeroizing::new(bytes);
        if bytes.len() < Self::SHORTEST { Err(TokenKeyError) } else { Ok(Self(bytes)) }
    }
}

impl fmt::Debug for TokenKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenKey([redacted])")
    }
}

/// What is in a token.
#[derive(Deserialize, Serialize)]
struct Claims {
    iss: String,
    aud: String,
    /// The username of the partner.
    sub: String,
    jti: String,
    iat: i64,
    exp: i64,
    /// What tells that the partner's password is still the one that it was.
    pwd: String,
}

/// A token that is good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Its id, by which it is revoked.
    pub id: String,
    /// The username of the partner.
    pub partner: String,
    /// When it was made, in whole seconds.
    pub issued_at: Timestamp,
    /// From when on it is none.
    pub expires_at: Timestamp,
}

/// A token that was made, and what goes with it. Its `Debug` shows neither of the two.
#[derive(Debug)]
pub struct IssuedToken {
    /// What it says.
    pub token: Token,
    /// The token itself.
    pub text: SecretString,
    /// The `Contis_SecurityKey`.
    pub security_key: SecretString,
}

/// Makes, reads and revokes tokens.
pub struct Tokens {
    key: TokenKey,
    partners: Arc<Partners>,
    store: Arc<dyn TokenStore>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
}

impl Tokens {
    /// Tokens of `partners`, signed with `key`; `store` keeps which of them were revoked, and numbers the answers to the others.
    #[must_use]
    pub fn new(
        key: TokenKey,
        partners: Arc<Partners>,
        store: Arc<dyn TokenStore>,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Self {
        Self { key, partners, store, clock, random }
    }

    /// A token for a partner.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Internal`] when it can't be signed.
    pub(crate) fn issue(&self, partner: &Partner) -> Result<IssuedToken, AdapterError> {
        let now = self.clock.now();
        // What a token says of times are whole seconds.
        let issued_at = now - SignedDuration::from_nanos(now.subsec_nanosecond().into());
        let claims = Claims {
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            sub: partner.username.clone(),
            jti: uuid::Builder::from_random_bytes(self.random.bytes()).into_uuid().to_string(),
            iat: issued_at.as_second(),
            exp: issued_at.as_second() + i64::from(TOKEN_SECONDS),
            pwd: self.password_mark(partner),
        };
        let text = encode(&Header::new(ALGORITHM), &claims, &EncodingKey::from_secret(&self.key.0))
            .map_err(|error| AdapterError::Internal(format!("a token can't be made: {error}")))?;
        let token = Token {
            id: claims.jti,
            partner: claims.sub,
            issued_at,
            expires_at: issued_at + SignedDuration::from_secs(TOKEN_SECONDS.into()),
        };
        Ok(IssuedToken { security_key: self.security_key(&token).digits(), text: text.into(), token })
    }

    /// The token that somebody shows, and whose it is; `None` for whatever is none of ours, or no longer.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when nobody knows whether it was revoked.
    pub(crate) async fn check(&self, text: &str) -> Result<Option<(Token, Arc<Partner>)>, AdapterError> {
        let Some(found) = self.read(text) else { return Ok(None) };
        Ok((!self.store.is_token_revoked(&found.0.id).await?).then_some(found))
    }

    /// The number of the answer to whoever showed this token; `None` where it is good no more by now, which is found out in the
    /// write that takes the number.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when there is none to be had.
    pub(crate) async fn next_number(&self, token: &Token) -> Result<Option<i64>, AdapterError> {
        let number = self.store.next_number(&token.id).await?;
        Ok(number.filter(|_| self.clock.now() < token.expires_at))
    }

    /// Revokes a token for as long as it would have been good: true for exactly one caller.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when that could not be kept.
    pub(crate) async fn revoke(&self, token: &Token) -> Result<bool, AdapterError> {
        self.store.revoke_token(&token.id, token.expires_at).await
    }

    /// What codes are encrypted with while a token is good.
    pub(crate) fn security_key(&self, token: &Token) -> SecurityKey {
        SecurityKey::derive(&self.key.0, &token.id)
    }

    /// Everything that the token itself tells.
    fn read(&self, text: &str) -> Option<(Token, Arc<Partner>)> {
        let mut validation = Validation::new(ALGORITHM);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["iss", "aud", "sub", "exp"]);
        // By our own clock, below.
        validation.validate_exp = false;
        let key = DecodingKey::from_secret(&self.key.0);
        let claims = decode::<Claims>(text, &key, &validation).ok()?.claims;
        let partner = self.partners.by_username(&claims.sub)?;
        let token = Token {
            issued_at: Timestamp::from_second(claims.iat).ok()?,
            expires_at: Timestamp::from_second(claims.exp).ok()?,
            id: claims.jti,
            partner: claims.sub,
        };
        let now = self.clock.now();
        let is_now = token.issued_at <= now + CLOCK_TOLERANCE && now < token.expires_at;
        (is_now && claims.pwd == self.password_mark(&partner)).then_some((token, partner))
    }

    /// What a token holds of the partner's password, so that a new password makes it worthless. Nobody learns anything from it.
    fn password_mark(&self, partner: &Partner) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key.0).expect("HMAC takes a key of any length");
        mac.update(b"data-adapter security: the password of a partner ");
        mac.update(partner.password_hash.expose_secret().as_bytes());
        URL_SAFE_NO_PAD.encode(&mac.finalize().into_bytes()[..16])
    }
}

#[cfg(test)]
mod tests;
