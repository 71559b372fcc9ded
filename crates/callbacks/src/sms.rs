//! What became of messages.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use data_adapter_sca::{CallbackRefusal, ReceiptCall};
use data_adapter_server::{Body, Refusal, Refused};

use crate::answer::{header, malformed, unavailable, unsigned};
use crate::api::Callbacks;

pub(crate) async fn sms(
    state: web::Data<Callbacks>,
    request: HttpRequest,
    body: Body,
) -> Result<HttpResponse, Refused> {
    let Some(parts) = &state.parts.sms else { return Err(Refused::new(&request, Refusal::UnknownPath)) };
    let gateway = request.match_info().get("gateway").and_then(|id| parts.gateways.get(id));
    let Some(gateway) = gateway else { return Err(Refused::new(&request, Refusal::UnknownPath)) };
    let target = request.uri().path_and_query().map_or("/", |target| target.as_str());
    let header = |name: &str| header(&request, name);
    let call = ReceiptCall { target, header: &header, body: &body, now: state.parts.clock.now() };
    let receipts = match gateway.read(&call) {
        Ok(receipts) => receipts,
        Err(CallbackRefusal::Malformed) => return Ok(malformed()),
        Err(refusal @ (CallbackRefusal::Unsigned | CallbackRefusal::Stale)) => {
            return Ok(unsigned(&request, refusal));
        }
    };
    for receipt in &receipts {
        if let Err(error) = parts.receipts.received(receipt).await {
            return Ok(unavailable(&error));
        }
    }
    Ok(HttpResponse::build(StatusCode::NO_CONTENT).finish())
}
