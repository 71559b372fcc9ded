use data_adapter_core::TraceParent;
use data_adapter_server::{Answered, Arrival, RequestSpan, Tracer};
use opentelemetry::trace::{
    Span as _, SpanBuilder, SpanContext, SpanId, SpanKind, Status, TraceContextExt as _, TraceFlags, TraceId,
    TraceState, Tracer as _,
};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::trace::{SdkTracer, Span};

/// Gives each request a span of the kind "server", by the semantic conventions for HTTP. What is not in it on purpose: the
/// path as it was sent, and anything else that a caller may have put a secret into.
pub(super) struct RequestTracer {
    tracer: SdkTracer,
    scheme: &'static str,
}

/// The span of a request.
struct ServerSpan(Span);

impl RequestTracer {
    /// `scheme` is that of the URLs that requests come to.
    pub(super) fn new(tracer: SdkTracer, scheme: &'static str) -> Self {
        Self { tracer, scheme }
    }
}

impl Tracer for RequestTracer {
    fn begin(&self, arrival: &Arrival<'_>) -> Box<dyn RequestSpan> {
        let known = known_method(arrival.method);
        let method = known.unwrap_or("HTTP");
        let name = arrival.route.map_or_else(|| method.into(), |route| format!("{method} {route}"));
        let mut attributes = vec![
            KeyValue::new("http.request.method", known.unwrap_or("_OTHER")),
            KeyValue::new("url.scheme", self.scheme),
            KeyValue::new("data_adapter.request_id", arrival.request_id.to_owned()),
        ];
        attributes.extend(arrival.route.map(|route| KeyValue::new("http.route", route.to_owned())));
        let builder = SpanBuilder::from_name(name).with_kind(SpanKind::Server).with_attributes(attributes);
        let parent = arrival
            .parent
            .and_then(context)
            .map_or_else(Context::new, |parent| Context::new().with_remote_span_context(parent));
        Box::new(ServerSpan(self.tracer.build_with_context(builder, &parent)))
    }
}

impl RequestSpan for ServerSpan {
    fn traceparent(&self) -> Option<TraceParent> {
        let context = self.0.span_context();
        let (trace, span, flags) = (context.trace_id(), context.span_id(), context.trace_flags());
        format!("00-{trace}-{span}-{flags:02x}").parse().ok()
    }

    fn end(mut self: Box<Self>, answer: Answered) {
        let span = &mut self.0;
        span.set_attribute(KeyValue::new("http.response.status_code", i64::from(answer.status)));
        span.set_attribute(KeyValue::new("data_adapter.outcome", answer.outcome));
        if answer.is_failure {
            fail(span, answer.outcome);
        }
        span.end();
    }
}

impl Drop for ServerSpan {
    fn drop(&mut self) {
        // One that has ended does not record any more.
        if self.0.is_recording() {
            fail(&mut self.0, "abandoned");
        }
    }
}

fn fail(span: &mut Span, error_type: &'static str) {
    span.set_attribute(KeyValue::new("error.type", error_type));
    span.set_status(Status::error(""));
}

/// `None` for a method that a caller made up.
fn known_method(method: &str) -> Option<&'static str> {
    const KNOWN: [&str; 9] = ["CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"];
    KNOWN.into_iter().find(|known| *known == method)
}

/// The span of the caller.
fn context(parent: &TraceParent) -> Option<SpanContext> {
    let trace = TraceId::from_hex(parent.trace_id()).ok()?;
    let span = SpanId::from_hex(parent.parent_id()).ok()?;
    let flags = TraceFlags::default().with_sampled(parent.is_sampled());
    Some(SpanContext::new(trace, span, flags, true, TraceState::NONE))
}
