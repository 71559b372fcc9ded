//! The API to look at and to try out in a browser. Everything comes from here, nothing from elsewhere.

use std::borrow::Cow;
use std::sync::Arc;

use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, LOCATION, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use actix_web::web::Bytes;
use actix_web::{HttpResponse, guard, web};
use data_adapter_core::AdapterError;
use utoipa_swagger_ui::Config;

use crate::metering::Operation;
use crate::web_flow::{ApiError, Place, WebFlowSettings, method_not_allowed, openapi};

const PAGE: &str = include_str!("swagger_ui/index.html");
const SCRIPT: &str = include_str!("swagger_ui/page.js");
const STYLE: &str = include_str!("swagger_ui/page.css");

const HTML: &str = "text/html; charset=utf-8";
const JAVASCRIPT: &str = "text/javascript; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const PNG: &str = "image/png";

/// Where the page is.
const FOLDER: &str = "/swagger-ui/";

/// What leads to the page.
const OTHER_NAMES: [&str; 2] = ["/swagger-ui", "/swagger-ui.html"];

const DOCUMENT: &str = "data-adapter.openapi.json";

/// The files beside the page and the document that are ours.
const OWN_FILES: [(&str, &str, &str); 3] =
    [("", HTML, PAGE), ("page.js", JAVASCRIPT, SCRIPT), ("page.css", CSS, STYLE)];

/// The files that come with Swagger UI.
const BUNDLED_FILES: [(&str, &str); 4] = [
    ("swagger-ui.css", CSS),
    ("swagger-ui-bundle.js", JAVASCRIPT),
    ("swagger-ui-standalone-preset.js", JAVASCRIPT),
    ("favicon-32x32.png", PNG),
];

/// Swagger UI, and the documents that it shows at the root and under the context path.
pub struct SwaggerUi {
    context_path: String,
    at_root: Bytes,
    at_context_path: Bytes,
}

impl SwaggerUi {
    /// Shows the API as `settings` have it. `tokens` is whether callers have to show one, `sandbox` whether there is an inbox.
    ///
    /// # Errors
    ///
    /// When the document can't be written as JSON.
    pub fn new(settings: &WebFlowSettings, tokens: bool, sandbox: bool) -> Result<Self, AdapterError> {
        let context_path = settings.context_path.clone();
        // The inbox is at the root only.
        let to_root = "../".repeat(context_path.matches('/').count() + 1);
        let document = |to_root: &str| {
            let inbox = format!("{to_root}sandbox/inbox");
            let inbox = sandbox.then_some(inbox.as_str());
            let place = Place { api: "..", inbox, tokens, max_body: settings.max_body };
            let json = openapi(settings.dialect, &settings.limits, &place).to_json();
            let unwritable =
                |error| AdapterError::Internal(format!("the document can't be written: {error}"));
            json.map(Bytes::from).map_err(unwritable)
        };
        Ok(Self { at_root: document("../")?, at_context_path: document(&to_root)?, context_path })
    }

    /// Whether this path is one of the page and its files. Nobody has to say who they are for those: they hold nobody's
    /// data.
    pub(crate) fn has(&self, path: &str) -> bool {
        let path = path.strip_prefix(self.context_path.as_str()).unwrap_or(path);
        OTHER_NAMES.contains(&path) || path.strip_prefix(FOLDER).is_some_and(is_file)
    }
}

fn is_file(name: &str) -> bool {
    name == DOCUMENT
        || OWN_FILES.iter().any(|(own, _, _)| *own == name)
        || BUNDLED_FILES.iter().any(|(bundled, _)| *bundled == name)
}

/// The page and its files at the root.
pub(crate) fn routes_at_root(config: &mut web::ServiceConfig, ui: &SwaggerUi) {
    routes(config, &ui.at_root);
}

/// The page and its files under the context path.
pub(crate) fn routes_at_context_path(config: &mut web::ServiceConfig, ui: &SwaggerUi) {
    routes(config, &ui.at_context_path);
}

fn routes(config: &mut web::ServiceConfig, document: &Bytes) {
    for name in OTHER_NAMES {
        // Relative, so that it leads to the right place behind a proxy as well.
        get(config, name, || HttpResponse::Found().insert_header((LOCATION, "swagger-ui/")).finish());
    }
    for (name, kind, text) in OWN_FILES {
        get(config, &format!("{FOLDER}{name}"), move || file(kind, Bytes::from_static(text.as_bytes())));
    }
    for (name, kind) in BUNDLED_FILES {
        get(config, &format!("{FOLDER}{name}"), move || bundled(name, kind));
    }
    let document = document.clone();
    get(config, &format!("{FOLDER}{DOCUMENT}"), move || file("application/json", document.clone()));
}

fn get(config: &mut web::ServiceConfig, path: &str, answer: impl Fn() -> HttpResponse + Clone + 'static) {
    let reads = web::route().guard(guard::Any(guard::Get()).or(guard::Head()));
    config.service(
        web::resource(path)
            .name(Operation::SwaggerUi.name())
            .route(reads.to(move || std::future::ready(answer())))
            .default_service(web::to(|| method_not_allowed("GET, HEAD"))),
    );
}

/// A file of Swagger UI.
fn bundled(name: &str, kind: &'static str) -> HttpResponse {
    match utoipa_swagger_ui::serve(name, Arc::new(Config::new([DOCUMENT]))) {
        Ok(Some(found)) => match found.bytes {
            Cow::Borrowed(bytes) => file(kind, Bytes::from_static(bytes)),
            Cow::Owned(bytes) => file(kind, bytes.into()),
        },
        _ => HttpResponse::from_error(ApiError::from(AdapterError::Internal(format!(
            "Swagger UI has no {name}"
        )))),
    }
}

fn file(kind: &'static str, bytes: Bytes) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(kind)
        .insert_header((CACHE_CONTROL, "no-cache"))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((REFERRER_POLICY, "no-referrer"))
        .insert_header((
            CONTENT_SECURITY_POLICY,
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
             base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        ))
        .body(bytes)
}
