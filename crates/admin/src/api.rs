//! Where the shell meets the API.

use std::sync::Arc;

use actix_web::middleware::from_fn;
use actix_web::{Route, web};
use data_adapter_core::AdapterError;
use data_adapter_server::{Api, Place, Refusal, Visit, Walk, Wording, method_not_allowed};
use utoipa::openapi::OpenApi;

use crate::error::wording;
use crate::gate::admit;
use crate::openapi::document;
use crate::state::Admin;
use crate::{consents, lists, page, requests, users, watch};

/// What the metrics call the operations.
const OPERATIONS: &[&str] = &[
    "admin_create_sca_request",
    "admin_user",
    "admin_unblock_user",
    "admin_unblock_partner",
    "admin_register_device",
    "admin_deregister_device",
    "admin_end_sessions",
    "admin_blocks",
    "admin_challenges",
    "admin_consents",
    "admin_sent",
    "admin_audit",
    "admin_health",
    page::OPERATION,
    "admin_withdraw_consents",
];

impl Admin {
    /// Where the API is served.
    pub const PATH: &str = "/admin";

    /// The name of the file of its document.
    pub const DOCUMENT_FILE: &str = "admin.openapi.json";
}

impl Api for Admin {
    fn name(&self) -> &'static str {
        "Admin API"
    }

    fn title(&self) -> String {
        "Admin API".to_owned()
    }

    fn path(&self) -> &str {
        Self::PATH
    }

    fn asks_callers(&self) -> bool {
        true
    }

    fn routes(self: Arc<Self>, config: &mut web::ServiceConfig) {
        if self.settings.page {
            page::routes(config);
        }
        config.app_data(web::Data::from(self));
        let mut routes = Routes { config };
        let (get, post, delete) = (web::get, web::post, web::delete);
        routes.add("/sca-requests", "admin_create_sca_request", "POST", post().to(requests::create));
        routes.add("/users/{user}", "admin_user", "GET", get().to(users::show));
        routes.add("/users/{user}/unblock", "admin_unblock_user", "POST", post().to(users::unblock));
        routes.add(
            "/partners/{partner}/unblock",
            "admin_unblock_partner",
            "POST",
            post().to(users::unblock_partner),
        );
        routes.add(
            "/users/{user}/devices",
            "admin_register_device",
            "POST",
            post().to(users::register_device),
        );
        let device = "/users/{user}/devices/{number}";
        routes.add(device, "admin_deregister_device", "DELETE", delete().to(users::deregister_device));
        routes.add(
            "/users/{user}/sessions/end",
            "admin_end_sessions",
            "POST",
            post().to(users::end_sessions),
        );
        let of_user = "/users/{user}/consents";
        routes.add(of_user, "admin_consents", "GET", get().to(consents::list));
        routes.add(
            "/users/{user}/consents/withdraw",
            "admin_withdraw_consents",
            "POST",
            post().to(consents::withdraw),
        );
        routes.add("/blocks", "admin_blocks", "GET", get().to(lists::blocks));
        routes.add("/challenges", "admin_challenges", "GET", get().to(lists::challenges));
        routes.add("/sent", "admin_sent", "GET", get().to(watch::sent));
        routes.add("/audit", "admin_audit", "GET", get().to(watch::audit));
        routes.add("/health", "admin_health", "GET", get().to(watch::health));
    }

    fn wording(&self, refusal: Refusal) -> Wording {
        wording(refusal)
    }

    fn operations(&self) -> &'static [&'static str] {
        OPERATIONS
    }

    fn document_file(&self) -> &'static str {
        Self::DOCUMENT_FILE
    }

    fn document(&self, place: &Place<'_>) -> OpenApi {
        document(&self.settings, place)
    }

    fn page(&self) -> Option<(&'static str, &'static str)> {
        self.settings.page.then_some(("/", "Operator's page"))
    }

    fn walk(&self, _: Visit) -> Result<Option<Walk>, AdapterError> {
        Ok(None)
    }
}

struct Routes<'a> {
    config: &'a mut web::ServiceConfig,
}

impl Routes<'_> {
    fn add(&mut self, path: &str, operation: &'static str, method: &'static str, route: Route) {
        debug_assert!(OPERATIONS.contains(&operation), "the metrics do not know {operation}");
        let resource = web::resource(path).name(operation).route(route);
        let resource = resource.default_service(web::to(move |request| method_not_allowed(request, method)));
        self.config.service(resource.wrap(from_fn(admit)));
    }
}
