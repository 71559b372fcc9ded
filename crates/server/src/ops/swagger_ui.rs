//! The APIs to look at and to try out in a browser. Everything comes from here, nothing from elsewhere.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, LOCATION, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use actix_web::web::Bytes;
use actix_web::{FromRequest, Handler, HttpRequest, HttpResponse, Resource, Responder, guard, web};
use data_adapter_core::AdapterError;
use serde_json::{Value, json};
use utoipa::openapi::OpenApi;
use utoipa_swagger_ui::Config;

use crate::api::{Api, Apis};
use crate::metering::Operation;
use crate::openapi::{Access, Place};
use crate::refused::{Refused, method_not_allowed};

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

/// The files beside the page that are ours.
const OWN_SCRIPT: &str = "page.js";
const OWN_STYLE: &str = "page.css";

/// What is replaced by the documents: in the script by a list, in the page by links.
const LIST: &str = "[/* documents */]";
const LINKS: &str = "<!-- documents -->";

/// The files that come with Swagger UI.
const BUNDLED_FILES: [(&str, &str); 4] = [
    ("swagger-ui.css", CSS),
    ("swagger-ui-bundle.js", JAVASCRIPT),
    ("swagger-ui-standalone-preset.js", JAVASCRIPT),
    ("favicon-32x32.png", PNG),
];

/// Swagger UI at the root and at each path where an API is mounted.
pub struct SwaggerUi {
    pages: Vec<Page>,
}

/// Swagger UI at one path.
pub(crate) struct Page {
    /// Where: the root is empty.
    path: String,
    html: Bytes,
    script: Bytes,
    documents: Vec<Arc<Document>>,
}

/// The document of an API, as it is read beside the page at a path. It is written when somebody reads it: most never are.
struct Document {
    api: Arc<dyn Api>,
    path: String,
    service: Service,
    json: OnceLock<Bytes>,
}

/// What all pages say of this service.
#[derive(Clone, Copy)]
struct Service {
    access: Access,
    sandbox: bool,
    max_body: usize,
}

impl SwaggerUi {
    /// Shows the documents of `apis`. `access` is how callers say who they are, `sandbox` whether there is an inbox, `max_body`
    /// how many bytes a request may have.
    #[must_use]
    pub fn new(apis: &Apis, access: Access, sandbox: bool, max_body: usize) -> Self {
        let service = Service { access, sandbox, max_body };
        let paths: BTreeSet<&str> = apis.iter().map(|api| api.path()).chain([""]).collect();
        Self { pages: paths.into_iter().map(|path| Page::new(path, apis, service)).collect() }
    }

    /// Whether this path is one of the page and its files. Nobody has to say who they are for those: they hold nobody's
    /// data.
    pub(crate) fn has(&self, path: &str) -> bool {
        self.pages.iter().any(|page| path.strip_prefix(&page.path).is_some_and(|path| page.has(path)))
    }

    /// The page at a path; `None` when there is none.
    pub(crate) fn at(&self, path: &str) -> Option<&Page> {
        self.pages.iter().find(|page| page.path == path)
    }
}

impl Page {
    /// The document of the API at this path comes first, then the others, each once, wherever that API is mounted.
    fn new(path: &str, apis: &Apis, service: Service) -> Self {
        let (own, others): (Vec<_>, Vec<_>) = apis.iter().partition(|api| api.path() == path);
        let mut listed: Vec<&Arc<dyn Api>> = Vec::new();
        for api in own.into_iter().chain(others) {
            if listed.iter().all(|known| known.document_file() != api.document_file()) {
                listed.push(api);
            }
        }
        let list = listed.iter().map(|api| json!({"name": api.title(), "url": api.document_file()}));
        let list = Value::from_iter(list).to_string();
        let link = |api: &&Arc<dyn Api>| format!("<a href=\"{}\">{}</a>", api.document_file(), api.title());
        let links = listed.iter().map(link).collect::<Vec<_>>().join(", ");
        let document = |api: &Arc<dyn Api>| {
            let (api, path) = (Arc::clone(api), path.to_owned());
            Arc::new(Document { api, path, service, json: OnceLock::new() })
        };
        Self {
            path: path.to_owned(),
            html: PAGE.replace(LINKS, &links).into(),
            script: SCRIPT.replace(LIST, &list).into(),
            documents: listed.into_iter().map(document).collect(),
        }
    }

    fn has(&self, path: &str) -> bool {
        OTHER_NAMES.contains(&path) || path.strip_prefix(FOLDER).is_some_and(|name| self.has_file(name))
    }

    fn has_file(&self, name: &str) -> bool {
        name == OWN_SCRIPT
            || self.documents.iter().any(|document| document.file() == name)
            || name.is_empty()
            || name == OWN_STYLE
            || BUNDLED_FILES.iter().any(|(bundled, _)| *bundled == name)
    }
}

impl Document {
    fn file(&self) -> &'static str {
        self.api.document_file()
    }

    fn json(&self) -> Result<Bytes, AdapterError> {
        if let Some(json) = self.json.get() {
            return Ok(json.clone());
        }
        let unwritable = |error| AdapterError::Internal(format!("a document can't be written: {error}"));
        let json = self.open_api().to_json().map_err(unwritable)?;
        Ok(self.json.get_or_init(|| json.into()).clone())
    }

    fn open_api(&self) -> OpenApi {
        let Self { api, path, service, .. } = self;
        let to_root = "../".repeat(path.matches('/').count() + 1);
        let inbox = format!("{to_root}sandbox/inbox");
        let url = format!("{to_root}{}", api.path().trim_start_matches('/'));
        api.document(&Place {
            api: if api.path() == path { ".." } else { url.trim_end_matches('/') },
            inbox: service.sandbox.then_some(inbox.as_str()),
            access: service.access.for_api(api.asks_callers()),
            max_body: service.max_body,
        })
    }
}

/// The page and its files.
pub(crate) fn routes(config: &mut web::ServiceConfig, page: &Page) {
    for name in OTHER_NAMES {
        // Relative, so that it leads to the right place behind a proxy as well.
        get(config, name, || HttpResponse::Found().insert_header((LOCATION, "swagger-ui/")).finish());
    }
    let html = page.html.clone();
    get(config, FOLDER, move || file(HTML, html.clone()));
    get(config, &format!("{FOLDER}{OWN_STYLE}"), || file(CSS, Bytes::from_static(STYLE.as_bytes())));
    for (name, kind) in BUNDLED_FILES {
        config.service(read(&format!("{FOLDER}{name}"), move |request: HttpRequest| {
            std::future::ready(bundled(&request, name, kind))
        }));
    }
    let script = page.script.clone();
    get(config, &format!("{FOLDER}{OWN_SCRIPT}"), move || file(JAVASCRIPT, script.clone()));
    for document in &page.documents {
        let path = format!("{FOLDER}{}", document.file());
        let document = Arc::clone(document);
        config.service(read(&path, move |request: HttpRequest| {
            let json = document.json().map_err(|error| Refused::internal(&request, error.to_string()));
            std::future::ready(json.map(|json| file("application/json", json)))
        }));
    }
}

fn get(config: &mut web::ServiceConfig, path: &str, answer: impl Fn() -> HttpResponse + Clone + 'static) {
    config.service(read(path, move || std::future::ready(answer())));
}

/// A path that is only read.
fn read<H, Args>(path: &str, handler: H) -> Resource
where
    H: Handler<Args>,
    Args: FromRequest + 'static,
    H::Output: Responder + 'static,
{
    let reads = web::route().guard(guard::Any(guard::Get()).or(guard::Head()));
    web::resource(path)
        .name(Operation::SwaggerUi.name())
        .route(reads.to(handler))
        .default_service(web::to(|request| method_not_allowed(request, "GET, HEAD")))
}

/// A file of Swagger UI.
fn bundled(request: &HttpRequest, name: &str, kind: &'static str) -> Result<HttpResponse, Refused> {
    // What is configured is for a file that we don't show.
    match utoipa_swagger_ui::serve(name, Arc::new(Config::new([""]))) {
        Ok(Some(found)) => Ok(match found.bytes {
            Cow::Borrowed(bytes) => file(kind, Bytes::from_static(bytes)),
            Cow::Owned(bytes) => file(kind, bytes.into()),
        }),
        _ => Err(Refused::internal(request, format!("Swagger UI has no {name}"))),
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
