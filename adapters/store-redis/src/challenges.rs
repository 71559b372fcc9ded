use async_trait::async_trait;
use data_adapter_core::{AdapterError, MessageId, OperationId, Random, UserId};
use data_adapter_sca::{
    ApprovalMethod, Challenge, ChallengeStore, Guess, GuessPolicy, Offer, OpenChallenge, Opened, RatedKey,
    Renewal, Renewed, Step, Whose,
};
use jiff::Timestamp;

use crate::loaded::Loaded;
use crate::operations::end_open;
use crate::place::Place;
use crate::records::{ChallengeRecord, Record as _, State, StepRecord};
use crate::{RedisStore, guessing, place, remote};

fn consume(loaded: &mut Loaded, now: Timestamp) -> bool {
    let may_be_used = loaded.is_live(now)
        && match loaded.record.challenge.method {
            ApprovalMethod::ClientManaged => true,
            ApprovalMethod::Push => loaded.record.accepted,
            ApprovalMethod::Otp => false,
        };
    if may_be_used {
        loaded.close(State::Used);
        loaded.forget_spent();
    }
    may_be_used
}

fn decide(loaded: &mut Loaded, accepted: bool, now: Timestamp) -> bool {
    let is_undecided = loaded.is_live(now)
        && loaded.record.challenge.method == ApprovalMethod::Push
        && !loaded.record.accepted;
    if is_undecided {
        loaded.record.accepted = accepted;
        if !accepted {
            loaded.close(State::Ended);
        }
    }
    is_undecided
}

fn renew(loaded: &mut Loaded, renewal: &Renewal, limit: u32, now: Timestamp) -> Renewed {
    if !loaded.is_live(now) || loaded.record.accepted {
        return Renewed::Gone;
    }
    if loaded.record.renewals >= limit {
        return Renewed::Spent;
    }
    loaded.record.renewals += 1;
    let challenge = &mut loaded.record.challenge;
    (challenge.code_hash, challenge.created_at) = (renewal.code_hash, now);
    challenge.key_id.clone_from(&renewal.key_id);
    loaded.lasts_until(renewal.expires_at);
    Renewed::Renewed { renewals: loaded.record.renewals }
}

/// A challenge as it is told where it is open.
fn told(
    record: ChallengeRecord,
    step: Option<&StepRecord>,
    now: Timestamp,
    policy: &GuessPolicy,
) -> Option<OpenChallenge> {
    let ChallengeRecord { challenge, state, renewals, accepted } = record;
    let guesses = step.map_or(0, |step| step.guesses(now, policy.failures.forget_after));
    let is_open = state == State::Open && !challenge.is_over(now);
    is_open.then_some(OpenChallenge { challenge, renewals, guesses, accepted })
}

/// Older ones first.
pub(crate) fn by_age(a: &Challenge, b: &Challenge) -> std::cmp::Ordering {
    (a.created_at, &a.message).cmp(&(b.created_at, &b.message))
}

impl RedisStore {
    /// The challenges in the list of a user, with what their steps have spent.
    async fn listed_of(
        &self,
        user: &UserId,
    ) -> Result<Vec<(ChallengeRecord, Option<StepRecord>)>, AdapterError> {
        let owner = place::owner(Whose::User(user));
        let place = Place::of_name(&owner);
        let (keys, arguments) = ([self.owned("open", &owner)], [self.base(&place).into_bytes()]);
        let (script, deadline) = (&self.scripts.read_index, self.servers.deadline());
        let found: Vec<(String, String, String)> =
            self.servers.run(&place, script, &keys, &arguments, deadline).await?;
        let read = |(_, challenge, step): (String, String, String)| {
            let challenge = ChallengeRecord::read(&challenge).map_err(|error| remote(&error))?;
            let step = (!step.is_empty()).then(|| StepRecord::read(&step)).transpose();
            Ok((challenge, step.map_err(|error| remote(&error))?))
        };
        found.into_iter().map(read).collect()
    }
}

#[async_trait]
impl ChallengeStore for RedisStore {
    fn new_message(&self, whose: Whose<'_>, now: Timestamp, random: &dyn Random) -> MessageId {
        self.hiding.message(whose, now, random)
    }

    async fn open(&self, challenge: Challenge, rates: &[RatedKey]) -> Result<Opened, AdapterError> {
        self.open_within(challenge, rates).await
    }

    async fn step(&self, message: &MessageId) -> Result<Option<Step>, AdapterError> {
        let loaded = self.load(message, self.servers.deadline()).await?;
        Ok(loaded.map(|loaded| loaded.record.challenge.step))
    }

    async fn guess(
        &self,
        message: &MessageId,
        offer: &Offer,
        now: Timestamp,
        policy: &GuessPolicy,
    ) -> Result<Guess, AdapterError> {
        let guess = |loaded: &mut Loaded| guessing::guess(loaded, offer, now, policy);
        Ok(self.on_challenge(message, Some(now), guess).await?.unwrap_or(Guess::Unknown))
    }

    async fn consume(&self, message: &MessageId, now: Timestamp) -> Result<bool, AdapterError> {
        let used = self.on_challenge(message, Some(now), |loaded| consume(loaded, now)).await?;
        Ok(used.unwrap_or_default())
    }

    /// It is taken down for its operation again first, for as long as it lasts then.
    async fn renew(
        &self,
        message: &MessageId,
        renewal: Renewal,
        limit: u32,
        now: Timestamp,
    ) -> Result<Renewed, AdapterError> {
        let deadline = self.servers.deadline();
        let Some(loaded) = self.load(message, deadline).await? else { return Ok(Renewed::Gone) };
        let renewed = Challenge { expires_at: renewal.expires_at, ..loaded.record.challenge };
        if !self.register(&renewed, now, deadline).await? {
            return Ok(Renewed::Gone);
        }
        let renewed =
            self.on_challenge(message, Some(now), |loaded| renew(loaded, &renewal, limit, now)).await?;
        Ok(renewed.unwrap_or(Renewed::Gone))
    }

    async fn decide(
        &self,
        message: &MessageId,
        accepted: bool,
        now: Timestamp,
    ) -> Result<bool, AdapterError> {
        let decided = self.on_challenge(message, Some(now), |loaded| decide(loaded, accepted, now)).await?;
        Ok(decided.unwrap_or_default())
    }

    async fn end(&self, message: &MessageId, now: Timestamp) -> Result<bool, AdapterError> {
        let end = |loaded: &mut Loaded| loaded.is_live(now) && end_open(loaded);
        Ok(self.on_challenge(message, Some(now), end).await?.unwrap_or_default())
    }

    async fn end_pushes(&self, user: &UserId) -> Result<(), AdapterError> {
        for (ChallengeRecord { challenge, .. }, _) in self.listed_of(user).await? {
            if challenge.method == ApprovalMethod::Push {
                self.on_challenge(&challenge.message, None, end_open).await?;
            }
        }
        Ok(())
    }

    async fn open_challenge(
        &self,
        message: &MessageId,
        now: Timestamp,
        policy: &GuessPolicy,
    ) -> Result<Option<OpenChallenge>, AdapterError> {
        let loaded = self.load(message, self.servers.deadline()).await?;
        Ok(loaded.and_then(|loaded| told(loaded.record, loaded.step.value.as_ref(), now, policy)))
    }

    async fn open_challenges_of(
        &self,
        user: &UserId,
        now: Timestamp,
        policy: &GuessPolicy,
    ) -> Result<Vec<OpenChallenge>, AdapterError> {
        let listed = self.listed_of(user).await?.into_iter();
        let open = listed.filter_map(|(record, step)| told(record, step.as_ref(), now, policy));
        let mut open: Vec<_> = open.collect();
        open.sort_by(|a, b| by_age(&a.challenge, &b.challenge));
        Ok(open)
    }

    async fn end_operation(&self, operation: &OperationId, now: Timestamp) -> Result<u64, AdapterError> {
        self.end_of(operation, now).await
    }

    async fn is_over(&self, operation: &OperationId) -> Result<bool, AdapterError> {
        self.operation_is_over(operation, self.servers.deadline()).await
    }

    async fn open_challenges(&self, now: Timestamp) -> Result<Vec<Challenge>, AdapterError> {
        let is_open =
            |record: &ChallengeRecord| record.state == State::Open && !record.challenge.is_over(now);
        let open = self.walked("challenge", is_open).await?;
        let mut open: Vec<_> = open.into_iter().map(|record| record.challenge).collect();
        open.sort_by(by_age);
        Ok(open)
    }
}
