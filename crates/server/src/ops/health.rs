//! What a supervisor or a load balancer asks.

use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpResponse, guard, web};

use crate::web_flow::method_not_allowed;

const LIVE: &str = "/health/live";

/// Whether nobody has to say who they are at this path, and no limit of requests holds. Whole paths only: whatever lies
/// below `/health` may be an API, under a context path of that name.
pub(crate) fn is_health(path: &str) -> bool {
    path == LIVE
}

pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config.service(
        web::resource(LIVE)
            .route(web::route().guard(guard::Any(guard::Get()).or(guard::Head())).to(live))
            .default_service(web::to(|| method_not_allowed("GET, HEAD"))),
    );
}

async fn live() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "no-store"))
        .content_type("application/json")
        .body(r#"{"status":"OK"}"#)
}
