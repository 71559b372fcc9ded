use async_trait::async_trait;
use data_adapter_core::{
    AdapterError, Application, AuthenticationStep, CertificateMode, FormContent, ImplicitLogin,
    LoginOperation, OperationMapping, OperationName, OperationSetup, StepOptions,
};
use data_adapter_protocol::web_flow::{
    ApplicationContext, AuthMethodInitResponse, AuthMethodRequest, CertificateAuthenticationMode,
    LoginOperationRequest, LoginOperationResponse, OperationMappingResponse,
};
use serde_json::value::RawValue;

use crate::RestBackend;
use crate::convert::{context, object, text};
use crate::endpoint::Endpoint;
use crate::refusal::Refusal;
use crate::users::is_blank;

#[async_trait]
impl OperationSetup for RestBackend {
    /// A system that has no login for an application says so by refusing the request, or by an answer with nothing in it.
    async fn login(&self, request: &ImplicitLogin) -> Result<Option<LoginOperation>, AdapterError> {
        let endpoint = Endpoint::OperationCreate;
        let request =
            LoginOperationRequest { client_id: request.client.clone(), scopes: request.scopes.clone() };
        match self.upstream.ask_optional::<_, LoginOperationResponse>(endpoint, request).await {
            Ok(login) => Ok(login.map(|login| operation(endpoint, login)).transpose()?),
            Err(Refusal::Error(AdapterError::InvalidInput(_))) => Ok(None),
            Err(refusal) => Err(refusal.into()),
        }
    }

    async fn step_options(&self, step: &AuthenticationStep) -> Result<StepOptions, AdapterError> {
        let request = wire_step(step)?;
        let response: AuthMethodInitResponse = self.upstream.ask(Endpoint::MethodInit, request, &[]).await?;
        Ok(StepOptions {
            certificate: match response.certificate_authentication_mode {
                CertificateAuthenticationMode::Enabled => CertificateMode::Enabled,
                CertificateAuthenticationMode::Disabled => CertificateMode::Disabled,
                CertificateAuthenticationMode::NotAvailable => CertificateMode::NotAvailable,
            },
            certificate_url: response.certificate_verification_url,
            signed_text: response.operation_data_external,
        })
    }

    async fn mapping(&self, step: &AuthenticationStep) -> Result<OperationMapping, AdapterError> {
        let endpoint = Endpoint::OperationMapping;
        let response: OperationMappingResponse = self.upstream.ask(endpoint, wire_step(step)?, &[]).await?;
        if is_blank(&response.template_name) {
            return Err(Refusal::malformed(endpoint, "it names no template").into());
        }
        let form = response.form_data.map(|sent| form(endpoint, sent)).transpose()?;
        Ok(OperationMapping {
            template: response.template_name,
            name: name(endpoint, response.operation_name)?,
            data: response.operation_data,
            form,
        })
    }
}

fn wire_step(step: &AuthenticationStep) -> Result<AuthMethodRequest, AdapterError> {
    Ok(AuthMethodRequest {
        user_id: text(step.party.user.as_ref()),
        organization_id: text(step.party.organization.as_ref()),
        auth_method: step.method.clone(),
        operation_context: context(&step.party.operation)?,
    })
}

fn operation(endpoint: Endpoint, login: LoginOperationResponse) -> Result<LoginOperation, Refusal> {
    let application = login.application_context.filter(|application| !is_blank(&application.id));
    let application = application.ok_or_else(|| Refusal::malformed(endpoint, "it names no application"))?;
    Ok(LoginOperation {
        name: name(endpoint, login.name)?,
        form: form(endpoint, login.form_data)?,
        application: known(endpoint, application)?,
    })
}

fn known(endpoint: Endpoint, application: ApplicationContext) -> Result<Application, Refusal> {
    let extras = application.extras.map(|extras| object(endpoint, "`extras`", extras)).transpose()?;
    Ok(Application {
        id: application.id,
        name: application.name,
        description: application.description,
        scopes: application.original_scopes,
        extras,
    })
}

fn name(endpoint: Endpoint, name: String) -> Result<OperationName, Refusal> {
    if is_blank(&name) {
        return Err(Refusal::malformed(endpoint, "it names no operation"));
    }
    Ok(OperationName::new(name))
}

fn form(endpoint: Endpoint, sent: Box<RawValue>) -> Result<FormContent, Refusal> {
    object(endpoint, "the form", sent).map(FormContent::FormData)
}
