//! The PowerAuth Data Adapter API: `/api/auth/*` and `/api/operation/*`.

mod consent;
mod convert;
mod error;
mod extract;
mod openapi;
mod operation;
mod payment;
mod sms;
mod user;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use actix_web::{Handler, HttpResponse, Responder, web};
use data_adapter_core::{Backend, BindingKind, OperationName};
use data_adapter_protocol::web_flow::{Dialect, Limits};

pub use openapi::{Place, openapi};

use crate::metering::Operation;
pub(crate) use error::{ApiError, method_not_allowed, not_found, refusal_body};

/// How the API is answered.
#[derive(Clone, Debug)]
pub struct WebFlowSettings {
    /// Which Web Flow calls.
    pub dialect: Dialect,
    /// Where the API is served besides `/`, with a leading slash; empty for nowhere else.
    pub context_path: String,
    /// The name of the environment in the service status.
    pub environment: String,
    /// How long texts may be.
    pub limits: Limits,
    /// How many bytes a request may have.
    pub max_body: usize,
    /// How long a caller may take to send them.
    pub body_timeout: Duration,
    /// The operations that codes are made for.
    pub operations: HashMap<OperationName, BindingKind>,
}

/// What the handlers work with.
pub(crate) struct WebFlow {
    backend: Backend,
    settings: Arc<WebFlowSettings>,
}

impl WebFlow {
    pub(crate) fn new(backend: Backend, settings: Arc<WebFlowSettings>) -> Self {
        Self { backend, settings }
    }
}

/// What a handler answers.
type Answer = Result<HttpResponse, ApiError>;

pub(crate) fn routes(config: &mut web::ServiceConfig) {
    post(config, "/api/auth/user/lookup", Operation::UserLookup, user::lookup);
    post(config, "/api/auth/user/authenticate", Operation::UserAuthenticate, user::authenticate);
    post(config, "/api/auth/user/info", Operation::UserInfo, user::info);
    post(config, "/api/operation/formdata/decorate", Operation::FormDataDecorate, operation::decorate);
    post(config, "/api/operation/formdata/change", Operation::FormDataChange, operation::form_data_changed);
    post(config, "/api/operation/change", Operation::StateChange, operation::operation_changed);
    post(config, "/api/auth/sms/create", Operation::SmsCreate, sms::create);
    post(config, "/api/auth/sms/verify", Operation::SmsVerify, sms::verify);
    post(config, "/api/auth/sms/password/verify", Operation::SmsPasswordVerify, sms::verify_with_password);
    post(config, "/api/auth/consent/init", Operation::ConsentInit, consent::init);
    post(config, "/api/auth/consent/create", Operation::ConsentCreate, consent::create);
    post(config, "/api/auth/consent/validate", Operation::ConsentValidate, consent::validate);
    post(config, "/api/auth/consent/save", Operation::ConsentSave, consent::save);
}

fn post<H, Args>(config: &mut web::ServiceConfig, path: &str, operation: Operation, handler: H)
where
    H: Handler<Args>,
    Args: actix_web::FromRequest + 'static,
    H::Output: Responder + 'static,
{
    config.service(
        web::resource(path)
            .name(operation.name())
            .route(web::post().to(handler))
            .default_service(web::to(|| method_not_allowed("POST"))),
    );
}
