use std::sync::Arc;
use std::time::Duration;

use data_adapter_server::Tracer;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry::{InstrumentationScope, KeyValue};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider, SpanLimits};

use super::collector::Collector;
use super::losses::Losses;
use super::queue::Queue;
use super::span::RequestTracer;
use crate::config::Settings;
use crate::failure::Failure;

/// The export of traces.
pub(crate) struct Telemetry {
    provider: SdkTracerProvider,
    tracer: Arc<dyn Tracer>,
    losses: Arc<Losses>,
    timeout: Duration,
}

impl Telemetry {
    /// Starts what the configuration asks for; `None` when it asks for nothing. The collector may be down.
    ///
    /// Needs the runtime that goes on until [`Telemetry::stop`] is over.
    pub(crate) fn start(settings: &Settings) -> Result<Option<Self>, Failure> {
        let telemetry = &settings.telemetry;
        let Some(endpoint) = telemetry.endpoint()? else { return Ok(None) };
        let timeout = telemetry.timeout();
        let collector = Arc::new(Collector::new(endpoint.clone(), timeout, telemetry.auth()?)?);
        let exporter = SpanExporter::builder()
            .with_http()
            .with_shared_http_client(Arc::clone(&collector) as _)
            .with_endpoint(endpoint)
            .with_protocol(Protocol::HttpBinary)
            .with_timeout(timeout)
            .build()
            .map_err(|error| Failure::Configuration(format!("`telemetry`: {error}")))?;
        let losses = Arc::new(Losses::default());
        let ratio = Sampler::TraceIdRatioBased(telemetry.sampling_ratio);
        let provider = SdkTracerProvider::builder()
            .with_span_processor(Queue::new(exporter, collector, Arc::clone(&losses)))
            .with_sampler(Sampler::ParentBased(Box::new(ratio)))
            // Otherwise the environment has a say.
            .with_span_limits(SpanLimits::default())
            .with_resource(resource(&telemetry.service_name))
            .build();
        let scope = InstrumentationScope::builder("data-adapter").with_version(env!("CARGO_PKG_VERSION"));
        let tracer = provider.tracer_with_scope(scope.build());
        let tracer = Arc::new(RequestTracer::new(tracer, settings.tls.scheme()));
        Ok(Some(Self { provider, tracer, losses, timeout }))
    }

    /// What gives each request its span.
    pub(crate) fn tracer(&self) -> Arc<dyn Tracer> {
        Arc::clone(&self.tracer)
    }

    /// Exports what is left, for as long as one export may take and no longer than `most`.
    pub(crate) async fn stop(self, most: Duration) {
        let Self { provider, losses, timeout, .. } = self;
        let within = timeout.min(most);
        let stopped = tokio::task::spawn_blocking(move || provider.shutdown_with_timeout(within)).await;
        if !matches!(stopped, Ok(Ok(()))) {
            tracing::warn!("the last spans could not be exported before the end");
        }
        losses.sum_up();
    }
}

/// Who exports, with what `OTEL_RESOURCE_ATTRIBUTES` adds, such as the name of the instance.
fn resource(service_name: &str) -> Resource {
    Resource::builder()
        .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
        .with_service_name(service_name.to_owned())
        .build()
}
