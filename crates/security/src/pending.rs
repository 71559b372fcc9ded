use actix_web::{HttpResponse, web};
use data_adapter_core::AdapterError;
use data_adapter_protocol::security::{ConsumerRequest, PendingRequest, PendingResponse, ResponseCode};
use data_adapter_sca::ScaRequest;

use crate::consumers::is_for;
use crate::error::Answer;
use crate::extract::Asked;
use crate::sca_res::{description, sca_res};
use crate::state::Security;

pub(crate) async fn pending(state: web::Data<Security>, asked: Asked<ConsumerRequest>) -> Answer {
    let user = state.consumer(&asked.partner, asked.request.consumer).await?;
    state.check_session(&asked.partner, &user).await?;
    let (code, open) = if state.parts.requests.is_blocked(&user).await? {
        (ResponseCode::Blocked, Vec::new())
    } else {
        let mut open = state.parts.requests.pending(&user.id).await?;
        open.retain(|request| is_for(request, &asked.partner));
        (ResponseCode::Success, open)
    };
    let words = state.words(&asked);
    let shown = |request: &ScaRequest| -> Result<_, AdapterError> {
        let sca = sca_res(request, &words, &state.settings.time_zone, None)?;
        Ok(PendingRequest { description: description(request, &words)?, sca })
    };
    let requests = open.iter().map(shown).collect::<Result<_, _>>()?;
    Ok(HttpResponse::Ok().json(PendingResponse { requests, envelope: state.envelope(&asked, code)? }))
}
