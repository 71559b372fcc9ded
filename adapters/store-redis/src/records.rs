//! What is kept under each key: JSON, that of a challenge behind the names of its step and its owner.

use data_adapter_core::{MessageId, OperationId, OperationName, OrganizationId, UserId};
use data_adapter_records::{
    Unreadable, factor, factor_number, hash, latest, length, method, method_number, nanoseconds,
    read_presentation, read_reservations, timestamp, write_presentation, write_reservations,
};
use data_adapter_sca::{AttemptRecord, Challenge, CodeHash, Factor, Retention, Step};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::place;
use crate::store::Trouble;

/// How far a challenge has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum State {
    Open,
    Ended,
    Used,
}

/// Something that is kept under a key.
pub(crate) trait Record: Sized {
    /// As it is kept; `None` where there is nothing to keep.
    fn write(&self) -> Option<String>;
    /// As it was written.
    fn read(text: &str) -> Result<Self, Trouble>;
    /// Until when somebody may ask for it.
    fn lasts_until(&self, retention: &Retention) -> Timestamp;
}

/// A step, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StepName {
    operation: String,
    name: String,
    user: Option<String>,
}

impl From<&Step> for StepName {
    fn from(step: &Step) -> Self {
        Self {
            operation: step.operation.to_string(),
            name: step.name.to_string(),
            user: step.user.as_ref().map(ToString::to_string),
        }
    }
}

impl StepName {
    fn step(&self) -> Step {
        Step {
            operation: OperationId::new(&*self.operation),
            name: OperationName::new(&*self.name),
            user: self.user.as_deref().map(UserId::new),
        }
    }
}

/// A challenge, and what became of it.
#[derive(Clone, Debug)]
pub(crate) struct ChallengeRecord {
    pub(crate) challenge: Challenge,
    pub(crate) state: State,
    pub(crate) renewals: u32,
    pub(crate) accepted: bool,
}

#[derive(Serialize, Deserialize)]
struct WrittenChallenge {
    message: String,
    step: StepName,
    method: i16,
    presentation: String,
    organization: Option<String>,
    code_hash: Vec<u8>,
    key_id: String,
    created_at: i64,
    expires_at: i64,
    state: State,
    renewals: u32,
    accepted: bool,
}

impl ChallengeRecord {
    pub(crate) fn new(challenge: Challenge) -> Self {
        Self { challenge, state: State::Open, renewals: 0, accepted: false }
    }
}

impl Record for ChallengeRecord {
    fn write(&self) -> Option<String> {
        let Self { challenge, state, renewals, accepted } = self;
        let written = WrittenChallenge {
            message: challenge.message.to_string(),
            step: (&challenge.step).into(),
            method: method_number(challenge.method),
            presentation: write_presentation(&challenge.presentation),
            organization: challenge.organization.as_ref().map(ToString::to_string),
            code_hash: challenge.code_hash.0.to_vec(),
            key_id: challenge.key_id.clone(),
            created_at: nanoseconds(challenge.created_at),
            expires_at: nanoseconds(challenge.expires_at),
            state: *state,
            renewals: *renewals,
            accepted: *accepted,
        };
        let (step, owner) = (place::step(&challenge.step), place::owner(challenge.step.whose()));
        Some(format!("{step}{owner}{}", serde_json::json!(written)))
    }

    fn read(text: &str) -> Result<Self, Trouble> {
        let written: WrittenChallenge = serde_json::from_str(text.get(64..).unwrap_or_default())?;
        Ok(Self {
            challenge: Challenge {
                message: MessageId::new(written.message),
                step: written.step.step(),
                method: method(written.method)?,
                presentation: read_presentation(&written.presentation)?,
                organization: written.organization.map(OrganizationId::new),
                code_hash: CodeHash(hash(&written.code_hash)?),
                key_id: written.key_id,
                created_at: timestamp(written.created_at)?,
                expires_at: timestamp(written.expires_at)?,
            },
            state: written.state,
            renewals: written.renewals,
            accepted: written.accepted,
        })
    }

    fn lasts_until(&self, retention: &Retention) -> Timestamp {
        self.challenge.expires_at + retention.challenges
    }
}

/// What is kept in place of a challenge that came too late for its operation.
pub(crate) const CAME_TOO_LATE: &str = "-";

/// What is known of a step.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct StepRecord {
    /// The challenge that is open, and when it is too old.
    pub(crate) open: Option<(String, i64)>,
    /// Guesses that are spent, and when the last one was.
    pub(crate) guesses: u32,
    pub(crate) last_at: i64,
}

impl StepRecord {
    pub(crate) fn new() -> Self {
        Self { open: None, guesses: 0, last_at: 0 }
    }

    /// Guesses that are spent, and not forgotten.
    pub(crate) fn guesses(&self, now: Timestamp, forget_after: SignedDuration) -> u32 {
        let forgotten = nanoseconds(now).saturating_sub(length(forget_after));
        if self.last_at > forgotten { self.guesses } else { 0 }
    }

    /// Whether its guesses are of a clock that is ahead.
    pub(crate) fn is_ahead(&self, now: Timestamp) -> bool {
        self.guesses > 0 && self.last_at > latest(now)
    }
}

impl Record for StepRecord {
    fn write(&self) -> Option<String> {
        (self.open.is_some() || self.guesses > 0).then(|| serde_json::json!(self).to_string())
    }

    fn read(text: &str) -> Result<Self, Trouble> {
        Ok(serde_json::from_str(text)?)
    }

    fn lasts_until(&self, retention: &Retention) -> Timestamp {
        let open =
            self.open.as_ref().map_or(0, |(_, until)| until.saturating_add(length(retention.challenges)));
        let spent = self.last_at.saturating_add(length(retention.counters));
        timestamp(open.max(spent)).unwrap_or(Timestamp::MAX)
    }
}

/// What is known of a user's attempts.
#[derive(Clone, Debug)]
pub(crate) struct Attempts {
    pub(crate) user: UserId,
    pub(crate) factor: Factor,
    pub(crate) record: AttemptRecord,
}

#[derive(Serialize, Deserialize)]
struct WrittenAttempts {
    user: String,
    factor: i16,
    failures: u32,
    last_at: i64,
    blocked_until: Option<i64>,
    reservations: String,
}

impl Record for Attempts {
    fn write(&self) -> Option<String> {
        let Self { user, factor, record } = self;
        let written = WrittenAttempts {
            user: user.to_string(),
            factor: factor_number(*factor),
            failures: record.failures,
            last_at: nanoseconds(record.last_at),
            blocked_until: record.blocked_until.map(nanoseconds),
            reservations: write_reservations(&record.reservations),
        };
        (!record.is_empty()).then(|| serde_json::json!(written).to_string())
    }

    fn read(text: &str) -> Result<Self, Trouble> {
        let written: WrittenAttempts = serde_json::from_str(text)?;
        let record = AttemptRecord {
            failures: written.failures,
            last_at: timestamp(written.last_at)?,
            blocked_until: written.blocked_until.map(timestamp).transpose()?,
            reservations: read_reservations(&written.reservations)?,
        };
        Ok(Self { user: UserId::new(written.user), factor: factor(written.factor)?, record })
    }

    fn lasts_until(&self, retention: &Retention) -> Timestamp {
        let record = &self.record;
        let newest = record.reserved_until().max(record.blocked_until).max(Some(record.last_at));
        newest.unwrap_or(record.last_at) + retention.counters
    }
}

/// That an operation is over, and since when.
#[derive(Clone, Debug)]
pub(crate) struct Ended(pub(crate) Timestamp);

impl Record for Ended {
    fn write(&self) -> Option<String> {
        Some(nanoseconds(self.0).to_string())
    }

    fn read(text: &str) -> Result<Self, Trouble> {
        let time: i64 = serde_json::from_str(text)?;
        Ok(Self(timestamp(time)?))
    }

    fn lasts_until(&self, retention: &Retention) -> Timestamp {
        self.0 + retention.ended_operations
    }
}

impl From<Unreadable> for Trouble {
    fn from(error: Unreadable) -> Self {
        Self(error.to_string())
    }
}

impl From<serde_json::Error> for Trouble {
    /// Without what could not be read.
    fn from(error: serde_json::Error) -> Self {
        Self(format!("the store holds what can't be read: {:?}", error.classify()))
    }
}
