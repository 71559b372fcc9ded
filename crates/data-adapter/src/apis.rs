//! The APIs that are served. Each is registered here and nowhere else: by its name, where it is mounted, and with its documents.

mod admin;
mod callbacks;
mod factors;
mod security;

use std::sync::Arc;

use clap::ValueEnum;
use data_adapter_audit::Auditor;
use data_adapter_callbacks::SmsParts;
use data_adapter_core::{Backend, Clock, OperationName, Random, SystemHealth};
use data_adapter_protocol::web_flow::Dialect;
use data_adapter_sca::{DeviceStore, PushCallbacks, SessionStore, Store, Texts};
use data_adapter_server::{Api, Apis, BuildInfo, Place};
use data_adapter_web_flow::{WebFlow, WebFlowParts, WebFlowSettings, document, document_file};
use utoipa::openapi::OpenApi;

use crate::backends::shows_demo_users;
use crate::config::{Capability, ENGINE, Settings};
use crate::demo;
use crate::factors::EnrolledFactors;
use crate::failure::Failure;
use crate::foundation::SandboxKeys;
use crate::requests::Requests;
pub(crate) use factors::KnownProgrammes;
pub(crate) use security::KnownPartners;

/// What commands call an API.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ApiName {
    /// What Web Flow asks
    #[default]
    WebFlow,
    /// What partners ask
    Security,
    /// What the applications of a programme ask
    Factors,
    /// What operators ask
    Admin,
    /// What providers call back
    Callbacks,
}

/// The OpenAPI document of an API that is switched on, in one dialect if it has several.
pub(crate) struct Document {
    pub(crate) api: ApiName,
    /// `None` where the API has but one.
    pub(crate) dialect: Option<Dialect>,
    /// The name of its file.
    pub(crate) file: &'static str,
    /// Where the API is, as [`Api::path`] has it.
    pub(crate) path: String,
    /// As [`Api::asks_callers`].
    pub(crate) asks_callers: bool,
    pub(crate) write: Box<dyn Fn(&Place<'_>) -> OpenApi>,
}

/// What there is for an API to work with.
pub(crate) struct Behind {
    pub(crate) backend: Backend,
    /// `None` where a back end of the bank's own makes the codes.
    pub(crate) requests: Option<Requests>,
    /// `None` there too.
    pub(crate) factors: Option<EnrolledFactors>,
    /// Reads what the provider of pushes says; `None` where there is none.
    pub(crate) push_callbacks: Option<Arc<dyn PushCallbacks>>,
    /// What is done with receipts that gateways call back with; `None` where none does.
    pub(crate) sms_callbacks: Option<SmsParts>,
    pub(crate) devices: Arc<dyn DeviceStore>,
    pub(crate) sessions: Arc<dyn SessionStore>,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) health: Arc<dyn SystemHealth>,
    /// `None` while the API that they call is off.
    pub(crate) partners: Option<KnownPartners>,
    /// `None` while the API that they call is off.
    pub(crate) programmes: Option<KnownProgrammes>,
    pub(crate) texts: Arc<Texts>,
    pub(crate) auditor: Option<Arc<Auditor>>,
    pub(crate) build: BuildInfo,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
}

/// Those that are switched on, in the order in which people read of them.
pub(crate) fn apis(settings: &Settings, behind: &Behind, keys: &SandboxKeys) -> Result<Apis, Failure> {
    let all = [
        web_flow(settings, behind),
        security::apis(settings, behind, keys)?,
        factors::apis(settings, behind)?,
        admin::apis(settings, behind)?,
        callbacks::apis(behind),
    ];
    Apis::new(all.into_iter().flatten().collect()).map_err(|clash| Failure::Configuration(clash.to_string()))
}

/// Those of all that are switched on, in the same order.
pub(crate) fn documents(settings: &Settings) -> Vec<Document> {
    let all = [
        web_flow_documents(settings),
        security::documents(settings),
        factors::documents(settings),
        admin::documents(settings),
        callbacks::documents(settings),
    ];
    all.into_iter().flatten().collect()
}

fn web_flow_documents(settings: &Settings) -> Vec<Document> {
    if !settings.web_flow.enabled {
        return Vec::new();
    }
    let usual = web_flow_settings(settings);
    let other = usual.other();
    let document = |WebFlowSettings { context_path, limits, .. }| Document {
        api: ApiName::WebFlow,
        dialect: Some(limits.dialect),
        file: document_file(limits.dialect),
        path: context_path,
        asks_callers: false,
        write: Box::new(move |place| document(&limits, place)),
    };
    [usual].into_iter().chain(other).map(document).collect()
}

fn web_flow(settings: &Settings, behind: &Behind) -> Vec<Arc<dyn Api>> {
    if !settings.web_flow.enabled {
        return Vec::new();
    }
    let Behind { backend, build, clock, random, .. } = behind;
    let parts = WebFlowParts {
        backend: backend.clone(),
        build: *build,
        clock: Arc::clone(clock),
        random: Arc::clone(random),
    };
    WebFlow::everywhere(&parts, &web_flow_settings(settings))
}

fn web_flow_settings(settings: &Settings) -> WebFlowSettings {
    let operations = settings.operations.iter();
    let choices = |capability| settings.capabilities.choices(&settings.organizations, capability);
    let codes_are_ours = choices(Capability::SmsOtp).all().all(|choice| choice.backend == ENGINE);
    let consents = choices(Capability::Consent).name_engine().then(|| settings.consent.forms());
    WebFlowSettings {
        context_path: settings.web_flow.context_path.clone(),
        other_context_path: settings.web_flow.other_context_path.clone(),
        environment: settings.web_flow.environment.clone(),
        limits: settings.web_flow.limits(),
        operations: operations.map(|(name, rules)| (OperationName::new(name), rules.rules())).collect(),
        clear_passwords: settings.password.allow_clear,
        demo: shows_demo_users(settings).then_some(demo::USER),
        code_digits: codes_are_ours.then(|| settings.otp.policy().digits),
        consents: consents.into_iter().flatten().map(|(name, _)| OperationName::new(name)).collect(),
    }
}
