use actix_web::{HttpResponse, web};
use data_adapter_core::{
    AccountStatus as Account, CodeAndPasswordOutcome, CodeDelivery, CodeMessage, CodeRequest,
    CodeVerification, Credentials, UserId, VerificationOutcome, typed_code,
};
use data_adapter_protocol::web_flow::{
    AccountStatus, ObjectResponse, SmsCreateRequest, SmsCreateResponse, SmsDeliveryResult,
    SmsPasswordVerifyRequest, SmsPasswordVerifyResponse, SmsSendRequest, SmsVerifyRequest, SmsVerifyResponse,
};

use crate::binding::binding;
use crate::convert::{language, operation, password, phone};
use crate::dialect::Verdict;
use crate::error::{Answer, ApiError};
use crate::extract::Valid;
use crate::state::WebFlow;

pub(crate) async fn create(state: web::Data<WebFlow>, request: Valid<SmsCreateRequest>) -> Answer {
    let Valid(request) = request;
    let operation = operation(request.operation_context)?;
    let (user, barred) = usable(&state, request.user_id, request.account_status);
    let code_request = CodeRequest {
        user,
        barred,
        organization: request.organization_id.map(Into::into),
        binding: binding(&operation, &state.settings)?,
        operation,
        phone: phone(request.user_contacts.as_deref()),
        language: language(request.lang),
        resend: request.resend,
    };
    let issued = state.backend.sms_otp.create(&code_request).await?.ok_or_else(ApiError::user_not_found)?;
    Ok(delivered(issued.message.to_string(), issued.delivery))
}

/// Who gets a code, and whose account may not be used and gets what looks like one.
fn usable(
    state: &WebFlow,
    user: Option<String>,
    status: Option<AccountStatus>,
) -> (Option<UserId>, Option<UserId>) {
    let account = state.account(user.as_deref(), status);
    let user = user.map(UserId::from);
    if account == Account::Active { (user, None) } else { (None, user) }
}

/// Sends a code that Next Step made.
pub(crate) async fn send(state: web::Data<WebFlow>, request: Valid<SmsSendRequest>) -> Answer {
    let Valid(request) = request;
    let operation = operation(request.operation_context)?;
    let binding = binding(&operation, &state.settings)?;
    let (user, barred) = usable(&state, request.user_id, request.account_status);
    let message = CodeMessage {
        message: request.message_id.into(),
        code: request.authorization_code,
        user,
        barred,
        organization: request.organization_id.map(Into::into),
        phone: phone(request.user_contacts.as_deref()),
        operation,
        binding,
        language: language(request.lang),
    };
    let delivery = state.backend.sms_otp.send(&message).await?.ok_or_else(ApiError::user_not_found)?;
    Ok(delivered(message.message.to_string(), delivery))
}

fn delivered(message_id: String, delivery: CodeDelivery) -> HttpResponse {
    let (sms_delivery_result, error_message) = match delivery {
        CodeDelivery::Succeeded => (SmsDeliveryResult::Succeeded, None),
        CodeDelivery::Failed | CodeDelivery::Stopped(_) => {
            (SmsDeliveryResult::Failed, Some("smsAuthorization.deliveryFailed".into()))
        }
    };
    let response = SmsCreateResponse { message_id, sms_delivery_result, error_message };
    HttpResponse::Ok().json(ObjectResponse::of(response))
}

pub(crate) async fn verify(state: web::Data<WebFlow>, request: Valid<SmsVerifyRequest>) -> Answer {
    let Valid(request) = request;
    let operation = operation(request.operation_context)?;
    let verification = CodeVerification {
        message: request.message_id.into(),
        code: typed_code(&request.authorization_code),
        account: state.account(request.user_id.as_deref(), request.account_status),
        user: request.user_id.map(Into::into),
        organization: request.organization_id.map(Into::into),
        binding: binding(&operation, &state.settings)?,
        operation,
    };
    let outcome = state.backend.sms_otp.verify(&verification).await?;
    let CodeVerification { user, organization, account, .. } = &verification;
    let right = outcome.succeeded();
    let verdict = state.verdict(right, *account, user.as_ref(), organization.as_ref()).await;
    let (error_message, remaining_attempts) = explain(outcome);
    Ok(HttpResponse::Ok().json(ObjectResponse::of(SmsVerifyResponse {
        sms_authorization_result: verdict.result,
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

pub(crate) async fn verify_with_password(
    state: web::Data<WebFlow>,
    request: Valid<SmsPasswordVerifyRequest>,
) -> Answer {
    let Valid(request) = request;
    let operation = operation(request.operation_context)?;
    let account = state.account(request.user_id.as_deref(), request.account_status);
    let user = request.user_id.map(UserId::from);
    let credentials = Credentials {
        // A fake takes as long as a real one, and counts against nobody: an id that the caller could choose might be somebody's.
        user: user.clone().unwrap_or_else(|| state.nobody()),
        is_nobody: user.is_none(),
        organization: request.organization_id.map(Into::into),
        password: password(request.password, request.authentication_context),
        operation: operation.clone(),
    };
    let verification = CodeVerification {
        message: request.message_id.into(),
        code: typed_code(&request.authorization_code),
        account,
        user,
        organization: credentials.organization.clone(),
        binding: binding(&operation, &state.settings)?,
        operation,
    };
    let outcome = state.backend.sms_otp.verify_with_password(&verification, &credentials).await?;
    let account = match outcome {
        CodeAndPasswordOutcome::Restricted { may_be_told: true, .. } => Account::Blocked,
        CodeAndPasswordOutcome::Succeeded { .. }
        | CodeAndPasswordOutcome::Failed
        | CodeAndPasswordOutcome::Restricted { may_be_told: false, .. } => account,
    };
    let (user, organization) = (verification.user.as_ref(), verification.organization.as_ref());
    Ok(both_verified(&state.verdict(outcome.succeeded(), account, user, organization).await))
}

fn both_verified(verdict: &Verdict) -> HttpResponse {
    let failed = (!verdict.result.succeeded()).then_some("login.authenticationFailed");
    HttpResponse::Ok().json(ObjectResponse::of(SmsPasswordVerifyResponse {
        sms_authorization_result: verdict.result,
        user_authentication_result: verdict.result,
        error_message: failed.map(Into::into),
        remaining_attempts: None,
        show_remaining_attempts: false,
        account_status: verdict.account_status,
    }))
}
