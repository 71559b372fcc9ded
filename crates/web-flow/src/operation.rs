use actix_web::{HttpResponse, web};
use data_adapter_core::{
    BankAccount, Decoration, FormChoice, FormDataChange, OperationChange, OperationOutcome,
};
use data_adapter_protocol::web_flow as wire;
use data_adapter_protocol::web_flow::{
    DecorateRequest, DecorateResponse, FormDataChangeRequest, ObjectResponse, OperationChangeRequest,
};

use crate::convert::{party, raw};
use crate::error::{Answer, ApiError, Malformed};
use crate::extract::Valid;
use crate::state::WebFlow;

pub(crate) async fn decorate(state: web::Data<WebFlow>, request: Valid<DecorateRequest>) -> Answer {
    let Valid(request) = request;
    let mut party = party(Some(request.user_id), request.organization_id, request.operation_context)?;
    let decoration = state.backend.operations.decorate(&party).await?.ok_or_else(ApiError::user_not_found)?;
    let form = party.operation.form_data.take().ok_or(Malformed::Unreadable)?;
    let form_data = match decoration {
        Decoration::Unchanged => raw(form)?,
        Decoration::BankAccounts(accounts) => {
            let accounts: Vec<_> = accounts.into_iter().map(bank_account).collect();
            wire::with_bank_accounts(form.as_str(), &accounts)?
        }
        Decoration::FormData(form) => raw(form)?,
    };
    Ok(HttpResponse::Ok().json(ObjectResponse::of(DecorateResponse { form_data })))
}

fn bank_account(account: BankAccount) -> wire::BankAccount {
    wire::BankAccount {
        number: account.number,
        account_id: account.id,
        name: account.name,
        balance: account.balance.decimal(),
        currency: account.currency,
        usable_for_payment: account.usable_for_payment,
        unusable_for_payment_reason: account.unusable_reason,
    }
}

pub(crate) async fn form_data_changed(
    state: web::Data<WebFlow>,
    request: Valid<FormDataChangeRequest>,
) -> Answer {
    let Valid(request) = request;
    let choice = match request.form_data_change {
        Some(wire::FormDataChange::BankAccountChoice { bank_account_id }) => {
            bank_account_id.map(FormChoice::BankAccount)
        }
        Some(wire::FormDataChange::AuthMethodChoice { chosen_auth_method }) => {
            chosen_auth_method.map(FormChoice::AuthenticationMethod)
        }
        None => None,
    };
    let party = party(Some(request.user_id), request.organization_id, request.operation_context)?;
    let change = FormDataChange { party, choice: choice.ok_or(Malformed::Unreadable)? };
    state.backend.operations.form_data_changed(&change).await?;
    Ok(HttpResponse::Ok().json(ObjectResponse::received()))
}

pub(crate) async fn operation_changed(
    state: web::Data<WebFlow>,
    request: Valid<OperationChangeRequest>,
) -> Answer {
    let Valid(request) = request;
    let outcome = match request.operation_change.ok_or(Malformed::Unreadable)? {
        wire::OperationChange::Done => OperationOutcome::Done,
        wire::OperationChange::Canceled => OperationOutcome::Canceled,
        wire::OperationChange::Failed => OperationOutcome::Failed,
    };
    let party = party(request.user_id, request.organization_id, request.operation_context)?;
    state.backend.operations.operation_changed(&OperationChange { party, outcome }).await?;
    Ok(HttpResponse::Ok().json(ObjectResponse::received()))
}
