//! What a client reads who sends no request: bytes that are no HTTP, a head that is too long or does not end.
//!
//! The HTTP server has answers of its own for these, without a body. Here they get the one that other refusals have.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use actix_web::http::StatusCode;
use actix_web::http::header::HeaderName;
use tokio::io::AsyncWrite;

use super::head::Head;
use crate::api::Api;
use crate::current::Current;
use crate::path;
use crate::refusal::{Refusal, Wording};
use crate::request::{REQUEST_ID, fresh_id};

/// Who words what is refused before there is a request: the API that its request line names, as far as that came.
pub(crate) struct Refuser(Current);

impl Refuser {
    pub(crate) fn new(current: Current) -> Self {
        Self(current)
    }

    /// The answer to a head, and the id that it has.
    pub(super) fn refuse(&self, head: Head<'_>, refusal: Refusal) -> (LastAnswer, String) {
        let path = head.target().and_then(path::named).unwrap_or_default();
        let parts = self.0.now();
        let (api, id) = (parts.apis.at(&path), fresh_id(parts.random.as_ref()));
        let refusal = api.map_or(refusal, |api| exact(api, head, refusal));
        let wording = api.map_or_else(|| refusal.plainly(), |api| api.wording(refusal));
        let names = [REQUEST_ID].into_iter().chain(api.and_then(Api::id_header));
        (LastAnswer::new(refusal.status(), &wording, names, &id), id)
    }
}

/// Which header it is of a head that is too large, where the API has one that may be no longer.
fn exact(api: &dyn Api, head: Head<'_>, refusal: Refusal) -> Refusal {
    let headers = if refusal == Refusal::HeadTooLarge { api.longest_headers() } else { &[] };
    let longer = headers.iter().find(|(name, most)| head.has_longer(name, *most));
    longer.map_or(refusal, |(name, _)| Refusal::HeaderTooLong(name))
}

/// The last answer on a connection, on its way out.
pub(super) struct LastAnswer {
    status: StatusCode,
    bytes: Vec<u8>,
    written: usize,
}

impl LastAnswer {
    /// `names` are those of the headers that have the `id`.
    fn new(status: StatusCode, wording: &Wording, names: impl Iterator<Item = HeaderName>, id: &str) -> Self {
        let Wording { content_type, body } = wording;
        let reason = status.canonical_reason().unwrap_or_default();
        let mut head = format!(
            "HTTP/1.1 {} {reason}\r\nconnection: close\r\ncache-control: no-store\r\n",
            status.as_str()
        );
        for name in names {
            head += &format!("{name}: {id}\r\n");
        }
        if !body.is_empty() {
            head += &format!("content-type: {content_type}\r\n");
        }
        head += &format!("content-length: {}\r\n\r\n", body.len());
        Self { status, bytes: [head.as_bytes(), body].concat(), written: 0 }
    }

    pub(super) fn status(&self) -> StatusCode {
        self.status
    }

    /// Ready when all of it is written, and from then on.
    pub(super) fn poll_write(
        &mut self,
        io: &mut (impl AsyncWrite + Unpin),
        context: &mut Context<'_>,
    ) -> Poll<io::Result<()>> {
        while self.written < self.bytes.len() {
            let written = ready!(Pin::new(&mut *io).poll_write(context, &self.bytes[self.written..]))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.written += written;
        }
        Poll::Ready(Ok(()))
    }
}

/// Where the HTTP server's own refusal begins in what it writes, and what it means; `None` when there is none. It is the only
/// answer with such a status and no body, and the last one.
pub(super) fn find(written: &[u8]) -> Option<(usize, Refusal)> {
    const START: &[u8] = b"HTTP/1.1 ";
    if !written.ends_with(b"\r\n\r\n") {
        return None;
    }
    let start = written.windows(START.len()).rposition(|window| window == START)?;
    let head = std::str::from_utf8(&written[start..]).ok()?;
    let status = StatusCode::from_bytes(head.get(START.len()..START.len() + 3)?.as_bytes()).ok()?;
    let refusals = [Refusal::Unreadable, Refusal::HeadTooLarge];
    let refusal = refusals.into_iter().find(|refusal| refusal.status() == status)?;
    head.contains("content-length: 0\r\n").then_some((start, refusal))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_answer_without_a_body_at_the_end_is_the_servers_own() {
        let refused = b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
        let answered = b"HTTP/1.1 400 Bad Request\r\ncontent-length: 2\r\n\r\n{}";
        assert_eq!(find(refused), Some((0, Refusal::Unreadable)));
        assert_eq!(find(&[&answered[..], refused].concat()), Some((answered.len(), Refusal::Unreadable)));
        for ours in [&answered[..], b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", b"", b"\r\n\r\n"] {
            assert_eq!(find(ours), None);
        }
    }
}
