use std::sync::Arc;

use async_trait::async_trait;
use data_adapter_core::{
    AdapterError, Decoration, FormDataChange, OperationChange, OperationParty, Operations, UserLookup,
};

/// Follows operations where no system behind wants to: forms stay as they are, and nobody is told of anything.
pub struct UndecoratedOperations {
    users: Arc<dyn UserLookup>,
}

impl UndecoratedOperations {
    /// Knows by `users` whom there is.
    #[must_use]
    pub fn new(users: Arc<dyn UserLookup>) -> Self {
        Self { users }
    }
}

#[async_trait]
impl Operations for UndecoratedOperations {
    async fn decorate(&self, party: &OperationParty) -> Result<Option<Decoration>, AdapterError> {
        let Some(user) = &party.user else { return Ok(None) };
        let found = self.users.by_id(user, party.organization.as_ref()).await?;
        Ok(found.map(|_| Decoration::Unchanged))
    }

    async fn form_data_changed(&self, _: &FormDataChange) -> Result<(), AdapterError> {
        Ok(())
    }

    async fn operation_changed(&self, _: &OperationChange) -> Result<(), AdapterError> {
        Ok(())
    }
}
