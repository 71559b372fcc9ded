//! What is kept of phone numbers and of calls, under the server's keys.

use data_adapter_core::{AdapterError, OperationId, PhoneNumber, User, UserId};
use subtle::ConstantTimeEq as _;

use super::code;
use super::engine::OtpEngine;
use super::keys::ServerKey;
use crate::store::{EnrolledFactor, FactorChannel, FactorStatus, TargetHash};

/// The hash of a user's number. The first item tells it from everything else that is hashed under the key.
fn hash(key: &ServerKey, user: &UserId, number: &PhoneNumber) -> [u8; 32] {
    code::keyed(key, &[b"phone number", user.as_str().as_bytes(), number.expose().as_bytes()])
}

impl OtpEngine {
    /// What is kept of a number that a user proves.
    pub(crate) fn target(&self, user: &UserId, number: &PhoneNumber) -> TargetHash {
        let key = self.parts.keys.current();
        TargetHash { key_id: key.id().to_owned(), hash: hash(key, user, number) }
    }

    /// Whether this is the number that a user proved; `None` when the key is gone that it was hashed under.
    pub(crate) fn is_target(&self, user: &UserId, number: &PhoneNumber, target: &TargetHash) -> Option<bool> {
        let Some(key) = self.parts.keys.find(&target.key_id) else {
            tracing::error!(
                key_id = target.key_id,
                "a phone number that was proved has to be proved again: the key of its hash is not configured"
            );
            return None;
        };
        Some(hash(key, user, number).ct_eq(&target.hash).into())
    }

    /// The factors of a user, as they are for the number that is theirs now. Only another number changes them for good: that a
    /// number or a key is gone may be a mistake that somebody puts right.
    pub(crate) async fn factors(&self, user: &User) -> Result<Vec<EnrolledFactor>, AdapterError> {
        let number = user.phone.as_ref().and_then(|number| self.parts.numbers.read(number).ok());
        let mut factors = self.parts.store.factors(&user.id).await?;
        for factor in factors.iter_mut().filter(|factor| factor.status != FactorStatus::Inactive) {
            let Some(target) = &factor.target else { continue };
            let fits = number.as_ref().and_then(|number| self.is_target(&user.id, number, target));
            if let (Some(true), Some(number)) = (fits, &number) {
                self.rehash(factor, number).await;
                continue;
            }
            if fits == Some(false) {
                self.parts.store.deactivate(&user.id, factor.channel, target).await?;
            }
            factor.status = FactorStatus::Inactive;
            factor.message = None;
        }
        Ok(factors)
    }

    /// Keeps the number of a factor under the current key, now that it is seen, so that the key before it may go. Where that fails,
    /// it is for the next time.
    async fn rehash(&self, factor: &mut EnrolledFactor, number: &PhoneNumber) {
        let current = self.target(&factor.user, number);
        let Some(older) = factor.target.as_ref().filter(|older| older.key_id != current.key_id) else {
            return;
        };
        match self.parts.store.rehash(&factor.user, factor.channel, older, &current).await {
            Ok(true) => factor.target = Some(current),
            Ok(false) => {}
            Err(error) => {
                tracing::warn!(%error, key_id = older.key_id, "what is kept of a phone number stays under its key");
            }
        }
    }

    /// The number that a code for a user goes to, where `named` wins over their own; `None` where there is none that can be used, or
    /// where it has to be proved and is not.
    pub(crate) async fn reach(
        &self,
        user: &User,
        named: Option<&PhoneNumber>,
        operation: &OperationId,
    ) -> Result<Option<PhoneNumber>, AdapterError> {
        let factors = self.factors(user).await?;
        let number = named.or(user.phone.as_ref()).and_then(|written| self.number(written, operation));
        if !self.parts.require_enrolled {
            return Ok(number);
        }
        let mut proved = factors
            .iter()
            .filter(|factor| factor.channel == FactorChannel::Sms && factor.status == FactorStatus::Active);
        Ok(number.filter(|number| {
            proved.any(|factor| {
                let target = factor.target.as_ref();
                target.and_then(|target| self.is_target(&user.id, number, target)) == Some(true)
            })
        }))
    }

    /// Hashes of a call, by all that it asks for, so that one that is repeated is known: under the current key, and under each
    /// one before it.
    #[must_use]
    pub fn fingerprints(&self, call: &[&[u8]]) -> Vec<[u8; 32]> {
        let items: Vec<&[u8]> = std::iter::once(&b"call"[..]).chain(call.iter().copied()).collect();
        self.parts.keys.all().map(|key| code::keyed(key, &items)).collect()
    }
}
