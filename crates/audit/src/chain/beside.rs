use std::io;
use std::sync::Arc;

use data_adapter_core::Clock;

use super::error::AuditError;
use super::sink::Sink;
use super::tail::Tail;
use super::target::Target;
use super::writer::Writer;
use crate::event::AuditEvent;

/// Adds lines of a command to an audit log that a running service may be writing.
///
/// Each is a line of the same chain: the file is locked, its end is read again, and the service finds the line when it
/// writes its own next one.
pub struct Beside {
    target: Target,
    sync: bool,
    clock: Arc<dyn Clock>,
    /// Standard output, which has a chain of its own.
    stdout: Option<Writer>,
}

impl Beside {
    /// Opens nothing yet. With `sync`, a line counts as written when the disk has it.
    #[must_use]
    pub fn new(target: Target, sync: bool, clock: Arc<dyn Clock>) -> Self {
        Self { target, sync, clock, stdout: None }
    }

    /// Writes a line, and returns when it is written.
    ///
    /// # Errors
    ///
    /// When it could not be written: the file can't be opened or holds something else, another process does not let go of
    /// it, or the service has not begun a file that was moved to its place. It waits a few seconds at most.
    pub fn append(&mut self, event: &AuditEvent) -> Result<(), AuditError> {
        let appended = match self.target.clone() {
            Target::File(path) => {
                self.writer(Sink::join(&path, self.sync)).and_then(|mut writer| append(&mut writer, event))
            }
            Target::Stdout => self.append_to_stdout(event),
        };
        appended.map_err(AuditError::new)
    }

    fn append_to_stdout(&mut self, event: &AuditEvent) -> io::Result<()> {
        let mut writer = match self.stdout.take() {
            Some(writer) => writer,
            None => self.writer(Sink::open(&Target::Stdout, false))?,
        };
        let appended = append(&mut writer, event);
        self.stdout = Some(writer);
        appended
    }

    fn writer(&self, opened: io::Result<(Sink, Tail)>) -> io::Result<Writer> {
        opened.map(|(sink, tail)| Writer::new(sink, tail, self.sync, Arc::clone(&self.clock)))
    }
}

fn append(writer: &mut Writer, event: &AuditEvent) -> io::Result<()> {
    writer.begin();
    writer.append(event).and_then(|()| writer.sync())
}

#[cfg(test)]
mod tests;
