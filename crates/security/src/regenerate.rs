use actix_web::web;
use data_adapter_core::Language;
use data_adapter_protocol::security::{Problem, RegenerateRequest, ResponseCode, SecurityRequest as _};
use data_adapter_sca::{CodeCarrier, Regeneration};

use crate::consumers::Owned;
use crate::error::{Answer, ApiError};
use crate::extract::Asked;
use crate::sca_res::{sca_res, sca_type};
use crate::state::Security;

pub(crate) async fn regenerate(state: web::Data<Security>, asked: Asked<RegenerateRequest>) -> Answer {
    let Some(Owned { request, user }) = state.owned(&asked.partner, &asked.request.sca).await? else {
        return state.with_sca(&asked, ResponseCode::UnknownRequest, None);
    };
    state.check_session_for(&asked.partner, &user, &request).await?;
    if sca_type(request.method) != asked.request.kind {
        return Err(ApiError::from(Problem::of("SCAType", "has to be that of the SCA request")));
    }
    let language = asked.request.culture().map(|culture| Language::new(culture.language()));
    // What another API asked for goes the way that it went at first.
    let carrier = if request.asker.is_some() { asked.partner.carrier } else { CodeCarrier::Sms };
    let requests = &state.parts.requests;
    match requests.regenerate(&request.message, &user, carrier, language.as_ref()).await? {
        Regeneration::Issued(issued) => {
            let (code, sca) = state.issued(&asked, &issued)?;
            state.with_sca(&asked, code, Some(sca))
        }
        Regeneration::Unreachable => state.with_sca(&asked, ResponseCode::NoContact, None),
        Regeneration::Exhausted => state.with_sca(&asked, ResponseCode::TooMany, None),
        // The code before stays good: the request is as it was.
        Regeneration::Stopped(_) => {
            let sca = sca_res(&request, &state.words(&asked), &state.settings.time_zone, None)?;
            state.with_sca(&asked, ResponseCode::NotSent, Some(sca))
        }
        Regeneration::Blocked => state.with_sca(&asked, ResponseCode::Blocked, None),
        Regeneration::Gone => state.with_sca(&asked, ResponseCode::UnknownRequest, None),
    }
}
