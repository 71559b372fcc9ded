use std::collections::HashMap;

use async_trait::async_trait;
use data_adapter_core::{AdapterError, OperationId, UserId};
use data_adapter_sca::{
    ConsentFilter, ConsentPurpose, ConsentRecord, ConsentStore, ErasedConsents, KeptConsent, Retention,
    ShownForm,
};
use jiff::Timestamp;

use super::challenges::is_older;
use super::{MemoryStore, bring_back};

#[derive(Default)]
pub(super) struct Consents {
    shown: HashMap<(OperationId, UserId), ShownForm>,
    given: Vec<KeptConsent>,
}

impl Consents {
    pub(super) fn purge(&mut self, now: Timestamp, retention: Retention) -> usize {
        let before = self.shown.len();
        self.shown.retain(|_, form| !is_older(form.shown_at, retention.shown_forms, now));
        before - self.shown.len()
    }

    pub(super) fn rewind(&mut self, now: Timestamp) -> usize {
        self.shown.values_mut().map(|form| bring_back(&mut form.shown_at, now)).sum()
    }
}

fn is_for(consent: &ConsentRecord, purpose: &ConsentPurpose) -> bool {
    let ConsentPurpose { user, organization, form, version, client } = purpose;
    let given =
        (&consent.user, &consent.organization, &consent.form, &consent.version, consent.client.as_ref());
    given == (user, organization, form, version, Some(client))
}

#[async_trait]
impl ConsentStore for MemoryStore {
    async fn remember_shown(&self, shown: ShownForm) -> Result<(), AdapterError> {
        self.state().consents.shown.insert((shown.operation.clone(), shown.user.clone()), shown);
        Ok(())
    }

    async fn shown(&self, operation: &OperationId, user: &UserId) -> Result<Option<ShownForm>, AdapterError> {
        Ok(self.state().consents.shown.get(&(operation.clone(), user.clone())).cloned())
    }

    async fn add_consent(&self, record: ConsentRecord) -> Result<(), AdapterError> {
        self.state().consents.given.push(KeptConsent { consent: record, withdrawn_at: None });
        Ok(())
    }

    async fn latest_consent(&self, purpose: &ConsentPurpose) -> Result<Option<KeptConsent>, AdapterError> {
        let state = self.state();
        let latest = state.consents.given.iter().rev().find(|kept| is_for(&kept.consent, purpose));
        Ok(latest.cloned())
    }

    async fn consents(&self, user: Option<&UserId>) -> Result<Vec<KeptConsent>, AdapterError> {
        let state = self.state();
        let wanted = |kept: &&KeptConsent| user.is_none_or(|user| kept.consent.user == *user);
        Ok(state.consents.given.iter().filter(wanted).cloned().collect())
    }

    async fn withdraw_consents(
        &self,
        user: &UserId,
        filter: &ConsentFilter,
        now: Timestamp,
    ) -> Result<u64, AdapterError> {
        let mut state = self.state();
        let meant = |kept: &&mut KeptConsent| {
            kept.consent.user == *user && kept.withdrawn_at.is_none() && filter.fits(&kept.consent)
        };
        let withdrawn = state.consents.given.iter_mut().filter(meant);
        Ok(withdrawn.map(|kept| kept.withdrawn_at = Some(now)).count() as u64)
    }

    async fn erase_consents(&self, user: &UserId) -> Result<ErasedConsents, AdapterError> {
        let mut state = self.state();
        let consents: Vec<_> =
            state.consents.given.extract_if(.., |kept| kept.consent.user == *user).collect();
        let shown_forms = state.consents.shown.extract_if(|(_, shown_to), _| shown_to == user).count();
        Ok(ErasedConsents {
            consents: consents.len() as u64,
            withdrawals: consents.iter().filter(|kept| kept.withdrawn_at.is_some()).count() as u64,
            shown_forms: shown_forms as u64,
        })
    }
}
