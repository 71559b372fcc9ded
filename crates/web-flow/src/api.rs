//! Where the shell meets the API.

use std::sync::Arc;

use actix_web::middleware::from_fn;
use actix_web::{FromRequest, Handler, Responder, Route, web};
use data_adapter_core::AdapterError;
use data_adapter_protocol::web_flow::Dialect;
use data_adapter_server::{Api, Place, Refusal, Visit, Walk, Wording, method_not_allowed};
use utoipa::openapi::OpenApi;

use crate::error::wording;
use crate::openapi::{document, document_file};
use crate::state::WebFlow;
use crate::walk::walk;
use crate::{anti_fraud, certificate, consent, dialect, operation, setup, sms, status, user};

/// What the metrics call the operations.
const OPERATIONS: &[&str] = &[
    "user_lookup",
    "user_authenticate",
    "user_info",
    "formdata_decorate",
    "formdata_change",
    "operation_change",
    "sms_create",
    "sms_verify",
    "sms_password_verify",
    "consent_init",
    "consent_create",
    "consent_validate",
    "consent_save",
    "auth_method_init",
    "certificate_verify",
    "sms_send",
    "operation_create",
    "operation_mapping",
    "afs_execute",
    "service_status",
];

impl Api for WebFlow {
    fn name(&self) -> &'static str {
        "PowerAuth Data Adapter API"
    }

    fn title(&self) -> String {
        self.settings.title()
    }

    fn path(&self) -> &str {
        &self.settings.context_path
    }

    fn routes(self: Arc<Self>, config: &mut web::ServiceConfig) {
        let dialect = self.dialect();
        config.app_data(web::Data::from(self));
        let mut routes = Routes { config, dialect };
        routes.get("/api/service/status", "service_status", status::status);
        routes.post("/api/auth/user/lookup", "user_lookup", user::lookup);
        routes.post("/api/auth/user/authenticate", "user_authenticate", user::authenticate);
        routes.post("/api/auth/user/info", "user_info", user::info);
        routes.post("/api/operation/formdata/decorate", "formdata_decorate", operation::decorate);
        routes.post("/api/operation/formdata/change", "formdata_change", operation::form_data_changed);
        routes.post("/api/operation/change", "operation_change", operation::operation_changed);
        routes.post("/api/auth/sms/create", "sms_create", sms::create);
        routes.post("/api/auth/sms/verify", "sms_verify", sms::verify);
        routes.post("/api/auth/sms/password/verify", "sms_password_verify", sms::verify_with_password);
        routes.post("/api/auth/consent/init", "consent_init", consent::init);
        routes.post("/api/auth/consent/create", "consent_create", consent::create);
        routes.post("/api/auth/consent/validate", "consent_validate", consent::validate);
        routes.post("/api/auth/consent/save", "consent_save", consent::save);
        if dialect == Dialect::V1 {
            later_routes(&mut routes);
        }
    }

    fn wording(&self, refusal: Refusal) -> Wording {
        wording(refusal)
    }

    fn operations(&self) -> &'static [&'static str] {
        OPERATIONS
    }

    fn document_file(&self) -> &'static str {
        document_file(self.dialect())
    }

    fn document(&self, place: &Place<'_>) -> OpenApi {
        document(&self.settings.limits, place)
    }

    fn walk(&self, visit: Visit) -> Result<Option<Walk>, AdapterError> {
        walk(&self.settings, visit).map(Some)
    }
}

/// What Web Flow asks since 0.23.
fn later_routes(routes: &mut Routes<'_>) {
    routes.post("/api/auth/method/init", "auth_method_init", setup::init_method);
    routes.post("/api/auth/certificate/verify", "certificate_verify", certificate::verify);
    routes.post("/api/auth/sms/send", "sms_send", sms::send);
    routes.post("/api/operation/create", "operation_create", setup::create_login);
    routes.post("/api/operation/mapping", "operation_mapping", setup::map);
    routes.post("/api/afs/action/execute", "afs_execute", anti_fraud::assess);
}

struct Routes<'a> {
    config: &'a mut web::ServiceConfig,
    dialect: Dialect,
}

impl Routes<'_> {
    fn get<H, Args>(&mut self, path: &str, operation: &'static str, handler: H)
    where
        H: Handler<Args>,
        Args: FromRequest + 'static,
        H::Output: Responder + 'static,
    {
        self.add(path, operation, "GET", web::get().to(handler));
    }

    fn post<H, Args>(&mut self, path: &str, operation: &'static str, handler: H)
    where
        H: Handler<Args>,
        Args: FromRequest + 'static,
        H::Output: Responder + 'static,
    {
        self.add(path, operation, "POST", web::post().to(handler));
    }

    fn add(&mut self, path: &str, operation: &'static str, method: &'static str, route: Route) {
        debug_assert!(OPERATIONS.contains(&operation), "the metrics do not know {operation}");
        let resource = web::resource(path).name(operation).route(route);
        let resource = resource.default_service(web::to(move |request| method_not_allowed(request, method)));
        match self.dialect {
            Dialect::V0_22 => self.config.service(resource),
            Dialect::V1 => self.config.service(resource.wrap(from_fn(dialect::statuses))),
        };
    }
}
