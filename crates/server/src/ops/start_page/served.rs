//! What is served here, as the page lists it.

use data_adapter_protocol::web_flow::Dialect;
use serde::Serialize;

use super::super::metrics::PATH as METRICS;
use super::super::swagger_ui::document_name;
use super::Overview;
use crate::web_flow::WebFlowSettings;

/// An API that is served here.
#[derive(Clone, Debug, Serialize)]
pub struct ServedApi {
    /// What it is called.
    pub name: &'static str,
    /// The versions of it, or of who calls it.
    pub version: String,
    /// The paths that it is served under, with a leading slash. The walk calls it at the last.
    pub paths: Vec<String>,
    /// Swagger UI, as a link from the page; `None` where that is off.
    pub swagger_ui: Option<String>,
    /// Its document, as a link from the page; `None` where Swagger UI is off.
    pub document: Option<String>,
    /// How the walk speaks to it: a key of `DIALECTS` in `web-flow.mjs`; `None` where there is no walk.
    pub walk: Option<&'static str>,
}

/// Something beside the APIs.
#[derive(Serialize)]
pub(super) struct Neighbour {
    path: &'static str,
    what: &'static str,
    /// Whether a caller has to say who asks, where callers have to.
    asks_callers: bool,
}

impl ServedApi {
    /// The API of Web Flow in each dialect that `settings` have it in, with links to Swagger UI where it is on.
    #[must_use]
    pub fn web_flow(settings: &WebFlowSettings, has_swagger_ui: bool) -> Vec<Self> {
        let root = Some("/".to_owned());
        let own = Some(settings.context_path.clone()).filter(|path| !path.is_empty());
        let first =
            Self::in_dialect(settings.limits.dialect, root.into_iter().chain(own).collect(), has_swagger_ui);
        let other = settings
            .other()
            .map(|other| Self::in_dialect(other.limits.dialect, vec![other.context_path], has_swagger_ui));
        std::iter::once(first).chain(other).collect()
    }

    fn in_dialect(dialect: Dialect, paths: Vec<String>, has_swagger_ui: bool) -> Self {
        let folder = paths.last().map_or("", |path| path.trim_matches('/'));
        let folder =
            if folder.is_empty() { "swagger-ui/".to_owned() } else { format!("{folder}/swagger-ui/") };
        Self {
            name: "PowerAuth Data Adapter API",
            version: format!("Web Flow {}", dialect.web_flow()),
            document: has_swagger_ui.then(|| format!("{folder}{}", document_name(dialect))),
            swagger_ui: has_swagger_ui.then_some(folder),
            walk: Some(dialect.name()),
            paths,
        }
    }
}

/// What there is beside the APIs.
pub(super) fn neighbours(overview: &Overview) -> Vec<Neighbour> {
    let all = [
        (overview.sandbox.is_some(), "/sandbox/inbox", "the SMS messages, in place of a phone", true),
        (true, "/api/service/status", "the version, and the name of the environment", true),
        (true, "/health/live", "whether the process runs", false),
        (true, "/health/ready", "whether requests can be answered", false),
        (
            overview.has_metrics,
            METRICS,
            "everything that is counted and timed, for Prometheus",
            !overview.has_open_metrics,
        ),
    ];
    let there = all.into_iter().filter(|(is_there, _, _, _)| *is_there);
    there.map(|(_, path, what, asks_callers)| Neighbour { path, what, asks_callers }).collect()
}
