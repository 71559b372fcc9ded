//! What differs between the versions of Web Flow beyond the words on the wire.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::middleware::Next;
use actix_web::web;
use data_adapter_core::{AccountStatus, OrganizationId, User, UserId};
use data_adapter_protocol::web_flow as wire;
use data_adapter_protocol::web_flow::{Dialect, ErrorCode, VerificationResult};

use super::{ApiError, WebFlow};

/// What an answer says of a check.
pub(super) struct Verdict {
    pub(super) result: VerificationResult,
    /// Whether the account may be used; `None` where the dialect does not tell, or nobody knows.
    pub(super) account_status: Option<wire::AccountStatus>,
}

impl WebFlow {
    pub(super) fn dialect(&self) -> Dialect {
        self.settings.limits.dialect
    }

    /// What an answer says of a check that found all to be `right`, or not. Later versions want to know of a user who is not
    /// there, and of one whose account may not be used, that the check was skipped.
    pub(super) async fn verdict(
        &self,
        right: bool,
        user: Option<&UserId>,
        organization: Option<&OrganizationId>,
    ) -> Result<Verdict, ApiError> {
        let result = self.dialect().verification(right);
        match (self.dialect(), user) {
            (Dialect::V0_22, _) => Ok(Verdict { result, account_status: None }),
            (Dialect::V1, None) => {
                // Nobody is looked up too, so that a fake takes no less time than a code that was wrong.
                let _ = self.backend.users.by_id(&UserId::new("nobody"), organization).await;
                Ok(Verdict { result: VerificationResult::Skipped, account_status: None })
            }
            (Dialect::V1, Some(_)) if right => {
                Ok(Verdict { result, account_status: Some(wire::AccountStatus::Active) })
            }
            // A missing user looks like one who mistyped.
            (Dialect::V1, Some(user)) => match self.backend.users.by_id(user, organization).await? {
                Some(user) if user.status == AccountStatus::Blocked => Ok(Verdict::skipped()),
                _ => Ok(Verdict { result, account_status: Some(wire::AccountStatus::Active) }),
            },
        }
    }

    /// Whether nothing is checked, because the request says that the account may not be used. Only later versions say so.
    pub(super) fn skips(&self, status: Option<wire::AccountStatus>) -> bool {
        self.dialect() == Dialect::V1 && status == Some(wire::AccountStatus::NotActive)
    }

    /// A user as lookup and info describe them.
    pub(super) fn user_detail(&self, user: User) -> wire::UserDetail {
        let told = self.dialect() == Dialect::V1;
        let extras = || user.extras.iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
        wire::UserDetail {
            id: user.id.to_string(),
            account_status: told.then_some(match user.status {
                AccountStatus::Active => wire::AccountStatus::Active,
                AccountStatus::Blocked => wire::AccountStatus::NotActive,
            }),
            extras: told.then(extras),
            given_name: user.given_name,
            family_name: user.family_name,
            organization_id: user.organization.to_string(),
        }
    }
}

impl Verdict {
    /// The account may not be used.
    pub(super) fn skipped() -> Self {
        Self { result: VerificationResult::Skipped, account_status: Some(wire::AccountStatus::NotActive) }
    }

    /// The key of what the person reads where `usual` says it of something that was wrong.
    pub(super) fn message(&self, usual: Option<&'static str>) -> Option<&'static str> {
        match self.result {
            VerificationResult::Skipped => Some("login.authenticationFailed"),
            VerificationResult::VerifiedSucceeded
            | VerificationResult::VerifiedFailed
            | VerificationResult::Succeeded
            | VerificationResult::Failed => usual,
        }
    }
}

/// The middleware for clients from 1.0 on, which read no error body: to them any 5xx is a system that does not answer, and any
/// 4xx their own fault.
pub(crate) async fn statuses(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let mut response = next.call(request).await?;
    let error = response.response().error().and_then(|error| error.as_error::<ApiError>());
    if error.is_some_and(|error| error.code() == ErrorCode::RemoteError) && is_late(&response) {
        *response.response_mut().status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    }
    Ok(response)
}

fn is_late<B>(response: &ServiceResponse<B>) -> bool {
    let web_flow = response.request().app_data::<web::Data<WebFlow>>();
    web_flow.is_some_and(|web_flow| web_flow.dialect() == Dialect::V1)
}
