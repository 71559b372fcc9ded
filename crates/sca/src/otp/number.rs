//! What is kept of phone numbers and of calls, under the server's keys.

use data_adapter_core::{AdapterError, OperationId, PhoneNumber, UserId};
use subtle::ConstantTimeEq as _;

use super::code;
use super::engine::OtpEngine;
use super::keys::ServerKey;
use crate::store::{FactorChannel, FactorStatus, TargetHash};

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

    /// The number that a code goes to; `None` where there is none that can be used, or where it has to be proved and is not.
    pub(crate) async fn reach(
        &self,
        user: &UserId,
        written: Option<&PhoneNumber>,
        operation: &OperationId,
    ) -> Result<Option<PhoneNumber>, AdapterError> {
        let number = written.and_then(|written| self.number(written, operation));
        if !self.parts.require_enrolled {
            return Ok(number);
        }
        let factors = self.parts.store.factors(user).await?;
        let mut proved = factors
            .iter()
            .filter(|factor| factor.channel == FactorChannel::Sms && factor.status == FactorStatus::Active);
        Ok(number.filter(|number| {
            proved.any(|factor| {
                let target = factor.target.as_ref();
                target.and_then(|target| self.is_target(user, number, target)) == Some(true)
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
