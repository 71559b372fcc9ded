//! What operators look at and put right, by a command or through an API.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use data_adapter_core::{AdapterError, Clock, UserId};

use crate::otp::{SendLimits, Sent};
use crate::store::{
    Block, Challenge, ConsentFilter, Delivery, Device, ErasedConsents, Factor, FactorChannel, KeptConsent,
    Store,
};

/// What waits for an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// What was asked.
    pub challenge: Challenge,
    /// What is known of the message with its code; `None` where no gateway took one that tells.
    pub delivery: Option<Delivery>,
}

/// What there is of a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserRecords {
    /// What of theirs is blocked.
    pub blocks: Vec<Block>,
    /// On which devices they are asked, oldest first.
    pub devices: Vec<Device>,
    /// What they have not answered, oldest first.
    pub challenges: Vec<Waiting>,
    /// How many consents they gave.
    pub consents: usize,
}

impl UserRecords {
    /// Whether there is nothing at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.blocks.is_empty() && self.devices.is_empty() && self.challenges.is_empty() && self.consents == 0
    }
}

/// How many records of a user were erased.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Erased {
    /// Consents, their withdrawals, and the forms that were shown.
    pub consents: ErasedConsents,
    /// Devices.
    pub devices: u64,
    /// Factors that the user had enrolled.
    pub factors: u64,
}

impl Erased {
    /// Of all kinds together.
    #[must_use]
    pub fn total(&self) -> u64 {
        let ErasedConsents { consents, withdrawals, shown_forms } = self.consents;
        consents + withdrawals + shown_forms + self.devices + self.factors
    }
}

/// What operators ask.
#[async_trait]
pub trait Administration: Send + Sync {
    /// What there is of a user. `is_known` says whether the directory knows them: `None` where it does not, and there is nothing of
    /// them either.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when nobody could be asked.
    async fn user(&self, user: &UserId, is_known: bool) -> Result<Option<UserRecords>, AdapterError>;

    /// Every block there is now, of one user or partner, or of all with `None`, by user and factor.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when nobody could be asked.
    async fn blocks(&self, user: Option<&UserId>) -> Result<Vec<Block>, AdapterError>;

    /// What waits for an answer, of one user, or of all with `None`, oldest first.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when nobody could be asked.
    async fn challenges(&self, user: Option<&UserId>) -> Result<Vec<Waiting>, AdapterError>;

    /// The consents of one user, or of all with `None`, oldest first, withdrawn ones among them.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when nobody could be asked.
    async fn consents(&self, user: Option<&UserId>) -> Result<Vec<KeptConsent>, AdapterError>;

    /// Records that a user withdraws what they have consented to until now, as far as the filter means it, and says how many consents
    /// that were: those that were withdrawn before are not among them.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when it could not be kept.
    async fn withdraw_consents(&self, user: &UserId, filter: &ConsentFilter) -> Result<u64, AdapterError>;

    /// Removes what is kept of a user without an end: consents and what belongs to them, devices and factors, with the challenges that
    /// ask on them. What is over after a time stays until then, a block and the failures that lead to it among it. It is done bit by
    /// bit: where it ends in an error, a part is removed, and the rest is when it is done again.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when it could not be done, or not all of it.
    async fn erase(&self, user: &UserId) -> Result<Erased, AdapterError>;

    /// What was sent, as far as it is counted against limits: to one user, or in all, by country and by organization with `None`.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when nobody could be asked.
    async fn sent(&self, user: Option<&UserId>) -> Result<Sent, AdapterError>;

    /// Forgets the failures of a user, or of a partner, with a factor, and lifts their block. False when there were none.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when it could not be done.
    async fn unblock(&self, user: &UserId, factor: Factor) -> Result<bool, AdapterError>;
}

/// The answers of a store.
pub struct StoreAdministration {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    limits: SendLimits,
}

impl StoreAdministration {
    /// Asks `store`.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock, limits: SendLimits::default() }
    }

    /// With the limits of what may be sent, without which nothing is counted.
    #[must_use]
    pub fn with_limits(self, limits: SendLimits) -> Self {
        Self { limits, ..self }
    }
}

#[async_trait]
impl Administration for StoreAdministration {
    async fn user(&self, user: &UserId, is_known: bool) -> Result<Option<UserRecords>, AdapterError> {
        let mut blocks = self.blocks(Some(user)).await?;
        blocks.retain(|block| block.factor != Factor::Partner);
        let records = UserRecords {
            blocks,
            devices: self.store.devices(user).await?,
            challenges: self.challenges(Some(user)).await?,
            consents: self.store.consents(Some(user)).await?.len(),
        };
        Ok((is_known || !records.is_empty()).then_some(records))
    }

    async fn blocks(&self, user: Option<&UserId>) -> Result<Vec<Block>, AdapterError> {
        let mut blocks = self.store.blocks(self.clock.now()).await?;
        blocks.retain(|block| user.is_none_or(|user| block.user == *user));
        Ok(blocks)
    }

    async fn challenges(&self, user: Option<&UserId>) -> Result<Vec<Waiting>, AdapterError> {
        let mut open = self.store.open_challenges(self.clock.now()).await?;
        open.retain(|challenge| user.is_none_or(|user| challenge.step.user.as_ref() == Some(user)));
        let messages: Vec<_> = open.iter().map(|challenge| challenge.message.clone()).collect();
        let known = self.store.deliveries(&messages).await?.into_iter();
        let mut known: HashMap<_, _> = known.map(|delivery| (delivery.message.clone(), delivery)).collect();
        let waiting = open.into_iter().map(|challenge| {
            let delivery = known.remove(&challenge.message);
            Waiting { challenge, delivery }
        });
        Ok(waiting.collect())
    }

    async fn consents(&self, user: Option<&UserId>) -> Result<Vec<KeptConsent>, AdapterError> {
        self.store.consents(user).await
    }

    async fn sent(&self, user: Option<&UserId>) -> Result<Sent, AdapterError> {
        self.limits.sent(&*self.store, user, self.clock.now()).await
    }

    async fn withdraw_consents(&self, user: &UserId, filter: &ConsentFilter) -> Result<u64, AdapterError> {
        self.store.withdraw_consents(user, filter, self.clock.now()).await
    }

    async fn erase(&self, user: &UserId) -> Result<Erased, AdapterError> {
        let mut erased = Erased { consents: self.store.erase_consents(user).await?, ..Erased::default() };
        for device in self.store.devices(user).await? {
            erased.devices += u64::from(self.store.deregister_device(user, device.id).await?);
        }
        for channel in [FactorChannel::Sms, FactorChannel::Authy, FactorChannel::Biometric] {
            erased.factors += u64::from(self.store.unlink(user, channel).await?);
        }
        Ok(erased)
    }

    async fn unblock(&self, user: &UserId, factor: Factor) -> Result<bool, AdapterError> {
        self.store.clear_attempts(user, factor).await
    }
}
