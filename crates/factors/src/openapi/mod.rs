//! The API as an OpenAPI document. What it says of lengths and errors is taken from where they are enforced and made.

mod answers;
mod catalogue;
mod introduction;
mod operation;

use std::collections::BTreeMap;

use data_adapter_protocol::factors::{BadRequest, Conflict, Forbidden, NotFound};
use data_adapter_server::{Access, Place, license, open_schema, schemas_of};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{
    ComponentsBuilder, InfoBuilder, OpenApi, OpenApiBuilder, PathItem, PathsBuilder, RefOr, Schema,
    ServerBuilder,
};

use crate::settings::{FactorsSettings, ROOT};

/// Schemas by name.
type Schemas = BTreeMap<String, RefOr<Schema>>;

/// What the key of a programme is called in the document.
const API_KEY: &str = "api_key";

/// What the token of a user is called there.
const TOKEN: &str = "auth_token";

/// The name of the file of the document.
#[must_use]
pub fn document_file() -> &'static str {
    "factors.openapi.json"
}

/// The document of the API. The same arguments always give the same document.
#[must_use]
pub fn document(settings: &FactorsSettings, place: &Place<'_>) -> OpenApi {
    let operations = catalogue::operations();
    let mut schemas: Schemas = operations.iter().flat_map(|operation| operation.schemas.clone()).collect();
    let bodies = [
        schemas_of::<BadRequest>(),
        schemas_of::<Conflict>(),
        schemas_of::<Forbidden>(),
        schemas_of::<NotFound>(),
    ];
    schemas.extend(bodies.into_iter().flatten());
    let schemas: Schemas = schemas.into_iter().map(|(name, schema)| (name, open_schema(schema))).collect();
    let mut paths: BTreeMap<&str, PathItem> = BTreeMap::new();
    for operation in operations {
        let path = operation.path;
        let item = operation.into_path_item();
        paths.entry(path).and_modify(|known| known.merge_operations(item.clone())).or_insert(item);
    }
    let paths = paths.into_iter().fold(PathsBuilder::new(), |all, (path, item)| all.path(path, item));
    let components = ComponentsBuilder::new()
        .schemas_from_iter(schemas)
        .responses_from_iter(answers::shared_responses())
        .security_scheme(API_KEY, api_key())
        .security_scheme(TOKEN, token());
    let tags = catalogue::TAGS.into_iter();
    let tags =
        tags.map(|(name, description)| TagBuilder::new().name(name).description(Some(description)).build());
    let info = InfoBuilder::new()
        .title("Data Adapter: Additional Factors")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(introduction::text(settings, place)))
        .license(Some(license()));
    OpenApiBuilder::new()
        .info(info.build())
        .servers(Some([ServerBuilder::new().url(server(place.api)).build()]))
        .tags(Some(tags.collect::<Vec<_>>()))
        .paths(paths.build())
        .components(Some(place.access.with_schemes(components).build()))
        .security(Some(requirements(place.access)))
        .build()
}

/// The URL that the paths begin at, where `api` is that of the API itself, which they all begin with.
fn server(api: &str) -> String {
    api.strip_suffix(ROOT).map_or_else(|| format!("{api}/.."), str::to_owned)
}

/// Both the key and the token, beside what the shell asks for.
fn requirements(access: Access) -> Vec<SecurityRequirement> {
    let scopes = Vec::<String>::new;
    let asked = access.requirements();
    let asked = if asked.is_empty() { vec![SecurityRequirement::default()] } else { asked };
    asked.into_iter().map(|requirement| requirement.add(API_KEY, scopes()).add(TOKEN, scopes())).collect()
}

fn api_key() -> SecurityScheme {
    SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::with_description(
        "api-key",
        "The key of the programme.",
    )))
}

fn token() -> SecurityScheme {
    let token = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT");
    SecurityScheme::Http(token.description(Some("The token of the user.")).build())
}
