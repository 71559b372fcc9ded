//! A store of two halves: codes and counters in one ([`CodeStore`]), records in the other, which is a whole [`Store`].
//!
//! Challenges, the guesses at them, failures, blocks and limits are in the half of the codes; consents, devices, tokens, sessions, calls,
//! factors and deliveries are in that of the records. A call goes to one of them, unless it is about a factor, which a challenge
//! decides, or about a device, whose end ends pushes.
//!
//! # What decides a factor
//!
//! The challenge of an enrolment is kept twice: with its code among the codes, where it is guessed at and used up, and without it
//! in the records, as a question that is open as long as the factor waits for its answer. So each half changes whole, and each
//! has the last word on its own matter: the codes on whether a challenge was accepted, the records on what that still decides.
//!
//! | call | first | then | what a crash between leaves |
//! |---|---|---|---|
//! | `enrol` | the challenge among the codes | the factor, the question and the answer of the call, and with them the end of the older question | a challenge that nobody was sent, until it expires |
//! | a right code, an accepted push | the challenge is used up | the question is answered, and the factor active | a factor that is pending: the next offer of the code, or the next report of the push, activates it |
//! | a rejected push | the challenge is ended | the factor is inactive | a factor that is pending, as after a push that expired |
//! | `give_up`, `deactivate`, `unlink` | the factor, and with it the end of the question | the end of the challenge | a challenge that decides nothing: a right code for it is told to have expired |
//! | `deregister_device` | the end of the pushes | the device | a device that is still there, to be forgotten by the next call |
//!
//! A factor is active only by a question that is answered, which it is only after its challenge was accepted; and the question is
//! answered or ended once, in the transaction that changes the factor. Challenges that decide nothing any more are ended by whatever
//! changes a factor of their user next. Where one half fails, the call fails with its error, and may be made again.

mod codes;
mod devices;
mod factors;
mod maintenance;
mod records;

use std::sync::Arc;

use data_adapter_core::{AdapterError, MessageId};
use data_adapter_sca::{AttemptPolicy, CodeStore, Guess, GuessPolicy, Offer, Store};
use jiff::{SignedDuration, Timestamp};

/// A store of two halves.
pub struct SplitStore {
    codes: Arc<dyn CodeStore>,
    records: Arc<dyn Store>,
}

/// What is asked without a guess goes by no policy.
const NO_POLICY: GuessPolicy = GuessPolicy {
    tries_per_step: u32::MAX,
    failures: AttemptPolicy {
        limit: u32::MAX,
        block_for: SignedDuration::ZERO,
        forget_after: SignedDuration::ZERO,
    },
};

impl SplitStore {
    /// Joins the half with codes and counters and the one with all else.
    #[must_use]
    pub fn new(codes: Arc<dyn CodeStore>, records: Arc<dyn Store>) -> Self {
        Self { codes, records }
    }

    /// Whether a challenge decides a factor, or has decided one. The others are not looked for in the records.
    async fn decides_factor(&self, message: &MessageId) -> Result<bool, AdapterError> {
        let Some(step) = self.codes.step(message).await? else { return Ok(false) };
        Ok(step.operation.as_str() == message.as_str() && self.records.step(message).await?.is_some())
    }

    /// Answers the question of a factor whose challenge was accepted: false where it was ended before.
    async fn activate(&self, message: &MessageId, now: Timestamp) -> Result<bool, AdapterError> {
        Ok(self.records.consume(message, now).await?
            || self.records.decide(message, true, now).await?
            || is_used(&*self.records, message, now).await?)
    }

    /// Whether what the codes have accepted stands: it decides no factor, or the records have the factor active by it.
    async fn stands(&self, message: &MessageId, now: Timestamp) -> Result<bool, AdapterError> {
        Ok(!self.decides_factor(message).await? || self.activate(message, now).await?)
    }
}

/// Whether a challenge is used up; asking counts for nothing.
async fn is_used<S>(store: &S, message: &MessageId, now: Timestamp) -> Result<bool, AdapterError>
where
    S: CodeStore + ?Sized,
{
    Ok(store.guess(message, &Offer::default(), now, &NO_POLICY).await? == Guess::Used)
}
