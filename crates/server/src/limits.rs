//! How much is answered at once. What is over it is told so without waiting.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::ConnectionType;
use data_adapter_core::Subject;
use data_adapter_shares::{Share, Shares, Sizes};

use crate::connection::Connection;
use crate::ops::{METRICS, is_health};
use crate::refusal::Refusal;
use crate::refused::refuse;
use crate::shell::Answer;
use crate::stop::Stopping;

/// The requests under way and their bodies, over all workers.
pub(crate) struct RequestLimit {
    under_way: AtomicUsize,
    max: usize,
    /// Bytes of bodies.
    held: AtomicUsize,
    max_held: usize,
    /// What of the requests each caller has.
    by_caller: Shares,
}

/// One of them, until it is dropped.
struct Slot<'a>(&'a RequestLimit);

/// The bytes of a body, until it is dropped.
pub(crate) struct Held {
    limit: Arc<RequestLimit>,
    bytes: usize,
}

impl RequestLimit {
    /// So many requests at once, and so many bytes of their bodies.
    pub(crate) fn with_bodies(max: usize, max_held: usize) -> Arc<Self> {
        Arc::new(Self {
            under_way: AtomicUsize::new(0),
            max,
            held: AtomicUsize::new(0),
            max_held,
            by_caller: Shares::new(Sizes::one_of_several(max)),
        })
    }

    #[cfg(test)]
    pub(crate) fn new(max: usize) -> Arc<Self> {
        Self::with_bodies(max, usize::MAX)
    }

    pub(crate) fn under_way(&self) -> usize {
        self.under_way.load(Ordering::Relaxed)
    }

    pub(crate) fn max(&self) -> usize {
        self.max
    }

    pub(crate) fn held(&self) -> usize {
        self.held.load(Ordering::Relaxed)
    }

    pub(crate) fn max_held(&self) -> usize {
        self.max_held
    }

    /// A request of this caller, who is one of several; `None` when it has three quarters of all there may be. `caller` is its name
    /// beside that of the list which it is on.
    pub(crate) async fn enter_for(&self, caller: (&str, &str)) -> Option<Share> {
        self.by_caller.enter(Subject::new(caller)).await.ok()
    }

    /// For a body, of which there is nothing yet.
    pub(crate) fn hold(self: &Arc<Self>) -> Held {
        Held { limit: Arc::clone(self), bytes: 0 }
    }

    /// `None` when there are as many as there may be.
    fn enter(&self) -> Option<Slot<'_>> {
        let more = |count| (count < self.max).then_some(count + 1);
        let entered = self.under_way.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more);
        entered.ok().map(|_| Slot(self))
    }
}

impl Held {
    /// Makes room for more bytes: false when there is none, over all bodies.
    pub(crate) fn grow(&mut self, bytes: usize) -> bool {
        let more = |held: usize| held.checked_add(bytes).filter(|held| *held <= self.limit.max_held);
        let grown = self.limit.held.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).is_ok();
        if grown {
            self.bytes += bytes;
        }
        grown
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.limit.held.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        self.0.under_way.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Keeps to the limits. They do not hold for `/health/*`, nor for `/metrics`: when there is too much to
/// do, that is where it shows.
pub(crate) async fn check(
    limit: &RequestLimit,
    request: ServiceRequest,
    next: impl AsyncFnOnce(ServiceRequest) -> Answer,
) -> Answer {
    let connection = request.conn_data::<Arc<Connection>>().cloned();
    let is_surplus = connection.as_ref().is_some_and(|connection| connection.is_surplus());
    let busy = connection.map(Connection::busy);
    let path = request.match_info().as_str();
    let is_exempt = is_health(path) || path == METRICS;
    let slot = if is_exempt || is_surplus { None } else { limit.enter() };
    let mut response =
        if is_exempt || slot.is_some() { next(request).await? } else { refuse(request, Refusal::Overloaded) };
    drop(slot);
    if is_surplus {
        response.response_mut().head_mut().set_connection_type(ConnectionType::Close);
    }
    if let Some(busy) = busy {
        // It goes with the answer, since the rest of the body is read first.
        response.response_mut().extensions_mut().insert(busy);
    }
    Ok(response)
}

/// Tells the connection when an answer is the last, whoever decided so. While the server is stopping each one is, so that clients
/// who keep connections, such as load balancers, open their next one elsewhere.
pub(crate) fn note_last<B>(mut response: ServiceResponse<B>, stopping: &Stopping) -> ServiceResponse<B> {
    if stopping.is_so() {
        response.response_mut().head_mut().set_connection_type(ConnectionType::Close);
    }
    if let Some(connection) = response.request().conn_data::<Arc<Connection>>()
        && !response.response().head().keep_alive()
    {
        connection.end();
    }
    response
}

#[cfg(test)]
mod tests {
    use super::RequestLimit;

    #[test]
    fn there_are_as_many_slots_as_the_limit_says_and_they_come_back() {
        let limit = RequestLimit::new(2);
        let (first, second) = (limit.enter(), limit.enter());
        assert!(first.is_some() && second.is_some());
        assert!(limit.enter().is_none() && limit.enter().is_none());
        drop(first);
        assert!(limit.enter().is_some(), "a refused one takes no slot");
    }

    #[test]
    fn bodies_are_held_up_to_the_limit_over_all_of_them_and_make_room_when_they_are_gone() {
        let limit = RequestLimit::with_bodies(0, 100);
        let (mut first, mut second) = (limit.hold(), limit.hold());
        assert!(first.grow(40) && second.grow(40) && first.grow(20));
        assert!(!second.grow(1) && !limit.hold().grow(1));
        drop(first);
        assert!(!second.grow(61), "a refused one takes no room");
        assert!(second.grow(60));
        drop(second);
        assert!(limit.hold().grow(100) && !limit.hold().grow(usize::MAX));
    }
}
