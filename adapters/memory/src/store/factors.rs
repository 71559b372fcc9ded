use std::collections::HashMap;

use async_trait::async_trait;
use data_adapter_core::{AdapterError, MessageId, UserId};
use data_adapter_sca::{
    Enrolled, EnrolledFactor, FactorChannel, FactorStatus, FactorStore, NewFactor, TargetHash,
};
use jiff::Timestamp;

use super::{MemoryStore, State, bring_back};

#[derive(Default)]
pub(super) struct Factors {
    /// In the order of enrolment.
    enrolled: HashMap<UserId, Vec<EnrolledFactor>>,
    /// Whose factor each challenge decides.
    deciding: HashMap<MessageId, UserId>,
}

impl Factors {
    fn find(&mut self, user: &UserId, channel: FactorChannel) -> Option<&mut EnrolledFactor> {
        self.enrolled.get_mut(user)?.iter_mut().find(|factor| factor.channel == channel)
    }

    /// Keeps a factor as pending, and says what decided the one before.
    fn put(&mut self, factor: EnrolledFactor) -> Option<MessageId> {
        if let Some(message) = &factor.message {
            self.deciding.insert(message.clone(), factor.user.clone());
        }
        let older = match self.find(&factor.user, factor.channel) {
            Some(older) => std::mem::replace(older, factor).message,
            None => {
                self.enrolled.entry(factor.user.clone()).or_default().push(factor);
                None
            }
        };
        older.inspect(|message| drop(self.deciding.remove(message)))
    }

    /// Decides the factor that a challenge is about, or says that nothing decides it: false where it is about none.
    pub(super) fn settle(&mut self, message: &MessageId, status: Option<FactorStatus>) -> bool {
        let Some(user) = self.deciding.remove(message) else { return false };
        let theirs = self.enrolled.get_mut(&user).into_iter().flatten();
        for factor in theirs.filter(|factor| factor.message.as_ref() == Some(message)) {
            factor.status = status.unwrap_or(factor.status);
            factor.message = None;
        }
        true
    }

    pub(super) fn rewind(&mut self, now: Timestamp) -> usize {
        let all = self.enrolled.values_mut().flatten();
        all.map(|factor| bring_back(&mut factor.enrolled_at, now)).sum()
    }
}

impl State {
    /// Ends what was to decide a factor.
    fn end_deciding(&mut self, message: Option<MessageId>) {
        if let Some(message) = message {
            self.factors.deciding.remove(&message);
            self.challenges.end_open(&message);
        }
    }
}

#[async_trait]
impl FactorStore for MemoryStore {
    async fn enrol(&self, factor: NewFactor) -> Result<Enrolled, AdapterError> {
        let mut state = self.state();
        let NewFactor { channel, target, challenge, call } = factor;
        let Some(user) = challenge.step.user.clone() else { return Ok(Enrolled::Refused) };
        if call.as_ref().is_some_and(|call| !state.calls.awaits_effect(call)) {
            return Ok(Enrolled::CallOver);
        }
        let stands = state.factors.find(&user, channel).map(|factor| factor.status);
        if stands == Some(FactorStatus::Active) || !state.challenges.open(challenge.clone()) {
            return Ok(Enrolled::Refused);
        }
        let older = state.factors.put(EnrolledFactor {
            user,
            channel,
            status: FactorStatus::Pending,
            enrolled_at: challenge.created_at,
            target,
            message: Some(challenge.message),
        });
        state.end_deciding(older);
        if let Some(call) = call {
            state.calls.had_effect(call);
        }
        Ok(Enrolled::Pending)
    }

    async fn factors(&self, user: &UserId) -> Result<Vec<EnrolledFactor>, AdapterError> {
        Ok(self.state().factors.enrolled.get(user).cloned().unwrap_or_default())
    }

    async fn give_up(&self, message: &MessageId) -> Result<bool, AdapterError> {
        let mut state = self.state();
        let given_up = state.factors.settle(message, None);
        if given_up {
            state.challenges.end_open(message);
        }
        Ok(given_up)
    }

    async fn deactivate(
        &self,
        user: &UserId,
        channel: FactorChannel,
        target: &TargetHash,
    ) -> Result<bool, AdapterError> {
        let mut state = self.state();
        let factor = state.factors.find(user, channel).filter(|factor| {
            factor.status != FactorStatus::Inactive && factor.target.as_ref() == Some(target)
        });
        let Some(factor) = factor else { return Ok(false) };
        factor.status = FactorStatus::Inactive;
        let message = factor.message.take();
        state.end_deciding(message);
        Ok(true)
    }

    async fn rehash(
        &self,
        user: &UserId,
        channel: FactorChannel,
        older: &TargetHash,
        newer: &TargetHash,
    ) -> Result<bool, AdapterError> {
        let mut state = self.state();
        let factor = state.factors.find(user, channel);
        let factor = factor.filter(|factor| factor.target.as_ref() == Some(older));
        Ok(factor.map(|factor| factor.target = Some(newer.clone())).is_some())
    }

    async fn unlink(&self, user: &UserId, channel: FactorChannel) -> Result<bool, AdapterError> {
        let mut state = self.state();
        let Some(theirs) = state.factors.enrolled.get_mut(user) else { return Ok(false) };
        let Some(index) = theirs.iter().position(|factor| factor.channel == channel) else {
            return Ok(false);
        };
        let message = theirs.remove(index).message;
        state.end_deciding(message);
        Ok(true)
    }
}
