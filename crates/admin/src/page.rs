//! The operator's page. It holds nobody's data: what it shows it asks of the API, with the token that the operator gives it.

use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, LOCATION, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use actix_web::{HttpResponse, guard, web};
use data_adapter_server::method_not_allowed;

/// What the metrics call it.
pub(crate) const OPERATION: &str = "admin_page";

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const JAVASCRIPT: &str = "text/javascript; charset=utf-8";

/// By their paths below that of the API.
const FILES: [(&str, &str, &str); 14] = [
    ("/", HTML, include_str!("page/index.html")),
    ("/page.css", CSS, include_str!("page/page.css")),
    ("/main.mjs", JAVASCRIPT, include_str!("page/main.mjs")),
    ("/api.mjs", JAVASCRIPT, include_str!("page/api.mjs")),
    ("/dom.mjs", JAVASCRIPT, include_str!("page/dom.mjs")),
    ("/session.mjs", JAVASCRIPT, include_str!("page/session.mjs")),
    ("/words.mjs", JAVASCRIPT, include_str!("page/words.mjs")),
    ("/views/audit.mjs", JAVASCRIPT, include_str!("page/views/audit.mjs")),
    ("/views/blocks.mjs", JAVASCRIPT, include_str!("page/views/blocks.mjs")),
    ("/views/codes.mjs", JAVASCRIPT, include_str!("page/views/codes.mjs")),
    ("/views/consents.mjs", JAVASCRIPT, include_str!("page/views/consents.mjs")),
    ("/views/health.mjs", JAVASCRIPT, include_str!("page/views/health.mjs")),
    ("/views/sent.mjs", JAVASCRIPT, include_str!("page/views/sent.mjs")),
    ("/views/user.mjs", JAVASCRIPT, include_str!("page/views/user.mjs")),
];

/// Nothing but its own files runs, nothing is loaded from elsewhere, nothing is asked of anybody else, and no text becomes HTML.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; base-uri 'none'; \
                      form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/// The page and its files. Nobody has to say who they are for those.
pub(crate) fn routes(config: &mut web::ServiceConfig) {
    for (path, kind, text) in FILES {
        add(config, path, move || file(kind, text));
    }
    // Relative, so that it leads to the right place behind a proxy as well.
    add(config, "", || HttpResponse::Found().insert_header((LOCATION, "admin/")).finish());
}

fn add(config: &mut web::ServiceConfig, path: &str, answer: impl Fn() -> HttpResponse + Clone + 'static) {
    let reads = web::route().guard(guard::Any(guard::Get()).or(guard::Head()));
    let resource = web::resource(path).name(OPERATION);
    let resource = resource.route(reads.to(move || std::future::ready(answer())));
    config.service(resource.default_service(web::to(|request| method_not_allowed(request, "GET, HEAD"))));
}

fn file(kind: &'static str, text: &'static str) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(kind)
        .insert_header((CACHE_CONTROL, "no-cache"))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((REFERRER_POLICY, "no-referrer"))
        .insert_header((CONTENT_SECURITY_POLICY, POLICY))
        .body(text)
}
