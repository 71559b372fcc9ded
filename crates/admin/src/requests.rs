//! Requests to approve something, made by an operator.

use actix_web::{HttpResponse, web};
use data_adapter_core::{
    Amount, Attribute, AttributeValue, Binding, CodeDelivery, OperationId, Payment, User, is_hidden,
    is_printable,
};
use data_adapter_protocol::admin::{CreateScaRequest, ScaRequestCreated};
use data_adapter_sca::{CodeCarrier, Issue, IssuedRequest, NewScaRequest};

use crate::convert;
use crate::error::{Answer, ApiError};
use crate::extract::{UNSEEN, Valid};
use crate::settings::{AdminSettings, title_attribute};
use crate::state::Admin;

pub(crate) async fn create(state: web::Data<Admin>, request: Valid<CreateScaRequest>) -> Answer {
    let Valid(request) = request;
    let binding = binding(&request, &state.settings)?;
    let requests = state.parts.requests.as_ref().ok_or_else(ApiError::elsewhere)?;
    let user = state.parts.approvers.by_consumer_id(request.consumer, None).await?;
    let user = user.ok_or_else(ApiError::unknown_user)?;
    match requests.create(&state.new_request(user, request, binding)).await? {
        Issue::Issued(issued) => Ok(HttpResponse::Created().json(created(&issued))),
        Issue::Unreachable => Err(ApiError::unreachable()),
        Issue::Blocked => Err(ApiError::blocked()),
        Issue::Stopped(_) => Err(ApiError::limited()),
    }
}

impl Admin {
    fn new_request(&self, user: User, request: CreateScaRequest, binding: Binding) -> NewScaRequest {
        let operation = uuid::Builder::from_random_bytes(self.parts.random.bytes()).into_uuid();
        let name = match binding.payment {
            Some(_) => &self.settings.payment.name,
            None => &self.settings.request,
        };
        NewScaRequest {
            user,
            method: convert::method(request.method),
            carrier: CodeCarrier::Sms,
            operation: OperationId::new(operation.to_string()),
            name: name.clone(),
            binding,
            title: Some(request.title),
            description: request.description.filter(|description| !description.is_empty()),
            language: None,
            asker: None,
        }
    }
}

fn created(issued: &IssuedRequest) -> ScaRequestCreated {
    ScaRequestCreated {
        sca_reference_number: issued.request.message.as_str().to_uppercase(),
        expires_at: convert::time(issued.request.expires_at),
        delivered: issued.delivery == CodeDelivery::Succeeded,
    }
}

/// What the code is bound to: the payment, or else the title, which the message shows then.
fn binding(request: &CreateScaRequest, settings: &AdminSettings) -> Result<Binding, ApiError> {
    if !is_printable(&request.title) {
        return Err(ApiError::invalid("title", UNSEEN));
    }
    let is_seen = |text: &str| !text.chars().any(|c| c != '\n' && is_hidden(c));
    if !request.description.as_deref().is_none_or(is_seen) {
        return Err(ApiError::invalid(
            "description",
            "may have characters that can be seen, blanks and line breaks",
        ));
    }
    if let Some(payment) = payment(request, settings)? {
        return Ok(Binding::to_payment(payment));
    }
    let title = AttributeValue::Text(request.title.clone());
    Ok(Binding { payment: None, attributes: vec![Attribute { id: title_attribute(), value: title }] })
}

/// `None` for what is no payment.
fn payment(request: &CreateScaRequest, settings: &AdminSettings) -> Result<Option<Payment>, ApiError> {
    let (Some(amount), Some(currency), Some(payee)) = (&request.amount, &request.currency, &request.payee)
    else {
        return Ok(None);
    };
    let amount = amount.parse().ok().filter(Amount::is_positive);
    let amount = amount
        .ok_or_else(|| ApiError::invalid("amount", "has to be more than zero, with at most 28 digits"))?;
    let is_code = currency.len() == 3 && currency.bytes().all(|byte| byte.is_ascii_uppercase());
    if !is_code && !settings.payment.currencies.contains(currency) {
        return Err(ApiError::invalid(
            "currency",
            "has to be three capital letters, or what `operations` allows",
        ));
    }
    if !is_printable(payee) {
        return Err(ApiError::invalid("payee", UNSEEN));
    }
    let account_id = settings.payment.account.clone();
    Ok(Some(Payment { amount, currency: currency.clone(), account: payee.clone(), account_id }))
}
