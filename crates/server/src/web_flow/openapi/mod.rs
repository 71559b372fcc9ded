//! The API as an OpenAPI document. What it says of lengths and errors is taken from where they are enforced and made.

mod catalogue;
mod errors;
mod examples;
mod introduction;
mod later;
mod operation;

use std::collections::BTreeMap;

use data_adapter_protocol::web_flow::{Dialect, ErrorResponse, Limits, text_schemas};
use utoipa::ToSchema;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{
    Components, ComponentsBuilder, InfoBuilder, License, OpenApi, OpenApiBuilder, Paths, PathsBuilder, RefOr,
    Schema, ServerBuilder,
};

use catalogue::{operations, tags};

/// Schemas by name.
type Schemas = BTreeMap<String, RefOr<Schema>>;

/// Where a document is read, and what is there.
#[derive(Clone, Debug)]
pub struct Place<'a> {
    /// The URL of the API, which may be relative to the document.
    pub api: &'a str,
    /// The URL of the sandbox's inbox, which may be relative to the page that shows the document; `None` where there is none.
    pub inbox: Option<&'a str>,
    /// Whether callers have to say who they are, by a token.
    pub tokens: bool,
    /// How many bytes a request may have.
    pub max_body: usize,
}

/// The document of the API in the dialect of these limits.
///
/// The same arguments always give the same document.
#[must_use]
pub fn openapi(limits: &Limits, place: &Place<'_>) -> OpenApi {
    let dialect = limits.dialect;
    let operations = operations(dialect, place.tokens);
    let mut schemas: Schemas = operations.iter().flat_map(|operation| operation.schemas.clone()).collect();
    schemas.extend(schemas_of::<ErrorResponse>());
    for (name, schema) in text_schemas(limits) {
        schemas.insert(name.to_owned(), schema.into());
    }
    let narrow = |(name, schema): (String, RefOr<Schema>)| {
        let schema = dialect.narrow(&name, schema);
        (name, schema)
    };
    let paths = operations.into_iter().fold(PathsBuilder::new(), |paths, operation| {
        let path = operation.path;
        paths.path(path, operation.into_path_item())
    });
    let paths = paths.build();
    let schemas = referenced(&schemas.into_iter().map(narrow).collect(), &paths);
    let info = InfoBuilder::new()
        .title(format!("Data Adapter for Web Flow {}", dialect.web_flow()))
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(introduction::text(dialect, place)))
        .license(Some(License::new(env!("CARGO_PKG_LICENSE"))));
    let tags = tags(dialect).into_iter();
    let tags =
        tags.map(|(name, description)| TagBuilder::new().name(name).description(Some(description)).build());
    OpenApiBuilder::new()
        .info(info.build())
        .servers(Some([ServerBuilder::new().url(place.api).build()]))
        .tags(Some(tags.collect::<Vec<_>>()))
        .paths(paths)
        .components(Some(components(schemas, dialect, place.tokens)))
        .security(place.tokens.then(security))
        .build()
}

/// The schemas that the operations refer to, and those that these refer to.
fn referenced(all: &Schemas, paths: &Paths) -> Schemas {
    let mut kept = Schemas::new();
    let mut texts = vec![serde_json::to_string(paths).unwrap_or_default()];
    while let Some(text) = texts.pop() {
        for (name, schema) in all {
            let reference = format!("\"#/components/schemas/{name}\"");
            if !kept.contains_key(name) && text.contains(&reference) {
                texts.push(serde_json::to_string(schema).unwrap_or_default());
                kept.insert(name.clone(), schema.clone());
            }
        }
    }
    kept
}

fn components(schemas: Schemas, dialect: Dialect, tokens: bool) -> Components {
    let components = ComponentsBuilder::new()
        .schemas_from_iter(schemas)
        .responses_from_iter(errors::shared_responses(dialect, tokens));
    if !tokens {
        return components.build();
    }
    let scheme = |scheme, description: &str| {
        SecurityScheme::Http(HttpBuilder::new().scheme(scheme).description(Some(description)).build())
    };
    components
        .security_scheme(BEARER, scheme(HttpAuthScheme::Bearer, "The token of the caller."))
        .security_scheme(
            BASIC,
            scheme(HttpAuthScheme::Basic, "The name of the caller, with its token as the password."),
        )
        .build()
}

const BEARER: &str = "bearer";
const BASIC: &str = "basic";

/// Either of them will do.
fn security() -> [SecurityRequirement; 2] {
    [BEARER, BASIC].map(|name| SecurityRequirement::new(name, Vec::<String>::new()))
}

/// The schema of a type and of all that it refers to, by name.
fn schemas_of<T: ToSchema>() -> Vec<(String, RefOr<Schema>)> {
    let mut schemas = vec![(T::name().into_owned(), T::schema())];
    T::schemas(&mut schemas);
    schemas
}
