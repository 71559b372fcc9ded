use async_trait::async_trait;
use data_adapter_core::{
    AdapterError, Consent, ConsentForm, ConsentNeed, ConsentOption, ConsentRequest, ConsentSubmission,
    ConsentValidation, OptionChoice, OptionProblem,
};
use data_adapter_protocol::web_flow as wire;
use data_adapter_protocol::web_flow::{
    ConsentFormResponse, ConsentInitResponse, ConsentOptionAnswer, ConsentSaveResponse, ConsentSubmitRequest,
    ConsentValidateResponse, OptionValue,
};

use crate::RestBackend;
use crate::convert::{context, text};
use crate::endpoint::Endpoint;
use crate::refusal::Refusal;

#[async_trait]
impl Consent for RestBackend {
    /// A system that follows the class of Web Flow announces the form and sends no text of it; one that follows the example
    /// of the document sends the form and does not announce it.
    async fn init(&self, request: &ConsentRequest) -> Result<ConsentNeed, AdapterError> {
        let endpoint = Endpoint::ConsentInit;
        let response: ConsentInitResponse = self.upstream.ask(endpoint, wire_request(request)?, &[]).await?;
        let has_form = !response.form.consent_html.is_empty() || !response.form.options.is_empty();
        match response.should_display_consent_form {
            Some(false) => Ok(ConsentNeed::NotNeeded),
            None if !has_form => {
                Err(Refusal::malformed(endpoint, "it does not say whether consent is needed").into())
            }
            Some(true) | None => Ok(ConsentNeed::Ask(form(endpoint, response.form)?)),
        }
    }

    async fn create(&self, request: &ConsentRequest) -> Result<ConsentForm, AdapterError> {
        let endpoint = Endpoint::ConsentCreate;
        let response = self.upstream.ask(endpoint, wire_request(request)?, &[]).await?;
        Ok(form(endpoint, response)?)
    }

    async fn validate(&self, submission: &ConsentSubmission) -> Result<ConsentValidation, AdapterError> {
        let response: ConsentValidateResponse =
            self.upstream.ask(Endpoint::ConsentValidate, submit_request(submission)?, &[]).await?;
        if response.consent_validation_passed {
            return Ok(ConsentValidation::Passed);
        }
        let wrong = response.option_validation_results.into_iter().filter(|result| !result.validation_passed);
        let problems = wrong
            .map(|result| OptionProblem { id: result.id, message: result.error_message.unwrap_or_default() });
        Ok(ConsentValidation::Failed {
            message: response.validation_error_message.unwrap_or_default(),
            problems: problems.collect(),
        })
    }

    async fn save(&self, submission: &ConsentSubmission) -> Result<bool, AdapterError> {
        let response: ConsentSaveResponse =
            self.upstream.ask(Endpoint::ConsentSave, submit_request(submission)?, &[]).await?;
        Ok(response.save_succeeded)
    }
}

fn wire_request(request: &ConsentRequest) -> Result<wire::ConsentRequest, AdapterError> {
    Ok(wire::ConsentRequest {
        user_id: request.user.to_string(),
        organization_id: text(request.organization.as_ref()),
        operation_context: context(&request.operation)?,
        lang: text(request.language.as_ref()),
    })
}

fn submit_request(submission: &ConsentSubmission) -> Result<ConsentSubmitRequest, AdapterError> {
    let answer = |choice: &OptionChoice| ConsentOptionAnswer {
        id: choice.id.clone(),
        value: Some(OptionValue::from(choice.checked)),
    };
    let request = wire_request(&submission.request)?;
    Ok(ConsentSubmitRequest {
        user_id: request.user_id,
        organization_id: request.organization_id,
        operation_context: request.operation_context,
        lang: request.lang,
        options: Some(submission.choices.iter().map(answer).collect()),
    })
}

fn form(endpoint: Endpoint, response: ConsentFormResponse) -> Result<ConsentForm, Refusal> {
    if response.options.iter().any(|option| option.id.is_empty()) {
        return Err(Refusal::malformed(endpoint, "an option has no id"));
    }
    let options = response.options.into_iter().map(|option| ConsentOption {
        html: option.description_html,
        required: option.required,
        checked_by_default: option.default_value == OptionValue::Checked,
        id: option.id,
    });
    Ok(ConsentForm { html: response.consent_html, options: options.collect() })
}
