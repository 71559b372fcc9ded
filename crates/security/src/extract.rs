use std::pin::Pin;
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap};
use actix_web::{FromRequest, HttpRequest, web};
use data_adapter_core::AdapterError;
use data_adapter_protocol::security::{LoginForm, Problem, SecurityRequest, read};
use data_adapter_server::{Body, CallerShare, Denial, Refusal, is_json, let_in, only_media_type, turn_away};

use crate::error::ApiError;
use crate::form;
use crate::partners::Partner;
use crate::state::Security;
use crate::tokens::Token;

type Extracted<T> = Pin<Box<dyn Future<Output = Result<T, actix_web::Error>>>>;

/// A request of a partner whose token is good, read and found right.
pub(crate) struct Asked<T> {
    pub(crate) request: T,
    pub(crate) token: Token,
    pub(crate) partner: Arc<Partner>,
    /// The number of the answer. It is taken before anything is done: where there is none to be had, nothing is.
    pub(crate) number: i64,
    _share: CallerShare,
}

impl<T: SecurityRequest + 'static> FromRequest for Asked<T> {
    type Error = actix_web::Error;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, mut payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let state = state(&request)?;
            let Some((token, partner)) = authenticate(&state, request.headers()).await? else {
                return Err(unauthorized(&request).into());
            };
            let share = let_in(&request, &partner.username).await?;
            if !only_media_type(request.headers()).is_some_and(|kind| is_json(&kind)) {
                return Err(ApiError::from(Problem::MediaType).into());
            }
            let body = body(&request, &mut payload).await?;
            let asked = read(&body).map_err(ApiError::from)?;
            drop(body);
            // The body took its time: the token may have been given back meanwhile.
            let number = state.parts.tokens.next_number(&token).await.map_err(ApiError::from)?;
            let number = number.ok_or_else(|| unauthorized(&request))?;
            Ok(Self { request: asked, token, partner, number, _share: share })
        })
    }
}

/// What a partner logs in with.
pub(crate) struct Form(pub(crate) LoginForm);

impl FromRequest for Form {
    type Error = actix_web::Error;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, mut payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let media_type =
                only_media_type(request.headers()).ok_or(Problem::MediaType).map_err(ApiError::from)?;
            let content_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
            let body = body(&request, &mut payload).await?;
            let form = form::read(&media_type, content_type.unwrap_or_default(), &body).await;
            Ok(Self(form.map_err(ApiError::from)?))
        })
    }
}

fn state(request: &HttpRequest) -> Result<web::Data<Security>, ApiError> {
    let state = request.app_data::<web::Data<Security>>().cloned();
    state.ok_or_else(|| AdapterError::Internal("the API has no state".to_owned()).into())
}

/// The body. One of too many bytes is as wrong as any other, and told so.
async fn body(request: &HttpRequest, payload: &mut Payload) -> Result<Body, actix_web::Error> {
    Body::from_request(request, payload).await.map_err(|refused| {
        if refused.refusal() == Refusal::TooLarge {
            ApiError::from(Problem::TooLarge).into()
        } else {
            refused.into()
        }
    })
}

fn unauthorized(request: &HttpRequest) -> ApiError {
    turn_away(request, Denial::Unauthorized);
    ApiError::unauthorized()
}

/// The token that the headers show, and whose it is.
async fn authenticate(
    state: &Security,
    headers: &HeaderMap,
) -> Result<Option<(Token, Arc<Partner>)>, ApiError> {
    match bearer(headers) {
        Some(token) => Ok(state.parts.tokens.check(token).await?),
        None => Ok(None),
    }
}

/// The token in the header `authorization`, which is there once: alone, as the document prints it, or after `Bearer`.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(AUTHORIZATION);
    let (Some(value), None) = (values.next(), values.next()) else { return None };
    let value = value.to_str().ok()?.trim();
    match value.split_once(' ') {
        None => Some(value),
        Some((scheme, token)) => scheme.eq_ignore_ascii_case("bearer").then_some(token.trim()),
    }
}
