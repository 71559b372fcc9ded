//! How many requests there are, what becomes of them, and how long they take.

mod label;

use std::sync::OnceLock;
use std::time::Instant;

use actix_web::dev::ServiceResponse;
use metrics::{Counter, Histogram};

use crate::web_flow::ApiError;
pub(crate) use label::{Operation, Outcome};

/// What is known of the requests of one operation with one outcome.
struct Series {
    requests: Counter,
    seconds: Histogram,
}

/// Each is looked up when the first such request is answered, and never again.
static SERIES: [[OnceLock<Series>; Outcome::COUNT]; Operation::COUNT] =
    [const { [const { OnceLock::new() }; Outcome::COUNT] }; Operation::COUNT];

/// A request under way. When it is dropped without an answer, its client has gone.
pub(crate) struct Meter {
    started: Instant,
    is_answered: bool,
}

impl Meter {
    pub(crate) fn start() -> Self {
        Self { started: Instant::now(), is_answered: false }
    }

    /// Takes note of the answer.
    pub(crate) fn answered<B>(mut self, response: &ServiceResponse<B>) {
        self.is_answered = true;
        let (operation, outcome) = (Operation::of(response.request()), outcome(response));
        let series =
            SERIES[operation as usize][outcome as usize].get_or_init(|| Series::new(operation, outcome));
        series.requests.increment(1);
        series.seconds.record(self.started.elapsed());
    }
}

impl Drop for Meter {
    fn drop(&mut self) {
        if !self.is_answered {
            metrics::counter!("data_adapter_requests_abandoned_total").increment(1);
        }
    }
}

impl Series {
    fn new(operation: Operation, outcome: Outcome) -> Self {
        let labels = [("operation", operation.name()), ("outcome", outcome.name())];
        Self {
            requests: metrics::counter!("data_adapter_requests_total", &labels),
            seconds: metrics::histogram!("data_adapter_request_seconds", &labels),
        }
    }
}

/// What becomes of a request that is answered like this.
pub(crate) fn outcome<B>(response: &ServiceResponse<B>) -> Outcome {
    match response.response().error().and_then(|error| error.as_error::<ApiError>()) {
        Some(error) => error.outcome(),
        None if response.status().is_client_error() || response.status().is_server_error() => Outcome::Failed,
        None => Outcome::Ok,
    }
}
