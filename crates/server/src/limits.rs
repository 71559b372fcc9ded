//! How much is answered at once. What is over it is told so without waiting.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::web;

use crate::connection::Connection;
use crate::ops::is_health;
use crate::web_flow::ApiError;

/// The requests under way, over all workers.
pub(crate) struct RequestLimit {
    under_way: AtomicUsize,
    max: usize,
}

/// One of them, until it is dropped.
struct Slot<'a>(&'a RequestLimit);

impl RequestLimit {
    pub(crate) fn new(max: usize) -> Arc<Self> {
        Arc::new(Self { under_way: AtomicUsize::new(0), max })
    }

    /// `None` when there are as many as there may be.
    fn enter(&self) -> Option<Slot<'_>> {
        let more = |count| (count < self.max).then_some(count + 1);
        let entered = self.under_way.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more);
        entered.ok().map(|_| Slot(self))
    }
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        self.0.under_way.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The middleware that keeps to the limits. They do not hold for `/health/*`.
pub(crate) async fn check(
    limit: web::Data<RequestLimit>,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let connection = request.conn_data::<Arc<Connection>>().cloned();
    let _busy = connection.as_ref().map(|connection| connection.busy());
    let mut slot = None;
    if !is_health(request.match_info().as_str()) {
        let is_surplus = connection.as_ref().is_some_and(|connection| connection.is_surplus());
        slot = if is_surplus { None } else { limit.enter() };
        if slot.is_none() {
            if let (Some(connection), true) = (&connection, is_surplus) {
                connection.end();
            }
            return Ok(request.error_response(ApiError::overloaded(is_surplus)).map_into_right_body());
        }
    }
    let response = next.call(request).await.map(ServiceResponse::map_into_left_body);
    drop(slot);
    if let (Some(connection), Ok(response)) = (&connection, &response)
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
}
