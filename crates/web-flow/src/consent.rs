use actix_web::{HttpResponse, web};
use data_adapter_core::{ConsentForm, ConsentRequest, ConsentSubmission, ConsentValidation, OptionChoice};
use data_adapter_protocol::web_flow as wire;
use data_adapter_protocol::web_flow::{
    ConsentFormResponse, ConsentInitResponse, ConsentSaveResponse, ConsentSubmitRequest,
    ConsentValidateResponse, ObjectResponse, OptionValidationResult, OptionValue,
};

use crate::client::client;
use crate::convert::{language, operation};
use crate::error::{Answer, ApiError};
use crate::extract::Valid;
use crate::state::WebFlow;

pub(crate) async fn init(state: web::Data<WebFlow>, request: Valid<wire::ConsentRequest>) -> Answer {
    let form = state.backend.consent.init(&consent_request(request.0)?).await?.form();
    let response = ConsentInitResponse {
        should_display_consent_form: Some(form.is_some()),
        form: form.map(form_response).unwrap_or_default(),
    };
    Ok(HttpResponse::Ok().json(ObjectResponse::of(response)))
}

pub(crate) async fn create(state: web::Data<WebFlow>, request: Valid<wire::ConsentRequest>) -> Answer {
    let form = state.backend.consent.create(&consent_request(request.0)?).await?;
    Ok(HttpResponse::Ok().json(ObjectResponse::of(form_response(form))))
}

pub(crate) async fn validate(state: web::Data<WebFlow>, request: Valid<ConsentSubmitRequest>) -> Answer {
    let (message, problems) = match state.backend.consent.validate(&submission(request.0)?).await? {
        ConsentValidation::Passed => (None, Vec::new()),
        ConsentValidation::Failed { message, problems } => (Some(message), problems),
    };
    let results = problems.into_iter().map(|problem| OptionValidationResult {
        id: problem.id,
        validation_passed: false,
        error_message: Some(problem.message),
    });
    Ok(HttpResponse::Ok().json(ObjectResponse::of(ConsentValidateResponse {
        consent_validation_passed: message.is_none(),
        validation_error_message: message,
        option_validation_results: results.collect(),
    })))
}

pub(crate) async fn save(state: web::Data<WebFlow>, request: Valid<ConsentSubmitRequest>) -> Answer {
    let save_succeeded = state.backend.consent.save(&submission(request.0)?).await?;
    Ok(HttpResponse::Ok().json(ObjectResponse::of(ConsentSaveResponse { save_succeeded })))
}

fn consent_request(request: wire::ConsentRequest) -> Result<ConsentRequest, ApiError> {
    Ok(ConsentRequest {
        user: request.user_id.into(),
        organization: request.organization_id.map(Into::into),
        client: client(request.operation_context.as_ref()),
        operation: operation(request.operation_context)?,
        language: language(request.lang),
    })
}

fn submission(request: ConsentSubmitRequest) -> Result<ConsentSubmission, ApiError> {
    let choice = |answer: wire::ConsentOptionAnswer| OptionChoice {
        id: answer.id,
        checked: answer.value == Some(OptionValue::Checked),
    };
    Ok(ConsentSubmission {
        choices: request.options.unwrap_or_default().into_iter().map(choice).collect(),
        request: consent_request(wire::ConsentRequest {
            user_id: request.user_id,
            organization_id: request.organization_id,
            operation_context: request.operation_context,
            lang: request.lang,
        })?,
    })
}

fn form_response(form: ConsentForm) -> ConsentFormResponse {
    let options = form.options.into_iter().map(|option| wire::ConsentOption {
        id: option.id,
        description_html: option.html,
        required: option.required,
        default_value: option.checked_by_default.into(),
        value: None,
    });
    ConsentFormResponse { consent_html: form.html, options: options.collect() }
}
