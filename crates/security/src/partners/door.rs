use std::sync::Arc;

use async_trait::async_trait;
use data_adapter_core::{
    AdapterError, Authentication, AuthenticationOutcome, Credentials, OperationContext, OperationId,
    OperationName, Password,
};
use data_adapter_protocol::security::LogoutReason;
use secrecy::SecretString;

use super::Partners;
use crate::tokens::{IssuedToken, Token, Tokens};

/// What a partner logs in with. Its `Debug` does not show the password.
#[derive(Debug)]
pub struct PartnerLogin {
    /// The name.
    pub username: String,
    /// The password.
    pub password: SecretString,
    /// The scheme; `None` where none is named.
    pub scheme: Option<String>,
}

/// Lets partners in and out.
#[async_trait]
pub trait PartnerAccess: Send + Sync {
    /// A token; `None` where the name, the password or the scheme is wrong, or the partner is blocked, all of which take the same
    /// time.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when nobody can say.
    async fn log_in(&self, login: &PartnerLogin) -> Result<Option<IssuedToken>, AdapterError>;

    /// Takes a token back: true for exactly one caller.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when that could not be kept: the token may be good still.
    async fn log_out(&self, token: &Token, reason: LogoutReason) -> Result<bool, AdapterError>;
}

/// Checks passwords, and makes tokens.
pub struct PartnerDoor {
    partners: Arc<Partners>,
    passwords: Arc<dyn Authentication>,
    tokens: Arc<Tokens>,
}

impl PartnerDoor {
    /// Whoever `passwords` says has the right one gets a token.
    #[must_use]
    pub fn new(partners: Arc<Partners>, passwords: Arc<dyn Authentication>, tokens: Arc<Tokens>) -> Self {
        Self { partners, passwords, tokens }
    }
}

#[async_trait]
impl PartnerAccess for PartnerDoor {
    async fn log_in(&self, login: &PartnerLogin) -> Result<Option<IssuedToken>, AdapterError> {
        let credentials = Credentials {
            user: login.username.clone().into(),
            is_nobody: !self.partners.has(&login.username),
            organization: login.scheme.clone().map(Into::into),
            password: Password::Clear(login.password.clone()),
            operation: OperationContext {
                id: OperationId::new(""),
                name: OperationName::new("security_login"),
                data: None,
                external_transaction: None,
                form_data: None,
                application: None,
            },
        };
        let outcome = self.passwords.authenticate(&credentials).await?;
        let AuthenticationOutcome::Succeeded { user, .. } = outcome else { return Ok(None) };
        let partner = self.partners.by_username(user.id.as_str());
        partner.map(|partner| self.tokens.issue(&partner)).transpose()
    }

    async fn log_out(&self, token: &Token, _: LogoutReason) -> Result<bool, AdapterError> {
        self.tokens.revoke(token).await
    }
}
