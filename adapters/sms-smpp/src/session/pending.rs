use std::collections::HashMap;

use rusmpp::pdus::SubmitSm;
use tokio::sync::{OwnedSemaphorePermit, oneshot};
use tokio::time::Instant;

use crate::outcome::Outcome;

/// A message for the session to send.
pub(crate) struct Job {
    submit: SubmitSm,
    waiting: Waiting,
}

/// What became of a message, and its place in the window, which is free once that was taken note of.
pub(crate) type Told = (Outcome, OwnedSemaphorePermit);

/// Whoever waits for the answer, and their place in the window.
struct Waiting {
    answer: oneshot::Sender<Told>,
    place: OwnedSemaphorePermit,
}

impl Waiting {
    /// False when nobody waits any more.
    fn tell(self, outcome: Outcome) -> bool {
        self.answer.send((outcome, self.place)).is_ok()
    }
}

impl Job {
    /// A message with its place in the window, and where its outcome comes to. Nothing comes when nobody can tell.
    pub(crate) fn new(submit: SubmitSm, place: OwnedSemaphorePermit) -> (Self, oneshot::Receiver<Told>) {
        let (answer, outcome) = oneshot::channel();
        (Self { submit, waiting: Waiting { answer, place } }, outcome)
    }

    /// Whether nobody waits for it any more.
    pub(crate) fn is_abandoned(&self) -> bool {
        self.waiting.answer.is_closed()
    }

    pub(crate) fn tell(self, outcome: Outcome) {
        self.waiting.tell(outcome);
    }
}

/// The messages that were sent and not answered, by their sequence number. Each keeps its place in the window until it is answered
/// or given up, though nobody may wait for it any more.
#[derive(Default)]
pub(crate) struct Pending(HashMap<u32, (Waiting, Instant)>);

impl Pending {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn has(&self, sequence: u32) -> bool {
        self.0.contains_key(&sequence)
    }

    /// Keeps who waits for a message, until a time, and gives back what to send.
    pub(crate) fn put(&mut self, sequence: u32, job: Job, until: Instant) -> SubmitSm {
        self.0.insert(sequence, (job.waiting, until));
        job.submit
    }

    /// Tells whoever waits for that answer; false when nobody does.
    pub(crate) fn settle(&mut self, sequence: u32, outcome: Outcome) -> bool {
        let waiting = self.0.remove(&sequence);
        waiting.is_some_and(|(waiting, _)| waiting.tell(outcome))
    }

    /// When to give up the next one.
    pub(crate) fn due(&self) -> Option<Instant> {
        self.0.values().map(|(_, until)| *until).min()
    }

    /// Forgets those that nobody has answered in time. True when there were some.
    pub(crate) fn give_up(&mut self, now: Instant) -> bool {
        let before = self.0.len();
        self.0.retain(|_, (_, until)| *until > now);
        self.0.len() < before
    }
}
