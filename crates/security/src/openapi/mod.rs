//! The API as an OpenAPI document. What it says of lengths and errors is taken from where they are enforced and made.

mod catalogue;
mod errors;
mod examples;
mod introduction;
mod operation;

use std::collections::BTreeMap;

use data_adapter_protocol::security::{Errors, LoginError};
use data_adapter_server::{Access, Place, license, open_schema, schemas_of};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{
    ComponentsBuilder, InfoBuilder, OpenApi, OpenApiBuilder, PathsBuilder, RefOr, Schema, ServerBuilder,
};

use crate::settings::SecuritySettings;

/// The name of the document's file.
pub const DOCUMENT_FILE: &str = "security.openapi.json";

/// Schemas by name.
type Schemas = BTreeMap<String, RefOr<Schema>>;

/// What the token of a partner is called in the document.
const TOKEN: &str = "token";

/// The document of the API. The same arguments always give the same document.
#[must_use]
pub fn document(settings: &SecuritySettings, place: &Place<'_>) -> OpenApi {
    let operations = catalogue::operations();
    let mut schemas: Schemas = operations.iter().flat_map(|operation| operation.schemas.clone()).collect();
    schemas.extend(schemas_of::<Errors>());
    schemas.extend(schemas_of::<LoginError>());
    let schemas: Schemas = schemas.into_iter().map(|(name, schema)| (name, open_schema(schema))).collect();
    let paths = operations.into_iter().fold(PathsBuilder::new(), |paths, operation| {
        paths.path(operation.path, operation.into_path_item(place.access))
    });
    let components = ComponentsBuilder::new()
        .schemas_from_iter(schemas)
        .responses_from_iter(errors::shared_responses())
        .security_scheme(TOKEN, token_scheme());
    let tags = catalogue::TAGS.into_iter();
    let tags =
        tags.map(|(name, description)| TagBuilder::new().name(name).description(Some(description)).build());
    let info = InfoBuilder::new()
        .title("Data Adapter: Security API V2")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(introduction::text(settings, place)))
        .license(Some(license()));
    OpenApiBuilder::new()
        .info(info.build())
        .servers(Some([ServerBuilder::new().url(place.api).build()]))
        .tags(Some(tags.collect::<Vec<_>>()))
        .paths(paths.build())
        .components(Some(place.access.with_schemes(components).build()))
        .security(Some(with_token(place.access)))
        .build()
}

/// The token of a partner, beside what the shell asks for.
fn with_token(access: Access) -> Vec<SecurityRequirement> {
    let scopes = Vec::<String>::new;
    let asked = access.requirements();
    if asked.is_empty() {
        return vec![SecurityRequirement::new(TOKEN, scopes())];
    }
    asked.into_iter().map(|requirement| requirement.add(TOKEN, scopes())).collect()
}

fn token_scheme() -> SecurityScheme {
    let description = "The `access_token` of a login.";
    let token = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT");
    SecurityScheme::Http(token.description(Some(description)).build())
}
