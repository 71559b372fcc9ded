//! What is served here, as the page lists it.

use std::collections::BTreeSet;

use serde::Serialize;

use super::super::metrics::PATH as METRICS;
use super::Overview;
use crate::api::{Api, Apis};

/// An API that is served here.
#[derive(Debug, Serialize)]
pub(super) struct ServedApi {
    name: &'static str,
    title: String,
    /// The paths that it is served under, with a leading slash, the shortest first.
    paths: Vec<String>,
    /// Swagger UI, as a link from the page; `None` where that is off.
    swagger_ui: Option<String>,
    /// A page of it, as a link from the page, and what that is called; `None` where there is none.
    page: Option<(String, &'static str)>,
    /// Its document, as a link from the page; `None` where Swagger UI is off.
    document: Option<String>,
}

/// Something beside the APIs.
#[derive(Serialize)]
pub(super) struct Neighbour {
    path: &'static str,
    what: &'static str,
    /// Whether a caller has to say who asks, where callers have to.
    asks_callers: bool,
}

/// Each API once, with all of its paths.
pub(super) fn apis(apis: &Apis, has_swagger_ui: bool) -> Vec<ServedApi> {
    let mut files = BTreeSet::new();
    let firsts = apis.iter().filter(|api| files.insert(api.document_file()));
    firsts.map(|api| ServedApi::new(api.as_ref(), apis, has_swagger_ui)).collect()
}

impl ServedApi {
    fn new(api: &dyn Api, apis: &Apis, has_swagger_ui: bool) -> Self {
        let places = apis.iter().filter(|other| other.document_file() == api.document_file());
        let mut paths: Vec<&str> = places.map(|place| place.path()).collect();
        paths.sort_by_key(|path| path.len());
        let folder = format!("{}/swagger-ui/", paths.last().unwrap_or(&""));
        let folder = folder.trim_start_matches('/').to_owned();
        let paths = paths.into_iter().map(|path| if path.is_empty() { "/" } else { path }.to_owned());
        Self {
            name: api.name(),
            title: api.title(),
            paths: paths.collect(),
            page: api.page().map(|(path, name)| {
                (format!("{}{path}", api.path()).trim_start_matches('/').to_owned(), name)
            }),
            document: has_swagger_ui.then(|| format!("{folder}{}", api.document_file())),
            swagger_ui: has_swagger_ui.then_some(folder),
        }
    }
}

/// What there is beside the APIs.
pub(super) fn neighbours(overview: &Overview) -> Vec<Neighbour> {
    let all = [
        (
            overview.sandbox.is_some(),
            "/sandbox/inbox",
            "the SMS messages and the pushes, in place of a phone",
            true,
        ),
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
