use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use opentelemetry::Context;
use opentelemetry_otlp::SpanExporter as OtlpExporter;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{
    BatchConfig, BatchConfigBuilder, BatchSpanProcessor, Span, SpanData, SpanExporter, SpanProcessor,
};

use super::collector::Collector;
use super::losses::Losses;

/// Spans that wait for the exporter; those over it are lost.
const MOST: usize = 2048;
/// Spans that go out at once.
const BATCH: usize = 512;
/// How long a span waits for others.
const DELAY: Duration = Duration::from_secs(5);

/// Where spans wait until a thread of its own exports them. The one of OpenTelemetry drops what is too much without a word.
#[derive(Debug)]
pub(super) struct Queue {
    batches: BatchSpanProcessor,
    waiting: Arc<AtomicUsize>,
    losses: Arc<Losses>,
}

/// The exporter, with somebody who looks what becomes of it.
#[derive(Debug)]
struct Delivery {
    exporter: OtlpExporter,
    collector: Arc<Collector>,
    waiting: Arc<AtomicUsize>,
    losses: Arc<Losses>,
}

impl Queue {
    /// Before `exporter`, which sends to `collector`.
    pub(super) fn new(exporter: OtlpExporter, collector: Arc<Collector>, losses: Arc<Losses>) -> Self {
        let waiting = Arc::<AtomicUsize>::default();
        let delivery =
            Delivery { exporter, collector, waiting: Arc::clone(&waiting), losses: Arc::clone(&losses) };
        let batches = BatchSpanProcessor::builder(delivery).with_batch_config(batch_config()).build();
        Self { batches, waiting, losses }
    }
}

/// What the environment says of batches does not count.
fn batch_config() -> BatchConfig {
    BatchConfigBuilder::default()
        .with_max_queue_size(MOST)
        .with_max_export_batch_size(BATCH)
        .with_scheduled_delay(DELAY)
        .build()
}

impl SpanProcessor for Queue {
    fn on_start(&self, span: &mut Span, context: &Context) {
        self.batches.on_start(span, context);
    }

    fn on_end(&self, span: SpanData) {
        let more = |waiting| (waiting < MOST).then_some(waiting + 1);
        match self.waiting.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more) {
            Ok(_) => self.batches.on_end(span),
            Err(_) => self.losses.lost(1, "more come than the collector takes"),
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.batches.force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.batches.shutdown_with_timeout(timeout)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.batches.set_resource(resource);
    }
}

impl SpanExporter for Delivery {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let spans = batch.len();
        self.waiting.fetch_sub(spans, Ordering::Relaxed);
        let result = self.exporter.export(batch).await;
        match &result {
            Ok(()) => self.losses.arrived(),
            Err(error) => {
                let why = self.collector.last_error().unwrap_or_else(|| error.to_string());
                self.losses.lost(spans, &why);
            }
        }
        result
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.exporter.shutdown_with_timeout(timeout)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.exporter.set_resource(resource);
    }
}
