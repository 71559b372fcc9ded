use actix_web::{HttpResponse, web};
use data_adapter_core::{AccountStatus, Certificate, CertificateCredentials, Possession};
use data_adapter_protocol::web_flow::{CertificateVerifyRequest, CertificateVerifyResponse, ObjectResponse};

use crate::convert::operation;
use crate::dialect::Verdict;
use crate::error::{Answer, ApiError, Malformed};
use crate::extract::Valid;
use crate::state::WebFlow;

pub(crate) async fn verify(state: web::Data<WebFlow>, request: Valid<CertificateVerifyRequest>) -> Answer {
    let Valid(request) = request;
    let account = state.account(Some(&request.user_id), request.account_status);
    let credentials = credentials(request, account)?;
    let right = state.backend.certificates.verify(&credentials).await?;
    let (user, organization) = (&credentials.user, credentials.organization.as_ref());
    Ok(verified(&state.verdict(right, account, Some(user), organization).await))
}

/// Before 1.9 the front has seen the key in a TLS handshake; from then on there is a signature, which may be missing.
fn credentials(
    request: CertificateVerifyRequest,
    account: AccountStatus,
) -> Result<CertificateCredentials, ApiError> {
    let (pem, possession) = match (request.certificate, request.client_certificate) {
        (Some(pem), _) => {
            (pem, Possession::Signature(request.signed_message.map(|text| text.0).unwrap_or_default()))
        }
        (None, Some(pem)) => (pem, Possession::Tls),
        (None, None) => return Err(Malformed::Unreadable.into()),
    };
    Ok(CertificateCredentials {
        user: request.user_id.into(),
        organization: request.organization_id.map(Into::into),
        certificate: Certificate::new(pem.0),
        possession,
        account,
        operation: operation(request.operation_context)?,
    })
}

fn verified(verdict: &Verdict) -> HttpResponse {
    let failed = (!verdict.result.succeeded()).then_some("login.authenticationFailed");
    HttpResponse::Ok().json(ObjectResponse::of(CertificateVerifyResponse {
        certificate_verification_result: verdict.result,
        error_message: failed.map(Into::into),
        remaining_attempts: None,
        show_remaining_attempts: false,
        account_status: verdict.account_status,
    }))
}
