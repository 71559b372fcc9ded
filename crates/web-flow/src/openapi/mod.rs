//! The API as an OpenAPI document. What it says of lengths and errors is taken from where they are enforced and made.

mod catalogue;
mod errors;
mod examples;
mod introduction;
mod later;
mod operation;

use std::collections::BTreeMap;

use data_adapter_protocol::web_flow::{Dialect, ErrorResponse, Limits, text_schemas};
use data_adapter_server::{Access, Place, license, open_schema, schemas_of};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{
    Components, ComponentsBuilder, InfoBuilder, OpenApi, OpenApiBuilder, Paths, PathsBuilder, RefOr, Schema,
    ServerBuilder,
};

use catalogue::{operations, tags};

/// Schemas by name.
type Schemas = BTreeMap<String, RefOr<Schema>>;

/// The name of the file of the document in this dialect.
#[must_use]
pub fn document_file(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::V0_22 => "data-adapter.openapi.json",
        Dialect::V1 => "data-adapter-1.openapi.json",
    }
}

/// The document of the API in the dialect of these limits.
///
/// The same arguments always give the same document.
#[must_use]
pub fn document(limits: &Limits, place: &Place<'_>) -> OpenApi {
    let dialect = limits.dialect;
    let operations = operations(dialect, place.access);
    let mut schemas: Schemas = operations.iter().flat_map(|operation| operation.schemas.clone()).collect();
    schemas.extend(schemas_of::<ErrorResponse>());
    for (name, schema) in text_schemas(limits) {
        schemas.insert(name.to_owned(), schema.into());
    }
    let finish = |(name, schema): (String, RefOr<Schema>)| {
        let schema = open_schema(dialect.narrow(&name, schema));
        (name, schema)
    };
    let paths = operations.into_iter().fold(PathsBuilder::new(), |paths, operation| {
        let path = operation.path;
        paths.path(path, operation.into_path_item())
    });
    let paths = paths.build();
    let schemas = referenced(&schemas.into_iter().map(finish).collect(), &paths);
    let info = InfoBuilder::new()
        .title(format!("Data Adapter for Web Flow {}", dialect.web_flow()))
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(introduction::text(dialect, place)))
        .license(Some(license()));
    let tags = tags(dialect).into_iter();
    let tags =
        tags.map(|(name, description)| TagBuilder::new().name(name).description(Some(description)).build());
    OpenApiBuilder::new()
        .info(info.build())
        .servers(Some([ServerBuilder::new().url(place.api).build()]))
        .tags(Some(tags.collect::<Vec<_>>()))
        .paths(paths)
        .components(Some(components(schemas, dialect, place.access)))
        .security(Some(place.access.requirements()))
        .build()
}

/// The schemas that the operations refer to, and those that these refer to.
fn referenced(all: &Schemas, paths: &Paths) -> Schemas {
    const REFERENCE: &str = "\"#/components/schemas/";
    let mut kept = Schemas::new();
    let mut texts = vec![serde_json::to_string(paths).unwrap_or_default()];
    while let Some(text) = texts.pop() {
        let names = text.split(REFERENCE).skip(1).filter_map(|rest| rest.split('"').next());
        for (name, schema) in names.filter_map(|name| all.get_key_value(name)) {
            if !kept.contains_key(name) {
                texts.push(serde_json::to_string(schema).unwrap_or_default());
                kept.insert(name.clone(), schema.clone());
            }
        }
    }
    kept
}

fn components(schemas: Schemas, dialect: Dialect, access: Access) -> Components {
    let components = ComponentsBuilder::new()
        .schemas_from_iter(schemas)
        .responses_from_iter(errors::shared_responses(dialect, access));
    access.with_schemes(components).build()
}
