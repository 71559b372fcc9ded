//! The seam between the shell and the APIs: each is a crate of its own behind [`Api`], which the shell mounts.

use std::sync::Arc;

use actix_web::http::header::HeaderName;
use actix_web::web;
use data_adapter_core::AdapterError;
use utoipa::openapi::OpenApi;

use crate::clash::{self, PathClash};
use crate::openapi::Place;
use crate::refusal::{Refusal, Wording};
use crate::walk::{Visit, Walk};

/// An API at the path where it is mounted. The shell knows nothing else of it.
///
/// One that is served at several paths is one of these for each.
pub trait Api: Send + Sync {
    /// What people call it.
    fn name(&self) -> &'static str;

    /// What they call it where it is one of a list, by its version or by who asks.
    fn title(&self) -> String;

    /// The path that all of its paths lie below: empty for the root, else with a slash before each part and none at the end.
    fn path(&self) -> &str;

    /// Whether its paths may be written in letters of any case, [`path`](Self::path) and what lies below it. What comes is read as
    /// `path` says and in small letters from there, values in it too, so its [`routes`](Self::routes) are named in small letters.
    fn ignores_case(&self) -> bool {
        false
    }

    /// Whether it asks by itself who calls. The shell asks nobody then, save for a client certificate where everybody has to show
    /// one. Whom it lets in and whom it does not it tells with [`let_in`](crate::let_in) and [`turn_away`](crate::turn_away).
    fn asks_callers(&self) -> bool {
        false
    }

    /// Adds its routes, which it names relative to [`path`](Self::path). What it adds as data holds for them.
    ///
    /// Routes carry the name of their operation, one of [`operations`](Self::operations); a path that is called with another
    /// method than it has answers with [`method_not_allowed`](crate::method_not_allowed), and a body comes as
    /// [`Body`](crate::Body), within the limits of the shell. An answer that is an error carries a [`Fault`](crate::Fault).
    fn routes(self: Arc<Self>, config: &mut web::ServiceConfig);

    /// The body of an answer to what the shell refuses below its path. Status and headers are the shell's.
    fn wording(&self, refusal: Refusal) -> Wording;

    /// The headers that may be no longer than so many bytes. Where one of them makes a head too large, that is
    /// [`HeaderTooLong`](Refusal::HeaderTooLong); as long as the head is not, they are for the API to look at.
    fn longest_headers(&self) -> &'static [(&'static str, usize)] {
        &[]
    }

    /// The header that repeats the id of the request, which every answer has as `x-request-id`; `None` where it has no other name.
    fn id_header(&self) -> Option<HeaderName> {
        None
    }

    /// What the metrics call its operations. They are the only values that the label can have.
    fn operations(&self) -> &'static [&'static str];

    /// The name of the file of its OpenAPI document, without a folder. Where two of these name the same one, they are the same API
    /// at two paths.
    fn document_file(&self) -> &'static str;

    /// Its OpenAPI document, for where it is read, with how to try it.
    fn document(&self, place: &Place<'_>) -> OpenApi;

    /// A page of it for people, by its path below [`path`](Self::path), and what that is called; `None` where there is none.
    fn page(&self) -> Option<(&'static str, &'static str)> {
        None
    }

    /// Its part of the start page; `None` where there is none. One of each [`name`](Self::name) is asked.
    ///
    /// # Errors
    ///
    /// When it can't be written.
    fn walk(&self, visit: Visit) -> Result<Option<Walk>, AdapterError>;
}

/// The APIs that are mounted.
#[derive(Clone, Default)]
pub struct Apis(Arc<[Arc<dyn Api>]>);

impl Apis {
    /// Mounts `apis`. Of one that is served at several paths the first is the one that others are shown.
    ///
    /// # Errors
    ///
    /// When one would answer in the place of another, or lies where the service has pages of its own.
    pub fn new(apis: Vec<Arc<dyn Api>>) -> Result<Self, PathClash> {
        clash::check(&apis)?;
        Ok(Self(apis.into()))
    }

    /// Each, in the order in which they were mounted.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<dyn Api>> {
        self.0.iter()
    }

    /// Each, those with longer paths first, as the router has to ask them.
    pub(crate) fn by_length(&self) -> Vec<&Arc<dyn Api>> {
        let mut apis: Vec<_> = self.iter().collect();
        apis.sort_by_key(|api| std::cmp::Reverse(api.path().len()));
        apis
    }

    /// Whether one is at the root.
    pub(crate) fn has_root(&self) -> bool {
        self.iter().any(|api| api.path().is_empty())
    }

    /// The API with the longest path that `path`, as the router matches it, lies below; `None` where there is none.
    pub(crate) fn at(&self, path: &str) -> Option<&dyn Api> {
        let below = self.iter().filter(|api| is_of(path, api.as_ref()));
        below.max_by_key(|api| api.path().len()).map(Arc::as_ref)
    }

    /// How a refusal at `path`, as the router matches it, is worded: by the API that it lies below, or plainly where there is none.
    pub(crate) fn wording(&self, path: &str, refusal: Refusal) -> Wording {
        self.at(path).map_or_else(|| refusal.plainly(), |api| api.wording(refusal))
    }
}

/// Whether `path` is that of `api` or lies below it.
fn is_of(path: &str, api: &dyn Api) -> bool {
    let Some((start, rest)) = path.split_at_checked(api.path().len()) else { return false };
    let is_its =
        if api.ignores_case() { start.eq_ignore_ascii_case(api.path()) } else { start == api.path() };
    is_its && (api.path().is_empty() || is_under(rest, ""))
}

/// Whether `path` is `prefix` or lies below it, part by part.
pub(crate) fn is_under(path: &str, prefix: &str) -> bool {
    let rest = path.strip_prefix(prefix.trim_end_matches('/'));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
