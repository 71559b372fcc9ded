use std::rc::Rc;
use std::sync::Arc;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::middleware::{Next, from_fn};
use actix_web::{App, web};
use data_adapter_core::Random;

use crate::api::{Api, Apis};
use crate::body::BodyLimits;
use crate::callers::Callers;
use crate::limits::RequestLimit;
use crate::metering::Metering;
use crate::ops::{self, Metrics, MetricsPage, Page, ReadyChecks, SandboxPages, StartPage, SwaggerUi};
use crate::proxies::Proxies;
use crate::refused::not_found;
use crate::request::Intake;
use crate::shell::Shell;
use crate::stop::Stopping;
use crate::tracer::Tracer;

/// What the server answers with.
#[derive(Clone)]
pub struct Parts {
    /// The APIs.
    pub apis: Apis,
    /// What the body of a request may take.
    pub bodies: BodyLimits,
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
    /// For request ids.
    pub random: Arc<dyn Random>,
}

/// The whole router without the metrics and without proxies, over limits that a few requests do not reach: what the tests of an API
/// ask.
pub fn router(
    parts: Parts,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody>,
        Error = actix_web::Error,
        InitError = (),
    >,
> {
    app(parts, Arc::default(), RequestLimit::with_bodies(1024, usize::MAX), None, Stopping::default())
}

/// The whole router. `metrics` is `None` when nobody may read them.
pub(crate) fn app(
    parts: Parts,
    proxies: Arc<Proxies>,
    limit: Arc<RequestLimit>,
    metrics: Option<Arc<MetricsPage>>,
    stopping: Stopping,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody>,
        Error = actix_web::Error,
        InitError = (),
    >,
> {
    let Parts { apis, bodies, sandbox, swagger_ui, start_page, callers, ready, tracer, random, metrics: _ } =
        parts;
    let shell = Rc::new(Shell {
        apis: apis.clone(),
        callers: Arc::clone(&callers),
        intake: Intake::new(random, tracer),
        limit: Arc::clone(&limit),
        metering: Metering::new(&apis),
        proxies,
        start_page: start_page.clone(),
        swagger_ui: swagger_ui.clone(),
    });
    let mounted = apis.clone();
    App::new()
        .wrap(from_fn(move |request: ServiceRequest, route: Next<BoxBody>| {
            Rc::clone(&shell).answer(request, route)
        }))
        .app_data(web::Data::new(apis))
        .app_data(web::Data::new(bodies))
        .app_data(web::Data::from(callers))
        .app_data(web::Data::from(ready))
        .app_data(web::Data::from(limit))
        .app_data(web::Data::new(stopping))
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
            for api in mounted.by_length() {
                mount(config, api, page(api.path()));
            }
            if let Some(page) = page("").filter(|_| !mounted.has_root()) {
                ops::swagger_ui_routes(config, page);
            }
        })
        .default_service(web::to(not_found))
}

/// An API at its path, and Swagger UI beside it.
fn mount(config: &mut web::ServiceConfig, api: &Arc<dyn Api>, ui: Option<&Page>) {
    let routes = |config: &mut web::ServiceConfig| {
        Arc::clone(api).routes(config);
        if let Some(page) = ui {
            ops::swagger_ui_routes(config, page);
        }
    };
    match api.path() {
        "" => routes(config),
        path => {
            config.service(web::scope(path).configure(routes));
        }
    }
}
