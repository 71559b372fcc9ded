use async_trait::async_trait;
use data_adapter_core::{
    AccountStatus, AdapterError, Authentication, AuthenticationOutcome, Credentials, OrganizationId,
    Password, Restriction, User, UserId, UserLookup as _,
};
use data_adapter_protocol::web_flow as wire;
use data_adapter_protocol::web_flow::{Dialect, UserAuthenticateRequest, UserAuthenticateResponse};
use secrecy::ExposeSecret as _;

use crate::RestBackend;
use crate::convert::{context, password, user};
use crate::endpoint::Endpoint;
use crate::refusal::Refusal;
use crate::users::{is_blank, is_unspeakable};

#[async_trait]
impl Authentication for RestBackend {
    /// The password goes on as it came, encrypted or not: the system behind counts and blocks.
    async fn authenticate(&self, credentials: &Credentials) -> Result<AuthenticationOutcome, AdapterError> {
        let organization = self.organization(credentials.organization.as_ref())?;
        if is_blank(credentials.user.as_str()) || is_no_password(&credentials.password) {
            return Ok(AuthenticationOutcome::Failed { remaining_attempts: None });
        }
        self.upstream.within(Endpoint::Authenticate, self.check(credentials, &organization)).await
    }
}

impl RestBackend {
    async fn check(
        &self,
        credentials: &Credentials,
        organization: &OrganizationId,
    ) -> Result<AuthenticationOutcome, AdapterError> {
        let (password, authentication_context) = password(&credentials.password);
        let request = UserAuthenticateRequest {
            user_id: credentials.user.to_string(),
            organization_id: organization.to_string(),
            password: password.clone(),
            authentication_context,
            operation_context: context(&credentials.operation)?,
        };
        let response: UserAuthenticateResponse =
            match self.upstream.ask(Endpoint::Authenticate, request, &[&password]).await {
                Ok(response) => response,
                Err(Refusal::UserNotFound(_)) => {
                    return Ok(AuthenticationOutcome::Failed { remaining_attempts: None });
                }
                Err(Refusal::Error(error)) => return Err(error),
            };
        let remaining_attempts = response.remaining_attempts.filter(|_| response.show_remaining_attempts);
        let is_right = response.authentication_result.succeeded();
        if response.account_status == Some(wire::AccountStatus::NotActive) {
            return Ok(restricted(&credentials.user, is_right, remaining_attempts.filter(|_| !is_right)));
        }
        if !is_right {
            return Ok(AuthenticationOutcome::Failed { remaining_attempts });
        }
        let user = self.authenticated(response, credentials, organization).await?;
        Ok(match user.status {
            AccountStatus::Active => AuthenticationOutcome::succeeded(user),
            AccountStatus::Blocked => restricted(&credentials.user, is_right, None),
        })
    }

    /// Who it was. Later versions do not say so, and have to be asked.
    async fn authenticated(
        &self,
        response: UserAuthenticateResponse,
        credentials: &Credentials,
        organization: &OrganizationId,
    ) -> Result<User, AdapterError> {
        let endpoint = Endpoint::Authenticate;
        if let Some(detail) = response.user_detail.flatten() {
            return Ok(user(endpoint, detail, organization)?);
        }
        let user = match self.upstream.dialect() {
            Dialect::V0_22 => None,
            Dialect::V1 => self.by_id(&credentials.user, Some(organization)).await?,
        };
        user.ok_or_else(|| Refusal::malformed(endpoint, "nobody tells who was authenticated").into())
    }
}

/// An account that may not be used. The API has no word for why.
fn restricted(
    user: &UserId,
    password_is_right: bool,
    remaining_attempts: Option<u32>,
) -> AuthenticationOutcome {
    let (user, restriction) = (user.clone(), Restriction::Unspecified);
    AuthenticationOutcome::Restricted { user, restriction, password_is_right, remaining_attempts }
}

/// Whether no password is like that.
fn is_no_password(password: &Password) -> bool {
    match password {
        Password::Clear(text) | Password::Encrypted { ciphertext: text, .. } => {
            is_unspeakable(text.expose_secret())
        }
    }
}
