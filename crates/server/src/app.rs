use std::sync::Arc;

use actix_web::body::MessageBody;
use actix_web::dev::{Service as _, ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::middleware::from_fn;
use actix_web::{App, web};
use data_adapter_core::{Backend, Clock, Random};
use data_adapter_protocol::web_flow::Dialect;

use crate::callers::{self, Callers};
use crate::drain::drain;
use crate::limits::{self, RequestLimit};
use crate::ops::{
    self, BuildInfo, Metrics, MetricsPage, Page, ReadyChecks, SandboxPages, StartPage, SwaggerUi,
};
use crate::path::without_empty_part;
use crate::request::{self, Intake};
use crate::tracer::Tracer;
use crate::web_flow::{self, WebFlow, WebFlowSettings};

/// What the server answers with.
#[derive(Clone)]
pub struct Parts {
    /// What stands behind it.
    pub backend: Backend,
    /// The PowerAuth Data Adapter API.
    pub web_flow: Arc<WebFlowSettings>,
    /// The pages of the sandbox; `None` while it is off.
    pub sandbox: Option<Arc<SandboxPages>>,
    /// Swagger UI; `None` while it is off.
    pub swagger_ui: Option<Arc<SwaggerUi>>,
    /// What is at `/`; `None` for nothing.
    pub start_page: Option<Arc<StartPage>>,
    /// Who may call.
    pub callers: Arc<Callers>,
    /// What has to be there for requests to be answered.
    pub ready: Arc<ReadyChecks>,
    /// What is counted and timed; `None` when nobody may read it.
    pub metrics: Option<Metrics>,
    /// Who records a span for each request; `None` when nobody does.
    pub tracer: Option<Arc<dyn Tracer>>,
    /// What runs here.
    pub build: BuildInfo,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// For request ids.
    pub random: Arc<dyn Random>,
}

/// The whole router. `metrics` is `None` when nobody may read them.
pub(crate) fn app(
    parts: Parts,
    limit: Arc<RequestLimit>,
    metrics: Option<Arc<MetricsPage>>,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody>,
        Error = actix_web::Error,
        InitError = (),
    >,
> {
    let intake = web::Data::new(Intake::new(Arc::clone(&parts.random), parts.tracer.clone()));
    let status = web::Data::new(ops::Status::new(&parts));
    let other = parts.web_flow.other().map(Arc::new);
    let other = other.map(|settings| {
        (Arc::clone(&settings), WebFlow::new(parts.backend.clone(), settings, Arc::clone(&parts.random)))
    });
    let web_flow = web::Data::new(WebFlow::new(parts.backend, Arc::clone(&parts.web_flow), parts.random));
    let dialect = parts.web_flow.limits.dialect;
    let sandbox = parts.sandbox;
    let swagger_ui = parts.swagger_ui;
    let start_page = parts.start_page;
    let context_path = parts.web_flow.context_path.clone();
    // The last one is the first to see a request.
    App::new()
        .wrap(from_fn(web_flow::statuses))
        .wrap(from_fn(callers::check))
        .wrap(from_fn(limits::check))
        .wrap(from_fn(request::log))
        .wrap(from_fn(drain))
        .wrap_fn(|request, service| service.call(without_empty_part(request)))
        .app_data(intake)
        .app_data(web::Data::from(parts.callers))
        .app_data(web::Data::from(parts.ready))
        .app_data(web::Data::from(limit))
        .app_data(web_flow)
        .app_data(status)
        .configure(|config| {
            ops::health_routes(config);
            if let Some(page) = metrics {
                ops::metrics_routes(config, page);
            }
            if let Some(pages) = sandbox {
                ops::sandbox_routes(config, pages);
            }
            if let Some(page) = start_page {
                ops::start_page_routes(config, page);
            }
            let page = |path: &str| swagger_ui.as_ref().and_then(|ui| ui.at(path));
            if let Some((settings, web_flow)) = other {
                let (path, dialect) = (&settings.context_path, settings.limits.dialect);
                let scope = web::scope(path).app_data(web::Data::new(web_flow));
                config.service(scope.configure(|config| api_routes(config, dialect, page(path))));
            }
            if !context_path.is_empty() {
                let scope = web::scope(&context_path);
                config.service(scope.configure(|config| api_routes(config, dialect, page(&context_path))));
            }
            api_routes(config, dialect, page(""));
            if let Some(ui) = swagger_ui.clone() {
                config.app_data(web::Data::from(ui));
            }
        })
        .default_service(web::to(web_flow::not_found))
}

/// The API in a dialect, and Swagger UI beside it.
fn api_routes(config: &mut web::ServiceConfig, dialect: Dialect, ui: Option<&Page>) {
    ops::status_routes(config);
    web_flow::routes(config, dialect);
    if let Some(page) = ui {
        ops::swagger_ui_routes(config, page);
    }
}

#[cfg(test)]
mod tests;
