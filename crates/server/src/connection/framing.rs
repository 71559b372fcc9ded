//! Where requests begin and end in what a client sends (RFC 9112), so that the HTTP server gets one at a time.
//!
//! By itself it keeps heads of 128 KiB, takes requests by the hundred before the first is answered, and hangs up without a
//! word on a chunk that is broken. It reads every byte itself all the same, and decides alone what a request is.

use std::mem::MaybeUninit;

use actix_web::web::BytesMut;
use httparse::{Request, Status};
use tokio::io::ReadBuf;

use super::head::Head;

/// The headers of a request at most, as the HTTP server reads them.
pub(super) const MOST_HEADERS: usize = 96;

/// What came and was not handed on, and what is to come.
pub(super) struct Framing {
    ahead: BytesMut,
    /// How the head began that was handed on last.
    begun: Vec<u8>,
    stage: Stage,
    /// Whether the client has nothing more to say.
    has_ended: bool,
}

/// What the next bytes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// A head, from its first byte on.
    Head,
    /// So many bytes of anything, and then something else.
    Pass(u64, After),
    /// The line before a chunk.
    ChunkSize,
    /// The line break after a chunk.
    ChunkEnd,
    /// A line after the last chunk.
    Trailer,
    /// No chunk, which ends what can be read.
    Broken,
    /// What only the HTTP server understands, up to the end of the connection.
    Anything,
}

/// What comes after bytes that are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum After {
    Head,
    ChunkSize,
    ChunkEnd,
    Trailer,
    Anything,
}

/// What to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Hand on what is there.
    HandOn {
        /// Whether a request begins with it.
        begins: bool,
    },
    /// Read up to so many bytes more.
    Read(usize),
    /// Wait until the request under way is answered.
    Wait,
    /// Read nothing more: the head is longer than any that is read.
    TooLong,
    /// Read nothing more, as if the client had said its last.
    End,
}

impl Framing {
    /// The bytes of a head at most. As many are read ahead of a request that is not answered yet.
    pub(super) const LONGEST_HEAD: usize = 16 * 1024;

    /// What is kept of a head once it is handed on, at most.
    const KEPT: usize = 256;

    pub(super) fn new() -> Self {
        Self { ahead: BytesMut::new(), begun: Vec::new(), stage: Stage::Head, has_ended: false }
    }

    /// Whether there is something that was not handed on.
    pub(super) fn has_more(&self) -> bool {
        !self.ahead.is_empty()
    }

    pub(super) fn is_broken(&self) -> bool {
        self.stage == Stage::Broken
    }

    /// The head that comes, as far as it came; once it is handed on, how it began.
    pub(super) fn head(&self) -> Head<'_> {
        Head::new(if self.stage == Stage::Head { &self.ahead } else { &self.begun })
    }

    /// How the head began that was handed on last, whatever came after it.
    pub(super) fn last_head(&self) -> Head<'_> {
        Head::new(&self.begun)
    }

    /// Takes what was read; nothing is the end.
    pub(super) fn take(&mut self, bytes: &[u8]) {
        self.ahead.extend_from_slice(bytes);
        self.has_ended |= bytes.is_empty();
    }

    /// Hands on everything from now on: nothing of it will be a request.
    pub(super) fn give_up(&mut self) {
        if !self.is_broken() {
            self.stage = Stage::Anything;
        }
    }

    /// What to do next. While a request `is_busy`, the next one does not begin.
    pub(super) fn next(&mut self, is_busy: bool) -> Next {
        loop {
            let stage = match self.stage {
                Stage::Broken => return Next::End,
                Stage::Pass(0, after) => Some(after.into()),
                Stage::Pass(..) | Stage::Anything if self.has_more() => {
                    return Next::HandOn { begins: false };
                }
                Stage::Pass(..) | Stage::Anything => return self.more(Next::End),
                Stage::Head if is_busy && self.has_more() => return self.more(Next::Wait),
                Stage::Head => match head(&self.ahead) {
                    Some(stage) => {
                        self.begun.clear();
                        self.begun.extend_from_slice(Head::new(&self.ahead).beginning(Self::KEPT));
                        self.stage = stage;
                        return Next::HandOn { begins: stage != Stage::Anything };
                    }
                    None => return self.more(Next::TooLong),
                },
                Stage::ChunkSize => chunk_size(&self.ahead),
                Stage::ChunkEnd => chunk_end(&self.ahead),
                Stage::Trailer => trailer(&self.ahead),
            };
            self.stage = match stage {
                Some(stage) => stage,
                None if self.is_full() => Stage::Broken,
                None => return self.more(Next::End),
            };
        }
    }

    /// Puts as much as belongs together and fits into `buffer`.
    pub(super) fn hand_on(&mut self, buffer: &mut ReadBuf<'_>) {
        let mut room = buffer.remaining().min(self.ahead.len());
        if let Stage::Pass(left, after) = self.stage {
            room = room.min(usize::try_from(left).unwrap_or(usize::MAX));
            self.stage = Stage::Pass(left - room as u64, after);
        }
        buffer.put_slice(&self.ahead.split_to(room));
        if self.ahead.is_empty() {
            // Idle connections are many, and need none.
            self.ahead = BytesMut::new();
        }
    }

    fn is_full(&self) -> bool {
        self.ahead.len() >= Self::LONGEST_HEAD
    }

    /// Reads more for as long as there is room, so that it shows when the client is gone.
    fn more(&self, too_much: Next) -> Next {
        match (self.has_ended, too_much) {
            // What was sent ahead is answered all the same.
            (true, Next::Wait) => Next::Wait,
            (true, _) => Next::End,
            (false, _) if self.is_full() => too_much,
            (false, _) => Next::Read(Self::LONGEST_HEAD - self.ahead.len()),
        }
    }
}

impl From<After> for Stage {
    fn from(after: After) -> Self {
        match after {
            After::Head => Self::Head,
            After::ChunkSize => Self::ChunkSize,
            After::ChunkEnd => Self::ChunkEnd,
            After::Trailer => Self::Trailer,
            After::Anything => Self::Anything,
        }
    }
}

/// What follows when a head is complete, or is none; `None` when more of it has to come.
fn head(bytes: &[u8]) -> Option<Stage> {
    let mut headers = [MaybeUninit::uninit(); MOST_HEADERS];
    let mut request = Request::new(&mut []);
    match request.parse_with_uninit_headers(bytes, &mut headers) {
        Ok(Status::Complete(length)) => Some(with_body(length as u64, &request)),
        Ok(Status::Partial) => None,
        // The HTTP server says so.
        Err(_) => Some(Stage::Anything),
    }
}

/// A head of this length and its body (RFC 9112, section 6.3). Where what it says of the body is wrong, the HTTP server
/// refuses it.
fn with_body(head: u64, request: &Request<'_, '_>) -> Stage {
    let value = |name: &str| {
        let header = request.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name))?;
        Some(header.value.trim_ascii())
    };
    let is = |name, expected: &[u8]| value(name).map(|value| value.eq_ignore_ascii_case(expected));
    match is("transfer-encoding", b"chunked") {
        Some(true) => return Stage::Pass(head, After::ChunkSize),
        Some(false) => return Stage::Pass(head, After::Anything),
        None if request.method == Some("CONNECT") || is("upgrade", b"websocket") == Some(true) => {
            return Stage::Pass(head, After::Anything);
        }
        None => {}
    }
    let length = value("content-length").map(|length| str::from_utf8(length).ok()?.parse::<u64>().ok());
    match length {
        None => Stage::Pass(head, After::Head),
        Some(Some(length)) => Stage::Pass(head.saturating_add(length), After::Head),
        Some(None) => Stage::Pass(head, After::Anything),
    }
}

/// The line with the size of a chunk, and the chunk.
fn chunk_size(bytes: &[u8]) -> Option<Stage> {
    if bytes.first().is_some_and(|first| !first.is_ascii_hexdigit()) {
        return Some(Stage::Broken);
    }
    match httparse::parse_chunk_size(bytes) {
        Ok(Status::Complete((line, 0))) => Some(Stage::Pass(line as u64, After::Trailer)),
        Ok(Status::Complete((line, size))) => Some(
            (line as u64).checked_add(size).map_or(Stage::Broken, |all| Stage::Pass(all, After::ChunkEnd)),
        ),
        Ok(Status::Partial) => None,
        Err(_) => Some(Stage::Broken),
    }
}

/// The line break after a chunk.
fn chunk_end(bytes: &[u8]) -> Option<Stage> {
    match bytes {
        [] | [b'\r'] => None,
        [b'\r', b'\n', ..] => Some(Stage::Pass(2, After::ChunkSize)),
        _ => Some(Stage::Broken),
    }
}

/// A line after the last chunk. An empty one ends the body.
fn trailer(bytes: &[u8]) -> Option<Stage> {
    let end = bytes.iter().position(|byte| *byte == b'\n')?;
    Some(match bytes[..end].strip_suffix(b"\r") {
        Some([]) => Stage::Pass(2, After::Head),
        Some(_) => Stage::Pass(end as u64 + 1, After::Trailer),
        None => Stage::Broken,
    })
}

#[cfg(test)]
mod tests;
