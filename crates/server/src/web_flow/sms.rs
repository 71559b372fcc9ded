use actix_web::{HttpResponse, web};
use data_adapter_core::{CodeDelivery, CodeRequest, CodeVerification, Credentials, VerificationOutcome};
use data_adapter_protocol::web_flow::{
    ObjectResponse, SmsCreateRequest, SmsCreateResponse, SmsDeliveryResult, SmsPasswordVerifyRequest,
    SmsPasswordVerifyResponse, SmsVerifyRequest, SmsVerifyResponse,
};

use super::convert::{language, operation, password};
use super::extract::Valid;
use super::payment::binding;
use super::{Answer, ApiError, WebFlow};

pub(super) async fn create(state: web::Data<WebFlow>, request: Valid<SmsCreateRequest>) -> Answer {
    let Valid(request) = request;
    let operation = operation(request.operation_context)?;
    let code_request = CodeRequest {
        user: request.user_id.map(Into::into),
        organization: request.organization_id.map(Into::into),
        binding: binding(&operation, &state.settings)?,
        operation,
        language: language(request.lang),
        resend: request.resend,
    };
    let issued = state.backend.sms_otp.create(&code_request).await?.ok_or_else(ApiError::user_not_found)?;
    let (sms_delivery_result, error_message) = match issued.delivery {
        CodeDelivery::Succeeded => (SmsDeliveryResult::Succeeded, None),
        CodeDelivery::Failed => (SmsDeliveryResult::Failed, Some("smsAuthorization.deliveryFailed".into())),
    };
    let message_id = issued.message.to_string();
    let response = SmsCreateResponse { message_id, sms_delivery_result, error_message };
    Ok(HttpResponse::Ok().json(ObjectResponse::of(response)))
}

pub(super) async fn verify(state: web::Data<WebFlow>, request: Valid<SmsVerifyRequest>) -> Answer {
    let Valid(request) = request;
    let operation = operation(request.operation_context)?;
    let verification = CodeVerification {
        message: request.message_id.into(),
        code: request.authorization_code,
        user: request.user_id.map(Into::into),
        organization: request.organization_id.map(Into::into),
        binding: binding(&operation, &state.settings)?,
        operation,
    };
    let outcome = state.backend.sms_otp.verify(&verification).await?;
    let (error_message, remaining_attempts) = explain(outcome);
    Ok(HttpResponse::Ok().json(ObjectResponse::of(SmsVerifyResponse {
        sms_authorization_result: state.settings.dialect.verification(outcome.succeeded()),
        error_message: error_message.map(Into::into),
        remaining_attempts,
        show_remaining_attempts: false,
    })))
}

/// The key of what the person reads, and the tries that are left.
fn explain(outcome: VerificationOutcome) -> (Option<&'static str>, Option<u32>) {
    match outcome {
        VerificationOutcome::Succeeded => (None, None),
        VerificationOutcome::Wrong { remaining_attempts } => {
            (Some("smsAuthorization.failed"), remaining_attempts)
        }
        VerificationOutcome::Empty { remaining_attempts } => {
            (Some("smsAuthorization.invalidCode"), remaining_attempts)
        }
        VerificationOutcome::UnknownMessage => (Some("smsAuthorization.invalidMessage"), None),
        VerificationOutcome::Expired => (Some("smsAuthorization.expired"), None),
        VerificationOutcome::AlreadyUsed => (Some("smsAuthorization.alreadyVerified"), None),
        VerificationOutcome::AttemptsSpent => (Some("smsAuthorization.maxAttemptsExceeded"), None),
    }
}

pub(super) async fn verify_with_password(
    state: web::Data<WebFlow>,
    request: Valid<SmsPasswordVerifyRequest>,
) -> Answer {
    let Valid(request) = request;
    let operation = operation(request.operation_context)?;
    let credentials = Credentials {
        user: request.user_id.into(),
        organization: request.organization_id.map(Into::into),
        password: password(request.password, request.authentication_context),
        operation: operation.clone(),
    };
    let verification = CodeVerification {
        message: request.message_id.into(),
        code: request.authorization_code,
        user: Some(credentials.user.clone()),
        organization: credentials.organization.clone(),
        binding: binding(&operation, &state.settings)?,
        operation,
    };
    let right = state.backend.sms_otp.verify_with_password(&verification, &credentials).await?;
    let result = state.settings.dialect.verification(right);
    Ok(HttpResponse::Ok().json(ObjectResponse::of(SmsPasswordVerifyResponse {
        sms_authorization_result: result,
        user_authentication_result: result,
        error_message: (!right).then_some("login.authenticationFailed".into()),
        remaining_attempts: None,
        show_remaining_attempts: false,
    })))
}
