use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use data_adapter_core::{AdapterError, MessageId, OperationId, UserId};
use data_adapter_sca::{
    ApprovalMethod, Challenge, ChallengeStore, Counted, CountedGuess, Factor, FactorStatus, Guess,
    GuessPolicy, Offer, OpenChallenge, Opened, RatedKey, Renewal, Renewed, Retention, Step,
};
use jiff::{SignedDuration, Timestamp};

use super::open_steps::OpenSteps;
use super::record::{Record, RecordState};
use super::{MemoryStore, State, bring_back, is_ahead};

#[derive(Default)]
pub(super) struct Challenges {
    records: HashMap<MessageId, Record>,
    open: OpenSteps,
    spent: HashMap<Step, Spent>,
    /// Operations that are over, and since when.
    over: HashMap<OperationId, Timestamp>,
}

struct Spent {
    guesses: u32,
    last: Timestamp,
}

/// Whether something of `then` is at least `age` old.
pub(super) fn is_older(then: Timestamp, age: SignedDuration, now: Timestamp) -> bool {
    now.duration_since(then) >= age
}

impl Challenges {
    pub(super) fn open(&mut self, challenge: Challenge) -> bool {
        if self.over.contains_key(&challenge.step.operation) {
            return false;
        }
        let challenge = Arc::new(challenge);
        if let Some(older) = self.open.put(&challenge) {
            self.end(&older.message);
        }
        self.records.insert(challenge.message.clone(), Record::open(challenge));
        true
    }

    /// The challenge of a step that is open and not over.
    fn open_of(&self, step: &Step, now: Timestamp) -> Option<&MessageId> {
        self.open.get(step).filter(|open| !open.is_over(now)).map(|open| &open.message)
    }

    /// Ends one that is no longer the open one of its step.
    fn end(&mut self, message: &MessageId) {
        if let Some(record) = self.records.get_mut(message) {
            record.end(RecordState::Ended);
        }
    }

    /// The record of a challenge that is open, or what a guess at it comes to. One that is over is ended for good.
    fn live(&mut self, message: &MessageId, now: Timestamp) -> Result<&mut Record, Guess> {
        let record = self.records.get_mut(message).ok_or(Guess::Unknown)?;
        if record.state == RecordState::Open && record.challenge.is_over(now) {
            self.open.remove(&record.challenge.step);
            record.end(RecordState::Ended);
        }
        match record.state {
            RecordState::Used => Err(Guess::Used),
            RecordState::Ended => Err(Guess::Expired),
            RecordState::Open => Ok(record),
        }
    }

    /// Ends one that is open.
    fn close(&mut self, message: &MessageId, state: RecordState) -> Option<Step> {
        let record = self.records.get_mut(message)?;
        self.open.remove(&record.challenge.step);
        record.end(state);
        Some(record.challenge.step.clone())
    }

    /// Ends one, if it is open.
    pub(super) fn end_open(&mut self, message: &MessageId) {
        if self.records.get(message).is_some_and(|record| record.state == RecordState::Open) {
            self.close(message, RecordState::Ended);
        }
    }

    fn renew(&mut self, message: &MessageId, renewal: Renewal, limit: u32, now: Timestamp) -> Renewed {
        let record = match self.live(message, now) {
            Ok(record) if !record.accepted => record,
            Ok(_) | Err(_) => return Renewed::Gone,
        };
        if record.renewals >= limit {
            return Renewed::Spent;
        }
        record.renewals += 1;
        let (renewals, Renewal { code_hash, key_id, expires_at }) = (record.renewals, renewal);
        let older = record.challenge.as_ref().clone();
        record.challenge = Arc::new(Challenge { code_hash, key_id, created_at: now, expires_at, ..older });
        let renewed = Arc::clone(&record.challenge);
        self.open.put(&renewed);
        Renewed::Renewed { renewals }
    }

    fn decide(&mut self, message: &MessageId, accepted: bool, now: Timestamp) -> bool {
        let is_undecided =
            |record: &Record| record.challenge.method == ApprovalMethod::Push && !record.accepted;
        match self.live(message, now) {
            Ok(record) if is_undecided(record) => record.accepted = accepted,
            Ok(_) | Err(_) => return false,
        }
        if !accepted {
            self.close(message, RecordState::Ended);
        }
        true
    }

    /// An open challenge as it is; `None` where it is over.
    fn open_challenge(
        &self,
        message: &MessageId,
        now: Timestamp,
        policy: &GuessPolicy,
    ) -> Option<OpenChallenge> {
        let record = self.records.get(message)?;
        let Record { challenge, state, renewals, accepted } = record;
        if *state != RecordState::Open || challenge.is_over(now) {
            return None;
        }
        Some(OpenChallenge {
            challenge: challenge.as_ref().clone(),
            renewals: *renewals,
            guesses: self.guesses(&challenge.step, now, policy),
            accepted: *accepted,
        })
    }

    /// Guesses that a step has spent, and that are not forgotten.
    fn guesses(&self, step: &Step, now: Timestamp, policy: &GuessPolicy) -> u32 {
        let spent = self.spent.get(step);
        let spent = spent.filter(|spent| !is_older(spent.last, policy.failures.forget_after, now));
        spent.map_or(0, |spent| spent.guesses)
    }

    /// Whether the step of a code has no tries left.
    fn is_spent(&self, message: &MessageId, now: Timestamp, policy: &GuessPolicy) -> bool {
        let challenge = self.records.get(message).map(|record| &record.challenge);
        let of_code = challenge.filter(|challenge| challenge.method == ApprovalMethod::Otp);
        of_code.is_some_and(|code| self.guesses(&code.step, now, policy) >= policy.tries_per_step)
    }

    /// Counts one guess at `step`, and says how many are left.
    fn count(&mut self, step: &Step, now: Timestamp, policy: &GuessPolicy) -> u32 {
        let guesses = self.guesses(step, now, policy).saturating_add(1);
        self.spent.insert(step.clone(), Spent { guesses, last: now });
        policy.tries_per_step.saturating_sub(guesses)
    }

    fn end_operation(&mut self, operation: &OperationId, now: Timestamp) -> u64 {
        self.over.entry(operation.clone()).or_insert(now);
        let open: Vec<_> = self.open.of_operation(operation).map(|open| open.message.clone()).collect();
        for message in &open {
            self.close(message, RecordState::Ended);
        }
        open.len() as u64
    }

    /// Ends every open push of a user.
    pub(super) fn end_pushes(&mut self, user: &UserId) {
        let theirs = self.records.values().filter(|Record { challenge, state, .. }| {
            *state == RecordState::Open
                && challenge.method == ApprovalMethod::Push
                && challenge.step.user.as_ref() == Some(user)
        });
        let theirs: Vec<_> = theirs.map(|record| record.challenge.message.clone()).collect();
        for message in theirs {
            self.close(&message, RecordState::Ended);
        }
    }

    pub(super) fn rewind(&mut self, now: Timestamp) -> usize {
        let mut changed = 0;
        for record in self.records.values_mut().filter(|record| is_ahead(record.challenge.created_at, now)) {
            if record.state == RecordState::Open {
                self.open.remove(&record.challenge.step);
                record.end(RecordState::Ended);
            }
            let challenge = Arc::make_mut(&mut record.challenge);
            challenge.created_at = now;
            challenge.expires_at = challenge.expires_at.min(now);
            changed += 1;
        }
        let times = self.spent.values_mut().map(|spent| &mut spent.last).chain(self.over.values_mut());
        changed + times.map(|time| bring_back(time, now)).sum::<usize>()
    }

    pub(super) fn purge(&mut self, now: Timestamp, retention: Retention) -> usize {
        let before = self.len();
        self.records.retain(|_, record| !is_older(record.challenge.expires_at, retention.challenges, now));
        self.open.retain(|open| self.records.contains_key(&open.message));
        self.spent.retain(|_, spent| !is_older(spent.last, retention.counters, now));
        self.over.retain(|_, ended| !is_older(*ended, retention.ended_operations, now));
        before - self.len()
    }

    fn len(&self) -> usize {
        self.records.len() + self.spent.len() + self.over.len()
    }
}

impl State {
    fn guess(&mut self, message: &MessageId, offer: &Offer, now: Timestamp, policy: &GuessPolicy) -> Guess {
        let live = self.challenges.live(message, now).map(|record| Arc::clone(&record.challenge));
        let challenge = match live {
            Ok(challenge) if challenge.method == ApprovalMethod::Otp => challenge,
            Ok(_) => return Guess::Unknown,
            Err(Guess::Expired) if self.challenges.is_spent(message, now, policy) => return Guess::Spent,
            Err(guess) => return guess,
        };
        if self.challenges.is_spent(message, now, policy) {
            return Guess::Spent;
        }
        let Some(fits) = offer.fits(&challenge) else { return Guess::OtherKey(challenge.key_id.clone()) };
        let step = &challenge.step;
        let nobody = UserId::new(message.as_str());
        let user = step.user.as_ref().unwrap_or(&nobody);
        let is_blocked = self.attempts.blocked_until(user, Factor::Code, now).is_some();
        if fits && offer.accept && !is_blocked {
            self.attempts.clear(user, Factor::Code);
            drop(challenge);
            self.use_up(message);
            return Guess::Accepted;
        }
        let remaining = self.challenges.count(step, now, policy);
        let counted = self.attempts.change(user, Factor::Code, |record| record.count(now, &policy.failures));
        // Nobody's guesses count for nobody, and take as long.
        if step.user.is_none() {
            self.attempts.clear(user, Factor::Code);
        }
        Guess::Counted(CountedGuess {
            fits: fits && !is_blocked,
            remaining,
            blocked: is_blocked,
            starts_block: counted == Counted::Failure { starts_block: true } && step.user.is_some(),
        })
    }

    /// Uses up a challenge that is open, and decides what it decides.
    fn use_up(&mut self, message: &MessageId) {
        if let Some(step) = self.challenges.close(message, RecordState::Used) {
            self.challenges.spent.remove(&step);
            self.factors.settle(message, Some(FactorStatus::Active));
        }
    }
}

/// Older ones first.
fn by_age(a: &Challenge, b: &Challenge) -> Ordering {
    (a.created_at, &a.message).cmp(&(b.created_at, &b.message))
}

#[async_trait]
impl ChallengeStore for MemoryStore {
    async fn open(&self, challenge: Challenge, rates: &[RatedKey]) -> Result<Opened, AdapterError> {
        let (state, now) = (&mut *self.state(), challenge.created_at);
        if state.challenges.over.contains_key(&challenge.step.operation) {
            return Ok(Opened::OperationOver);
        }
        if let Some(over) = state.rates.over(rates, now) {
            let open = state.challenges.open_of(&challenge.step, now).cloned();
            return Ok(Opened::Limited { over, open });
        }
        state.rates.count(rates, now);
        state.challenges.open(challenge);
        Ok(Opened::Opened)
    }

    async fn end_pushes(&self, user: &UserId) -> Result<(), AdapterError> {
        self.state().challenges.end_pushes(user);
        Ok(())
    }

    async fn step(&self, message: &MessageId) -> Result<Option<Step>, AdapterError> {
        Ok(self.state().challenges.records.get(message).map(|record| record.challenge.step.clone()))
    }

    async fn guess(
        &self,
        message: &MessageId,
        offer: &Offer,
        now: Timestamp,
        policy: &GuessPolicy,
    ) -> Result<Guess, AdapterError> {
        Ok(self.state().guess(message, offer, now, policy))
    }

    async fn consume(&self, message: &MessageId, now: Timestamp) -> Result<bool, AdapterError> {
        let mut state = self.state();
        let may_be_used = match state.challenges.live(message, now) {
            Ok(Record { challenge, accepted, .. }) => match challenge.method {
                ApprovalMethod::ClientManaged => true,
                ApprovalMethod::Push => *accepted,
                ApprovalMethod::Otp => false,
            },
            Err(_) => false,
        };
        if may_be_used {
            state.use_up(message);
        }
        Ok(may_be_used)
    }

    async fn renew(
        &self,
        message: &MessageId,
        renewal: Renewal,
        limit: u32,
        now: Timestamp,
    ) -> Result<Renewed, AdapterError> {
        Ok(self.state().challenges.renew(message, renewal, limit, now))
    }

    async fn decide(
        &self,
        message: &MessageId,
        accepted: bool,
        now: Timestamp,
    ) -> Result<bool, AdapterError> {
        let mut state = self.state();
        if !state.challenges.decide(message, accepted, now) {
            return Ok(false);
        }
        let status = if accepted { FactorStatus::Active } else { FactorStatus::Inactive };
        if state.factors.settle(message, Some(status)) && accepted {
            state.challenges.close(message, RecordState::Used);
        }
        Ok(true)
    }

    async fn end(&self, message: &MessageId, now: Timestamp) -> Result<bool, AdapterError> {
        let mut state = self.state();
        let is_open = state.challenges.live(message, now).is_ok();
        Ok(is_open && state.challenges.close(message, RecordState::Ended).is_some())
    }

    async fn open_challenge(
        &self,
        message: &MessageId,
        now: Timestamp,
        policy: &GuessPolicy,
    ) -> Result<Option<OpenChallenge>, AdapterError> {
        Ok(self.state().challenges.open_challenge(message, now, policy))
    }

    async fn open_challenges_of(
        &self,
        user: &UserId,
        now: Timestamp,
        policy: &GuessPolicy,
    ) -> Result<Vec<OpenChallenge>, AdapterError> {
        let state = self.state();
        let theirs = state.challenges.open.iter().filter(|open| open.step.user.as_ref() == Some(user));
        let open = theirs.filter_map(|open| state.challenges.open_challenge(&open.message, now, policy));
        let mut open: Vec<_> = open.collect();
        open.sort_by(|a, b| by_age(&a.challenge, &b.challenge));
        Ok(open)
    }

    async fn end_operation(&self, operation: &OperationId, now: Timestamp) -> Result<u64, AdapterError> {
        Ok(self.state().challenges.end_operation(operation, now))
    }

    async fn is_over(&self, operation: &OperationId) -> Result<bool, AdapterError> {
        Ok(self.state().challenges.over.contains_key(operation))
    }

    async fn open_challenges(&self, now: Timestamp) -> Result<Vec<Challenge>, AdapterError> {
        let state = self.state();
        let open = state.challenges.open.iter().filter(|challenge| !challenge.is_over(now));
        let mut open: Vec<Challenge> = open.cloned().collect();
        open.sort_by(by_age);
        Ok(open)
    }
}
