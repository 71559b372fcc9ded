use actix_web::{HttpResponse, web};
use data_adapter_core::{Application, AuthenticationStep, CertificateMode, FormContent, ImplicitLogin, Json};
use data_adapter_protocol::web_flow::{
    ApplicationContext, AuthMethodInitResponse, AuthMethodRequest, CertificateAuthenticationMode, FormTexts,
    LoginOperationRequest, LoginOperationResponse, ObjectResponse, OperationMappingResponse, form_with_texts,
};
use serde_json::value::RawValue;

use crate::convert::{party, raw};
use crate::error::{Answer, ApiError, Malformed};
use crate::extract::Valid;
use crate::state::WebFlow;

pub(crate) async fn create_login(state: web::Data<WebFlow>, request: Valid<LoginOperationRequest>) -> Answer {
    let Valid(request) = request;
    let request = ImplicitLogin { client: request.client_id, scopes: request.scopes };
    let login = state.backend.setup.login(&request).await?.ok_or(Malformed::Unreadable)?;
    Ok(HttpResponse::Ok().json(ObjectResponse::of(LoginOperationResponse {
        name: login.name.to_string(),
        form_data: form(login.form, None)?,
        application_context: Some(application(login.application)?),
    })))
}

pub(crate) async fn init_method(state: web::Data<WebFlow>, request: Valid<AuthMethodRequest>) -> Answer {
    let options = state.backend.setup.step_options(&step(request.0)?).await?;
    Ok(HttpResponse::Ok().json(ObjectResponse::of(AuthMethodInitResponse {
        certificate_authentication_mode: match options.certificate {
            CertificateMode::Enabled => CertificateAuthenticationMode::Enabled,
            CertificateMode::Disabled => CertificateAuthenticationMode::Disabled,
            CertificateMode::NotAvailable => CertificateAuthenticationMode::NotAvailable,
        },
        certificate_verification_url: options.certificate_url,
        operation_data_external: options.signed_text,
    })))
}

pub(crate) async fn map(state: web::Data<WebFlow>, request: Valid<AuthMethodRequest>) -> Answer {
    let step = step(request.0)?;
    let mapping = state.backend.setup.mapping(&step).await?;
    let sent = step.party.operation.form_data;
    let form_data = match mapping.form {
        Some(content) => Some(form(content, sent.as_ref())?),
        None => sent.map(raw).transpose()?,
    };
    Ok(HttpResponse::Ok().json(ObjectResponse::of(OperationMappingResponse {
        template_name: mapping.template,
        operation_name: mapping.name.to_string(),
        operation_data: mapping.data,
        form_data,
    })))
}

fn step(request: AuthMethodRequest) -> Result<AuthenticationStep, ApiError> {
    Ok(AuthenticationStep {
        party: party(request.user_id, request.organization_id, request.operation_context)?,
        method: request.auth_method,
    })
}

/// A form in place of the one that was `sent`.
fn form(content: FormContent, sent: Option<&Json>) -> Result<Box<RawValue>, ApiError> {
    match content {
        FormContent::FormData(form) => raw(form),
        FormContent::Texts(texts) => {
            let texts = FormTexts { title: &texts.title, greeting: &texts.greeting, summary: &texts.summary };
            Ok(form_with_texts(texts, sent.map(Json::as_str))?)
        }
    }
}

fn application(application: Application) -> Result<ApplicationContext, ApiError> {
    Ok(ApplicationContext {
        id: application.id,
        name: application.name,
        description: application.description,
        original_scopes: application.scopes,
        extras: Some(raw(application.extras.unwrap_or_else(|| Json::new("{}")))?),
    })
}
