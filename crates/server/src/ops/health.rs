//! What a supervisor or a load balancer asks.

use actix_web::{HttpResponse, Resource, guard, web};

use super::ready::{ReadyChecks, Report, State};
use crate::metering::Operation;
use crate::refused::method_not_allowed;
use crate::stop::Stopping;

const LIVE: &str = "/health/live";
const READY: &str = "/health/ready";

/// Whether nobody has to say who they are at this path, and no limit of requests holds. Whole paths only: what else
/// is asked for below `/health` says who asks, as everywhere.
pub(crate) fn is_health(path: &str) -> bool {
    matches!(path, LIVE | READY)
}

pub(crate) fn routes(config: &mut web::ServiceConfig) {
    let reads = || web::route().guard(guard::Any(guard::Get()).or(guard::Head()));
    config.service(resource(LIVE, Operation::HealthLive).route(reads().to(live)));
    config.service(resource(READY, Operation::HealthReady).route(reads().to(ready)));
}

fn resource(path: &str, operation: Operation) -> Resource {
    let resource = web::resource(path).name(operation.name());
    resource.default_service(web::to(|request| method_not_allowed(request, "GET, HEAD")))
}

async fn live() -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(r#"{"status":"OK"}"#)
}

async fn ready(checks: web::Data<ReadyChecks>, stopping: web::Data<Stopping>) -> HttpResponse {
    let report = if stopping.is_so() { Report::stopping() } else { checks.report().await };
    let mut response = match report.status {
        State::Ok | State::Warning => HttpResponse::Ok(),
        State::Down | State::Stopping => HttpResponse::ServiceUnavailable(),
    };
    response.json(report)
}
