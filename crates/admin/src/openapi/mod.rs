//! The API as an OpenAPI document. What it says of lengths and errors is taken from where they are enforced and made.

mod catalogue;
mod errors;
mod examples;
mod introduction;
mod operation;
mod watch;

use std::collections::BTreeMap;

use data_adapter_protocol::admin::ProblemDetails;
use data_adapter_server::{Access, Place, license, open_schema, schemas_of};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{
    ComponentsBuilder, InfoBuilder, OpenApi, OpenApiBuilder, PathsBuilder, RefOr, Schema, ServerBuilder,
};

use crate::settings::AdminSettings;

/// Schemas by name.
type Schemas = BTreeMap<String, RefOr<Schema>>;

/// What the token of an operator is called in the document.
const TOKEN: &str = "operator";

/// The document of the API. The same arguments always give the same document.
#[must_use]
pub fn document(settings: &AdminSettings, place: &Place<'_>) -> OpenApi {
    let operations = catalogue::operations();
    let mut schemas: Schemas = operations.iter().flat_map(|operation| operation.schemas.clone()).collect();
    schemas.extend(schemas_of::<ProblemDetails>());
    let schemas: Schemas = schemas.into_iter().map(|(name, schema)| (name, open_schema(schema))).collect();
    let paths = operations
        .into_iter()
        .fold(PathsBuilder::new(), |paths, operation| paths.path(operation.path, operation.into_path_item()));
    let components = ComponentsBuilder::new()
        .schemas_from_iter(schemas)
        .responses_from_iter(errors::shared_responses())
        .security_scheme(TOKEN, token_scheme());
    let tags = catalogue::TAGS.into_iter();
    let tags =
        tags.map(|(name, description)| TagBuilder::new().name(name).description(Some(description)).build());
    let info = InfoBuilder::new()
        .title("Data Adapter: admin API")
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

/// The token of an operator, beside what the shell asks for.
fn with_token(access: Access) -> Vec<SecurityRequirement> {
    let scopes = Vec::<String>::new;
    let asked = access.requirements();
    if asked.is_empty() {
        return vec![SecurityRequirement::new(TOKEN, scopes())];
    }
    asked.into_iter().map(|requirement| requirement.add(TOKEN, scopes())).collect()
}

fn token_scheme() -> SecurityScheme {
    let token = HttpBuilder::new().scheme(HttpAuthScheme::Bearer);
    SecurityScheme::Http(token.description(Some("The token of an operator.")).build())
}
