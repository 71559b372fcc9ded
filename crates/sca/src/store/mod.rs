//! What has to be remembered between requests.
//!
//! Every method is one state change that happens whole or not at all, whatever else happens at the same moment, here or
//! in another instance over the same store. The time is always the caller's.

mod attempt_record;
mod attempts;
mod challenges;
mod consents;
mod deliveries;
mod devices;
mod factors;
mod idempotency;
mod messages;
mod rate_limits;
mod rates;
mod sessions;
mod tokens;

use async_trait::async_trait;
use data_adapter_core::AdapterError;
use jiff::{SignedDuration, Timestamp};

pub use attempt_record::{AttemptRecord, Counted, Reservation};
pub use attempts::{Admission, Attempt, AttemptPolicy, AttemptStore, Block, Factor};
pub use challenges::{
    ApprovalMethod, Asker, Challenge, ChallengeStore, CodeHash, CountedGuess, Guess, GuessPolicy, KeyedHash,
    Offer, OpenChallenge, Opened, Presentation, Renewal, Renewed, Step,
};
pub use consents::{
    ConsentFilter, ConsentPurpose, ConsentRecord, ConsentStore, ErasedConsents, KeptConsent, ShownForm,
    ShownOption,
};
pub use deliveries::{Delivery, DeliveryStore, MOST_EARLY_RECEIPTS, NewDelivery, Receipted, of_parts};
pub use devices::{Device, DeviceStore, NewDevice};
pub use factors::{
    Enrolled, EnrolledFactor, FactorChannel, FactorStatus, FactorStore, NewFactor, TargetHash,
};
pub use idempotency::{Begun, CallUnderWay, IdempotencyKey, IdempotencyStore, StoredAnswer};
pub use messages::{Whose, message_id};
pub use rate_limits::{RateLimits, RateLimitsError};
pub use rates::{Over, RateKeys, RateLimit, RateStore, RateWindow, Rated, RatedKey};
pub use sessions::{SessionKey, SessionStore};
pub use tokens::TokenStore;

/// How long things are kept that nobody asks for any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Challenges, after they expired. Until then a late code is told that it is late.
    pub challenges: SignedDuration,
    /// Counters, after the last failure. Not shorter than [`AttemptPolicy::forget_after`], nor than
    /// [`AttemptPolicy::block_for`]: until then somebody may find out that an attempt died, and started a block.
    pub counters: SignedDuration,
    /// Forms that were shown.
    pub shown_forms: SignedDuration,
    /// That an operation is over, after it ended. Its id may then be that of another one.
    pub ended_operations: SignedDuration,
    /// That a token was revoked, after it expired.
    pub revoked_tokens: SignedDuration,
    /// Sessions, after anything was done in them, and that those of a user were ended. Not shorter than they may be idle, nor
    /// than a token may live.
    pub sessions: SignedDuration,
    /// Calls that must not be made twice, after they began.
    pub idempotency: SignedDuration,
    /// What became of messages, after a gateway took them: as long as gateways try to deliver one.
    pub deliveries: SignedDuration,
    /// Receipts that came before their message was kept, or that are of none. Not longer than messages.
    pub early_receipts: SignedDuration,
}

/// How far the clocks of the instances over one store may be apart. What begins further ahead was made by a clock that was
/// wrong, and is over.
pub const CLOCK_TOLERANCE: SignedDuration = SignedDuration::from_secs(10);

/// How long the blocks of each factor last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlockDurations {
    /// Of a user's codes.
    pub code: SignedDuration,
    /// Of a password, be it a user's or a partner's.
    pub password: SignedDuration,
}

impl BlockDurations {
    /// Those of one factor.
    #[must_use]
    pub fn of(&self, factor: Factor) -> SignedDuration {
        match factor {
            Factor::Code => self.code,
            Factor::Password | Factor::Partner => self.password,
        }
    }
}

/// Keeps what is kept in order.
#[async_trait]
pub trait Maintenance: Send + Sync {
    /// Removes what is over, and says how many records that were.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when the store could not do it.
    async fn purge(&self, now: Timestamp, retention: Retention) -> Result<u64, AdapterError>;

    /// Puts right what a clock that went back has left: what lies further ahead than [`CLOCK_TOLERANCE`] is dated `now`, open
    /// challenges and sessions among it are ended for good, and no block lasts longer from `now` than `blocks` says. Failures stay counted,
    /// and the end of sessions holds for all tokens that may be there, up to that tolerance ahead.
    /// Says how many records that were; the second time there are none.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when the store could not do it.
    async fn rewind(&self, now: Timestamp, blocks: BlockDurations) -> Result<u64, AdapterError>;

    /// Goes through everything that a change goes through, to where it is kept for good, and changes nothing.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when changes can't be kept, such as on a disk that is full.
    async fn probe(&self) -> Result<(), AdapterError>;

    /// Finishes the changes under way and lets go of what is behind the store, before the program ends. Calls after it
    /// fail with [`AdapterError::Remote`], unless the store has nothing to let go of.
    async fn close(&self) {}
}

/// What changes with every code and is over soon: challenges, counters and limits. It may be kept apart from all else, and
/// knows nothing of it then.
pub trait CodeStore: ChallengeStore + AttemptStore + RateStore + Maintenance {}

impl<T: ?Sized> CodeStore for T where T: ChallengeStore + AttemptStore + RateStore + Maintenance {}

/// Everything that a store keeps. Saved consents, devices and factors are never purged.
pub trait Store:
    CodeStore
    + ConsentStore
    + DeviceStore
    + TokenStore
    + SessionStore
    + FactorStore
    + IdempotencyStore
    + DeliveryStore
{
}

impl<T: ?Sized> Store for T where
    T: CodeStore
        + ConsentStore
        + DeviceStore
        + TokenStore
        + SessionStore
        + FactorStore
        + IdempotencyStore
        + DeliveryStore
{
}
