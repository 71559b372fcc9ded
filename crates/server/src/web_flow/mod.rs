//! The PowerAuth Data Adapter API: `/api/auth/*` and `/api/operation/*`.

mod anti_fraud;
mod binding;
mod certificate;
mod consent;
mod convert;
mod dialect;
mod error;
mod extract;
mod openapi;
mod operation;
mod setup;
mod sms;
mod user;

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use actix_web::{Handler, HttpResponse, Responder, web};
use data_adapter_core::{AttributeId, Backend, BindingKind, OperationName, Random, UserId};
use data_adapter_protocol::web_flow::{Dialect, Limits};

pub(crate) use dialect::statuses;
pub use openapi::{Access, Certificates, Place, in_openapi_3_0, openapi};

use crate::metering::Operation;
pub(crate) use error::{ApiError, method_not_allowed, not_found, refusal_body};

/// How the API is answered.
#[derive(Clone, Debug)]
pub struct WebFlowSettings {
    /// Where the API is served besides `/`, with a leading slash; empty for nowhere else.
    pub context_path: String,
    /// Where it is served in the other dialect; empty for nowhere.
    pub other_context_path: String,
    /// The name of the environment in the service status.
    pub environment: String,
    /// Which Web Flow calls, and how long texts may be.
    pub limits: Limits,
    /// How many bytes a request may have.
    pub max_body: usize,
    /// How long a caller may take to send them.
    pub body_timeout: Duration,
    /// The operations that codes are made for.
    pub operations: HashMap<OperationName, OperationRules>,
}

/// How the codes of an operation are bound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperationRules {
    /// To what.
    pub binding: BindingKind,
    /// The attributes that name the payee of a payment, its account first; empty for what is no payment. Each has to be there,
    /// and is bound and shown.
    pub payee: Vec<AttributeId>,
    /// Which others are. A text with characters that can't be seen is refused, as in a payee.
    pub bind: Vec<AttributeId>,
    /// What its payments may be made in besides the three capital letters of a currency, such as `points`. People read it in
    /// the message as it is.
    pub currencies: BTreeSet<String>,
}

/// What the handlers work with.
pub(crate) struct WebFlow {
    backend: Backend,
    settings: Arc<WebFlowSettings>,
    random: Arc<dyn Random>,
}

impl WebFlow {
    pub(crate) fn new(backend: Backend, settings: Arc<WebFlowSettings>, random: Arc<dyn Random>) -> Self {
        Self { backend, settings, random }
    }

    /// The id of a user whom there is not.
    fn nobody(&self) -> UserId {
        UserId::new(uuid::Builder::from_random_bytes(self.random.bytes()).into_uuid().to_string())
    }
}

impl WebFlowSettings {
    /// The same for the other dialect, under its own context path; `None` where there is none.
    #[must_use]
    pub fn other(&self) -> Option<Self> {
        let dialect = self.limits.dialect.other();
        (!self.other_context_path.is_empty()).then(|| Self {
            context_path: self.other_context_path.clone(),
            other_context_path: self.context_path.clone(),
            limits: Limits { dialect, ..self.limits.clone() },
            ..self.clone()
        })
    }
}

/// What a handler answers.
type Answer = Result<HttpResponse, ApiError>;

pub(crate) fn routes(config: &mut web::ServiceConfig, dialect: Dialect) {
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
    if dialect == Dialect::V1 {
        later_routes(config);
    }
}

/// What Web Flow asks since 0.23.
fn later_routes(config: &mut web::ServiceConfig) {
    post(config, "/api/auth/method/init", Operation::AuthMethodInit, setup::init_method);
    post(config, "/api/auth/certificate/verify", Operation::CertificateVerify, certificate::verify);
    post(config, "/api/auth/sms/send", Operation::SmsSend, sms::send);
    post(config, "/api/operation/create", Operation::LoginCreate, setup::create_login);
    post(config, "/api/operation/mapping", Operation::Mapping, setup::map);
    post(config, "/api/afs/action/execute", Operation::AfsExecute, anti_fraud::assess);
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
