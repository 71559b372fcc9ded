use std::collections::HashMap;

use async_trait::async_trait;
use data_adapter_core::{AdapterError, OperationId, UserId};
use data_adapter_sca::{ConsentRecord, ConsentStore, Retention, ShownForm};
use jiff::Timestamp;

use super::challenges::is_older;
use super::{MemoryStore, bring_back};

#[derive(Default)]
pub(super) struct Consents {
    shown: HashMap<(OperationId, UserId), ShownForm>,
    given: Vec<ConsentRecord>,
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
        self.state().consents.given.push(record);
        Ok(())
    }

    async fn consents(&self, user: Option<&UserId>) -> Result<Vec<ConsentRecord>, AdapterError> {
        let state = self.state();
        let wanted =
            state.consents.given.iter().filter(|record| user.is_none_or(|user| record.user == *user));
        Ok(wanted.cloned().collect())
    }
}
