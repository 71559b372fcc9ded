//! Transactions that are done again where others were in the way.

use std::time::Duration;

use data_adapter_core::AdapterError;
use tokio::time::{Instant, timeout_at};

use crate::session::{Lock, Outcome, Session, Trouble, Work};
use crate::{PostgresStore, remote};

/// What is around something that is done.
#[derive(Clone, Copy)]
enum Frame {
    /// Nothing: it is a single statement that only reads.
    Nothing,
    /// A transaction.
    Transaction,
    /// A transaction under a lock.
    Locked(Lock),
}

/// What became of one attempt.
enum Attempt<T> {
    Done(T),
    /// Nothing was changed.
    Undone(Trouble),
    /// Nobody knows whether anything was changed.
    Unknown(Trouble),
}

/// How often something is done at most, where others are in the way.
const ROUNDS: u32 = 20;

impl PostgresStore {
    /// Makes a change, which happens whole or not at all, and returns when it is where it stays.
    pub(crate) async fn change<'s, T: Send>(
        &self,
        work: impl for<'c> Fn(&'c mut Session<'s>) -> Work<'c, T> + Send + Sync,
    ) -> Result<T, AdapterError> {
        self.repeat(Frame::Transaction, work).await
    }

    /// The same, under a lock.
    pub(crate) async fn change_under<'s, T: Send>(
        &self,
        lock: Lock,
        work: impl for<'c> Fn(&'c mut Session<'s>) -> Work<'c, T> + Send + Sync,
    ) -> Result<T, AdapterError> {
        self.repeat(Frame::Locked(lock), work).await
    }

    /// Asks the store by a single statement.
    pub(crate) async fn ask<'s, T: Send>(
        &self,
        question: impl for<'c> Fn(&'c mut Session<'s>) -> Work<'c, T> + Send + Sync,
    ) -> Result<T, AdapterError> {
        let frame = if self.manners.prepares { Frame::Nothing } else { Frame::Transaction };
        self.repeat(frame, question).await
    }

    async fn repeat<'s, T: Send>(
        &self,
        frame: Frame,
        work: impl for<'c> Fn(&'c mut Session<'s>) -> Work<'c, T> + Send + Sync,
    ) -> Result<T, AdapterError> {
        let deadline = Instant::now() + self.longest;
        for round in 1.. {
            let link = self.links.take().await.map_err(|error| remote(&error))?;
            let mut session = Session::new(link, self.manners);
            let Ok(attempt) = timeout_at(deadline, attempt(&mut session, frame, &work)).await else {
                // The server would have said by now that it took too long.
                self.give_up(session);
                return Err(remote(&"it does not answer in time"));
            };
            let trouble = match attempt {
                Attempt::Done(answer) => return Ok(answer),
                Attempt::Unknown(trouble) => {
                    self.give_up(session);
                    return Err(remote(&format!("it is not known whether a change was kept: {trouble}")));
                }
                Attempt::Undone(trouble) => trouble,
            };
            if trouble.is_loss() {
                self.give_up(session);
            } else {
                session.roll_back().await;
            }
            let is_last = round == ROUNDS || Instant::now() >= deadline;
            if is_last || !(trouble.is_conflict() || trouble.is_loss()) {
                return Err(remote(&trouble));
            }
            // The first time there is nobody to wait for any more.
            tokio::time::sleep(Duration::from_millis(u64::from(round - 1))).await;
        }
        Err(remote(&Trouble::Changed))
    }

    /// Lets go of a connection that broke, or whose server does not answer, and of those that are as old.
    fn give_up(&self, session: Session<'_>) {
        self.links.lost(session.link());
        session.discard();
    }
}

async fn attempt<'s, T>(
    session: &mut Session<'s>,
    frame: Frame,
    work: &(impl for<'c> Fn(&'c mut Session<'s>) -> Work<'c, T> + Send + Sync),
) -> Attempt<T> {
    match done(session, frame, work).await {
        Err(trouble) => Attempt::Undone(trouble),
        Ok(answer) if matches!(frame, Frame::Nothing) => {
            session.is_over();
            Attempt::Done(answer)
        }
        Ok(answer) if session.is_to_be_undone() => {
            session.roll_back().await;
            Attempt::Done(answer)
        }
        Ok(answer) => match session.commit().await {
            Ok(()) => Attempt::Done(answer),
            Err(trouble) if trouble.is_answer() => Attempt::Undone(trouble),
            Err(trouble) => Attempt::Unknown(trouble),
        },
    }
}

/// Does it up to where it is committed.
async fn done<'s, T>(
    session: &mut Session<'s>,
    frame: Frame,
    work: &(impl for<'c> Fn(&'c mut Session<'s>) -> Work<'c, T> + Send + Sync),
) -> Outcome<T> {
    match frame {
        Frame::Nothing => session.begin_nothing(),
        Frame::Transaction => session.begin(None).await?,
        Frame::Locked(lock) => session.begin(Some(lock)).await?,
    }
    work(session).await
}
