//! Keeps a connection usable after an answer that did not wait for the whole request.
//!
//! Otherwise a caller who sends a body to a path that does not read it finds the connection closed at the next request.

use std::cell::{Cell, RefCell};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::HttpMessage as _;
use actix_web::dev::{Payload, ServiceRequest};
use actix_web::error::PayloadError;
use actix_web::http::ConnectionType;
use actix_web::web::Bytes;
use futures::{Stream, StreamExt as _};

use crate::shell::Answer;

/// What is left of a request is read up to here; of a longer one the connection is closed.
const MOST: usize = 256 * 1024;
/// A client that is slower loses its connection.
const DEADLINE: Duration = Duration::from_secs(1);

/// The body of a request, which the handler reads first and this module after it.
#[derive(Clone)]
struct SharedBody(Rc<Shared>);

struct Shared {
    payload: RefCell<Payload>,
    /// Whether it could not be read to its end, by whoever tried. No more comes of it then, not even an end.
    has_failed: Cell<bool>,
}

impl Stream for SharedBody {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let next = self.0.payload.borrow_mut().poll_next_unpin(context);
        if matches!(next, Poll::Ready(Some(Err(_)))) {
            self.0.has_failed.set(true);
        }
        next
    }
}

/// Reads what is left of a request once it is answered.
pub(crate) async fn drain(
    mut request: ServiceRequest,
    next: impl AsyncFnOnce(ServiceRequest) -> Answer,
) -> Answer {
    let payload = RefCell::new(request.take_payload());
    let mut body = SharedBody(Rc::new(Shared { payload, has_failed: Cell::new(false) }));
    request.set_payload(Payload::Stream { payload: Box::pin(body.clone()) });
    let mut response = next(request).await?;
    if !read_rest(&mut body).await {
        response.response_mut().head_mut().set_connection_type(ConnectionType::Close);
    }
    Ok(response)
}

/// Reads to the end of a body: false when that is too far or takes too long, or when there is none.
async fn read_rest(body: &mut SharedBody) -> bool {
    let rest = async {
        let mut read = 0;
        while !body.0.has_failed.get()
            && let Some(Ok(chunk)) = body.next().await
        {
            read += chunk.len();
            if read >= MOST {
                return false;
            }
        }
        !body.0.has_failed.get()
    };
    tokio::time::timeout(DEADLINE, rest).await.unwrap_or(false)
}
