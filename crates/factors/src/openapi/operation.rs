use serde_json::Value;
use utoipa::ToSchema;
use utoipa::openapi::example::{Example, ExampleBuilder};
use utoipa::openapi::path::{HttpMethod, OperationBuilder, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{Content, PathItem, Ref, RefOr, Required, ResponseBuilder, Schema};

use super::answers::{self, Problem, content, with_headers};
use super::schemas_of;
use crate::extract::LONGEST_REFERENCE;

pub(super) const JSON: &str = "application/json";

/// One operation of the API.
pub(super) struct Operation {
    pub(super) path: &'static str,
    method: HttpMethod,
    title: Title,
    parameters: Vec<Parameter>,
    request: Option<Content>,
    /// `None` where it answers without content.
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
    pub(super) fn new(method: HttpMethod, path: &'static str, title: Title) -> Self {
        Self {
            path,
            method,
            title,
            parameters: Vec::new(),
            request: None,
            answer: None,
            problems: Vec::new(),
            schemas: Vec::new(),
        }
    }

    /// The channels that may stand in its path, and what they are.
    pub(super) fn by_channel(mut self, channels: &[&'static str], description: &'static str) -> Self {
        let names = ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::String))
            .enum_values(Some(channels.to_vec()));
        let channel = ParameterBuilder::new()
            .name("channel")
            .parameter_in(ParameterIn::Path)
            .required(Required::True)
            .description(Some(description))
            .schema(Some(names))
            .example(channels.first().map(|channel| Value::from(*channel)));
        self.parameters.push(channel.build());
        self
    }

    /// That its caller may give the call a reference.
    pub(super) fn once(mut self) -> Self {
        let text = ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::String))
            .max_length(Some(LONGEST_REFERENCE));
        let reference = ParameterBuilder::new()
            .name("idempotency-ref")
            .parameter_in(ParameterIn::Header)
            .description(Some(
                "What the caller calls this call. The same call under the same reference within 24 hours has no second effect, and \
                 is answered as before; a call that failed frees its reference.",
            ))
            .schema(Some(text));
        self.parameters.push(reference.build());
        self.fails([answers::other_call(), answers::too_long()])
    }

    /// What it is asked with.
    pub(super) fn takes<T: ToSchema>(mut self, name: &'static str, summary: &str, value: Value) -> Self {
        self.schemas.extend(schemas_of::<T>());
        self.request = Some(content(Ref::from_schema_name(T::name()), [(name, example(summary, value))]));
        self.fails([answers::too_large()])
    }

    /// What it answers.
    pub(super) fn answers<T: ToSchema>(mut self, examples: Vec<(&'static str, Example)>) -> Self {
        self.schemas.extend(schemas_of::<T>());
        self.answer = Some(content(Ref::from_schema_name(T::name()), examples));
        self
    }

    /// What it answers when something is not well.
    pub(super) fn fails(mut self, problems: impl IntoIterator<Item = Problem>) -> Self {
        self.problems.extend(problems);
        self
    }

    pub(super) fn into_path_item(self) -> PathItem {
        let (status, right) = match self.answer {
            Some(content) => {
                ("200", ResponseBuilder::new().description("It is answered.").content(JSON, content))
            }
            None => ("204", ResponseBuilder::new().description("It is done.")),
        };
        let request = self.request.map(|content| {
            RequestBodyBuilder::new().content(JSON, content).required(Some(Required::True)).build()
        });
        let parameters = (!self.parameters.is_empty()).then_some(self.parameters);
        let operation = OperationBuilder::new()
            .tag(self.title.tag)
            .operation_id(Some(self.title.id))
            .summary(Some(self.title.summary))
            .description(Some(self.title.description))
            .parameters(parameters)
            .request_body(request)
            .response(status, with_headers(right, []).build());
        let wrong = answers::responses(self.problems).into_iter().chain(answers::references());
        let operation =
            wrong.fold(operation, |operation, (status, response)| operation.response(status, response));
        PathItem::new(self.method, operation)
    }
}

/// An example with what it shows.
pub(super) fn example(summary: &str, value: Value) -> Example {
    ExampleBuilder::new().summary(summary).value(Some(value)).build()
}
