//! The API to look at and to try out in a browser. Everything comes from here, nothing from elsewhere.

use std::borrow::Cow;
use std::sync::Arc;

use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, LOCATION, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use actix_web::web::Bytes;
use actix_web::{HttpResponse, guard, web};
use data_adapter_core::AdapterError;
use data_adapter_protocol::web_flow::Dialect;
use utoipa_swagger_ui::Config;

use crate::metering::Operation;
use crate::web_flow::{Access, ApiError, Place, WebFlowSettings, method_not_allowed, openapi};

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

/// The files beside the page that are ours and the same everywhere.
const OWN_FILES: [(&str, &str, &str); 2] = [("", HTML, PAGE), ("page.css", CSS, STYLE)];

/// The script, with the list of documents in place of this.
const OWN_SCRIPT: &str = "page.js";
const LIST: &str = "[/* documents */]";

/// The files that come with Swagger UI.
const BUNDLED_FILES: [(&str, &str); 4] = [
    ("swagger-ui.css", CSS),
    ("swagger-ui-bundle.js", JAVASCRIPT),
    ("swagger-ui-standalone-preset.js", JAVASCRIPT),
    ("favicon-32x32.png", PNG),
];

/// Swagger UI at each path where the API is served.
pub struct SwaggerUi {
    pages: Vec<Page>,
}

/// Swagger UI at one path.
pub(crate) struct Page {
    /// Where: `/` is empty.
    context_path: String,
    script: Bytes,
    documents: Vec<(&'static str, Bytes)>,
}

/// The name of the document of a dialect.
pub(super) fn document_name(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::V0_22 => "data-adapter.openapi.json",
        Dialect::V1 => "data-adapter-1.openapi.json",
    }
}

impl SwaggerUi {
    /// Shows the API as `settings` have it. `access` is how callers say who they are, `sandbox` whether there is an inbox.
    ///
    /// # Errors
    ///
    /// When a document can't be written as JSON.
    pub fn new(settings: &WebFlowSettings, access: Access, sandbox: bool) -> Result<Self, AdapterError> {
        let at_root = WebFlowSettings { context_path: String::new(), ..settings.clone() };
        let other = settings.other();
        let mut pages = vec![Page::new(&at_root, other.as_ref(), access, sandbox)?];
        if !settings.context_path.is_empty() {
            pages.push(Page::new(settings, other.as_ref(), access, sandbox)?);
        }
        if let Some(other) = &other {
            pages.push(Page::new(other, Some(settings), access, sandbox)?);
        }
        Ok(Self { pages })
    }

    /// Whether this path is one of the page and its files. Nobody has to say who they are for those: they hold nobody's
    /// data.
    pub(crate) fn has(&self, path: &str) -> bool {
        self.pages.iter().any(|page| path.strip_prefix(&page.context_path).is_some_and(|path| page.has(path)))
    }

    /// The page at a context path; `None` when there is none.
    pub(crate) fn at(&self, context_path: &str) -> Option<&Page> {
        self.pages.iter().find(|page| page.context_path == context_path)
    }
}

impl Page {
    /// The dialect of the place comes first, then the other one, wherever that is served.
    fn new(
        place: &WebFlowSettings,
        other: Option<&WebFlowSettings>,
        access: Access,
        sandbox: bool,
    ) -> Result<Self, AdapterError> {
        let to_root = "../".repeat(place.context_path.matches('/').count() + 1);
        let inbox = format!("{to_root}sandbox/inbox");
        let document = |web_flow: &WebFlowSettings, api: &str| {
            let inbox = sandbox.then_some(inbox.as_str());
            let place = Place { api, inbox, access, max_body: web_flow.max_body };
            let json = openapi(&web_flow.limits, &place).to_json();
            let unwritable =
                |error| AdapterError::Internal(format!("the document can't be written: {error}"));
            Ok((web_flow.limits.dialect, Bytes::from(json.map_err(unwritable)?)))
        };
        let mut documents = vec![document(place, "..")?];
        if let Some(other) = other {
            let api = format!("{to_root}{}", other.context_path.trim_start_matches('/'));
            documents.push(document(other, api.trim_end_matches('/'))?);
        }
        let list = |(dialect, _): &(Dialect, Bytes)| {
            let name = format!("Web Flow {}", dialect.web_flow());
            serde_json::json!({"name": name, "url": document_name(*dialect)})
        };
        let list = serde_json::Value::from_iter(documents.iter().map(list));
        Ok(Self {
            context_path: place.context_path.clone(),
            script: SCRIPT.replace(LIST, &list.to_string()).into(),
            documents: documents.into_iter().map(|(dialect, json)| (document_name(dialect), json)).collect(),
        })
    }

    fn has(&self, path: &str) -> bool {
        OTHER_NAMES.contains(&path) || path.strip_prefix(FOLDER).is_some_and(|name| self.has_file(name))
    }

    fn has_file(&self, name: &str) -> bool {
        name == OWN_SCRIPT
            || self.documents.iter().any(|(known, _)| *known == name)
            || OWN_FILES.iter().any(|(own, _, _)| *own == name)
            || BUNDLED_FILES.iter().any(|(bundled, _)| *bundled == name)
    }
}

/// The page and its files.
pub(crate) fn routes(config: &mut web::ServiceConfig, page: &Page) {
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
    let script = page.script.clone();
    get(config, &format!("{FOLDER}{OWN_SCRIPT}"), move || file(JAVASCRIPT, script.clone()));
    for (name, document) in &page.documents {
        let document = document.clone();
        get(config, &format!("{FOLDER}{name}"), move || file("application/json", document.clone()));
    }
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
    match utoipa_swagger_ui::serve(name, Arc::new(Config::new([document_name(Dialect::default())]))) {
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
