//! What differs between the versions of Web Flow beyond the words on the wire.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::middleware::Next;
use data_adapter_core::{AccountStatus, OrganizationId, User, UserId};
use data_adapter_protocol::web_flow as wire;
use data_adapter_protocol::web_flow::{Dialect, ErrorCode, VerificationResult};

use crate::error::ApiError;
use crate::state::WebFlow;

/// What an answer says of a check.
pub(crate) struct Verdict {
    pub(crate) result: VerificationResult,
    /// Whether the account may be used; `None` where the dialect does not tell, or nobody knows.
    pub(crate) account_status: Option<wire::AccountStatus>,
}

impl WebFlow {
    pub(crate) fn dialect(&self) -> Dialect {
        self.settings.limits.dialect
    }

    /// Whether the front lets the account of this user be used. Later versions say so, and name nobody where a code is a fake.
    pub(crate) fn account(&self, user: Option<&str>, status: Option<wire::AccountStatus>) -> AccountStatus {
        let is_blocked = user.is_none() || status == Some(wire::AccountStatus::NotActive);
        if self.dialect() == Dialect::V1 && is_blocked {
            AccountStatus::Blocked
        } else {
            AccountStatus::Active
        }
    }

    /// What an answer says of a check that found all to be `right`, or not. Later versions want to know of a user who is not
    /// there, and of one whose account may not be used, that the check was skipped. `account` is what the front or the check
    /// said.
    pub(crate) async fn verdict(
        &self,
        right: bool,
        account: AccountStatus,
        user: Option<&UserId>,
        organization: Option<&OrganizationId>,
    ) -> Verdict {
        let result = self.dialect().verification(right);
        if self.dialect() == Dialect::V0_22 {
            return Verdict { result, account_status: None };
        }
        if right {
            return Verdict { result, account_status: Some(wire::AccountStatus::Active) };
        }
        // Nobody is looked up too, so that a fake takes as long as a code that was wrong.
        let nobody = UserId::new("nobody");
        let found = self.backend.users.by_id(user.unwrap_or(&nobody), organization).await;
        let is_blocked = match found {
            Ok(found) => found.is_some_and(|user| user.status == AccountStatus::Blocked),
            // What was checked is known all the same, and Web Flow counts no error.
            Err(error) => {
                tracing::warn!(%error, "whether an account may be used could not be looked up");
                false
            }
        };
        match (user, account) {
            (None, _) => Verdict { result: VerificationResult::Skipped, account_status: None },
            (Some(_), AccountStatus::Active) if !is_blocked => {
                Verdict { result, account_status: Some(wire::AccountStatus::Active) }
            }
            (Some(_), AccountStatus::Active | AccountStatus::Blocked) => Verdict {
                result: VerificationResult::Skipped,
                account_status: Some(wire::AccountStatus::NotActive),
            },
        }
    }

    /// A user as lookup and info describe them.
    pub(crate) fn user_detail(&self, user: User) -> wire::UserDetail {
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

/// The middleware for clients from 1.0 on, which read no error body: to them any 5xx is a system that does not answer, and any
/// 4xx their own fault.
pub(crate) async fn statuses(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let mut response = next.call(request).await?;
    let error = response.response().error().and_then(|error| error.as_error::<ApiError>());
    if error.is_some_and(|error| error.code() == ErrorCode::RemoteError) {
        *response.response_mut().status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    }
    Ok(response)
}
