//! What callers of one user asked and were told, held against the ledger of the model: there has to be an order of the calls, true to
//! which of them were over when others began, in which the ledger gives the same answers.

use std::sync::{Mutex, MutexGuard, PoisonError};

use data_adapter_model::{Answer, Call, Ledger, Limits};
use stateright::semantics::{ConsistencyTester as _, LinearizabilityTester, SequentialSpec};

/// Steps of a user that have a code.
pub(crate) const STEPS: usize = 2;
/// Those of the program, which are its defaults.
const LIMITS: Limits = Limits { tries: 5, failures: 5 };

/// What somebody asks.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Asked {
    /// To check the code of a step.
    Code { step: usize, is_right: bool },
    /// To check the password. One at a time: this is more than one call of a store.
    Password { is_right: bool },
}

/// What they are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    /// The code is right, and used up.
    Accepted,
    /// The code was used before.
    Used,
    /// The step has no tries left.
    Spent,
    /// The code is wrong, or codes are blocked; the step has so many tries left.
    Refused { remaining: u8 },
    /// Whether the password is right, and passwords are not blocked.
    Password { is_right: bool },
}

/// The ledger as callers see it: not whether a block was in the way.
#[derive(Clone, Debug)]
struct Visible(Ledger);

impl Visible {
    fn password(&mut self, is_right: bool) -> bool {
        let is_admitted = self.0.invoke(&Call::Admit(0)) == Answer::Admitted;
        if is_admitted {
            self.0.invoke(&if is_right { Call::Succeed(0) } else { Call::Fail(0) });
        }
        is_admitted && is_right
    }
}

impl SequentialSpec for Visible {
    type Op = Asked;
    type Ret = Told;

    fn invoke(&mut self, asked: &Asked) -> Told {
        let (step, is_right) = match *asked {
            Asked::Code { step, is_right } => (step, is_right),
            Asked::Password { is_right } => return Told::Password { is_right: self.password(is_right) },
        };
        match self.0.invoke(&Call::Guess { step, is_right, accept: true }) {
            Answer::Accepted => Told::Accepted,
            Answer::Used => Told::Used,
            Answer::Counted { remaining, .. } => Told::Refused { remaining },
            Answer::Spent | Answer::Admitted | Answer::Busy | Answer::Blocked | Answer::Done => Told::Spent,
        }
    }
}

/// A call; `told` is missing where nobody knows what came of it, which may be anything that can come of it, at any time after it began.
#[derive(Clone, Copy, Debug)]
struct Recorded {
    asked: Asked,
    began: usize,
    told: Option<(usize, Told)>,
}

#[derive(Debug, Default)]
struct Log {
    calls: Vec<Recorded>,
    /// How often a call began or ended so far.
    now: usize,
}

impl Log {
    fn tick(&mut self) -> usize {
        self.now += 1;
        self.now
    }
}

/// The calls of one user.
#[derive(Debug, Default)]
pub(crate) struct History(Mutex<Log>);

impl History {
    /// Makes a call; `None` where nobody knows what came of it.
    pub(crate) async fn record(
        &self,
        asked: Asked,
        answer: impl Future<Output = Option<Told>>,
    ) -> Option<Told> {
        let number = {
            let mut log = self.lock();
            let began = log.tick();
            log.calls.push(Recorded { asked, began, told: None });
            log.calls.len() - 1
        };
        let told = answer.await;
        let mut log = self.lock();
        let now = log.tick();
        log.calls[number].told = told.map(|told| (now, told));
        told
    }

    /// How many calls there were, and what came of how many of them nobody knows.
    pub(crate) fn count(&self) -> (usize, usize) {
        let log = self.lock();
        (log.calls.len(), log.calls.iter().filter(|call| call.told.is_none()).count())
    }

    /// Whether the ledger could have told the same.
    pub(crate) fn is_in_order(&self) -> bool {
        let mut tester = LinearizabilityTester::new(Visible(Ledger::new(LIMITS, STEPS)));
        for (_, caller, event) in self.events() {
            let noted = match event {
                Event::Began(asked) => tester.on_invoke(caller, asked),
                Event::Ended(told) => tester.on_return(caller, told),
            };
            noted.expect("each caller calls once");
        }
        tester.is_consistent()
    }

    /// By time, each call by a caller of its own. What nobody knows the outcome of is by the last ones, which are tried last.
    fn events(&self) -> Vec<(usize, usize, Event)> {
        let log = self.lock();
        let mut events = Vec::new();
        for (number, &Recorded { asked, began, told }) in log.calls.iter().enumerate() {
            let Some((ended, told)) = told else {
                let unknown = log.calls.len() + 2 * number;
                events.push((began, unknown, Event::Began(asked)));
                // An attempt at a password that nobody ends is a failure when its time is over.
                if let Asked::Password { is_right: true } = asked {
                    events.push((began, unknown + 1, Event::Began(Asked::Password { is_right: false })));
                }
                continue;
            };
            events.push((began, number, Event::Began(asked)));
            events.push((ended, number, Event::Ended(told)));
        }
        events.sort_by_key(|(time, ..)| *time);
        events
    }

    fn lock(&self) -> MutexGuard<'_, Log> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

enum Event {
    Began(Asked),
    Ended(Told),
}
