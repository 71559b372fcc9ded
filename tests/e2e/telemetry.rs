//! Traces: a span for each request, at a collector.

mod collector;
mod failures;
mod outages;
mod secrets;
mod settings;
mod span;

use data_adapter_tests::binary::with_opentelemetry;
use reqwest::header::CONTENT_TYPE;

use crate::support::payloads::{LOOKUP, USERNAME, lookup};
use crate::support::{Answer, Builder, DataAdapter};
use collector::Collector;
use span::{Span, attributes};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT: &str = "00f067aa0ba902b7";

/// The `traceparent` of a caller who records.
fn sampled() -> String {
    format!("00-{TRACE}-{PARENT}-01")
}

/// The demo, which exports to this URL, and waits for an answer as long as one may take on a busy machine.
fn exporting_to(endpoint: &str) -> Builder {
    DataAdapter::builder()
        .program(with_opentelemetry())
        .env("DATA_ADAPTER__TELEMETRY__ENDPOINT", endpoint)
        .env("DATA_ADAPTER__TELEMETRY__TIMEOUT_MS", "60000")
}

/// What asks another instance for everything.
fn before(behind: &DataAdapter) -> String {
    let url = behind.url("");
    format!(
        "[capabilities]\nusers = \"core\"\nauthentication = \"core\"\noperations = \"core\"\nsms_otp = \"core\"\n\
         consent = \"core\"\n[backends.core]\nkind = \"rest\"\nurl = \"{url}\"\n"
    )
}

async fn lookup_with(adapter: &DataAdapter, traceparent: &str) -> Answer {
    let request = adapter.client().post(adapter.url(LOOKUP)).header(CONTENT_TYPE, "application/json");
    adapter.send(request.header("traceparent", traceparent).body(lookup(USERNAME))).await
}

/// The spans of one that is asked this way and then stopped.
async fn spans_of(builder: Builder, collector: &Collector, traceparents: &[&str]) -> Vec<Span> {
    let adapter = builder.start().await;
    for traceparent in traceparents {
        assert_eq!(lookup_with(&adapter, traceparent).await.status, 200, "{traceparent}");
    }
    let exit = adapter.terminate().await;
    assert_eq!(exit.status, Some(0), "{}", exit.stderr);
    collector.spans()
}

#[tokio::test]
async fn a_request_is_a_span_that_goes_on_from_that_of_the_caller() {
    let collector = Collector::start().await;
    let adapter = exporting_to(&collector.endpoint()).start().await;
    let answer = lookup_with(&adapter, &sampled()).await;
    let request_id = answer.headers["x-request-id"].to_str().expect("a text");
    // Without a stop: they go out by themselves.
    collector.wait_for(1).await;
    let [span] = &collector.spans()[..] else { panic!("{:?}", collector.spans()) };
    assert_eq!((span.trace().as_str(), span.parent().as_str()), (TRACE, PARENT));
    assert_eq!(span.name(), "POST /api/auth/user/lookup");
    assert!(span.is_of_server() && !span.has_failed(), "{span:?}");
    assert!(span.0.start_time_unix_nano < span.0.end_time_unix_nano, "{span:?}");
    let expected = [
        ("data_adapter.outcome", "ok"),
        ("data_adapter.request_id", request_id),
        ("http.request.method", "POST"),
        ("http.response.status_code", "200"),
        ("http.route", "/api/auth/user/lookup"),
        ("url.scheme", "http"),
    ];
    assert_eq!(span.attributes(), expected.map(|(key, value)| (key.to_owned(), value.to_owned())).into());
}

#[tokio::test]
async fn what_is_no_traceparent_begins_a_trace() {
    let collector = Collector::start().await;
    let strange = [
        format!("00-{}-{PARENT}-01", "0".repeat(32)),
        format!("00-{TRACE}-{}-01", "0".repeat(16)),
        format!("00-{}-{}-00", "0".repeat(32), "0".repeat(16)),
        format!("ff-{TRACE}-{PARENT}-01"),
        format!("00-{}-{PARENT}-01", TRACE.to_uppercase()),
        "traced".to_owned(),
    ];
    let strange: Vec<_> = strange.iter().map(String::as_str).collect();
    let spans = spans_of(exporting_to(&collector.endpoint()), &collector, &strange).await;
    assert_eq!(spans.len(), strange.len());
    for span in &spans {
        assert_eq!(span.parent(), "", "{span:?}");
        assert!(span.trace() != TRACE && span.trace() != "0".repeat(32), "{span:?}");
    }
    let mut traces: Vec<_> = spans.iter().map(Span::trace).collect();
    traces.sort();
    traces.dedup();
    assert_eq!(traces.len(), strange.len(), "each begins one of its own");
}

#[tokio::test]
async fn the_system_behind_goes_on_from_our_span() {
    let collector = Collector::start().await;
    let behind = exporting_to(&collector.endpoint());
    let behind = behind.env("DATA_ADAPTER__TELEMETRY__SERVICE_NAME", "behind").start().await;
    let front = exporting_to(&collector.endpoint()).config(before(&behind)).start().await;
    lookup_with(&front, &sampled()).await;
    front.terminate().await;
    behind.terminate().await;
    let named = |name: &str| {
        let mut exports = collector.exports().into_iter();
        let export = exports.find(|export| attributes(&export.resource().attributes)["service.name"] == name);
        export.unwrap_or_else(|| panic!("{name} exports nothing")).spans()
    };
    let (front, behind) = (named("data-adapter"), named("behind"));
    assert_eq!((front.len(), behind.len()), (1, 1));
    assert_eq!((front[0].trace().as_str(), front[0].parent().as_str()), (TRACE, PARENT));
    assert_eq!((behind[0].trace(), behind[0].parent()), (front[0].trace(), front[0].id()));
    let id = |span: &Span| span.attribute("data_adapter.request_id");
    assert_eq!(id(&front[0]), id(&behind[0]), "the log of both has it");
}

#[tokio::test]
async fn without_an_export_of_its_own_it_passes_on_the_span_of_the_caller() {
    let collector = Collector::start().await;
    let behind = exporting_to(&collector.endpoint()).start().await;
    for builder in [DataAdapter::builder(), DataAdapter::builder().program(with_opentelemetry())] {
        lookup_with(&builder.config(before(&behind)).start().await, &sampled()).await;
    }
    behind.terminate().await;
    let spans = collector.spans();
    assert_eq!(spans.len(), 2);
    assert!(spans.iter().all(|span| span.trace() == TRACE && span.parent() == PARENT), "{spans:?}");
}

#[tokio::test]
async fn what_the_caller_does_not_record_is_recorded_nowhere() {
    let collector = Collector::start().await;
    let behind = exporting_to(&collector.endpoint()).start().await;
    let front = exporting_to(&collector.endpoint()).config(before(&behind));
    let unrecorded = format!("00-{TRACE}-{PARENT}-00");
    assert_eq!(spans_of(front, &collector, &[&unrecorded]).await.len(), 0);
    behind.terminate().await;
    assert_eq!(collector.spans().len(), 0, "nor behind");
}

#[tokio::test]
async fn the_ratio_is_for_traces_that_begin_here() {
    let collector = Collector::start().await;
    let builder = exporting_to(&collector.endpoint()).env("DATA_ADAPTER__TELEMETRY__SAMPLING_RATIO", "0");
    let spans = spans_of(builder, &collector, &["", &sampled(), ""]).await;
    assert_eq!(spans.iter().map(Span::trace).collect::<Vec<_>>(), [TRACE]);
}

#[tokio::test]
async fn the_resource_says_who_exports_and_the_settings_go_before_the_environment() {
    let collector = Collector::start().await;
    let builder = exporting_to(&collector.endpoint())
        .env("DATA_ADAPTER__TELEMETRY__SERVICE_NAME", "of-the-settings")
        .env("OTEL_SERVICE_NAME", "of-the-environment")
        .env("OTEL_RESOURCE_ATTRIBUTES", "service.instance.id=one,service.name=of-the-environment")
        .env("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://127.0.0.1:1/v1/traces")
        .env("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "grpc")
        .env("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip")
        .env("OTEL_EXPORTER_OTLP_HEADERS", "x-environment=one")
        .env("OTEL_TRACES_SAMPLER", "always_off")
        .env("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "0");
    let spans = spans_of(builder, &collector, &[&sampled()]).await;
    assert_eq!(spans.iter().map(Span::name).collect::<Vec<_>>(), ["POST /api/auth/user/lookup"]);
    assert_eq!(spans[0].attribute("http.route"), "/api/auth/user/lookup");
    let export = &collector.exports()[0];
    let resource = attributes(&export.resource().attributes);
    assert_eq!(resource["service.name"], "of-the-settings");
    assert_eq!(resource["service.instance.id"], "one");
    assert_eq!(resource["service.version"], env!("CARGO_PKG_VERSION"));
    assert!(!export.head.contains("x-environment"), "{}", export.head);
}
