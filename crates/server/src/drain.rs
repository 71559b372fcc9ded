//! Keeps a connection usable after an answer that did not wait for the whole request.
//!
//! Otherwise a caller who sends a body to a path that does not read it finds the connection closed at the next request.

use std::cell::{Cell, RefCell};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::HttpMessage as _;
use actix_web::body::MessageBody;
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::error::PayloadError;
use actix_web::http::ConnectionType;
use actix_web::middleware::Next;
use actix_web::web::Bytes;
use futures::{Stream, StreamExt as _};

/// What is left of a request is read up to here; of a longer one the connection is closed.
const MOST: usize = 256 * 1024;
/// A client that is slower loses its connection.
const DEADLINE: Duration = Duration::from_secs(1);

/// The body of a request, which the handler reads first and this module after it.
#[derive(Clone)]
struct SharedBody {
    payload: Rc<RefCell<Payload>>,
    /// Whether it could not be read to its end, by whoever tried. No more comes of it then, not even an end.
    has_failed: Rc<Cell<bool>>,
}

impl Stream for SharedBody {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let next = self.payload.borrow_mut().poll_next_unpin(context);
        self.has_failed.set(self.has_failed.get() || matches!(next, Poll::Ready(Some(Err(_)))));
        next
    }
}

/// The middleware.
pub(crate) async fn drain(
    mut request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let payload = Rc::new(RefCell::new(request.take_payload()));
    let mut body = SharedBody { payload, has_failed: Rc::default() };
    request.set_payload(Payload::Stream { payload: Box::pin(body.clone()) });
    let mut response = next.call(request).await?;
    if !read_rest(&mut body).await {
        response.response_mut().head_mut().set_connection_type(ConnectionType::Close);
    }
    Ok(response)
}

/// Reads to the end of a body: false when that is too far or takes too long, or when there is none.
async fn read_rest(body: &mut SharedBody) -> bool {
    let rest = async {
        let mut read = 0;
        while !body.has_failed.get()
            && let Some(Ok(chunk)) = body.next().await
        {
            read += chunk.len();
            if read >= MOST {
                return false;
            }
        }
        !body.has_failed.get()
    };
    tokio::time::timeout(DEADLINE, rest).await.unwrap_or(false)
}
