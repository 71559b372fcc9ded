use actix_web::{HttpResponse, web};
use data_adapter_core::AccountStatus;
use data_adapter_protocol::security::{AuthorizeRequest, AuthorizeResponse, Problem, ResponseCode};
use data_adapter_sca::{ApprovalMethod, Authorization, Proof, ScaRequest};

use crate::consumers::Owned;
use crate::error::{Answer, ApiError};
use crate::extract::Asked;
use crate::sca_res::sca_res;
use crate::sessions::is_login;
use crate::state::Security;

/// What became of a request, and the request where it may be told.
type Outcome = (ResponseCode, Option<Box<ScaRequest>>);

pub(crate) async fn authorize(state: web::Data<Security>, asked: Asked<AuthorizeRequest>) -> Answer {
    let (code, request) = match state.owned(&asked.partner, &asked.request.sca).await? {
        None => (ResponseCode::UnknownRequest, None),
        Some(owned) => {
            state.check_session_for(&asked.partner, &owned.user, &owned.request).await?;
            match asked.request.cancel {
                true => cancel(&state, &owned).await?,
                false => approve(&state, &asked, &owned).await?,
            }
        }
    };
    let (words, zone) = (state.words(&asked), &state.settings.time_zone);
    let sca = request.map(|request| sca_res(&request, &words, zone, None)).transpose()?;
    Ok(HttpResponse::Ok().json(AuthorizeResponse {
        reference: asked.number,
        sca_reference: asked.request.sca.to_ascii_uppercase(),
        sca,
        envelope: state.envelope(&asked, code)?,
    }))
}

/// What nobody wants any more is ended for a consumer who is blocked, too.
async fn cancel(state: &Security, owned: &Owned) -> Result<Outcome, ApiError> {
    let code = match state.parts.requests.cancel(&owned.request.message).await? {
        true => ResponseCode::Success,
        false => ResponseCode::UnknownRequest,
    };
    Ok((code, None))
}

async fn approve(
    state: &Security,
    asked: &Asked<AuthorizeRequest>,
    owned: &Owned,
) -> Result<Outcome, ApiError> {
    let Owned { request, user } = owned;
    if user.status == AccountStatus::Blocked {
        return Ok((ResponseCode::Blocked, None));
    }
    let proof = proof(state, asked, request.method)?;
    // Whose account was blocked since the request was made approves nothing any more.
    if user.status == AccountStatus::Blocked {
        return Ok((ResponseCode::Blocked, None));
    }
    Ok(match state.parts.requests.authorize(&request.message, &proof).await? {
        Authorization::Succeeded(request) => {
            if is_login(&request) {
                state.open_session(&asked.partner, user).await?;
            }
            (ResponseCode::Success, Some(request))
        }
        Authorization::Wrong(request) => (ResponseCode::WrongCode, Some(request)),
        Authorization::Exhausted(request) => (ResponseCode::TooMany, Some(request)),
        Authorization::Undecided(request) => (ResponseCode::Undecided, Some(request)),
        Authorization::Blocked => (ResponseCode::Blocked, None),
        Authorization::Gone => (ResponseCode::UnknownRequest, None),
    })
}

/// What a partner shows for an approval. Without what it has to show nothing is counted.
fn proof(
    state: &Security,
    asked: &Asked<AuthorizeRequest>,
    method: ApprovalMethod,
) -> Result<Proof, ApiError> {
    let AuthorizeRequest { identification, first, second, .. } = &asked.request;
    let missing = |name| ApiError::from(Problem::of(name, "is missing, which this SCA request needs"));
    match method {
        ApprovalMethod::ClientManaged => {
            first.ok_or_else(|| missing("FirstFactorSCAOptionType"))?;
            second.ok_or_else(|| missing("SecondFactorSCAOptionType"))?;
            Ok(Proof::Factors)
        }
        ApprovalMethod::Otp => {
            let sent = identification.as_ref().ok_or_else(|| missing("SCAIdentification"))?;
            Ok(Proof::Code(state.parts.tokens.security_key(&asked.token).decrypt(sent)))
        }
        ApprovalMethod::Push => Ok(Proof::Decision),
    }
}
