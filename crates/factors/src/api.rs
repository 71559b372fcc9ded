//! Where the shell meets the API.

use std::sync::Arc;

use actix_web::http::header::HeaderName;
use actix_web::{Resource, Route, web};
use data_adapter_core::AdapterError;
use data_adapter_server::{Api, Place, Refusal, Visit, Walk, Wording, method_not_allowed, named};
use utoipa::openapi::OpenApi;

use crate::error::wording;
use crate::extract::{LONGEST_REFERENCE, REFERENCE};
use crate::openapi::{document, document_file};
use crate::state::AdditionalFactors;
use crate::{list, otp, push};

/// What every answer names the request by.
pub(crate) const REQUEST_REF: &str = "request-ref";

/// In bytes, of which no character has more.
const LONGEST_HEADERS: &[(&str, usize)] = &[(REFERENCE, LONGEST_REFERENCE * char::MAX.len_utf8())];

/// What the metrics call the operations.
const OPERATIONS: &[&str] =
    &["factors_list", "factors_enrol_otp", "factors_verify_otp", "factors_enrol_push", UNLINK];

/// The one that shares its path with another.
const UNLINK: &str = "factors_unlink";

impl Api for AdditionalFactors {
    fn name(&self) -> &'static str {
        "Additional Factors API"
    }

    fn title(&self) -> String {
        "Additional Factors".to_owned()
    }

    fn path(&self) -> &str {
        &self.path
    }

    fn asks_callers(&self) -> bool {
        true
    }

    fn routes(self: Arc<Self>, config: &mut web::ServiceConfig) {
        config.app_data(web::Data::from(self));
        let mut routes = Routes { config };
        routes.add("", "factors_list", "GET", [web::get().to(list::list)]);
        routes.add("/otp/{channel}", "factors_enrol_otp", "POST", [web::post().to(otp::enrol)]);
        routes.add("/otp/{channel}/verify", "factors_verify_otp", "POST", [web::post().to(otp::verify)]);
        let push = [web::post().to(push::enrol), named(web::delete().to(push::unlink), UNLINK)];
        routes.add("/push/{channel}", "factors_enrol_push", "POST, DELETE", push);
    }

    fn wording(&self, refusal: Refusal) -> Wording {
        wording(refusal)
    }

    fn longest_headers(&self) -> &'static [(&'static str, usize)] {
        LONGEST_HEADERS
    }

    fn id_header(&self) -> Option<HeaderName> {
        Some(HeaderName::from_static(REQUEST_REF))
    }

    fn operations(&self) -> &'static [&'static str] {
        OPERATIONS
    }

    fn document_file(&self) -> &'static str {
        document_file()
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
    /// `allowed` are the methods of `routes`, as in the header `allow`.
    fn add<const N: usize>(
        &mut self,
        path: &str,
        operation: &'static str,
        allowed: &'static str,
        routes: [Route; N],
    ) {
        debug_assert!(OPERATIONS.contains(&operation), "the metrics do not know {operation}");
        let resource = web::resource(path).name(operation);
        let resource = routes.into_iter().fold(resource, Resource::route);
        self.config
            .service(resource.default_service(web::to(move |request| method_not_allowed(request, allowed))));
    }
}
