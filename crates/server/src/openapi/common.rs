//! What each document is made of in the same way.

use utoipa::ToSchema;
use utoipa::openapi::schema::AdditionalProperties;
use utoipa::openapi::{License, LicenseBuilder, RefOr, Schema};

/// The license of the program, by its identifier alone: a URL beside it is refused.
#[must_use]
pub fn license() -> License {
    let name = env!("CARGO_PKG_LICENSE");
    LicenseBuilder::new().name(name).identifier(Some(name)).build()
}

/// The schema of a type and of all that it refers to, by name.
#[must_use]
pub fn schemas_of<T: ToSchema>() -> Vec<(String, RefOr<Schema>)> {
    let mut schemas = vec![(T::name().into_owned(), T::schema())];
    T::schemas(&mut schemas);
    schemas
}

/// Says of an object that it may have more members: some tools take it that it may not, where that is not said.
#[must_use]
pub fn open_schema(schema: RefOr<Schema>) -> RefOr<Schema> {
    let RefOr::T(mut schema) = schema else { return schema };
    if let Schema::Object(object) = &mut schema
        && !object.properties.is_empty()
    {
        object.additional_properties = Some(Box::new(AdditionalProperties::FreeForm(true)));
    }
    if let Schema::AllOf(all) = &mut schema {
        all.items = std::mem::take(&mut all.items).into_iter().map(open_schema).collect();
    }
    RefOr::T(schema)
}
