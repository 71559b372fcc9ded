use utoipa::ToSchema;
use utoipa::openapi::path::{HttpMethod, OperationBuilder, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, SchemaType, Type};
use utoipa::openapi::{Content, ContentBuilder, PathItem, Ref, RefOr, Required, ResponseBuilder, Schema};

use super::errors::{self, Problem};
use super::examples::Sample;
use super::schemas_of;
use crate::extract::LONGEST_ID;

const JSON: &str = "application/json";

/// One operation of the API.
pub(super) struct Operation {
    pub(super) path: &'static str,
    method: HttpMethod,
    title: Title,
    parameters: Vec<Parameter>,
    request: Option<(Content, Required)>,
    status: &'static str,
    answer: Option<Content>,
    problems: Vec<Problem>,
    /// What it refers to, by name.
    pub(super) schemas: Vec<(String, RefOr<Schema>)>,
}

/// What an operation is called: in links, in the list, and by which tag.
pub(super) struct Title {
    pub(super) id: &'static str,
    pub(super) tag: &'static str,
    pub(super) summary: &'static str,
    pub(super) description: &'static str,
}

impl Operation {
    fn new(method: HttpMethod, path: &'static str, title: Title) -> Self {
        Self {
            path,
            method,
            title,
            parameters: Vec::new(),
            request: None,
            status: "200",
            answer: None,
            problems: Vec::new(),
            schemas: Vec::new(),
        }
    }

    pub(super) fn get(path: &'static str, title: Title) -> Self {
        Self::new(HttpMethod::Get, path, title)
    }

    pub(super) fn post(path: &'static str, title: Title) -> Self {
        Self::new(HttpMethod::Post, path, title)
    }

    /// One that answers without content.
    pub(super) fn delete(path: &'static str, title: Title) -> Self {
        Self { status: "204", ..Self::new(HttpMethod::Delete, path, title) }
    }

    pub(super) fn with(mut self, parameters: impl IntoIterator<Item = Parameter>) -> Self {
        self.parameters.extend(parameters);
        self
    }

    /// What it is asked with.
    pub(super) fn takes<T: ToSchema>(self, samples: Vec<Sample>) -> Self {
        self.body::<T>(samples, Required::True)
    }

    /// What it may be asked with.
    pub(super) fn may_take<T: ToSchema>(self, samples: Vec<Sample>) -> Self {
        self.body::<T>(samples, Required::False)
    }

    fn body<T: ToSchema>(mut self, samples: Vec<Sample>, required: Required) -> Self {
        self.schemas.extend(schemas_of::<T>());
        self.request = Some((content(Ref::from_schema_name(T::name()), samples), required));
        self
    }

    /// What it answers when all is well.
    pub(super) fn answers<T: ToSchema>(mut self, samples: Vec<Sample>) -> Self {
        self.schemas.extend(schemas_of::<T>());
        self.answer = Some(content(Ref::from_schema_name(T::name()), samples));
        self
    }

    /// That it answers so when it has made something.
    pub(super) fn creates<T: ToSchema>(self, samples: Vec<Sample>) -> Self {
        Self { status: "201", ..self.answers::<T>(samples) }
    }

    /// What it answers when something is not well.
    pub(super) fn fails(mut self, problems: impl IntoIterator<Item = Problem>) -> Self {
        self.problems.extend(problems);
        self
    }

    pub(super) fn into_path_item(self) -> PathItem {
        let right = match self.answer {
            Some(content) => ResponseBuilder::new().description("It is answered.").content(JSON, content),
            None => ResponseBuilder::new().description("It is done."),
        };
        let has_body = self.request.is_some();
        let body = self.request.map(|(content, required)| {
            RequestBodyBuilder::new().content(JSON, content).required(Some(required)).build()
        });
        let operation = OperationBuilder::new()
            .tag(self.title.tag)
            .operation_id(Some(self.title.id))
            .summary(Some(self.title.summary))
            .description(Some(self.title.description))
            .parameters((!self.parameters.is_empty()).then_some(self.parameters))
            .request_body(body)
            .response(self.status, right.build());
        let operation = errors::responses(self.problems)
            .into_iter()
            .chain(errors::references(has_body))
            .fold(operation, |operation, (status, response)| operation.response(status, response));
        PathItem::new(self.method, operation)
    }
}

/// A part of the path that is the id of somebody, or a parameter that is.
pub(super) fn id(
    name: &str,
    at: ParameterIn,
    required: Required,
    description: &str,
    example: &str,
) -> Parameter {
    let text = ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::String))
        .min_length(Some(1))
        .max_length(Some(LONGEST_ID));
    parameter(name, at, required, description).schema(Some(text)).example(Some(example.into())).build()
}

/// A part of the path that is a number of 64 bits.
pub(super) fn number_in_path(name: &str, description: &str) -> Parameter {
    let number = ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::Integer))
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)));
    parameter(name, ParameterIn::Path, Required::True, description).schema(Some(number)).build()
}

/// A number of the query that may be absent.
pub(super) fn number_in_query(name: &str, least: usize, most: usize, description: &str) -> Parameter {
    let number = ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::Integer))
        .minimum(Some(least))
        .maximum(Some(most));
    parameter(name, ParameterIn::Query, Required::False, description).schema(Some(number)).build()
}

fn parameter(name: &str, at: ParameterIn, required: Required, description: &str) -> ParameterBuilder {
    ParameterBuilder::new().name(name).parameter_in(at).required(required).description(Some(description))
}

pub(super) fn content(schema: impl Into<RefOr<Schema>>, samples: Vec<Sample>) -> Content {
    let examples = samples.into_iter().map(|sample| (sample.name, sample.example()));
    ContentBuilder::new().schema(Some(schema)).examples_from_iter(examples).build()
}
