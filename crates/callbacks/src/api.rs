use std::sync::Arc;

use actix_web::web;
use data_adapter_core::{AdapterError, Clock};
use data_adapter_sca::{IdempotencyStore, PushCallbacks, PushDecisions};
use data_adapter_server::{Api, Place, Refusal, Visit, Walk, Wording, method_not_allowed};
use serde_json::json;
use utoipa::openapi::OpenApi;

use crate::{openapi, push};

/// What the metrics call the operation.
pub(crate) const PUSH: &str = "callback_push";

/// What the API is made of.
pub struct CallbacksParts {
    /// Reads what the provider of pushes says.
    pub push: Arc<dyn PushCallbacks>,
    /// Who is told what was decided.
    pub decisions: Arc<dyn PushDecisions>,
    /// Which calls were made before.
    pub calls: Arc<dyn IdempotencyStore>,
    /// The time.
    pub clock: Arc<dyn Clock>,
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

    fn routes(self: Arc<Self>, config: &mut web::ServiceConfig) {
        let resource = web::resource("/push").name(PUSH).route(web::post().to(push::push));
        config
            .app_data(web::Data::from(self))
            .service(resource.default_service(web::to(|request| method_not_allowed(request, "POST"))));
    }

    fn wording(&self, refusal: Refusal) -> Wording {
        let body = problem(refusal.status().as_u16(), &refusal.to_string());
        Wording { content_type: "application/problem+json", body }
    }

    fn operations(&self) -> &'static [&'static str] {
        &[PUSH]
    }

    fn document_file(&self) -> &'static str {
        Self::DOCUMENT
    }

    fn document(&self, place: &Place<'_>) -> OpenApi {
        openapi::document(place)
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
