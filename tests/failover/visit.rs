//! What one user does: asks for two codes, and shows right and wrong ones and passwords at both instances at once.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use futures::future::join;
use tokio::time::sleep;

use crate::bank::{Bank, Code, Outcome};
use crate::history::{Asked, History, STEPS, Told};

/// How often each of those who call for the user calls.
const CALLS: usize = 3;
/// How long somebody waits before they call again.
const PAUSE: Duration = Duration::from_millis(40);
/// How long they wait before they ask for a code again that was not acknowledged.
const CREATE_AGAIN: Duration = Duration::from_millis(100);
/// How long a call is repeated that has to be answered at last.
const PATIENCE: Duration = Duration::from_secs(120);

/// Codes are good for so long, and some seconds more.
const VALIDITY: Duration = Duration::from_secs(290);

/// A user with codes that were acknowledged.
pub(crate) struct Visit {
    began: Instant,
    user: String,
    codes: Vec<Code>,
    accepted: [AtomicUsize; STEPS],
    history: History,
}

/// What became of what was acknowledged.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) challenges: usize,
    /// Those whose time was over before anybody could ask.
    pub(crate) too_late: usize,
    pub(crate) accepted: usize,
    pub(crate) calls: usize,
    pub(crate) unknown: usize,
    /// What is wrong, in words.
    pub(crate) lost: Vec<String>,
    pub(crate) twice: Vec<String>,
    pub(crate) contradictions: Vec<String>,
}

impl Visit {
    /// Begins one, when the store acknowledges its challenges, and goes on until nobody has more to ask.
    pub(crate) async fn make(bank: &Bank) -> Self {
        let (user, began) = (bank.next_user(), Instant::now());
        let mut codes = Vec::new();
        for step in 0..STEPS {
            codes.push(create(bank, &user, step).await);
        }
        let visit = Self { began, user, codes, accepted: Default::default(), history: History::default() };
        let guessing = join(visit.guess(bank, 0), visit.guess(bank, 1));
        join(guessing, visit.log_in(bank)).await;
        visit
    }

    /// Shows every code until that is answered, and once more at the other instance, and says what became of it all.
    ///
    /// Where it took so long that the codes may be over, nobody can tell what else became of them.
    pub(crate) async fn settle(self, bank: &Bank) -> Tally {
        let tally = self.shown_again(bank).await;
        if self.began.elapsed() < VALIDITY {
            return tally;
        }
        Tally { too_late: tally.challenges, twice: tally.twice, ..Tally::default() }
    }

    async fn shown_again(&self, bank: &Bank) -> Tally {
        let mut tally = Tally { challenges: self.codes.len(), ..Tally::default() };
        for step in 0..STEPS {
            for instance in [step, step + 1] {
                let asked = Asked::Code { step, is_right: true };
                if let Err(answer) = self.answered(bank, instance % 2, asked).await {
                    tally.lost.push(format!("user {}, step {step}: {answer}", self.user));
                    break;
                }
            }
            let accepted = self.accepted[step].load(Ordering::Relaxed);
            tally.accepted += accepted;
            if accepted > 1 {
                tally.twice.push(format!("user {}, step {step}: {accepted} times", self.user));
            }
        }
        // What is wrong with it is a contradiction.
        let _ = self.answered(bank, 0, Asked::Password { is_right: true }).await;
        (tally.calls, tally.unknown) = self.history.count();
        if !self.history.is_in_order() {
            tally.contradictions.push(format!("user {}: {:?}", self.user, self.history));
        }
        tally
    }

    async fn guess(&self, bank: &Bank, caller: usize) {
        for call in 0..CALLS {
            let chance = self.chance(caller, call);
            let [instance, step] = [chance % 2, chance / 2 % 2];
            sleep(PAUSE).await;
            match chance / 4 % 4 {
                0 => drop(self.ask(bank, instance, Asked::Code { step, is_right: true }).await),
                1 | 2 => drop(self.ask(bank, instance, Asked::Code { step, is_right: false }).await),
                _ => {}
            }
        }
    }

    async fn log_in(&self, bank: &Bank) {
        for call in 0..CALLS {
            let chance = self.chance(2, call);
            sleep(PAUSE).await;
            drop(
                self.ask(bank, chance % 2, Asked::Password { is_right: (chance / 2).is_multiple_of(3) })
                    .await,
            );
        }
    }

    /// Asks until somebody knows what comes of it.
    async fn answered(&self, bank: &Bank, instance: usize, asked: Asked) -> Result<(), String> {
        let start = Instant::now();
        while self.ask(bank, instance, asked).await?.is_none() {
            assert!(start.elapsed() < PATIENCE, "instance {instance} does not answer any more");
            sleep(PAUSE).await;
        }
        Ok(())
    }

    /// Asks once; `None` where nobody knows what comes of it.
    async fn ask(&self, bank: &Bank, instance: usize, asked: Asked) -> Result<Option<Told>, String> {
        let mut lost = None;
        let answer = async {
            let outcome = match asked {
                Asked::Code { step, is_right } => bank.verify(instance, &self.codes[step], is_right).await,
                Asked::Password { is_right } => bank.log_in(instance, &self.user, is_right).await,
            };
            match outcome {
                Outcome::Told(told) => Some(told),
                Outcome::Unknown => None,
                Outcome::Lost(answer) => {
                    lost = Some(answer);
                    None
                }
            }
        };
        let told = self.history.record(asked, answer).await;
        if let (Asked::Code { step, .. }, Some(Told::Accepted)) = (asked, told) {
            self.accepted[step].fetch_add(1, Ordering::Relaxed);
        }
        lost.map_or(Ok(told), Err)
    }

    /// A number that looks like chance, and is the same each time.
    fn chance(&self, caller: usize, call: usize) -> usize {
        let mut hasher = DefaultHasher::new();
        (&self.user, caller, call).hash(&mut hasher);
        usize::try_from(hasher.finish() % 1_000_000).unwrap_or_default()
    }
}

impl Tally {
    pub(crate) fn add(&mut self, other: Self) {
        self.challenges += other.challenges;
        self.too_late += other.too_late;
        self.accepted += other.accepted;
        self.calls += other.calls;
        self.unknown += other.unknown;
        self.lost.extend(other.lost);
        self.twice.extend(other.twice);
        self.contradictions.extend(other.contradictions);
    }
}

/// Asks for a code, each time for another operation and at the other instance, until one is acknowledged.
async fn create(bank: &Bank, user: &str, step: usize) -> Code {
    for attempt in step.. {
        let operation = format!("operation-{user}-{step}-{attempt}");
        if let Some(code) = bank.create(attempt % 2, user, &operation).await {
            return code;
        }
        sleep(CREATE_AGAIN).await;
    }
    unreachable!("it is tried for ever")
}
