//! Where the shell meets the API.

use std::sync::Arc;

use actix_web::{FromRequest, Handler, Responder, web};
use data_adapter_core::AdapterError;
use data_adapter_server::{Api, Place, Refusal, Visit, Walk, Wording, method_not_allowed};
use utoipa::openapi::OpenApi;

use crate::error::wording;
use crate::openapi::{DOCUMENT_FILE, document};
use crate::state::Security;
use crate::{authorize, devices, login, pending, post_login, regenerate};

/// What the metrics call the operations.
const OPERATIONS: &[&str] = &[
    "security_login",
    "security_logout",
    "security_post_login_details",
    "security_authorize",
    "security_regenerate_sca",
    "security_pending_requests",
    "security_list_devices",
    "security_deregister_device",
];

impl Api for Security {
    fn name(&self) -> &'static str {
        "Security API"
    }

    fn title(&self) -> String {
        "Security API V2".to_owned()
    }

    fn path(&self) -> &str {
        &self.path
    }

    fn ignores_case(&self) -> bool {
        true
    }

    fn asks_callers(&self) -> bool {
        true
    }

    fn routes(self: Arc<Self>, config: &mut web::ServiceConfig) {
        config.app_data(web::Data::from(self));
        let mut routes = Routes { config };
        routes.post("/login", "security_login", login::login);
        routes.post("/logout", "security_logout", login::logout);
        routes.post("/postlogindetails", "security_post_login_details", post_login::post_login);
        routes.post("/authorize", "security_authorize", authorize::authorize);
        routes.post("/regeneratesca", "security_regenerate_sca", regenerate::regenerate);
        routes.post("/getscapendingrequest", "security_pending_requests", pending::pending);
        routes.post("/listsdkdevices", "security_list_devices", devices::list);
        routes.post("/deregistersdkdevice", "security_deregister_device", devices::deregister);
    }

    fn wording(&self, refusal: Refusal) -> Wording {
        wording(refusal)
    }

    fn operations(&self) -> &'static [&'static str] {
        OPERATIONS
    }

    fn document_file(&self) -> &'static str {
        DOCUMENT_FILE
    }

    fn document(&self, place: &Place<'_>) -> OpenApi {
        document(&self.settings, place)
    }

    fn walk(&self, _: Visit) -> Result<Option<Walk>, AdapterError> {
        Ok(None)
    }
}

struct Routes<'a> {
    config: &'a mut web::ServiceConfig,
}

impl Routes<'_> {
    fn post<H, Args>(&mut self, path: &str, operation: &'static str, handler: H)
    where
        H: Handler<Args>,
        Args: FromRequest + 'static,
        H::Output: Responder + 'static,
    {
        debug_assert!(OPERATIONS.contains(&operation), "the metrics do not know {operation}");
        let resource = web::resource(path).name(operation).route(web::post().to(handler));
        self.config.service(resource.default_service(web::to(|request| method_not_allowed(request, "POST"))));
    }
}
