use async_trait::async_trait;
use data_adapter_core::{AdapterError, AntiFraud, FraudAction, FraudDecision, FraudQuery, RequiredFactors};
use data_adapter_protocol::web_flow::{
    AfsAction, AfsRequest, AfsRequestParameters, AfsResponse, AuthStepOptions,
};

use crate::RestBackend;
use crate::convert::{context, object, raw, text};
use crate::endpoint::Endpoint;
use crate::refusal::Refusal;

#[async_trait]
impl AntiFraud for RestBackend {
    /// The payment goes in the form data, where the system behind finds it.
    async fn assess(&self, query: &FraudQuery) -> Result<FraudDecision, AdapterError> {
        let endpoint = Endpoint::AfsExecute;
        let response = self.upstream.ask(endpoint, request(query)?, &[]).await?;
        Ok(decision(endpoint, response)?)
    }
}

fn request(query: &FraudQuery) -> Result<AfsRequest, AdapterError> {
    Ok(AfsRequest {
        user_id: text(query.party.user.as_ref()),
        organization_id: text(query.party.organization.as_ref()),
        operation_context: context(&query.party.operation)?,
        afs_request_parameters: Some(AfsRequestParameters {
            afs_type: query.system.clone(),
            afs_action: Some(action(query.action)),
            client_ip_address: text(query.client_ip.as_ref()),
            step_index: query.step.try_into().unwrap_or_default(),
            username: query.username.clone(),
            auth_instruments: query.instruments.clone(),
            auth_step_result: query.step_result.clone(),
            operation_termination_reason: query.termination.clone(),
        }),
        extras: raw(query.extras.as_ref())?,
    })
}

fn action(action: FraudAction) -> AfsAction {
    match action {
        FraudAction::LoginInit => AfsAction::LoginInit,
        FraudAction::LoginAuth => AfsAction::LoginAuth,
        FraudAction::Logout => AfsAction::Logout,
        FraudAction::ApprovalInit => AfsAction::ApprovalInit,
        FraudAction::ApprovalAuth => AfsAction::ApprovalAuth,
    }
}

/// Options that do not apply are none.
fn decision(endpoint: Endpoint, response: AfsResponse) -> Result<FraudDecision, Refusal> {
    let options = response.auth_step_options.filter(|_| response.afs_response_applied);
    let extras = response.extras.map(|extras| object(endpoint, "`extras`", extras)).transpose()?;
    Ok(FraudDecision {
        factors: options.map(|AuthStepOptions { sms_otp_required, password_required }| RequiredFactors {
            sms_otp: sms_otp_required,
            password: password_required,
        }),
        label: response.afs_label,
        extras,
    })
}
