//! What a client reads who sends no request: bytes that are no HTTP, a head that is too long or does not end.
//!
//! The HTTP server has answers of its own for these, without a body. Here they get the one that other refusals have.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use actix_web::http::StatusCode;
use tokio::io::AsyncWrite;

use crate::refusal::{Refusal, Wording};

/// The last answer on a connection, on its way out.
pub(super) struct LastAnswer {
    bytes: Vec<u8>,
    written: usize,
}

impl LastAnswer {
    pub(super) fn new(status: StatusCode, wording: &Wording) -> Self {
        let Wording { content_type, body } = wording;
        let reason = status.canonical_reason().unwrap_or_default();
        let head = format!(
            "HTTP/1.1 {} {reason}\r\nconnection: close\r\ncache-control: no-store\r\ncontent-type: {content_type}\r\n\
             content-length: {}\r\n\r\n",
            status.as_str(),
            body.len()
        );
        Self { bytes: [head.as_bytes(), body].concat(), written: 0 }
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
