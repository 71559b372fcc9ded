use std::collections::BTreeMap;
use std::sync::Arc;

use actix_web::web;
use data_adapter_core::{AdapterError, Clock};
use data_adapter_sca::{IdempotencyStore, PushCallbacks, PushDecisions, ReceiptCallbacks, Receipts};
use data_adapter_server::{Api, Place, Refusal, Visit, Walk, Wording, method_not_allowed};
use serde_json::json;
use utoipa::openapi::OpenApi;

use crate::openapi::{self, Offered};
use crate::{push, sms};

/// What the metrics call the operations.
pub(crate) const PUSH: &str = "callback_push";
pub(crate) const SMS: &str = "callback_sms";

/// What the API is made of.
pub struct CallbacksParts {
    /// What is done with decisions on pushes; `None` where no provider calls back.
    pub push: Option<PushParts>,
    /// What is done with receipts of messages; `None` where no gateway calls back.
    pub sms: Option<SmsParts>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// What is done with decisions on pushes.
pub struct PushParts {
    /// Reads what the provider of pushes says.
    pub callbacks: Arc<dyn PushCallbacks>,
    /// Who is told what was decided.
    pub decisions: Arc<dyn PushDecisions>,
    /// Which calls were made before.
    pub calls: Arc<dyn IdempotencyStore>,
}

/// What is done with receipts of messages.
#[derive(Clone)]
pub struct SmsParts {
    /// Reads what each gateway says that calls back, by its id.
    pub gateways: BTreeMap<String, Arc<dyn ReceiptCallbacks>>,
    /// Who is told what became of messages.
    pub receipts: Arc<dyn Receipts>,
}

/// The API that providers call, at `/callbacks`.
pub struct Callbacks {
    pub(crate) parts: CallbacksParts,
}

impl Callbacks {
    /// The path that it is mounted at.
    pub const PATH: &str = "/callbacks";
    /// The name of the file of its document.
    pub const DOCUMENT: &str = "callbacks.openapi.json";

    /// Puts the API together.
    #[must_use]
    pub fn new(parts: CallbacksParts) -> Self {
        Self { parts }
    }
}

impl Api for Callbacks {
    fn name(&self) -> &'static str {
        "Callbacks"
    }

    fn title(&self) -> String {
        "Callbacks of providers".to_owned()
    }

    fn path(&self) -> &str {
        Self::PATH
    }

    fn asks_callers(&self) -> bool {
        true
    }

    /// The secret in a path of the second form is in no pattern, so that neither log nor trace has it.
    fn routes(self: Arc<Self>, config: &mut web::ServiceConfig) {
        let only_post = || web::to(|request| method_not_allowed(request, "POST"));
        let push =
            web::resource("/push").name(PUSH).route(web::post().to(push::push)).default_service(only_post());
        let sms = web::resource(["/sms/{gateway}", "/sms/{gateway}/{secret}"]).name(SMS);
        let sms = sms.route(web::post().to(sms::sms)).route(web::get().to(sms::sms));
        let sms = sms.default_service(web::to(|request| method_not_allowed(request, "GET, POST")));
        let (has_push, has_sms) = (self.parts.push.is_some(), self.parts.sms.is_some());
        config.app_data(web::Data::from(self));
        if has_push {
            config.service(push);
        }
        if has_sms {
            config.service(sms);
        }
    }

    fn wording(&self, refusal: Refusal) -> Wording {
        let body = problem(refusal.status().as_u16(), &refusal.to_string());
        Wording { content_type: "application/problem+json", body }
    }

    fn operations(&self) -> &'static [&'static str] {
        &[PUSH, SMS]
    }

    fn document_file(&self) -> &'static str {
        Self::DOCUMENT
    }

    fn document(&self, place: &Place<'_>) -> OpenApi {
        let offered = Offered { push: self.parts.push.is_some(), sms: self.parts.sms.is_some() };
        openapi::document(place, offered)
    }

    fn walk(&self, _: Visit) -> Result<Option<Walk>, AdapterError> {
        Ok(None)
    }
}

/// Problem details (RFC 9457) without a type of their own.
pub(crate) fn problem(status: u16, detail: &str) -> Vec<u8> {
    let title = actix_web::http::StatusCode::from_u16(status).ok();
    let title = title.and_then(|status| status.canonical_reason()).unwrap_or_default();
    json!({ "title": title, "status": status, "detail": detail }).to_string().into_bytes()
}
