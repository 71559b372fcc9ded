use actix_web::{HttpResponse, web};
use data_adapter_core::{AuthenticationOutcome, Credentials, OrganizationId, UserId, UsernameQuery};
use data_adapter_protocol::web_flow::{
    ObjectResponse, UserAuthenticateRequest, UserAuthenticateResponse, UserInfoRequest, UserLookupRequest,
};

use super::convert::{operation, password, user_detail};
use super::extract::Valid;
use super::{Answer, ApiError, WebFlow};

pub(super) async fn lookup(state: web::Data<WebFlow>, request: Valid<UserLookupRequest>) -> Answer {
    let Valid(request) = request;
    let query = UsernameQuery {
        username: request.username,
        organization: request.organization_id.into(),
        operation: operation(request.operation_context)?,
    };
    let user = state.backend.users.by_username(&query).await?.ok_or_else(ApiError::user_not_found)?;
    Ok(HttpResponse::Ok().json(ObjectResponse::of(user_detail(user))))
}

pub(super) async fn info(state: web::Data<WebFlow>, request: Valid<UserInfoRequest>) -> Answer {
    let Valid(request) = request;
    let id = UserId::from(request.user_id);
    let organization = OrganizationId::from(request.organization_id);
    let user = state.backend.users.by_id(&id, Some(&organization)).await?;
    let user = user.ok_or_else(ApiError::user_not_found)?;
    Ok(HttpResponse::Ok().json(ObjectResponse::of(user_detail(user))))
}

pub(super) async fn authenticate(
    state: web::Data<WebFlow>,
    request: Valid<UserAuthenticateRequest>,
) -> Answer {
    let Valid(request) = request;
    let credentials = Credentials {
        user: request.user_id.into(),
        organization: Some(request.organization_id.into()),
        password: password(request.password, request.authentication_context),
        operation: operation(request.operation_context)?,
    };
    let (user, remaining_attempts) = match state.backend.authentication.authenticate(&credentials).await? {
        AuthenticationOutcome::Succeeded(user) => (Some(user), None),
        AuthenticationOutcome::Failed { remaining_attempts } => (None, remaining_attempts),
    };
    Ok(HttpResponse::Ok().json(ObjectResponse::of(UserAuthenticateResponse {
        authentication_result: state.settings.dialect.verification(user.is_some()),
        error_message: user.is_none().then_some("login.authenticationFailed".into()),
        user_detail: user.map(user_detail),
        remaining_attempts,
        show_remaining_attempts: remaining_attempts.is_some(),
    })))
}
