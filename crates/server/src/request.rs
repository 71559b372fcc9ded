//! One line per request, and what every line of a request has in common.

use std::sync::Arc;
use std::time::Instant;

use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{CACHE_CONTROL, HeaderMap, HeaderName, HeaderValue};
use actix_web::web::BytesMut;
use data_adapter_core::{CallContext, Random, TraceParent};

use crate::api::Api;
use crate::fault::Fault;
use crate::metering::Meter;
use crate::proxies::Origin;
use crate::shell::{Answer, Shell};
use crate::tracer::{Answered, Arrival, RequestSpan, Tracer};

pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
const LONGEST_ID: usize = 64;

/// Gives each request its id, and its span where somebody records them.
pub(crate) struct Intake {
    random: Arc<dyn Random>,
    tracer: Option<Arc<dyn Tracer>>,
}

impl Intake {
    pub(crate) fn new(random: Arc<dyn Random>, tracer: Option<Arc<dyn Tracer>>) -> Self {
        Self { random, tracer }
    }

    /// The caller's id, unless it is over-long or strange.
    fn id(&self, headers: &HeaderMap) -> String {
        let given = headers.get(REQUEST_ID).and_then(|value| value.to_str().ok());
        given.filter(|id| is_plain(id)).map_or_else(|| fresh_id(self.random.as_ref()), str::to_owned)
    }

    /// `None` when nobody records spans.
    fn span(
        &self,
        request: &ServiceRequest,
        request_id: &str,
        parent: Option<&TraceParent>,
    ) -> Option<Box<dyn RequestSpan>> {
        let tracer = self.tracer.as_ref()?;
        let route = request.match_pattern();
        let method = request.method().as_str();
        Some(tracer.begin(&Arrival { method, route: route.as_deref(), request_id, parent }))
    }
}

/// An id of a request that has none.
pub(crate) fn fresh_id(random: &dyn Random) -> String {
    uuid::Builder::from_random_bytes(random.bytes()).into_uuid().to_string()
}

/// Names each request and writes its line.
pub(crate) async fn log(
    shell: &Shell,
    mut request: ServiceRequest,
    next: impl AsyncFnOnce(ServiceRequest) -> Answer,
) -> Answer {
    let Shell { intake, metering, proxies, apis, .. } = shell;
    let (started, meter) = (Instant::now(), Meter::start(metering));
    leave_read_buffer(request.headers_mut());
    let id = intake.id(request.headers());
    let header = HeaderValue::from_str(&id);
    let parent = traceparent(request.headers());
    let span = intake.span(&request, &id, parent.as_ref());
    let call = CallContext::new(id, span.as_ref().and_then(|span| span.traceparent()).or(parent));
    let origin = proxies.origin(&request);
    let other_name = apis.at(request.match_info().as_str()).and_then(Api::id_header);
    if let Some(origin) = &origin {
        call.set_peer(origin.caller.ip);
    }
    let answer = call.scope(async {
        let result = next(request).await;
        if let Ok(response) = &result {
            meter.answered(response);
            write_line(response, started, origin);
            if let Some(span) = span {
                span.end(Answered::with(response));
            }
        }
        result
    });
    let mut response = answer.await?;
    // Answers are about people. Pages that may be kept say so themselves.
    if !response.headers().contains_key(CACHE_CONTROL) {
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    if let Ok(header) = header {
        for name in [REQUEST_ID].into_iter().chain(other_name) {
            response.headers_mut().insert(name, header.clone());
        }
    }
    Ok(response)
}

/// Copies the values of headers, into a buffer of their own. As they come, they are parts of the one that the connection was read
/// into, and keep it, with the passwords that came in it; and the HTTP server keeps heads, to use them again, until it needs one.
fn leave_read_buffer(headers: &mut HeaderMap) {
    let length = headers.iter().map(|(_, value)| value.len()).sum();
    let mut room = BytesMut::with_capacity(length);
    headers.retain(|_, value| {
        room.extend_from_slice(value.as_bytes());
        // What was a value is one.
        let copy = HeaderValue::from_maybe_shared(room.split().freeze());
        copy.is_ok_and(|copy| {
            *value = copy;
            true
        })
    });
}

/// The trace that the caller goes on with; `None` when it names none, or not exactly one.
fn traceparent(headers: &HeaderMap) -> Option<TraceParent> {
    let mut given = headers.get_all(TRACEPARENT);
    let only = given.next().filter(|_| given.next().is_none())?;
    only.to_str().ok()?.parse().ok()
}

fn is_plain(id: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte);
    (1..=LONGEST_ID).contains(&id.len()) && id.bytes().all(plain)
}

fn write_line<B>(response: &ServiceResponse<B>, started: Instant, origin: Option<Origin>) {
    let request = response.request();
    let path = request.match_pattern();
    let path = path.as_deref().unwrap_or("(unknown)");
    let method = request.method().as_str();
    let status = response.status().as_u16();
    let peer = origin.map(|origin| tracing::field::display(origin.caller));
    let proxy = origin.and_then(|origin| origin.proxy).map(tracing::field::display);
    let micros = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
    match Fault::of(response).as_deref() {
        None => tracing::info!(method, path, status, micros, peer, proxy, "request"),
        Some(Fault { text: error, detail: None, .. }) if status < 500 => {
            tracing::info!(method, path, status, micros, peer, proxy, %error, "request");
        }
        Some(Fault { text: error, detail, .. }) => {
            let detail = detail.as_deref().unwrap_or_default();
            tracing::warn!(method, path, status, micros, peer, proxy, %error, detail, "request");
        }
    }
}

#[cfg(test)]
mod tests {
    use actix_web::web::Bytes;

    use super::*;

    #[test]
    fn strange_and_over_long_ids_are_not_taken() {
        assert!(is_plain("7c0cd4b5-6f8c-427f-bf94-78bbf95a84e2"));
        let long = "a".repeat(65);
        for id in ["", "a b", "a\tb", "a\u{1b}[31m", "ž", &long] {
            assert!(!is_plain(id), "{id:?}");
        }
    }

    #[test]
    fn headers_are_the_same_in_a_buffer_of_their_own() {
        let read = Bytes::from_static(b"onetwothree");
        let part = |range| HeaderValue::from_maybe_shared(read.slice(range)).unwrap();
        let mut headers = HeaderMap::new();
        headers.append(TRACEPARENT, part(0..3));
        headers.append(REQUEST_ID, part(3..6));
        headers.append(TRACEPARENT, part(6..11));
        headers.append(CACHE_CONTROL, part(0..0));
        let before = headers.clone();
        leave_read_buffer(&mut headers);
        let values = |headers: &HeaderMap| {
            let mut values: Vec<_> =
                headers.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
            values.sort_by(|a, b| a.0.as_str().cmp(b.0.as_str()));
            values
        };
        assert_eq!(values(&headers), values(&before));
        let is_elsewhere = |value: &HeaderValue| !read.as_ptr_range().contains(&value.as_bytes().as_ptr());
        assert!(headers.iter().all(|(_, value)| is_elsewhere(value)));
    }

    #[test]
    fn a_trace_is_taken_from_a_header_that_is_there_once() {
        let valid = HeaderValue::from_static("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
        let mut headers = HeaderMap::new();
        assert_eq!(traceparent(&headers), None);
        headers.append(TRACEPARENT, valid.clone());
        assert_eq!(traceparent(&headers).unwrap().as_str(), valid);
        headers.append(TRACEPARENT, valid);
        assert_eq!(traceparent(&headers), None);
    }
}
