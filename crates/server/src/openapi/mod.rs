//! What the OpenAPI documents of all APIs have in common: where they are read, and how callers say who they are.

mod access;
mod common;
mod earlier;

pub use access::{Access, Certificates};
pub use common::{license, open_schema, schemas_of};
pub use earlier::in_openapi_3_0;

/// Where a document is read, and what is there.
#[derive(Clone, Debug)]
pub struct Place<'a> {
    /// The URL of the API, which may be relative to the document.
    pub api: &'a str,
    /// The URL of the sandbox's inbox, which may be relative to the page that shows the document; `None` where there is none.
    pub inbox: Option<&'a str>,
    /// How callers say who they are, as far as the shell asks ([`Access::for_api`]).
    pub access: Access,
    /// How many bytes a request may have.
    pub max_body: usize,
}
