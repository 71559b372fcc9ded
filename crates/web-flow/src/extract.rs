use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header::HeaderMap;
use actix_web::{FromRequest, HttpRequest, web};
use data_adapter_core::CallContext;
use data_adapter_protocol::json::{Object, check_text};
use data_adapter_protocol::web_flow::{Limits, ObjectRequest, OperationContext, Violations, WebFlowRequest};
use data_adapter_server::{Body, Refusal, is_json, media_type};
use serde::de::DeserializeOwned;
use validator::ValidateArgs;

use crate::error::{ApiError, Malformed};
use crate::state::WebFlow;

/// The content of `requestObject`, read and validated.
pub(crate) struct Valid<T>(pub(crate) T);

impl<T> FromRequest for Valid<T>
where
    T: WebFlowRequest + DeserializeOwned + for<'a> ValidateArgs<'a, Args = &'a Limits> + 'static,
{
    type Error = actix_web::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, actix_web::Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let mut payload = payload.take();
        Box::pin(async move {
            check_headers(request.headers())?;
            let body = Body::from_request(&request, &mut payload).await?;
            Ok(Self(read(&request, body)?))
        })
    }
}

/// What a body says, which is valid.
fn read<T>(request: &HttpRequest, body: Body) -> Result<T, ApiError>
where
    T: WebFlowRequest + DeserializeOwned + for<'a> ValidateArgs<'a, Args = &'a Limits>,
{
    let state = request.app_data::<web::Data<WebFlow>>().ok_or(Refusal::UnknownPath)?;
    let limits = &state.settings.limits;
    let text = check_text(&body).map_err(|_| Malformed::Unreadable)?;
    let Object(envelope): Object<ObjectRequest<T>> =
        serde_json::from_str(text).map_err(|_| Malformed::Unreadable)?;
    drop(body);
    let Object(request_object) = envelope.request_object;
    name_operation(request_object.operation(), limits);
    Violations::of(&request_object, limits)?;
    Ok(request_object)
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

/// JSON in UTF-8 and nothing else.
fn check_headers(headers: &HeaderMap) -> Result<(), ApiError> {
    match media_type(headers) {
        Some(kind) if is_json(&kind) => Ok(()),
        _ => Err(Malformed::MediaType.into()),
    }
}
