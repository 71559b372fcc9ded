//! What Prometheus asks for.

use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::web::Bytes;
use actix_web::{HttpResponse, guard, web};
use metrics_exporter_prometheus::{BuildError, PrometheusBuilder, PrometheusHandle};
use metrics_process::Collector;
use tokio::sync::Mutex;

use super::BuildInfo;
use crate::connection::Connections;
use crate::limits::RequestLimit;
use crate::metering::Operation;
use crate::refused::method_not_allowed;

pub(crate) const PATH: &str = "/metrics";

/// Upper bounds of the buckets of every histogram, in seconds.
const BUCKETS: [f64; 14] =
    [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// Everything that is counted and timed in this process.
#[derive(Clone)]
pub struct Metrics {
    handle: PrometheusHandle,
}

impl Metrics {
    /// How often what was timed goes to its buckets. Until then each time is kept by itself.
    const SORTED_EVERY: Duration = Duration::from_secs(5);

    /// Begins to count. What was made before this is not counted, so this comes first.
    ///
    /// # Errors
    ///
    /// When something else counts in this process already.
    pub fn install(build: BuildInfo) -> Result<Self, MetricsError> {
        let handle = PrometheusBuilder::new().set_buckets(&BUCKETS)?.install_recorder()?;
        describe();
        Collector::default().describe();
        metrics::gauge!("data_adapter_build_info", "version" => build.version).set(1.0);
        metrics::counter!("data_adapter_requests_abandoned_total").absolute(0);
        Ok(Self { handle })
    }

    /// Keeps what is timed small, until the task is dropped.
    pub async fn sort(self) {
        let mut interval = tokio::time::interval(Self::SORTED_EVERY);
        loop {
            interval.tick().await;
            self.handle.run_upkeep();
        }
    }
}

/// Something else counts in this process already.
#[derive(Debug, thiserror::Error)]
#[error("the metrics can't be kept: {0}")]
pub struct MetricsError(#[from] BuildError);

fn describe() {
    use metrics::{describe_counter as counter, describe_gauge as gauge, describe_histogram as histogram};
    gauge!("data_adapter_build_info", "The version that runs.");
    counter!("data_adapter_requests_total", "Requests that were answered.");
    histogram!("data_adapter_request_seconds", "How long requests took.");
    counter!("data_adapter_requests_abandoned_total", "Requests whose client left before the answer.");
    counter!("data_adapter_requests_unreadable_total", "Bytes that were no request.");
    gauge!("data_adapter_requests_under_way", "Requests that are being answered.");
    gauge!("data_adapter_requests_limit", "How many may be: server.max_requests.");
    gauge!("data_adapter_connections_open", "Connections that are open.");
    gauge!("data_adapter_connections_limit", "How many may be: server.max_connections.");
    gauge!("data_adapter_body_bytes_held", "Bytes of request bodies that are held.");
    gauge!("data_adapter_body_bytes_limit", "How many may be: server.max_body_bytes_held.");
    counter!("data_adapter_codes_total", "One-time codes, by what became of them.");
    counter!("data_adapter_passwords_total", "Passwords that were checked.");
    counter!("data_adapter_blocks_total", "Blocks that began after too many failures.");
    histogram!("data_adapter_store_seconds", "How long calls to the store took.");
    histogram!("data_adapter_backend_call_seconds", "How long calls to back ends took.");
    gauge!("data_adapter_backend_breaker_open", "Whether a back end is given up for now.");
    histogram!("data_adapter_sms_send_seconds", "How long it took to hand messages to gateways.");
    counter!("data_adapter_sms_skipped_total", "Messages that went to other gateways first.");
    counter!("data_adapter_sms_receipts_total", "Delivery receipts of parts of messages.");
    gauge!("data_adapter_sms_gateway_down", "Whether the last messages to a gateway failed.");
    gauge!("data_adapter_smpp_bound", "Whether there is a session with the SMSC.");
}

/// What the page shows.
pub(crate) struct MetricsPage {
    metrics: Metrics,
    limit: Arc<RequestLimit>,
    connections: Arc<Connections>,
    last: Mutex<Option<(Instant, Bytes)>>,
}

impl MetricsPage {
    /// How long a page is shown again: whoever asks more often costs next to nothing.
    const FRESH: Duration = Duration::from_secs(1);

    pub(crate) fn new(metrics: Metrics, limit: Arc<RequestLimit>, connections: Arc<Connections>) -> Self {
        Self { metrics, limit, connections, last: Mutex::default() }
    }

    async fn text(self: Arc<Self>) -> Bytes {
        let mut last = self.last.lock().await;
        if let Some((at, text)) = last.as_ref()
            && at.elapsed() < Self::FRESH
        {
            return text.clone();
        }
        let page = Arc::clone(&self);
        // It reads files about the process.
        let text = web::block(move || page.render()).await.map(Bytes::from).unwrap_or_default();
        *last = Some((Instant::now(), text.clone()));
        text
    }

    fn render(&self) -> String {
        #[expect(clippy::cast_precision_loss, reason = "nobody needs the last digit of so large a number")]
        let show = |name: &'static str, value: usize| metrics::gauge!(name).set(value as f64);
        show("data_adapter_requests_under_way", self.limit.under_way());
        show("data_adapter_requests_limit", self.limit.max());
        show("data_adapter_body_bytes_held", self.limit.held());
        show("data_adapter_body_bytes_limit", self.limit.max_held());
        show("data_adapter_connections_open", self.connections.open_now());
        show("data_adapter_connections_limit", self.connections.max());
        Collector::default().collect();
        self.metrics.handle.render()
    }
}

pub(crate) fn routes(config: &mut web::ServiceConfig, page: Arc<MetricsPage>) {
    config.app_data(web::Data::from(page)).service(
        web::resource(PATH)
            .name(Operation::Metrics.name())
            .route(web::route().guard(guard::Any(guard::Get()).or(guard::Head())).to(show))
            .default_service(web::to(|request| method_not_allowed(request, "GET, HEAD"))),
    );
}

async fn show(page: web::Data<MetricsPage>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/plain; version=0.0.4; charset=utf-8")
        .body(page.into_inner().text().await)
}
