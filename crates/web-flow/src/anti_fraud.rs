use actix_web::{HttpResponse, web};
use data_adapter_core::{FraudAction, FraudDecision, FraudQuery, Json};
use data_adapter_protocol::web_flow::{AfsAction, AfsRequest, AfsResponse, AuthStepOptions, ObjectResponse};

use crate::binding::binding;
use crate::convert::{json, party, raw};
use crate::error::{Answer, ApiError, Malformed};
use crate::extract::Valid;
use crate::settings::WebFlowSettings;
use crate::state::WebFlow;

pub(crate) async fn assess(state: web::Data<WebFlow>, request: Valid<AfsRequest>) -> Answer {
    let query = query(request.0, &state.settings)?;
    let decision = state.backend.anti_fraud.assess(&query).await?;
    Ok(HttpResponse::Ok().json(ObjectResponse::of(response(decision)?)))
}

/// What an operation that is no payment, or one that can't be read, is judged by is all but the payment.
fn query(request: AfsRequest, settings: &WebFlowSettings) -> Result<FraudQuery, ApiError> {
    let parameters = request.afs_request_parameters.ok_or(Malformed::Unreadable)?;
    let party = party(request.user_id, request.organization_id, request.operation_context)?;
    let payment = binding(&party.operation, settings).ok().and_then(|binding| binding.payment);
    Ok(FraudQuery {
        party,
        action: action(parameters.afs_action.ok_or(Malformed::Unreadable)?),
        payment,
        system: parameters.afs_type,
        client_ip: parameters.client_ip_address.and_then(|address| address.parse().ok()),
        step: parameters.step_index.try_into().unwrap_or_default(),
        username: parameters.username,
        instruments: parameters.auth_instruments,
        step_result: parameters.auth_step_result,
        termination: parameters.operation_termination_reason,
        extras: request.extras.map(json),
    })
}

fn action(action: AfsAction) -> FraudAction {
    match action {
        AfsAction::LoginInit => FraudAction::LoginInit,
        AfsAction::LoginAuth => FraudAction::LoginAuth,
        AfsAction::Logout => FraudAction::Logout,
        AfsAction::ApprovalInit => FraudAction::ApprovalInit,
        AfsAction::ApprovalAuth => FraudAction::ApprovalAuth,
    }
}

fn response(decision: FraudDecision) -> Result<AfsResponse, ApiError> {
    let options = decision.factors.map(|factors| AuthStepOptions {
        sms_otp_required: factors.sms_otp,
        password_required: factors.password,
    });
    Ok(AfsResponse {
        afs_response_applied: options.is_some(),
        afs_label: decision.label,
        auth_step_options: options,
        extras: Some(raw(decision.extras.unwrap_or_else(|| Json::new("{}")))?),
    })
}
