//! The end of a file that was written before.

use std::fs::File;
use std::io::{self, ErrorKind, Read as _, Seek as _, SeekFrom};

use sha2::{Digest as _, Sha256};

use super::hash::finish;
use super::link::{Link, Tip};

/// How every line begins.
const BEGINNING: &[u8] = b"{\"time\":\"";

/// What stands after the last whole line.
#[derive(Clone)]
pub(crate) struct Torn {
    pub(crate) hasher: Sha256,
    pub(crate) bytes: u64,
}

impl Torn {
    pub(crate) fn new(bytes: &[u8]) -> Self {
        let mut torn = Self { hasher: Sha256::new(), bytes: 0 };
        torn.add(bytes);
        torn
    }

    pub(crate) fn add(&mut self, bytes: &[u8]) {
        self.hasher.update(bytes);
        self.bytes += bytes.len() as u64;
    }
}

/// How a file ends.
#[derive(Clone, Default)]
pub(crate) struct Tail {
    /// The last whole line.
    pub(crate) tip: Tip,
    /// What stands after it.
    pub(crate) torn: Option<Torn>,
    /// Whether a line break has to come first.
    pub(crate) needs_break: bool,
}

impl Tail {
    /// Reads only as much of the file as it takes.
    pub(crate) fn read(file: &mut File) -> io::Result<Self> {
        let length = file.metadata()?.len();
        let mut window = 64 * 1024;
        loop {
            let start = length.saturating_sub(window);
            let mut bytes = Vec::new();
            file.seek(SeekFrom::Start(start))?;
            file.take(length - start).read_to_end(&mut bytes)?;
            if let Some(tail) = Self::find(&bytes, start == 0) {
                return Ok(tail);
            }
            if start == 0 {
                return Self::without_lines(&bytes);
            }
            window = window.saturating_mul(4);
        }
    }

    /// Looks for the last whole line in the end of a file.
    fn find(bytes: &[u8], is_all: bool) -> Option<Self> {
        let mut end = bytes.len();
        loop {
            let start = bytes[..end].iter().rposition(|byte| *byte == b'\n').map(|at| at + 1);
            if start.is_none() && !is_all {
                return None;
            }
            let begin = start.unwrap_or(0);
            if let Some(link) = Link::read(&bytes[begin..end]) {
                let tip = link.tip(&bytes[begin..end]);
                // After the line and its break.
                let torn = bytes.get(end + 1..).filter(|rest| !rest.is_empty()).map(Torn::new);
                let needs_break = end == bytes.len() || torn.is_some();
                return Some(Self { tip, torn, needs_break });
            }
            end = start?.checked_sub(1)?;
        }
    }

    /// The end after others added this. `None` when it does not continue the chain: that is for `audit verify` to find, and
    /// must not be made whole by going on from it.
    pub(crate) fn extended(&self, added: &[u8]) -> Option<Self> {
        let mut tail = self.clone();
        let mut lines = added.split(|byte| *byte == b'\n');
        if tail.needs_break {
            match (lines.next()?, &mut tail.torn) {
                ([], _) => tail.needs_break = false,
                (rest, Some(torn)) => torn.add(rest),
                (_, None) => return None,
            }
        }
        let mut lines = lines.peekable();
        while let Some(line) = lines.next() {
            let is_cut = lines.peek().is_none();
            if !(is_cut && line.is_empty() && tail.torn.is_none()) {
                tail.add(line)?;
                tail.needs_break = is_cut;
            }
        }
        // As the end of a file is read.
        tail.needs_break |= tail.torn.is_some();
        Some(tail)
    }

    /// Adds a line, whole or not; `None` when it is one of another chain.
    fn add(&mut self, line: &[u8]) -> Option<()> {
        match (Link::read(line), &mut self.torn) {
            (Some(link), torn) => {
                let accounts =
                    torn.clone().map_or(link.torn.is_none(), |torn| link.covers(&finish(torn.hasher)));
                if !(accounts && link.follows(&self.tip)) {
                    return None;
                }
                *self = Self { tip: link.tip(line), torn: None, needs_break: false };
            }
            (None, Some(torn)) => {
                torn.add(b"\n");
                torn.add(line);
            }
            (None, torn @ None) => *torn = Some(Torn::new(line)),
        }
        Some(())
    }

    /// A new file, or one whose first line was cut off, or of which a power cut left only zeros. Anything else is no audit
    /// log.
    fn without_lines(bytes: &[u8]) -> io::Result<Self> {
        if bytes.is_empty() {
            return Ok(Self::default());
        }
        let begins_as_one = BEGINNING.iter().zip(bytes).all(|(expected, byte)| expected == byte);
        let is_hole = bytes.iter().all(|byte| *byte == 0);
        if bytes.contains(&b'\n') || !(begins_as_one || is_hole) {
            return Err(io::Error::new(ErrorKind::InvalidData, "it holds something else than an audit log"));
        }
        Ok(Self { tip: Tip::default(), torn: Some(Torn::new(bytes)), needs_break: true })
    }
}
