use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use data_adapter_core::Clock;
use thiserror::Error;
use tokio::sync::oneshot;

use crate::event::AuditEvent;
use crate::sink::Sink;
use crate::writer::Writer;

/// Where the audit log goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// To the end of this file. It is made if there is none, for nobody else to read.
    File(PathBuf),
    /// To standard output. The chain begins anew at each start.
    Stdout,
}

/// A line could not be written.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("the audit log can't be written: {0}")]
pub struct AuditError(String);

type Answer = oneshot::Sender<Result<(), AuditError>>;
type Question = oneshot::Receiver<Result<(), AuditError>>;

enum Command {
    Append(Vec<AuditEvent>, Option<Answer>),
    Recover(Answer),
    Reopen(Answer),
}

/// The audit log: lines are appended by a thread of its own, in the order in which they come.
pub struct AuditLog {
    commands: Mutex<Option<Sender<Command>>>,
    broken: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl AuditLog {
    /// Opens the log, and goes on with the chain that is there. With `sync`, a line counts as written when the disk has it.
    ///
    /// # Errors
    ///
    /// When the file can't be opened, is written by another process, or holds something else than an audit log.
    pub fn open(target: &Target, sync: bool, clock: Arc<dyn Clock>) -> io::Result<Self> {
        let (sink, tail) = Sink::open(target)?;
        let writer = Writer::new(sink, tail, clock);
        let broken = Arc::new(AtomicBool::new(writer.is_broken()));
        let (commands, inbox) = channel();
        let state = Arc::clone(&broken);
        let work = move || Worker { writer, sync, broken: state }.run(&inbox);
        let thread = std::thread::Builder::new().name("audit".to_owned()).spawn(work)?;
        Ok(Self { commands: Mutex::new(Some(commands)), broken, thread: Some(thread) })
    }

    /// Writes lines one right after the other, and returns when they are written. They are handed over at once: what
    /// becomes of the future does not matter to them.
    ///
    /// # Errors
    ///
    /// When one of them could not be written.
    pub fn append(&self, events: Vec<AuditEvent>) -> impl Future<Output = Result<(), AuditError>> + use<> {
        wait(self.ask(|answer| Command::Append(events, Some(answer))))
    }

    /// Writes a line without waiting for it.
    pub(crate) fn append_unwatched(&self, event: AuditEvent) {
        self.send(Command::Append(vec![event], None));
    }

    /// Whether lines can be written, as far as is known: after a failure it is tried again.
    ///
    /// # Errors
    ///
    /// When the next line could not be written either.
    pub async fn ready(&self) -> Result<(), AuditError> {
        if self.broken.load(Ordering::Acquire) { wait(self.ask(Command::Recover)).await } else { Ok(()) }
    }

    /// Goes on in the file that has the path now, after the other was moved away.
    ///
    /// # Errors
    ///
    /// When it can't be opened: the log goes on in the old one.
    pub async fn reopen(&self) -> Result<(), AuditError> {
        wait(self.ask(Command::Reopen)).await
    }

    fn ask(&self, command: impl FnOnce(Answer) -> Command) -> Question {
        let (answer, question) = oneshot::channel();
        self.send(command(answer));
        question
    }

    fn send(&self, command: Command) {
        let commands = self.commands.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(commands) = commands.as_ref() {
            // Without a thread the answer is dropped, which says it all.
            let _ = commands.send(command);
        }
    }
}

async fn wait(question: Question) -> Result<(), AuditError> {
    question.await.unwrap_or_else(|_| Err(AuditError("its thread has ended".to_owned())))
}

impl Drop for AuditLog {
    /// Waits until everything is written.
    fn drop(&mut self) {
        drop(self.commands.get_mut().unwrap_or_else(PoisonError::into_inner).take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

struct Worker {
    writer: Writer,
    sync: bool,
    broken: Arc<AtomicBool>,
}

impl Worker {
    /// More than ever wait at once.
    const BATCH: usize = 256;

    fn run(mut self, inbox: &Receiver<Command>) {
        while let Ok(first) = inbox.recv() {
            let mut answers = Vec::new();
            for command in std::iter::once(first).chain(inbox.try_iter().take(Self::BATCH)) {
                answers.extend(self.obey(command));
            }
            let synced = if self.sync { self.writer.sync() } else { Ok(()) };
            self.broken.store(self.writer.is_broken(), Ordering::Release);
            for (answer, result) in answers {
                let result = result.and_then(|()| synced.as_ref().copied().map_err(failed));
                // Who went away needs no answer.
                let _ = answer.send(result);
            }
        }
    }

    fn obey(&mut self, command: Command) -> Option<(Answer, Result<(), AuditError>)> {
        match command {
            Command::Append(events, answer) => {
                let results: Vec<_> = events.iter().map(|event| self.writer.append(event)).collect();
                let result = results.into_iter().collect::<io::Result<()>>().map_err(|error| failed(&error));
                if let (Err(error), None) = (&result, &answer) {
                    tracing::error!(%error, "a request that was abandoned left no line in the audit log");
                }
                Some((answer?, result))
            }
            Command::Recover(answer) => {
                let result = self.writer.recover();
                Some((answer, result.map_err(|error| failed(&error))))
            }
            Command::Reopen(answer) => {
                let result = self.writer.reopen();
                Some((answer, result.map(drop).map_err(|error| failed(&error))))
            }
        }
    }
}

fn failed(error: &io::Error) -> AuditError {
    AuditError(error.to_string())
}
