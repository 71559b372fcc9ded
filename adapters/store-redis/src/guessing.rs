//! What becomes of a guess.

use data_adapter_sca::{ApprovalMethod, Counted, CountedGuess, Guess, GuessPolicy, Offer};
use jiff::Timestamp;

use crate::loaded::Loaded;
use crate::records::State;

pub(crate) fn guess(loaded: &mut Loaded, offer: &Offer, now: Timestamp, policy: &GuessPolicy) -> Guess {
    if loaded.record.state == State::Used {
        return Guess::Used;
    }
    let is_live = loaded.is_live(now);
    let is_code = loaded.record.challenge.method == ApprovalMethod::Otp;
    let guesses = loaded.guesses(now, policy);
    if is_code && guesses >= policy.tries_per_step {
        return Guess::Spent;
    }
    if !is_live {
        return Guess::Expired;
    }
    if !is_code {
        return Guess::Unknown;
    }
    match offer.fits(&loaded.record.challenge) {
        None => Guess::OtherKey(loaded.record.challenge.key_id.clone()),
        Some(fits) => compared(loaded, fits, offer.accept, guesses, now, policy),
    }
}

/// Uses a challenge up, or counts the guess.
fn compared(
    loaded: &mut Loaded,
    fits: bool,
    accept: bool,
    guesses: u32,
    now: Timestamp,
    policy: &GuessPolicy,
) -> Guess {
    let mut record = loaded.attempts();
    let is_blocked = record.is_blocked(now);
    if fits && accept && !is_blocked {
        loaded.close(State::Used);
        loaded.forget_spent();
        loaded.attempts.value = None;
        return Guess::Accepted;
    }
    let counted = record.count(now, &policy.failures);
    let guesses = guesses.saturating_add(1);
    loaded.spend(guesses, now);
    loaded.keep_attempts(record);
    Guess::Counted(CountedGuess {
        fits: fits && !is_blocked,
        remaining: policy.tries_per_step.saturating_sub(guesses),
        blocked: is_blocked,
        starts_block: counted == Counted::Failure { starts_block: true }
            && loaded.record.challenge.step.user.is_some(),
    })
}
