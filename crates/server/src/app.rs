use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::middleware::from_fn;
use actix_web::{App, HttpServer, web};
use data_adapter_core::{Backend, Clock, Random};

use crate::ops::{self, BuildInfo, SandboxPages};
use crate::request::{self, RequestIds};
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
    /// What runs here.
    pub build: BuildInfo,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// For request ids.
    pub random: Arc<dyn Random>,
}

/// How the server listens.
#[derive(Clone, Debug)]
pub struct HttpSettings {
    /// Threads that answer requests.
    pub workers: usize,
    /// How long an idle connection is kept.
    pub keep_alive: Duration,
    /// How long a client may take to send the head of a request.
    pub header_timeout: Duration,
    /// How long requests under way may take after the signal to stop.
    pub shutdown_timeout: Duration,
}

/// Takes an address.
///
/// # Errors
///
/// When it can't be had, such as a port that is in use.
pub fn listen(address: SocketAddr) -> std::io::Result<TcpListener> {
    let listener = TcpListener::bind(address)?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// Answers requests until the process is told to stop, and then those that are under way.
///
/// # Errors
///
/// When the listener can't be served.
pub async fn serve(listener: TcpListener, settings: &HttpSettings, parts: Parts) -> std::io::Result<()> {
    HttpServer::new(move || app(parts.clone()))
        .workers(settings.workers)
        .keep_alive(settings.keep_alive)
        .client_request_timeout(settings.header_timeout)
        .shutdown_timeout(settings.shutdown_timeout.as_secs())
        .listen(listener)?
        .run()
        .await
}

/// The whole router.
fn app(
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
    let ids = web::Data::new(RequestIds::new(Arc::clone(&parts.random)));
    let status = web::Data::new(ops::Status::new(&parts));
    let web_flow = web::Data::new(WebFlow::new(parts.backend, Arc::clone(&parts.web_flow)));
    let sandbox = parts.sandbox;
    let context_path = parts.web_flow.context_path.clone();
    App::new()
        .wrap(from_fn(request::log))
        .app_data(ids)
        .app_data(web_flow)
        .app_data(status)
        .configure(|config| {
            if let Some(pages) = sandbox {
                ops::sandbox_routes(config, pages);
            }
            if !context_path.is_empty() {
                config.service(web::scope(&context_path).configure(api_routes));
            }
            api_routes(config);
        })
        .default_service(web::to(web_flow::not_found))
}

fn api_routes(config: &mut web::ServiceConfig) {
    ops::status_routes(config);
    web_flow::routes(config);
}

#[cfg(test)]
mod tests;
