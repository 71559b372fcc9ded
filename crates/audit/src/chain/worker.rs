//! The thread of the log: it takes what requests hand over, and answers them when it is written.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::Receiver;

use tokio::sync::oneshot;

use super::error::AuditError;
use super::writer::Writer;
use crate::event::AuditEvent;

pub(crate) type Answer = oneshot::Sender<Result<(), AuditError>>;

pub(crate) enum Command {
    Append(Vec<AuditEvent>, Option<Answer>),
    Recover(Answer),
    Check(Answer),
    Reopen(Answer),
}

/// What the requests and the thread tell each other besides.
#[derive(Default)]
pub(crate) struct State {
    /// Something has to be told before the next line.
    pub(crate) broken: AtomicBool,
    /// The thread let somebody wait for too long, and has not answered since.
    pub(crate) stalled: AtomicBool,
    /// Lines that did not reach the thread, and of which it does not know yet.
    pub(crate) lost: AtomicU64,
}

pub(crate) struct Worker {
    pub(crate) writer: Writer,
    pub(crate) state: Arc<State>,
}

type Answers = Vec<(Answer, Result<(), AuditError>)>;

impl Worker {
    /// All that may wait, so that nobody waits for more than the sync under way.
    const BATCH: usize = 4096;

    pub(crate) fn run(mut self, inbox: &Receiver<Command>) {
        while let Ok(first) = inbox.recv() {
            self.take(std::iter::once(first).chain(inbox.try_iter().take(Self::BATCH)));
        }
        // Nobody else comes who could tell of them.
        if self.state.lost.load(Ordering::Acquire) > 0 {
            self.learn_of_losses();
            if let Err(error) = self.writer.recover().and_then(|()| self.writer.sync()) {
                tracing::error!(%error, "the audit log ends without a line about those that it lost");
            }
        }
    }

    /// Obeys commands that share a sync.
    pub(crate) fn take(&mut self, commands: impl Iterator<Item = Command>) {
        let mut answers = Vec::new();
        for command in commands {
            self.learn_of_losses();
            if matches!(command, Command::Reopen(_)) {
                // The lines before it are in the old file, which a later sync does not reach.
                self.settle(std::mem::take(&mut answers));
            }
            answers.extend(self.obey(command));
        }
        self.settle(answers);
    }

    fn learn_of_losses(&mut self) {
        if self.state.lost.load(Ordering::Acquire) > 0 {
            // First, so that nobody sees a log that has nothing to tell in between.
            self.state.broken.store(true, Ordering::Release);
            self.writer.lose(self.state.lost.swap(0, Ordering::AcqRel));
        }
    }

    fn settle(&mut self, answers: Answers) {
        let synced = self.writer.sync();
        if let Err(error) = &synced {
            tracing::error!(%error, "lines of the audit log may not have reached the disk");
        }
        self.state.broken.store(self.writer.is_broken(), Ordering::Release);
        for (answer, result) in answers {
            let result = result.and_then(|()| synced.as_ref().copied().map_err(failed));
            // Who went away needs no answer.
            let _ = answer.send(result);
        }
        // After the answers: who finds none when their time is over knows that this is still to come.
        if self.state.stalled.swap(false, Ordering::SeqCst) {
            tracing::warn!("the audit log is being written again");
        }
    }

    fn obey(&mut self, command: Command) -> Option<(Answer, Result<(), AuditError>)> {
        match command {
            Command::Append(events, answer) => {
                let results: Vec<_> = events.iter().map(|event| self.writer.append(event)).collect();
                let result = results.into_iter().collect::<io::Result<()>>().map_err(|error| failed(&error));
                if let (Err(error), None) = (&result, &answer) {
                    tracing::error!(%error, "something that nobody waits for left no line in the audit log");
                }
                Some((answer?, result))
            }
            Command::Recover(answer) => {
                let result = self.writer.recover();
                Some((answer, result.map_err(|error| failed(&error))))
            }
            Command::Check(answer) => {
                let result = self.writer.check();
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
    AuditError::new(error)
}

#[cfg(test)]
mod tests;
