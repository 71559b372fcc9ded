//! What is around every route.

use std::rc::Rc;
use std::sync::Arc;

use actix_web::body::BoxBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use futures::future::LocalBoxFuture;

use crate::api::Apis;
use crate::callers::{self, Callers};
use crate::drain::drain;
use crate::limits::{self, RequestLimit};
use crate::metering::Metering;
use crate::ops::{StartPage, SwaggerUi};
use crate::path::as_meant;
use crate::proxies::Proxies;
use crate::request::{self, Intake};

/// The answer to a request.
pub(crate) type Answer = Result<ServiceResponse, actix_web::Error>;

/// What every request goes through before its route, and every answer after it, as one middleware of a worker: each that stands by
/// itself has boxes, counters and look-ups of its own for a request.
pub(crate) struct Shell {
    pub(crate) apis: Apis,
    pub(crate) callers: Arc<Callers>,
    pub(crate) intake: Intake,
    pub(crate) limit: Arc<RequestLimit>,
    pub(crate) metering: Metering,
    pub(crate) proxies: Arc<Proxies>,
    pub(crate) start_page: Option<Arc<StartPage>>,
    pub(crate) swagger_ui: Option<Arc<SwaggerUi>>,
}

impl Shell {
    /// Boxed, so that a connection without a request has no room for one.
    pub(crate) fn answer(
        self: Rc<Self>,
        request: ServiceRequest,
        route: Next<BoxBody>,
    ) -> LocalBoxFuture<'static, Answer> {
        Box::pin(async move {
            let let_in = async |request: ServiceRequest| callers::check(&self, request, route).await;
            let within_limits =
                async |request: ServiceRequest| limits::check(&self.limit, request, let_in).await;
            let logged = async |request: ServiceRequest| request::log(&self, request, within_limits).await;
            drain(as_meant(request, &self.apis), logged).await
        })
    }
}
