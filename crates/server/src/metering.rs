//! How many requests there are, what becomes of them, and how long they take.

mod operation;

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::time::Instant;

use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::{Next, from_fn};
use actix_web::{HttpMessage as _, HttpRequest, Route};
use metrics::{Counter, Histogram};

use crate::api::Apis;
use crate::fault::Fault;
pub(crate) use operation::Operation;

/// What one worker knows of the requests that it answered.
pub(crate) struct Metering {
    /// The names that routes may carry: whatever callers send, the label has no other values.
    operations: HashSet<&'static str>,
    /// By operation and outcome. Each is looked up when the first such request is answered, and never again.
    series: RefCell<HashMap<(&'static str, &'static str), Series>>,
}

/// What is known of the requests of one operation with one outcome.
struct Series {
    requests: Counter,
    seconds: Histogram,
}

/// A request under way. When it is dropped without an answer, its client has gone.
pub(crate) struct Meter<'a> {
    metering: &'a Metering,
    started: Instant,
    is_answered: bool,
}

impl Metering {
    pub(crate) fn new(apis: &Apis) -> Self {
        let theirs = apis.iter().flat_map(|api| api.operations()).copied();
        let operations = Operation::ALL.iter().map(|own| own.name()).chain(theirs).collect();
        Self { operations, series: RefCell::default() }
    }

    /// What a request asks for, whether it was let through to its route or not.
    fn operation(&self, request: &HttpRequest) -> &'static str {
        let named = request.extensions().get::<Named>().map(|named| named.0);
        match named.or(request.match_name()) {
            Some(name) => self.operations.get(name).copied().unwrap_or(Operation::Other.name()),
            None if request.match_pattern().is_some() => Operation::Other.name(),
            None => Operation::Unknown.name(),
        }
    }

    fn count(&self, operation: &'static str, outcome: &'static str, started: Instant) {
        let mut all = self.series.borrow_mut();
        let series = all.entry((operation, outcome)).or_insert_with(|| Series::new(operation, outcome));
        series.requests.increment(1);
        series.seconds.record(started.elapsed());
    }
}

/// The name of an operation that its path has not.
struct Named(&'static str);

/// Gives a route an operation of its own, where its path has that of another method. Like those of paths it is one of
/// [`operations`](crate::Api::operations).
#[must_use]
pub fn named(route: Route, operation: &'static str) -> Route {
    route.wrap(from_fn(move |request: ServiceRequest, next: Next<_>| {
        request.extensions_mut().insert(Named(operation));
        next.call(request)
    }))
}

impl<'a> Meter<'a> {
    pub(crate) fn start(metering: &'a Metering) -> Self {
        Self { metering, started: Instant::now(), is_answered: false }
    }

    /// Takes note of the answer.
    pub(crate) fn answered<B>(mut self, response: &ServiceResponse<B>) {
        self.is_answered = true;
        let operation = self.metering.operation(response.request());
        self.metering.count(operation, outcome(response), self.started);
    }
}

impl Drop for Meter<'_> {
    fn drop(&mut self) {
        if !self.is_answered {
            metrics::counter!("data_adapter_requests_abandoned_total").increment(1);
        }
    }
}

impl Series {
    fn new(operation: &'static str, outcome: &'static str) -> Self {
        let labels = [("operation", operation), ("outcome", outcome)];
        Self {
            requests: metrics::counter!("data_adapter_requests_total", &labels),
            seconds: metrics::histogram!("data_adapter_request_seconds", &labels),
        }
    }
}

/// What the metrics call what becomes of a request that is answered like this. A wrong password or code is an answer too.
pub(crate) fn outcome<B>(response: &ServiceResponse<B>) -> &'static str {
    match Fault::of(response) {
        Some(fault) => fault.outcome,
        None if response.status().is_client_error() || response.status().is_server_error() => "failed",
        None => "ok",
    }
}
