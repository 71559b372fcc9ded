use async_trait::async_trait;
use data_adapter_core::{AdapterError, MessageId, UserId};
use data_adapter_sca::{
    ApprovalMethod, Challenge, CodeHash, Enrolled, EnrolledFactor, FactorChannel, FactorStatus, FactorStore,
    NewFactor, Opened, TargetHash,
};
use jiff::Timestamp;

use crate::{NO_POLICY, SplitStore};

/// A factor as the records keep it: its challenge is a question without a code.
fn question(new: &NewFactor) -> NewFactor {
    let method = match new.challenge.method {
        ApprovalMethod::ClientManaged | ApprovalMethod::Otp => ApprovalMethod::ClientManaged,
        ApprovalMethod::Push => ApprovalMethod::Push,
    };
    let code_hash = CodeHash([0; 32]);
    let challenge = Challenge { method, code_hash, key_id: String::new(), ..new.challenge.clone() };
    NewFactor { challenge, ..new.clone() }
}

impl SplitStore {
    async fn factor(
        &self,
        user: &UserId,
        channel: FactorChannel,
    ) -> Result<Option<EnrolledFactor>, AdapterError> {
        let factors = self.records.factors(user).await?;
        Ok(factors.into_iter().find(|factor| factor.channel == channel))
    }

    /// Ends the challenges of a user among the codes that decide no factor any more, as of a time when they were open. One that is left
    /// decides nothing.
    async fn tidy(&self, user: &UserId, now: Timestamp) {
        if let Err(error) = self.end_undeciding(user, now).await {
            tracing::warn!(%error, "a challenge that decides no factor any more could not be ended");
        }
    }

    async fn end_undeciding(&self, user: &UserId, now: Timestamp) -> Result<(), AdapterError> {
        let mut questions = Vec::new();
        for open in self.codes.open_challenges_of(user, now, &NO_POLICY).await? {
            let Challenge { message, step, .. } = open.challenge;
            if step.operation.as_str() == message.as_str() && self.records.step(&message).await?.is_some() {
                questions.push(message);
            }
        }
        // Asked last: what is a question and decides nothing by now never will.
        let factors = self.records.factors(user).await?;
        for message in questions {
            if !factors.iter().any(|factor| factor.message.as_ref() == Some(&message)) {
                self.codes.end(&message, now).await?;
            }
        }
        Ok(())
    }
}

#[async_trait]
impl FactorStore for SplitStore {
    async fn enrol(&self, new: NewFactor) -> Result<Enrolled, AdapterError> {
        let (challenge, channel) = (&new.challenge, new.channel);
        let Some(user) = &challenge.step.user else { return Ok(Enrolled::Refused) };
        let stands = self.factor(user, channel).await?.map(|factor| factor.status);
        if stands == Some(FactorStatus::Active)
            || self.codes.open(challenge.clone(), &[]).await? != Opened::Opened
        {
            return Ok(Enrolled::Refused);
        }
        let enrolled = self.records.enrol(question(&new)).await?;
        match enrolled {
            Enrolled::Pending => self.tidy(user, challenge.created_at).await,
            Enrolled::Refused | Enrolled::CallOver => {
                self.codes.end(&challenge.message, challenge.created_at).await?;
            }
        }
        Ok(enrolled)
    }

    async fn factors(&self, user: &UserId) -> Result<Vec<EnrolledFactor>, AdapterError> {
        self.records.factors(user).await
    }

    async fn give_up(&self, message: &MessageId) -> Result<bool, AdapterError> {
        let step = self.records.step(message).await?;
        let Some(user) = step.and_then(|step| step.user) else { return Ok(false) };
        let factors = self.records.factors(&user).await?;
        let given_up = self.records.give_up(message).await?;
        if let Some(factor) = factors.iter().find(|factor| factor.message.as_ref() == Some(message)) {
            self.tidy(&user, factor.enrolled_at).await;
        }
        Ok(given_up)
    }

    async fn deactivate(
        &self,
        user: &UserId,
        channel: FactorChannel,
        target: &TargetHash,
    ) -> Result<bool, AdapterError> {
        let factor = self.factor(user, channel).await?;
        let deactivated = self.records.deactivate(user, channel, target).await?;
        if let Some(factor) = factor {
            self.tidy(user, factor.enrolled_at).await;
        }
        Ok(deactivated)
    }

    async fn rehash(
        &self,
        user: &UserId,
        channel: FactorChannel,
        older: &TargetHash,
        newer: &TargetHash,
    ) -> Result<bool, AdapterError> {
        self.records.rehash(user, channel, older, newer).await
    }

    async fn unlink(&self, user: &UserId, channel: FactorChannel) -> Result<bool, AdapterError> {
        let Some(factor) = self.factor(user, channel).await? else { return Ok(false) };
        let unlinked = self.records.unlink(user, channel).await?;
        self.tidy(user, factor.enrolled_at).await;
        Ok(unlinked)
    }
}
