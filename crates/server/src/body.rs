//! Bodies of requests, within the limits.

use std::ops::Deref;
use std::pin::Pin;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::header::CONTENT_LENGTH;
use actix_web::web::{Bytes, BytesMut};
use actix_web::{FromRequest, HttpRequest, web};
use futures::StreamExt as _;
use tokio::time::timeout;

use crate::limits::{Held, RequestLimit};
use crate::refusal::Refusal;
use crate::refused::Refused;

/// What a body may take.
#[derive(Clone, Copy, Debug)]
pub struct BodyLimits {
    /// How many bytes it may have.
    pub max: usize,
    /// How long a caller may take to send them.
    pub timeout: Duration,
}

/// The body of a request. It counts among the bytes that are held until it is dropped.
pub struct Body {
    bytes: Bytes,
    _held: Held,
}

impl Deref for Body {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes
    }
}

impl FromRequest for Body {
    type Error = Refused;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Refused>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            read_in_time(&request, payload).await.map_err(|refusal| Refused::new(&request, refusal))
        })
    }
}

async fn read_in_time(request: &HttpRequest, payload: Payload) -> Result<Body, Refusal> {
    let limits = request.app_data::<web::Data<BodyLimits>>().ok_or(Refusal::Internal)?;
    let all = request.app_data::<web::Data<RequestLimit>>().ok_or(Refusal::Internal)?;
    let body = read(request, payload, limits.max, all.hold());
    timeout(limits.timeout, body).await.map_err(|_| Refusal::TooSlow)?
}

/// Room for most bodies. What is announced may never come.
const INITIAL_CAPACITY: usize = 4 * 1024;

async fn read(
    request: &HttpRequest,
    mut payload: Payload,
    max: usize,
    mut held: Held,
) -> Result<Body, Refusal> {
    let announced = request.headers().get(CONTENT_LENGTH);
    let announced = announced.and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > max) {
        return Err(Refusal::TooLarge);
    }
    let mut body = BytesMut::with_capacity(announced.unwrap_or_default().min(INITIAL_CAPACITY));
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| Refusal::Unreadable)?;
        if body.len() + chunk.len() > max {
            return Err(Refusal::TooLarge);
        }
        if !held.grow(chunk.len()) {
            return Err(Refusal::Overloaded);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Body { bytes: body.freeze(), _held: held })
}
