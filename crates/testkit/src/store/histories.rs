//! What callers at the same moment are told is what they could be told one after the other, in an order that no two of them can
//! tell from the real one: held against the ledger of the model.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use data_adapter_model::{Answer, Call, Ledger, Limits};
use data_adapter_sca::{Admission, CodeHash, Factor, Guess, Offer};
use futures::future::join_all;
use stateright::semantics::{ConsistencyTester as _, LinearizabilityTester};

use super::bench::{Bench, LIMIT, TRIES, WRONG_HASH, offer};
use crate::build::{CODE_HASH, KEY_ID, at, step};
use crate::race::rounds;

/// Callers at the same moment, and how often each of them calls.
const CALLERS: usize = 3;
const CALLS: usize = 4;
/// Steps of a user that have a code.
const STEPS: usize = 2;

/// Calls and answers in the order in which they began and ended.
#[derive(Clone)]
struct History(Arc<Mutex<LinearizabilityTester<usize, Ledger>>>);

impl History {
    fn of_somebody() -> Self {
        let narrow = |limit: u32| u8::try_from(limit).expect("the limits of the suite are small");
        let limits = Limits { tries: narrow(TRIES), failures: narrow(LIMIT) };
        Self(Arc::new(Mutex::new(LinearizabilityTester::new(Ledger::new(limits, STEPS)))))
    }

    /// A call that the store answers, and what it answers.
    async fn record(&self, caller: usize, call: Call, answer: impl Future<Output = Answer>) -> Answer {
        self.lock().on_invoke(caller, call).expect("a caller calls once at a time");
        let answer = answer.await;
        self.lock().on_return(caller, answer.clone()).expect("it was called");
        answer
    }

    fn assert_is_in_order(&self) {
        let history = self.lock();
        assert!(history.is_consistent(), "no order of these calls gives these answers: {history:?}");
    }

    fn lock(&self) -> MutexGuard<'_, LinearizabilityTester<usize, Ledger>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A number that looks like chance, and is the same each time.
fn chance(round: usize, caller: usize, call: usize) -> u64 {
    let mut hasher = DefaultHasher::new();
    (round, caller, call).hash(&mut hasher);
    hasher.finish()
}

pub(super) async fn guesses_at_once_are_answered_as_if_one_after_the_other(bench: Bench) {
    for round in rounds() {
        let user = format!("user {round}");
        let codes: Vec<_> = (0..STEPS).map(|number| format!("{round} {number}")).collect();
        for code in &codes {
            bench.open(code, &step(code, "login", Some(&user)), at(0)).await;
        }
        let history = History::of_somebody();
        let callers = (0..CALLERS).map(|caller| {
            let (bench, codes, history) = (bench.clone(), codes.clone(), history.clone());
            tokio::spawn(async move {
                for call in 0..CALLS {
                    guess(&bench, &codes, &history, caller, chance(round, caller, call)).await;
                }
            })
        });
        for ended in join_all(callers).await {
            ended.expect("no call fails");
        }
        history.assert_is_in_order();
    }
}

async fn guess(bench: &Bench, codes: &[String], history: &History, caller: usize, chance: u64) {
    let step = usize::from(chance.is_multiple_of(2));
    let (is_right, accept) = (chance.is_multiple_of(5), !chance.is_multiple_of(3));
    let hash: CodeHash = if is_right { CODE_HASH } else { WRONG_HASH };
    let offer = Offer { accept, ..offer(&hash, KEY_ID) };
    let answer = async { told(&bench.offer(&codes[step], &offer, at(1)).await) };
    history.record(caller, Call::Guess { step, is_right, accept }, answer).await;
}

fn told(guess: &Guess) -> Answer {
    match guess {
        Guess::Used => Answer::Used,
        Guess::Spent => Answer::Spent,
        Guess::Accepted => Answer::Accepted,
        Guess::Counted(counted) => Answer::Counted {
            fits: counted.fits,
            remaining: u8::try_from(counted.remaining).expect("there are few tries"),
            blocked: counted.blocked,
            starts_block: counted.starts_block,
        },
        Guess::Unknown | Guess::Expired | Guess::OtherKey(_) => unreachable!("the code is open: {guess:?}"),
    }
}

pub(super) async fn passwords_at_once_are_answered_as_if_one_after_the_other(bench: Bench) {
    for round in rounds() {
        let user = format!("user {round}");
        let history = History::of_somebody();
        let callers = (0..CALLERS).map(|caller| {
            let (bench, user, history) = (bench.clone(), user.clone(), history.clone());
            tokio::spawn(async move {
                for call in 0..CALLS {
                    log_in(
                        &bench,
                        &user,
                        &history,
                        caller,
                        CALLS * caller + call,
                        chance(round, caller, call),
                    )
                    .await;
                }
            })
        });
        for ended in join_all(callers).await {
            ended.expect("no call fails");
        }
        history.assert_is_in_order();
    }
}

/// An attempt that ends one way or the other, if it is admitted.
async fn log_in(bench: &Bench, user: &str, history: &History, caller: usize, number: usize, chance: u64) {
    let number = u8::try_from(number).expect("there are few attempts");
    let attempt = bench.new_attempt(user, Factor::Password);
    let admission = async {
        match bench.try_attempt(&attempt, at(0)).await {
            Admission::Admitted => Answer::Admitted,
            Admission::Busy => Answer::Busy,
            Admission::Blocked => Answer::Blocked,
        }
    };
    if history.record(caller, Call::Admit(number), admission).await != Answer::Admitted {
        return;
    }
    let end = match chance % 7 {
        0 => Call::Succeed(number),
        1 => Call::GiveBack(number),
        _ => Call::Fail(number),
    };
    let ended = async {
        match end {
            Call::Succeed(_) => bench.succeed(&attempt, at(0)).await,
            Call::GiveBack(_) => bench.give_back(&attempt).await,
            Call::Fail(_) | Call::Admit(_) | Call::Expire(_) | Call::Guess { .. } | Call::EndBlocks => {
                bench.fail_attempt(&attempt, at(0)).await;
            }
        }
        Answer::Done
    };
    history.record(caller, end.clone(), ended).await;
}
