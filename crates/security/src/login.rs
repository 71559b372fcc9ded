use actix_web::{HttpResponse, web};
use data_adapter_core::CallContext;
use data_adapter_protocol::security::{
    LoginResponse, LogoutReason, LogoutRequest, ResponseCode, TOKEN_SECONDS,
};

use crate::dates::with_offset;
use crate::error::{Answer, ApiError};
use crate::extract::{Asked, Form};
use crate::partners::PartnerLogin;
use crate::state::Security;

pub(crate) async fn login(state: web::Data<Security>, form: Form) -> Answer {
    let Form(form) = form;
    let login = PartnerLogin { username: form.username, password: form.password, scheme: form.scheme };
    let issued = state.parts.partners.log_in(&login).await?.ok_or_else(ApiError::invalid_grant)?;
    if let Some(call) = CallContext::current() {
        call.set_caller(&issued.token.partner);
    }
    let zone = &state.settings.time_zone;
    Ok(HttpResponse::Ok().json(LoginResponse {
        access_token: issued.text,
        token_type: "bearer",
        expires_in: TOKEN_SECONDS,
        security_key: issued.security_key,
        expires: with_offset(issued.token.expires_at, zone),
        issued: with_offset(issued.token.issued_at, zone),
    }))
}

pub(crate) async fn logout(state: web::Data<Security>, asked: Asked<LogoutRequest>) -> Answer {
    let reason = asked.request.reason.unwrap_or(LogoutReason::None);
    // Of those who give one token back at the same time, one does.
    if !state.parts.partners.log_out(&asked.token, reason).await? {
        return Err(ApiError::unauthorized());
    }
    state.plain(&asked, ResponseCode::Success)
}
