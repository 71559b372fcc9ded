//! APIs that would answer in the place of something else.

use std::cell::LazyCell;
use std::sync::Arc;

use thiserror::Error;

use crate::api::{Api, is_under};
use crate::openapi::{Access, Place};
use crate::ops::METRICS;

/// Below these the service has pages of its own, whichever are on.
const OWN: [&str; 4] = ["/health", METRICS, "/sandbox", UI];

/// What each API has beside its routes.
const UI: &str = "/swagger-ui";

/// An API can't be mounted: something else answers there, and one of the two would hide the other. The text names both.
#[derive(Debug, Error)]
#[error("{one} and {other} would both answer at `{path}`: one of them needs another path")]
pub struct PathClash {
    one: String,
    other: String,
    path: String,
}

/// Whether each of `apis` answers alone.
pub(crate) fn check(apis: &[Arc<dyn Api>]) -> Result<(), PathClash> {
    for (index, api) in apis.iter().enumerate() {
        if let Some(own) = own_page(api.as_ref()) {
            return Err(PathClash::new(api.as_ref(), "a page of the service".to_owned(), own));
        }
        let routes = LazyCell::new(|| routes_of(api.as_ref()));
        for other in apis.iter().enumerate().filter(|(place, _)| *place != index).map(|(_, other)| other) {
            if let Some(path) = hidden(api.as_ref(), other.as_ref(), &routes) {
                return Err(PathClash::new(api.as_ref(), named(other.as_ref()), &path));
            }
        }
    }
    Ok(())
}

impl PathClash {
    fn new(api: &dyn Api, other: String, path: &str) -> Self {
        Self { one: named(api), other, path: path.to_owned() }
    }
}

fn named(api: &dyn Api) -> String {
    format!("the {} at `{}/`", api.name(), api.path())
}

/// The path of the service's own pages that `api` lies below.
fn own_page(api: &dyn Api) -> Option<&'static str> {
    let path = spelled(api.path(), api.ignores_case());
    OWN.into_iter().find(|own| is_under(&path, own))
}

/// A path of `api` at which `other`, at the same path or at one below, would answer in its place.
fn hidden(
    api: &dyn Api,
    other: &dyn Api,
    routes: &LazyCell<Vec<String>, impl FnOnce() -> Vec<String>>,
) -> Option<String> {
    let ignores_case = api.ignores_case() || other.ignores_case();
    let (above, below) = (spelled(api.path(), ignores_case), spelled(other.path(), ignores_case));
    if above == below || (api.ignores_case() && !other.ignores_case() && is_below(&below, &above)) {
        return Some(other.path().to_owned());
    }
    if !is_below(&below, &above) {
        return None;
    }
    routes.iter().find(|route| holds(&below, &spelled(route, ignores_case))).cloned()
}

/// Where `api` answers, by its document, which takes longer to make than all else that is looked at.
fn routes_of(api: &dyn Api) -> Vec<String> {
    let place = Place { api: "", inbox: None, access: Access::default(), max_body: 0 };
    let document = api.document(&place);
    let paths = document.paths.paths.keys().map(String::as_str).chain([UI]);
    paths.map(|path| format!("{}{path}", api.path())).collect()
}

fn is_below(path: &str, prefix: &str) -> bool {
    prefix.is_empty() || is_under(path, prefix)
}

fn spelled(path: &str, ignores_case: bool) -> String {
    if ignores_case { path.to_ascii_lowercase() } else { path.to_owned() }
}

/// Whether `route`, in which `{…}` stands for a value, is `place` or lies below it.
fn holds(place: &str, route: &str) -> bool {
    let mut parts = route.split('/');
    place.split('/').all(|part| parts.next().is_some_and(|own| own == part || own.starts_with('{')))
}
