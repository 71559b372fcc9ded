use async_trait::async_trait;
use data_adapter_core::{
    AccountStatus, AdapterError, Authentication, AuthenticationOutcome, Credentials, Password,
};
use data_adapter_protocol::web_flow::{UserAuthenticateRequest, UserAuthenticateResponse};
use secrecy::ExposeSecret as _;

use crate::RestBackend;
use crate::convert::{context, password, user};
use crate::endpoint::Endpoint;
use crate::refusal::Refusal;
use crate::users::is_blank;

#[async_trait]
impl Authentication for RestBackend {
    /// The password goes on as it came, encrypted or not: the system behind counts and blocks.
    async fn authenticate(&self, credentials: &Credentials) -> Result<AuthenticationOutcome, AdapterError> {
        let organization = self.organization(credentials.organization.as_ref())?;
        if is_blank(credentials.user.as_str()) || is_unspeakable(&credentials.password) {
            return Ok(AuthenticationOutcome::Failed { remaining_attempts: None });
        }
        let endpoint = Endpoint::Authenticate;
        let (password, authentication_context) = password(&credentials.password);
        let request = UserAuthenticateRequest {
            user_id: credentials.user.to_string(),
            organization_id: organization.to_string(),
            password: password.clone(),
            authentication_context,
            operation_context: context(&credentials.operation)?,
        };
        let response: UserAuthenticateResponse =
            match self.upstream.ask(endpoint, request, &[&password]).await {
                Ok(response) => response,
                Err(Refusal::UserNotFound(_)) => {
                    return Ok(AuthenticationOutcome::Failed { remaining_attempts: None });
                }
                Err(Refusal::Error(error)) => return Err(error),
            };
        let remaining_attempts = response.remaining_attempts.filter(|_| response.show_remaining_attempts);
        if !response.authentication_result.succeeded() {
            return Ok(AuthenticationOutcome::Failed { remaining_attempts });
        }
        let detail =
            response.user_detail.flatten().ok_or_else(|| Refusal::malformed(endpoint, "it names no user"))?;
        let user = user(endpoint, detail, &organization)?;
        Ok(match user.status {
            AccountStatus::Active => AuthenticationOutcome::Succeeded(user),
            AccountStatus::Blocked => AuthenticationOutcome::Failed { remaining_attempts: None },
        })
    }
}

/// Whether no password is like that, and the API refuses it before anything is checked: a front that reads JSON strictly
/// lets neither through.
fn is_unspeakable(password: &Password) -> bool {
    match password {
        Password::Clear(text) | Password::Encrypted { ciphertext: text, .. } => {
            is_blank(text.expose_secret()) || text.expose_secret().contains('\0')
        }
    }
}
