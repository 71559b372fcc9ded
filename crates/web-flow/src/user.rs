use actix_web::{HttpResponse, web};
use data_adapter_core::{
    AccountStatus, AuthenticationOutcome, Certificate, CertificateQuery, Credentials, OrganizationId, UserId,
    UsernameQuery,
};
use data_adapter_protocol::web_flow::{
    Dialect, ObjectResponse, UserAuthenticateRequest, UserAuthenticateResponse, UserInfoRequest,
    UserLookupRequest,
};

use crate::convert::{operation, password};
use crate::error::{Answer, ApiError};
use crate::extract::Valid;
use crate::state::WebFlow;

pub(crate) async fn lookup(state: web::Data<WebFlow>, request: Valid<UserLookupRequest>) -> Answer {
    let Valid(request) = request;
    let pem = request.client_certificate().filter(|_| state.dialect() == Dialect::V1);
    let certificate = pem.map(Certificate::new);
    let organization = request.organization_id.into();
    let operation = operation(request.operation_context)?;
    let user = match certificate {
        Some(certificate) => {
            let query = CertificateQuery { certificate, organization, operation };
            state.backend.certificates.owner(&query).await?
        }
        None => {
            let query = UsernameQuery { username: request.username, organization, operation };
            state.backend.users.by_username(&query).await?
        }
    };
    let user = user.ok_or_else(ApiError::user_not_found)?;
    Ok(HttpResponse::Ok().json(ObjectResponse::of(state.user_detail(user))))
}

pub(crate) async fn info(state: web::Data<WebFlow>, request: Valid<UserInfoRequest>) -> Answer {
    let Valid(request) = request;
    let id = UserId::from(request.user_id);
    let organization = OrganizationId::from(request.organization_id);
    let user = state.backend.users.by_id(&id, Some(&organization)).await?;
    let user = user.ok_or_else(ApiError::user_not_found)?;
    Ok(HttpResponse::Ok().json(ObjectResponse::of(state.user_detail(user))))
}

pub(crate) async fn authenticate(
    state: web::Data<WebFlow>,
    request: Valid<UserAuthenticateRequest>,
) -> Answer {
    let Valid(request) = request;
    let credentials = Credentials {
        user: request.user_id.into(),
        is_nobody: false,
        organization: Some(request.organization_id.into()),
        password: password(request.password, request.authentication_context),
        operation: operation(request.operation_context)?,
    };
    let outcome = state.backend.authentication.authenticate(&credentials).await?;
    let (user, account, remaining_attempts) = match outcome {
        AuthenticationOutcome::Succeeded { user, .. } => (Some(user), AccountStatus::Active, None),
        AuthenticationOutcome::Failed { remaining_attempts } => {
            (None, AccountStatus::Active, remaining_attempts)
        }
        AuthenticationOutcome::Restricted { remaining_attempts, .. } => {
            (None, AccountStatus::Blocked, remaining_attempts)
        }
    };
    let right = user.is_some();
    let organization = credentials.organization.as_ref();
    let verdict = state.verdict(right, account, Some(&credentials.user), organization).await;
    let detail = user.map(|user| state.user_detail(user));
    Ok(HttpResponse::Ok().json(ObjectResponse::of(UserAuthenticateResponse {
        authentication_result: verdict.result,
        error_message: (!right).then_some("login.authenticationFailed".into()),
        user_detail: (state.dialect() == Dialect::V0_22).then_some(detail),
        remaining_attempts,
        show_remaining_attempts: remaining_attempts.is_some(),
        account_status: verdict.account_status,
    })))
}
