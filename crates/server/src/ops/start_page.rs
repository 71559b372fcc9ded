//! The first page for someone who explores: what is served, where, and a walk through each API that has one.

mod served;

use std::collections::BTreeSet;
use std::sync::Arc;

use actix_web::http::header::{CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, Resource, guard, web};
use data_adapter_core::AdapterError;
use minijinja::value::{Serde, Value};
use minijinja::{AutoEscape, Environment};
use serde::Serialize;

use super::hosts::Hosts;
use crate::api::{Api, Apis};
use crate::metering::Operation;
use crate::openapi::Access;
use crate::refused::{Refused, method_not_allowed};
use crate::walk::{Visit, Walk};

use served::{Neighbour, ServedApi};

const PATH: &str = "/";
const FOLDER: &str = "/start/";

const PAGE: &str = include_str!("start_page/page.html");

const STYLE_FILE: &str = "page.css";
const STYLE: &str = include_str!("start_page/page.css");

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const JAVASCRIPT: &str = "text/javascript; charset=utf-8";

/// What the page tells.
pub struct Overview {
    /// The APIs that are served.
    pub apis: Apis,
    /// Whether there is Swagger UI beside them.
    pub has_swagger_ui: bool,
    /// The version of the program.
    pub version: &'static str,
    /// The names of hosts that may ask while the sandbox is on, as for [`SandboxPages`](super::SandboxPages); `None` while it is
    /// off, when any name will do.
    pub sandbox: Option<Vec<String>>,
    /// Whether there are metrics.
    pub has_metrics: bool,
    /// Whether nobody has to say who they are for those.
    pub has_open_metrics: bool,
    /// How callers say who they are.
    pub access: Access,
}

/// The page at `/`, with its files.
pub struct StartPage {
    page: Bytes,
    /// By name.
    files: Vec<File>,
    hosts: Option<Hosts>,
}

/// A file of the page.
#[derive(Clone)]
struct File {
    name: String,
    kind: &'static str,
    text: &'static str,
}

/// What the template works with.
#[derive(Serialize)]
struct Content<'a> {
    apis: Vec<ServedApi>,
    neighbours: Vec<Neighbour>,
    version: &'a str,
    has_inbox: bool,
    asks_callers: bool,
    walks: Vec<&'a str>,
    /// The modules that run.
    modules: Vec<&'a str>,
}

impl StartPage {
    /// Shows this.
    ///
    /// # Errors
    ///
    /// When the page can't be written.
    pub fn new(overview: Overview) -> Result<Self, AdapterError> {
        let has_inbox = overview.sandbox.is_some();
        let walks = walks(&overview.apis, Visit { has_inbox, access: overview.access })?;
        let modules = walks.iter().map(modules).collect::<Vec<_>>();
        let content = Content {
            apis: served::apis(&overview.apis, overview.has_swagger_ui),
            neighbours: served::neighbours(&overview),
            version: overview.version,
            has_inbox,
            asks_callers: overview.access.is_checked(),
            walks: walks.iter().map(|walk| walk.html.as_str()).collect(),
            modules: modules
                .iter()
                .filter_map(|modules| modules.first())
                .map(|file| file.name.as_str())
                .collect(),
        };
        let mut environment = Environment::new();
        environment.set_auto_escape_callback(|_| AutoEscape::Html);
        let page = environment
            .render_str(PAGE, Value::from(Serde(&content)))
            .map_err(|error| AdapterError::Internal(format!("the start page can't be written: {error}")))?;
        let style = File { name: STYLE_FILE.to_owned(), kind: CSS, text: STYLE };
        let files = modules.into_iter().flatten().chain([style]).collect();
        Ok(Self { page: page.into(), files, hosts: overview.sandbox.map(Hosts::new) })
    }

    /// Whether this path is the page or one of its files. Nobody has to say who they are for those: they hold nobody's data.
    pub(crate) fn has(&self, path: &str) -> bool {
        path == PATH
            || path.strip_prefix(FOLDER).is_some_and(|name| self.files.iter().any(|file| file.name == name))
    }

    fn check_host(&self, request: &HttpRequest) -> Result<(), Refused> {
        self.hosts.as_ref().map_or(Ok(()), |hosts| hosts.check(request))
    }
}

/// One of each API that has one.
fn walks(apis: &Apis, visit: Visit) -> Result<Vec<Walk>, AdapterError> {
    let mut names = BTreeSet::new();
    let firsts = apis.iter().filter(|api| names.insert(api.name()));
    let walk = |api: &Arc<dyn Api>| {
        let access = visit.access.for_api(api.asks_callers());
        api.walk(Visit { access, ..visit })
    };
    firsts.filter_map(|api| walk(api).transpose()).collect()
}

fn modules(walk: &Walk) -> Vec<File> {
    let module = |(name, text): &(&str, &'static str)| File {
        name: format!("{}/{name}", walk.folder),
        kind: JAVASCRIPT,
        text,
    };
    walk.modules.iter().map(module).collect()
}

pub(crate) fn routes(config: &mut web::ServiceConfig, page: Arc<StartPage>) {
    let reads = || web::route().guard(guard::Any(guard::Get()).or(guard::Head()));
    for File { name, kind, text } in page.files.clone() {
        let show = move |page: web::Data<StartPage>, request: HttpRequest| async move {
            page.check_host(&request)?;
            Ok::<_, Refused>(file(kind, Bytes::from_static(text.as_bytes())))
        };
        config.service(resource(&format!("{FOLDER}{name}")).route(reads().to(show)));
    }
    config.app_data(web::Data::from(page)).service(resource(PATH).route(reads().to(show)));
}

fn resource(path: &str) -> Resource {
    let resource = web::resource(path).name(Operation::StartPage.name());
    resource.default_service(web::to(|request| method_not_allowed(request, "GET, HEAD")))
}

async fn show(page: web::Data<StartPage>, request: HttpRequest) -> Result<HttpResponse, Refused> {
    page.check_host(&request)?;
    Ok(file(HTML, page.page.clone()))
}

fn file(kind: &'static str, bytes: Bytes) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(kind)
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((REFERRER_POLICY, "no-referrer"))
        .insert_header((
            CONTENT_SECURITY_POLICY,
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; \
             base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        ))
        .body(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openapi::Certificates;

    fn page(access: Access) -> String {
        let overview = Overview {
            apis: Apis::default(),
            has_swagger_ui: false,
            version: "0.0.0",
            sandbox: Some(Vec::new()),
            has_metrics: true,
            has_open_metrics: false,
            access,
        };
        let page = StartPage::new(overview).unwrap();
        String::from_utf8(page.page.to_vec()).unwrap()
    }

    #[test]
    fn what_callers_alone_may_see_is_marked_where_there_are_callers() {
        let marked = |access| page(access).matches("(for callers)").count();
        assert_eq!(marked(Access::default()), 0);
        assert_eq!(marked(Access { tokens: true, certificates: Certificates::Unused }), 2);
    }
}
