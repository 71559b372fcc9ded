use std::io;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use data_adapter_core::Clock;
use tokio::sync::oneshot;
use tokio::sync::oneshot::error::TryRecvError;

use super::error::AuditError;
use super::sink::Sink;
use super::target::Target;
use super::worker::{Answer, Command, State, Worker};
use super::writer::Writer;
use crate::event::AuditEvent;

type Question = oneshot::Receiver<Result<(), AuditError>>;

/// What waiting for the thread is bounded by.
#[derive(Clone, Copy)]
pub(crate) struct Limits {
    /// How long a request waits for its answer.
    pub(crate) answer: Duration,
    /// How long the end of the log waits for the rest to be written.
    pub(crate) end: Duration,
    /// How many commands wait at once.
    pub(crate) commands: usize,
}

impl Limits {
    /// Far longer than a disk takes that is merely busy.
    const USUAL: Self = Self { answer: Duration::from_secs(5), end: Duration::from_secs(2), commands: 4096 };
}

/// The audit log: lines are appended by a thread of its own, in the order in which they come.
pub struct AuditLog {
    commands: Option<SyncSender<Command>>,
    state: Arc<State>,
    limits: Limits,
    thread: Option<JoinHandle<()>>,
    /// Closed by the thread when it ends.
    end: Mutex<Receiver<()>>,
}

impl AuditLog {
    /// Opens the log, and goes on with the chain that is there. With `sync`, a line counts as written when the disk has it.
    ///
    /// # Errors
    ///
    /// When the file can't be opened, is written by another process, or holds something else than an audit log.
    pub fn open(target: &Target, sync: bool, clock: Arc<dyn Clock>) -> io::Result<Self> {
        let (sink, tail) = Sink::open(target, sync)?;
        let mut writer = Writer::new(sink, tail, sync, clock);
        writer.begin();
        if let Err(error) = writer.sync() {
            tracing::error!(%error, "the first line of the audit file may not have reached the disk");
        }
        Self::start(writer, Limits::USUAL)
    }

    pub(crate) fn start(writer: Writer, limits: Limits) -> io::Result<Self> {
        let state = Arc::new(State::default());
        state.broken.store(writer.is_broken(), Ordering::Release);
        let (commands, inbox) = sync_channel(limits.commands);
        let (ending, end) = channel();
        let worker = Worker { writer, state: Arc::clone(&state) };
        let work = move || {
            let _ending: std::sync::mpsc::Sender<()> = ending;
            worker.run(&inbox);
        };
        let thread = std::thread::Builder::new().name("audit".to_owned()).spawn(work)?;
        Ok(Self { commands: Some(commands), state, limits, thread: Some(thread), end: Mutex::new(end) })
    }

    /// Writes lines one right after the other, and returns when they are written. They are handed over at once: what
    /// becomes of the future does not matter to them.
    ///
    /// # Errors
    ///
    /// When one of them could not be written, or was not in time: it may come later.
    pub fn append(&self, events: Vec<AuditEvent>) -> impl Future<Output = Result<(), AuditError>> + use<> {
        self.ask(|answer| Command::Append(events, Some(answer))).answer()
    }

    /// Writes a line without waiting for it.
    pub(crate) fn append_unwatched(&self, event: AuditEvent) {
        if let Err(error) = self.send(Command::Append(vec![event], None)) {
            tracing::error!(%error, "something that nobody waits for left no line in the audit log");
        }
    }

    /// Whether lines can be written, as far as is known: after a failure it is tried again.
    ///
    /// # Errors
    ///
    /// When the next line could not be written either, or was not in time.
    pub async fn ready(&self) -> Result<(), AuditError> {
        if self.state.stalled.load(Ordering::SeqCst) {
            return Err(AuditError::stuck());
        }
        // In the order in which the thread turns one into the other.
        let has_lost = self.state.lost.load(Ordering::Acquire) > 0;
        if has_lost || self.state.broken.load(Ordering::Acquire) {
            self.ask(Command::Recover).answer().await
        } else {
            Ok(())
        }
    }

    /// Whether the next line could be written, and would be found again: by trying all of it but the line.
    ///
    /// # Errors
    ///
    /// When it could not, when its file was deleted, or when another one has had the path for some seconds; also when nobody
    /// knows in time.
    pub async fn check(&self) -> Result<(), AuditError> {
        self.ask(Command::Check).answer().await
    }

    /// Goes on in the file that has the path now, after the other was moved away.
    ///
    /// # Errors
    ///
    /// When it can't be opened, or is no regular file: the log goes on in the old one.
    pub async fn reopen(&self) -> Result<(), AuditError> {
        self.ask(Command::Reopen).answer().await
    }

    fn ask(&self, command: impl FnOnce(Answer) -> Command) -> Asked {
        let (answer, question) = oneshot::channel();
        let question = self.send(command(answer)).map(|()| question);
        Asked { question, state: Arc::clone(&self.state), limit: self.limits.answer }
    }

    fn send(&self, command: Command) -> Result<(), AuditError> {
        let refused = self.commands.as_ref().map(|commands| commands.try_send(command));
        let (command, error) = match refused {
            Some(Ok(())) => return Ok(()),
            Some(Err(TrySendError::Full(command))) => {
                (command, AuditError::new("too much waits to be written"))
            }
            Some(Err(TrySendError::Disconnected(command))) => (command, AuditError::ended()),
            None => return Err(AuditError::ended()),
        };
        if let Command::Append(events, _) = command {
            self.state.lost.fetch_add(events.len() as u64, Ordering::AcqRel);
        }
        Err(error)
    }
}

/// A command that was handed over, or was not.
struct Asked {
    question: Result<Question, AuditError>,
    state: Arc<State>,
    limit: Duration,
}

impl Asked {
    async fn answer(self) -> Result<(), AuditError> {
        let Self { question, state, limit } = self;
        let mut question = question?;
        // One request finds out that the thread is stuck: those after it would only wait for the same.
        let limit = if state.stalled.load(Ordering::SeqCst) { Duration::ZERO } else { limit };
        if let Ok(answer) = tokio::time::timeout(limit, &mut question).await {
            return answer.unwrap_or_else(|_| Err(AuditError::ended()));
        }
        let was_stalled = state.stalled.swap(true, Ordering::SeqCst);
        // The thread answers before it takes the mark away, so that without an answer now it will still do so.
        match question.try_recv() {
            Ok(answer) => {
                state.stalled.store(false, Ordering::SeqCst);
                answer
            }
            Err(TryRecvError::Closed) => Err(AuditError::ended()),
            Err(TryRecvError::Empty) => {
                if !was_stalled {
                    tracing::error!(
                        "the audit log is stuck: no request waits for it until it is written again"
                    );
                }
                Err(AuditError::stuck())
            }
        }
    }
}

impl Drop for AuditLog {
    /// Waits until everything is written, unless it takes too long: a process has to end even if nobody reads what it writes.
    fn drop(&mut self) {
        drop(self.commands.take());
        let end = self.end.get_mut().unwrap_or_else(PoisonError::into_inner);
        match (end.recv_timeout(self.limits.end), self.thread.take()) {
            (Err(RecvTimeoutError::Timeout), _) => {
                tracing::error!("the audit log is stuck: its last lines may be missing");
            }
            (Ok(()) | Err(RecvTimeoutError::Disconnected), Some(thread)) => {
                let _ = thread.join();
            }
            (Ok(()) | Err(RecvTimeoutError::Disconnected), None) => {}
        }
    }
}

#[cfg(test)]
mod tests;
