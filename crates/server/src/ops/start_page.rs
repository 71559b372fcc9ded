//! The first page for someone who explores: what is served, where, and a walk through a login and a payment.

mod served;

use std::sync::Arc;

use actix_web::http::header::{CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, Resource, guard, web};
use data_adapter_core::AdapterError;
use minijinja::value::{Serde, Value};
use minijinja::{AutoEscape, Environment};
use serde::Serialize;

use super::hosts::Hosts;
use crate::metering::Operation;
use crate::web_flow::{Access, ApiError, Certificates, method_not_allowed};

use served::Neighbour;
pub use served::ServedApi;

const PATH: &str = "/";
const FOLDER: &str = "/start/";

const PAGE: &str = include_str!("start_page/page.html");

/// The files of the page, with their types.
const FILES: [(&str, &str, &str); 5] = [
    ("page.css", "text/css; charset=utf-8", include_str!("start_page/page.css")),
    ("page.mjs", JAVASCRIPT, include_str!("start_page/page.mjs")),
    ("walks.mjs", JAVASCRIPT, include_str!("start_page/walks.mjs")),
    ("web-flow.mjs", JAVASCRIPT, include_str!("start_page/web-flow.mjs")),
    ("json.mjs", JAVASCRIPT, include_str!("start_page/json.mjs")),
];
const JAVASCRIPT: &str = "text/javascript; charset=utf-8";

/// What the page tells.
pub struct Overview {
    /// The APIs that are served.
    pub apis: Vec<ServedApi>,
    /// The version of the program.
    pub version: &'static str,
    /// The names of hosts that may ask while the sandbox is on, as for [`SandboxPages`](super::SandboxPages); `None` while it is
    /// off, when any name will do.
    pub sandbox: Option<Vec<String>>,
    /// Whether there are metrics.
    pub has_metrics: bool,
    /// Whether nobody has to say who they are for those.
    pub has_open_metrics: bool,
    /// Whether passwords may come in clear, which is how the walk sends them.
    pub clear_passwords: bool,
    /// How callers say who they are.
    pub access: Access,
    /// Who logs in; `None` where the users are the bank's own.
    pub demo: Option<DemoUser>,
}

/// A user whom everybody knows.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct DemoUser {
    /// The name at the login.
    pub username: &'static str,
    /// The password.
    pub password: &'static str,
    /// The id of the organization.
    pub organization: &'static str,
}

/// The page at `/`, with its files.
pub struct StartPage {
    page: Bytes,
    hosts: Option<Hosts>,
}

/// What the template works with.
#[derive(Serialize)]
struct Content<'a> {
    apis: &'a [ServedApi],
    neighbours: Vec<Neighbour>,
    version: &'a str,
    has_inbox: bool,
    clear_passwords: bool,
    asks_callers: bool,
    takes_tokens: bool,
    /// Whether the browser adds the client certificate, for which it then asks for names and passwords too.
    credentials: &'static str,
    demo: Option<DemoUser>,
}

impl StartPage {
    /// Shows this.
    ///
    /// # Errors
    ///
    /// When the page can't be written.
    pub fn new(overview: Overview) -> Result<Self, AdapterError> {
        let content = Content {
            apis: &overview.apis,
            neighbours: served::neighbours(&overview),
            version: overview.version,
            has_inbox: overview.sandbox.is_some(),
            clear_passwords: overview.clear_passwords,
            asks_callers: overview.access.is_checked(),
            takes_tokens: overview.access.tokens,
            credentials: match overview.access.certificates {
                Certificates::Unused => "omit",
                Certificates::InPlaceOfToken | Certificates::Required => "same-origin",
            },
            demo: overview.demo,
        };
        let mut environment = Environment::new();
        environment.set_auto_escape_callback(|_| AutoEscape::Html);
        let page = environment
            .render_str(PAGE, Value::from(Serde(&content)))
            .map_err(|error| AdapterError::Internal(format!("the start page can't be written: {error}")))?;
        Ok(Self { page: page.into(), hosts: overview.sandbox.map(Hosts::new) })
    }

    /// Whether this path is the page or one of its files. Nobody has to say who they are for those: they hold nobody's data.
    pub(crate) fn has(&self, path: &str) -> bool {
        path == PATH
            || path.strip_prefix(FOLDER).is_some_and(|name| FILES.iter().any(|(file, _, _)| *file == name))
    }

    fn check_host(&self, request: &HttpRequest) -> Result<(), ApiError> {
        self.hosts.as_ref().map_or(Ok(()), |hosts| hosts.check(request))
    }
}

pub(crate) fn routes(config: &mut web::ServiceConfig, page: Arc<StartPage>) {
    let reads = || web::route().guard(guard::Any(guard::Get()).or(guard::Head()));
    config.app_data(web::Data::from(page)).service(resource(PATH).route(reads().to(show)));
    for (name, kind, text) in FILES {
        let show = move |page: web::Data<StartPage>, request: HttpRequest| async move {
            page.check_host(&request)?;
            Ok::<_, ApiError>(file(kind, Bytes::from_static(text.as_bytes())))
        };
        config.service(resource(&format!("{FOLDER}{name}")).route(reads().to(show)));
    }
}

fn resource(path: &str) -> Resource {
    let resource = web::resource(path).name(Operation::StartPage.name());
    resource.default_service(web::to(|| method_not_allowed("GET, HEAD")))
}

async fn show(page: web::Data<StartPage>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    page.check_host(&request)?;
    Ok(file("text/html; charset=utf-8", page.page.clone()))
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

    fn page(access: Access) -> String {
        let overview = Overview {
            apis: Vec::new(),
            version: "0.0.0",
            sandbox: Some(Vec::new()),
            has_metrics: true,
            has_open_metrics: false,
            clear_passwords: true,
            access,
            demo: None,
        };
        let page = StartPage::new(overview).unwrap();
        String::from_utf8(page.page.to_vec()).unwrap()
    }

    #[test]
    fn a_browser_adds_what_it_knows_of_itself_only_where_callers_may_show_a_certificate() {
        // Without credentials it asks nobody for a name and a password when the answer is 401.
        for (tokens, certificates, credentials, note) in [
            (false, Certificates::Unused, "omit", None),
            (true, Certificates::Unused, "omit", Some("need the token of a caller")),
            (true, Certificates::InPlaceOfToken, "same-origin", Some("need the token of a caller")),
            (true, Certificates::Required, "same-origin", Some("need the token of a caller")),
            (false, Certificates::Required, "same-origin", Some("need the certificate of a caller")),
        ] {
            let page = page(Access { tokens, certificates });
            assert!(
                page.contains(&format!("data-credentials=\"{credentials}\"")),
                "{certificates:?}: {page}"
            );
            assert_eq!(page.contains("name=\"token\""), tokens, "{page}");
            let notes = page.lines().filter(|line| line.contains("Requests need"));
            assert!(
                notes.clone().eq(notes.clone().filter(|line| note.is_some_and(|note| line.contains(note))))
            );
            assert_eq!(notes.count(), usize::from(note.is_some()), "{page}");
        }
    }

    #[test]
    fn what_callers_alone_may_see_is_marked_where_there_are_callers() {
        let marked = |access| page(access).matches("(for callers)").count();
        assert_eq!(marked(Access::default()), 0);
        assert_eq!(marked(Access { tokens: true, certificates: Certificates::Unused }), 3);
    }
}
