//! Makes a chain of lines: all that happens on the thread of the log.

use std::io;
use std::sync::Arc;

use data_adapter_core::Clock;

use super::hash::{finish, hash};
use super::line::line;
use super::link::Tip;
use super::sink::{Since, Sink};
use super::tail::{Tail, Torn};
use crate::event::{AuditEvent, AuditOutcome, EventKind};

pub(crate) struct Writer {
    sink: Sink,
    tail: Tail,
    /// Lines that could not be written since the last that could.
    lost: u64,
    /// Whether lines have to be on the disk.
    sync: bool,
    /// Lines that were written since the last sync that went well.
    written: u64,
    /// Lines that a sync failed on, until a line tells of them.
    unsynced: u64,
    /// Whether the file could not be held since the last sync: nobody waits for that again.
    is_withheld: bool,
    clock: Arc<dyn Clock>,
}

impl Writer {
    pub(crate) fn new(sink: Sink, tail: Tail, sync: bool, clock: Arc<dyn Clock>) -> Self {
        Self { sink, tail, lost: 0, sync, written: 0, unsynced: 0, is_withheld: false, clock }
    }

    /// Whether something has to be told before the next line.
    pub(crate) fn is_broken(&self) -> bool {
        self.lost > 0 || self.unsynced > 0 || self.tail.torn.is_some()
    }

    /// Counts lines that never came here.
    pub(crate) fn lose(&mut self, lines: u64) {
        self.lost += lines;
    }

    /// Writes the first line of a file that has none. Without it, nobody else could tell which chain the file goes on with.
    pub(crate) fn begin(&mut self) {
        if self.sink.is_empty() {
            let event = AuditEvent { outcome: AuditOutcome::Succeeded, ..AuditEvent::new(EventKind::Opened) };
            if let Err(error) = self.append(&event) {
                tracing::error!(%error, "the first line of the audit file can't be written");
            }
        }
    }

    /// Writes a line for `event`. Others can write the file only after the next [`sync`](Self::sync).
    pub(crate) fn append(&mut self, event: &AuditEvent) -> io::Result<()> {
        let written = self.recover().and_then(|()| self.write(event));
        if written.is_err() {
            self.lost += 1;
        }
        written
    }

    /// Tells what is cut off or missing. That it is told, too, counts only after the next sync.
    pub(crate) fn recover(&mut self) -> io::Result<()> {
        self.hold()?;
        if !self.is_broken() {
            return Ok(());
        }
        let mut event = AuditEvent::new(EventKind::Recovered);
        event.came_to(AuditOutcome::Succeeded, None);
        event.torn = self.tail.torn.clone().map(|torn| finish(torn.hasher));
        event.torn_bytes = self.tail.torn.as_ref().map(|torn| torn.bytes);
        event.lost = (self.lost > 0).then_some(self.lost);
        event.unsynced = (self.unsynced > 0).then_some(self.unsynced);
        self.write(&event)?;
        self.tail.torn = None;
        self.lost = 0;
        self.unsynced = 0;
        Ok(())
    }

    /// Whether a line could be written now, and would stay: what is to be told is told, and there is room for more.
    pub(crate) fn check(&mut self) -> io::Result<()> {
        self.recover()?;
        self.sink.check_room()?;
        self.sink.check_place()
    }

    /// Keeps others from writing, and goes on from the lines that they wrote before.
    fn hold(&mut self) -> io::Result<()> {
        if self.is_withheld {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        let since = self.sink.hold().inspect_err(|_| self.is_withheld = true)?;
        let extended = match since {
            Since::Nothing => return Ok(()),
            Since::Added(bytes) => self.tail.extended(&bytes),
            Since::Strange => None,
        };
        match extended {
            Some(tail) => self.tail = tail,
            None => {
                tracing::error!("the audit file was changed by something else: `audit verify` tells where");
                self.tail.needs_break = self.sink.ends_within_a_line();
            }
        }
        Ok(())
    }

    /// Lets others write, and waits until the disk has what was written, where lines have to be there. After a failure the next sync may go well
    /// although the system threw lines away, so that it is remembered until it is told.
    pub(crate) fn sync(&mut self) -> io::Result<()> {
        self.sink.release();
        self.is_withheld = false;
        if !self.sync || self.written == 0 {
            return Ok(());
        }
        let synced = self.sink.sync();
        match &synced {
            Ok(()) => self.written = 0,
            Err(_) => self.unsynced = self.written,
        }
        synced
    }

    /// Goes on in the file that has the path now. A new one continues the chain; one with lines in it continues its own.
    pub(crate) fn reopen(&mut self) -> io::Result<bool> {
        if !self.sink.is_deleted()? {
            self.hold()?;
        }
        let Some((sink, tail)) = self.sink.reopened(self.sync)? else { return Ok(false) };
        // What was cut off is best told where it stands. When that can't be, the new file tells it.
        let _ = self.recover();
        // Nobody can sync the old file later. When it fails, the new one tells it.
        if let Err(error) = self.sync() {
            tracing::error!(%error, "the last lines of the old audit file may not have reached the disk");
        }
        self.written = 0;
        self.sink = sink;
        if tail.tip == Tip::default() && tail.torn.is_none() {
            self.tail.needs_break = false;
            self.begin();
        } else {
            tracing::warn!("the new audit file is not empty: the chain goes on from its own last line");
            self.tail = tail;
        }
        Ok(true)
    }

    fn write(&mut self, event: &AuditEvent) -> io::Result<()> {
        let line = line(&self.tail.tip, self.clock.now(), event)?;
        let has_break = self.tail.needs_break;
        let bytes = format!("{}{line}\n", if has_break { "\n" } else { "" }).into_bytes();
        let (written, result) = self.sink.write(&bytes);
        // All but the last line break: the line is there.
        if written + 1 >= bytes.len() {
            let tip = Tip { sequence: self.tail.tip.sequence + 1, hash: hash(line.as_bytes()) };
            self.written += 1;
            self.tail = Tail { tip, torn: self.tail.torn.take(), needs_break: written < bytes.len() };
            return Ok(());
        }
        self.keep(&bytes[..written], has_break);
        result
    }

    /// Remembers a part of a line that was written.
    fn keep(&mut self, part: &[u8], has_break: bool) {
        match (&mut self.tail.torn, part) {
            (_, []) => {}
            (None, [b'\n']) if has_break => self.tail.needs_break = false,
            (None, [b'\n', rest @ ..]) if has_break => self.tail.torn = Some(Torn::new(rest)),
            (None, part) => {
                self.tail.torn = Some(Torn::new(part));
                self.tail.needs_break = true;
            }
            (Some(torn), part) => {
                // In a new file, what was cut off before stands in the old one, as lines of its own.
                if !has_break {
                    torn.add(b"\n");
                }
                torn.add(part);
                self.tail.needs_break = true;
            }
        }
    }
}

#[cfg(test)]
mod tests;
