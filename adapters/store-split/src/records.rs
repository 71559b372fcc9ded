//! What the half of the records keeps, and no challenge has to do with.

use async_trait::async_trait;
use data_adapter_core::{AdapterError, MessageId, OperationId, UserId};
use data_adapter_sca::{
    Begun, ConsentFilter, ConsentPurpose, ConsentRecord, ConsentStore, Delivery, DeliveryStore,
    ErasedConsents, IdempotencyKey, IdempotencyStore, KeptConsent, NewDelivery, Receipt, Receipted,
    SessionKey, SessionStore, ShownForm, StoredAnswer, TokenStore,
};
use jiff::{SignedDuration, Timestamp};

use crate::SplitStore;

#[async_trait]
impl ConsentStore for SplitStore {
    async fn remember_shown(&self, shown: ShownForm) -> Result<(), AdapterError> {
        self.records.remember_shown(shown).await
    }

    async fn shown(&self, operation: &OperationId, user: &UserId) -> Result<Option<ShownForm>, AdapterError> {
        self.records.shown(operation, user).await
    }

    async fn add_consent(&self, record: ConsentRecord) -> Result<(), AdapterError> {
        self.records.add_consent(record).await
    }

    async fn latest_consent(&self, purpose: &ConsentPurpose) -> Result<Option<KeptConsent>, AdapterError> {
        self.records.latest_consent(purpose).await
    }

    async fn consents(&self, user: Option<&UserId>) -> Result<Vec<KeptConsent>, AdapterError> {
        self.records.consents(user).await
    }

    async fn withdraw_consents(
        &self,
        user: &UserId,
        filter: &ConsentFilter,
        now: Timestamp,
    ) -> Result<u64, AdapterError> {
        self.records.withdraw_consents(user, filter, now).await
    }

    async fn erase_consents(&self, user: &UserId) -> Result<ErasedConsents, AdapterError> {
        self.records.erase_consents(user).await
    }
}

#[async_trait]
impl TokenStore for SplitStore {
    async fn revoke_token(&self, id: &str, expires_at: Timestamp) -> Result<bool, AdapterError> {
        self.records.revoke_token(id, expires_at).await
    }

    async fn is_token_revoked(&self, id: &str) -> Result<bool, AdapterError> {
        self.records.is_token_revoked(id).await
    }

    async fn next_number(&self, token: &str) -> Result<Option<i64>, AdapterError> {
        self.records.next_number(token).await
    }
}

#[async_trait]
impl SessionStore for SplitStore {
    async fn open_session(&self, session: &SessionKey, now: Timestamp) -> Result<(), AdapterError> {
        self.records.open_session(session, now).await
    }

    async fn touch_session(
        &self,
        session: &SessionKey,
        now: Timestamp,
        idle: SignedDuration,
    ) -> Result<bool, AdapterError> {
        self.records.touch_session(session, now, idle).await
    }

    async fn admit_session(
        &self,
        session: &SessionKey,
        issued_at: Timestamp,
        now: Timestamp,
        idle: SignedDuration,
    ) -> Result<bool, AdapterError> {
        self.records.admit_session(session, issued_at, now, idle).await
    }

    async fn end_sessions(&self, user: &UserId, issued_until: Timestamp) -> Result<u64, AdapterError> {
        self.records.end_sessions(user, issued_until).await
    }
}

#[async_trait]
impl IdempotencyStore for SplitStore {
    async fn begin_call(
        &self,
        key: &IdempotencyKey,
        fingerprint: &[u8; 32],
        now: Timestamp,
        lease: SignedDuration,
    ) -> Result<Begun, AdapterError> {
        self.records.begin_call(key, fingerprint, now, lease).await
    }

    async fn finish_call(
        &self,
        key: &IdempotencyKey,
        fingerprint: &[u8; 32],
        answer: StoredAnswer,
    ) -> Result<(), AdapterError> {
        self.records.finish_call(key, fingerprint, answer).await
    }

    async fn free_call(
        &self,
        key: &IdempotencyKey,
        fingerprint: &[u8; 32],
        undone: bool,
    ) -> Result<(), AdapterError> {
        self.records.free_call(key, fingerprint, undone).await
    }
}

#[async_trait]
impl DeliveryStore for SplitStore {
    async fn hand_over(&self, delivery: &NewDelivery, now: Timestamp) -> Result<Delivery, AdapterError> {
        self.records.hand_over(delivery, now).await
    }

    async fn keep_receipt(&self, receipt: &Receipt, now: Timestamp) -> Result<Receipted, AdapterError> {
        self.records.keep_receipt(receipt, now).await
    }

    async fn deliveries(&self, messages: &[MessageId]) -> Result<Vec<Delivery>, AdapterError> {
        self.records.deliveries(messages).await
    }
}
