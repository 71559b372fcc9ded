use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use data_adapter_core::{
    AdapterError, Decoration, FormChoice, FormDataChange, OperationChange, OperationId, OperationOutcome,
    OperationParty, Operations, OrganizationId, UserId,
};

use super::MemoryBackend;

/// What became of the last operations; older ones are forgotten.
#[derive(Default)]
pub(super) struct RecentOperations {
    state: Mutex<Recent>,
}

#[derive(Default)]
struct Recent {
    progress: HashMap<OperationId, Progress>,
    order: VecDeque<OperationId>,
}

/// How far an operation got.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// The last choice of each kind, in the order of their making.
    pub choices: Vec<FormChoice>,
    /// How it ended; `None` while it has not.
    pub outcome: Option<OperationOutcome>,
}

impl RecentOperations {
    const KEPT: usize = 10_000;

    fn update(&self, operation: &OperationId, change: impl FnOnce(&mut Progress)) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if !state.progress.contains_key(operation) {
            state.order.push_back(operation.clone());
            if state.order.len() > Self::KEPT
                && let Some(oldest) = state.order.pop_front()
            {
                state.progress.remove(&oldest);
            }
        }
        change(state.progress.entry(operation.clone()).or_default());
    }

    fn of(&self, operation: &OperationId) -> Option<Progress> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).progress.get(operation).cloned()
    }
}

impl MemoryBackend {
    /// What was told about an operation; `None` when nothing was, or too many operations ago.
    #[must_use]
    pub fn progress(&self, operation: &OperationId) -> Option<Progress> {
        self.recent.of(operation)
    }

    fn owns(&self, user: &UserId, organization: Option<&OrganizationId>, account: &str) -> bool {
        let record = self.record(user, organization);
        record.is_some_and(|record| record.accounts.iter().any(|known| known.id == account))
    }
}

#[async_trait]
impl Operations for MemoryBackend {
    async fn decorate(&self, party: &OperationParty) -> Result<Option<Decoration>, AdapterError> {
        let user = party.user.as_ref().and_then(|id| self.record(id, party.organization.as_ref()));
        Ok(user.map(|record| {
            if self.decorated.contains(&party.operation.name) {
                Decoration::BankAccounts(record.accounts.clone())
            } else {
                Decoration::Unchanged
            }
        }))
    }

    async fn form_data_changed(&self, change: &FormDataChange) -> Result<(), AdapterError> {
        if let (FormChoice::BankAccount(account), Some(user)) = (&change.choice, &change.party.user)
            && !self.owns(user, change.party.organization.as_ref(), account)
        {
            return Err(AdapterError::InvalidInput("the chosen account is not one of the user's".to_owned()));
        }
        let choice = change.choice.clone();
        self.recent.update(&change.party.operation.id, |progress| {
            progress.choices.retain(|known| std::mem::discriminant(known) != std::mem::discriminant(&choice));
            progress.choices.push(choice);
        });
        Ok(())
    }

    /// An operation that ended stays ended as it first did.
    async fn operation_changed(&self, change: &OperationChange) -> Result<(), AdapterError> {
        self.recent.update(&change.party.operation.id, |progress| {
            progress.outcome.get_or_insert(change.outcome);
        });
        Ok(())
    }
}
