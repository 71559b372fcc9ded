use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap};
use actix_web::web::{Bytes, BytesMut};
use actix_web::{FromRequest, HttpRequest, web};
use data_adapter_core::CallContext;
use data_adapter_protocol::web_flow::{
    Limits, Object, ObjectRequest, OperationContext, Violations, WebFlowRequest, check_text,
};
use futures::StreamExt as _;
use serde::de::DeserializeOwned;
use tokio::time::timeout;
use validator::ValidateArgs;

use super::WebFlow;
use super::error::{ApiError, Refusal};
use crate::limits::{Held, RequestLimit};

/// The content of `requestObject`, read and validated.
pub(super) struct Valid<T>(pub(super) T);

impl<T> FromRequest for Valid<T>
where
    T: WebFlowRequest + DeserializeOwned + for<'a> ValidateArgs<'a, Args = &'a Limits> + 'static,
{
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = payload.take();
        Box::pin(async move {
            let state = request.app_data::<web::Data<WebFlow>>().ok_or(Refusal::UnknownPath)?;
            let settings = &state.settings;
            check_headers(request.headers())?;
            let limit = request.app_data::<web::Data<RequestLimit>>().ok_or(Refusal::UnknownPath)?;
            let mut held = limit.hold();
            let body = read(request.headers(), payload, settings.max_body, &mut held);
            let body = timeout(settings.body_timeout, body).await.map_err(|_| Refusal::TooSlow)??;
            check_text(&body).map_err(|_| Refusal::Unreadable)?;
            let Object(envelope): Object<ObjectRequest<T>> =
                serde_json::from_slice(&body).map_err(|_| Refusal::Unreadable)?;
            drop((body, held));
            let Object(request_object) = envelope.request_object;
            name_operation(request_object.operation(), &settings.limits);
            Violations::of(&request_object, &settings.limits)?;
            Ok(Self(request_object))
        })
    }
}

/// Names the operation in the log, unless its id is nothing to put there.
fn name_operation(operation: Option<&OperationContext>, limits: &Limits) {
    if let Some(context) = operation
        && context.id.len() <= limits.operation_id
        && !context.id.chars().any(char::is_control)
        && let Some(call) = CallContext::current()
    {
        call.set_operation(&context.id);
    }
}

/// JSON in UTF-8 and nothing else: `application/json` or `application/*+json`, with no other charset, not packed.
fn check_headers(headers: &HeaderMap) -> Result<(), Refusal> {
    let header = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let content_type = header(CONTENT_TYPE).unwrap_or_default().to_ascii_lowercase();
    let mut parts = content_type.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default();
    let is_json =
        essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"));
    let is_utf8 = parts
        .filter_map(|parameter| parameter.strip_prefix("charset="))
        .all(|charset| matches!(charset.trim_matches('"'), "utf-8" | "utf8"));
    let is_packed = headers
        .get(CONTENT_ENCODING)
        .is_some_and(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity"));
    if is_json && is_utf8 && !is_packed { Ok(()) } else { Err(Refusal::UnsupportedMediaType) }
}

/// Room for most bodies. What is announced may never come.
const INITIAL_CAPACITY: usize = 4 * 1024;

async fn read(
    headers: &HeaderMap,
    mut payload: Payload,
    max: usize,
    held: &mut Held<'_>,
) -> Result<Bytes, ApiError> {
    let announced = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > max) {
        return Err(Refusal::TooLarge.into());
    }
    let mut body = BytesMut::with_capacity(announced.unwrap_or_default().min(INITIAL_CAPACITY));
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| Refusal::Unreadable)?;
        if body.len() + chunk.len() > max {
            return Err(Refusal::TooLarge.into());
        }
        if !held.grow(chunk.len()) {
            return Err(ApiError::overloaded(false));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}
