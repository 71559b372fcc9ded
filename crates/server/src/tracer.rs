//! A span for each request, for whoever records them.

use actix_web::dev::ServiceResponse;
use data_adapter_core::TraceParent;

use crate::fault::Fault;
use crate::metering::outcome;

/// Records a span for each request.
pub trait Tracer: Send + Sync {
    /// Begins the span of a request. Must not wait for anything.
    fn begin(&self, arrival: &Arrival<'_>) -> Box<dyn RequestSpan>;
}

/// The span of a request under way. When it is dropped without an end, the client has gone.
pub trait RequestSpan {
    /// The place of this span in its trace, which the systems behind go on from; `None` when it is in none.
    fn traceparent(&self) -> Option<TraceParent>;

    /// Ends it, before the answer leaves. Must not wait for anything.
    fn end(self: Box<Self>, answer: Answered);
}

/// A request, before anybody has looked at it.
#[derive(Clone, Copy, Debug)]
pub struct Arrival<'a> {
    /// The method, which a caller may have made up.
    pub method: &'a str,
    /// The pattern of its route; `None` where there is none.
    pub route: Option<&'a str>,
    /// The id that the log has.
    pub request_id: &'a str,
    /// The span of the caller; `None` when it names none.
    pub parent: Option<&'a TraceParent>,
}

/// What became of a request.
#[derive(Clone, Copy, Debug)]
pub struct Answered {
    /// The HTTP status.
    pub status: u16,
    /// The label that the metrics have.
    pub outcome: &'static str,
    /// Whether this service, or a system behind it, did not do its part.
    pub is_failure: bool,
}

impl Answered {
    pub(crate) fn with<B>(response: &ServiceResponse<B>) -> Self {
        let status = response.status();
        // An API may answer with 400 when a system behind does not.
        let is_failure =
            status.is_server_error() || Fault::of(response).is_some_and(|fault| fault.is_failure);
        Self { status: status.as_u16(), outcome: outcome(response), is_failure }
    }
}
