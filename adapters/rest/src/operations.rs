use async_trait::async_trait;
use data_adapter_core::{
    AdapterError, Decoration, FormChoice, FormDataChange, OperationChange, OperationOutcome, OperationParty,
    Operations,
};
use data_adapter_protocol::web_flow as wire;
use data_adapter_protocol::web_flow::{
    DecorateRequest, DecorateResponse, FormDataChangeRequest, OperationChangeRequest,
};

use crate::RestBackend;
use crate::convert::{context, object, text};
use crate::endpoint::Endpoint;

#[async_trait]
impl Operations for RestBackend {
    /// The form goes on as it came, and comes back as the system behind answers it.
    async fn decorate(&self, party: &OperationParty) -> Result<Option<Decoration>, AdapterError> {
        let endpoint = Endpoint::Decorate;
        let request = DecorateRequest {
            user_id: text(party.user.as_ref()).unwrap_or_default(),
            organization_id: text(party.organization.as_ref()),
            operation_context: context(&party.operation)?,
        };
        let form = match self.upstream.ask::<_, DecorateResponse>(endpoint, request, &[]).await {
            Ok(response) => response.form_data,
            Err(refusal) => return refusal.user_or_error(),
        };
        Ok(Some(Decoration::FormData(object(endpoint, "the form", form)?)))
    }

    async fn form_data_changed(&self, change: &FormDataChange) -> Result<(), AdapterError> {
        let party = &change.party;
        let form_data_change = match &change.choice {
            FormChoice::BankAccount(id) => {
                wire::FormDataChange::BankAccountChoice { bank_account_id: Some(id.clone()) }
            }
            FormChoice::AuthenticationMethod(method) => {
                wire::FormDataChange::AuthMethodChoice { chosen_auth_method: Some(method.clone()) }
            }
        };
        let request = FormDataChangeRequest {
            user_id: text(party.user.as_ref()).unwrap_or_default(),
            organization_id: text(party.organization.as_ref()),
            operation_context: context(&party.operation)?,
            form_data_change: Some(form_data_change),
        };
        Ok(self.upstream.tell(Endpoint::FormDataChange, request).await?)
    }

    async fn operation_changed(&self, change: &OperationChange) -> Result<(), AdapterError> {
        let request = OperationChangeRequest {
            user_id: text(change.party.user.as_ref()),
            organization_id: text(change.party.organization.as_ref()),
            operation_context: context(&change.party.operation)?,
            operation_change: Some(match change.outcome {
                OperationOutcome::Done => wire::OperationChange::Done,
                OperationOutcome::Canceled => wire::OperationChange::Canceled,
                OperationOutcome::Failed => wire::OperationChange::Failed,
            }),
        };
        Ok(self.upstream.tell(Endpoint::OperationChange, request).await?)
    }
}
