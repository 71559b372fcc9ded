use data_adapter_protocol::web_flow::{Dialect, ErrorResponse};
use utoipa::ToSchema;
use utoipa::openapi::example::Example;
use utoipa::openapi::path::{HttpMethod, OperationBuilder};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{
    Content, ContentBuilder, PathItem, Ref, RefOr, Required, Response, ResponseBuilder, Schema,
};

use super::errors::{self, Problem};
use super::examples::{self, Sample};
use super::schemas_of;

const JSON: &str = "application/json";

/// One operation of the API.
pub(super) struct Operation {
    pub(super) path: &'static str,
    method: HttpMethod,
    title: Title,
    request: Option<Content>,
    answer: Content,
    problems: Vec<Problem>,
    shared: Vec<StatusResponse>,
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
            request: None,
            answer: Content::default(),
            problems: Vec::new(),
            shared: Vec::new(),
            schemas: Vec::new(),
        }
    }

    pub(super) fn get(path: &'static str, title: Title) -> Self {
        Self::new(HttpMethod::Get, path, title)
    }

    pub(super) fn post(path: &'static str, title: Title) -> Self {
        Self::new(HttpMethod::Post, path, title)
    }

    /// What it is asked with.
    pub(super) fn takes<T: ToSchema>(mut self, samples: Vec<Sample>) -> Self {
        self.schemas.extend(schemas_of::<T>());
        let envelope = self.envelope(&T::name(), request_envelope(&T::name()));
        self.request = Some(content(envelope, samples));
        self
    }

    /// What it answers when all is well.
    pub(super) fn answers<T: ToSchema>(mut self, samples: Vec<Sample>) -> Self {
        self.schemas.extend(schemas_of::<T>());
        let envelope = self.envelope(&T::name(), answer_envelope(Some(&T::name())));
        self.answer = content(envelope, samples);
        self
    }

    /// Names an envelope after what is in it, and refers to it. What has no name of its own is named after the operation by
    /// generators of clients, which then may replace another schema of that name.
    fn envelope(&mut self, content: &str, envelope: Schema) -> Ref {
        let name = format!("{content}Envelope");
        self.schemas.push((name.clone(), envelope.into()));
        self.schemas.push((OK_STATUS.to_owned(), ok_status().into()));
        Ref::from_schema_name(name)
    }

    /// That it answers without content when all is well.
    pub(super) fn answers_nothing(mut self, samples: Vec<Sample>) -> Self {
        let envelope = self.envelope("Empty", answer_envelope(None));
        self.answer = content(envelope, samples);
        self
    }

    /// What it answers when something is not well.
    pub(super) fn fails(mut self, problems: impl IntoIterator<Item = Problem>) -> Self {
        self.problems.extend(problems);
        self
    }

    /// Where it answers like others.
    pub(super) fn refers(mut self, shared: Vec<StatusResponse>) -> Self {
        self.shared.extend(shared);
        self
    }

    /// Says in its examples what the dialect says.
    pub(super) fn spoken(mut self, dialect: Dialect) -> Self {
        for example in self.answer.examples.values_mut() {
            if let RefOr::T(Example { value: Some(value), .. }) = example {
                examples::speak(dialect, value);
            }
        }
        self
    }

    pub(super) fn into_path_item(self) -> PathItem {
        let right = ResponseBuilder::new().description("It is answered.").content(JSON, self.answer).build();
        let operation = OperationBuilder::new()
            .tag(self.title.tag)
            .operation_id(Some(self.title.id))
            .summary(Some(self.title.summary))
            .description(Some(self.title.description))
            .request_body(self.request.map(|content| {
                RequestBodyBuilder::new().content(JSON, content).required(Some(Required::True)).build()
            }))
            .response("200", right);
        let operation = errors::responses(self.problems)
            .into_iter()
            .chain(self.shared)
            .fold(operation, |operation, (status, response)| operation.response(status, response));
        PathItem::new(self.method, operation)
    }
}

fn request_envelope(name: &str) -> Schema {
    ObjectBuilder::new()
        .description(Some("What every request is wrapped in."))
        .property("requestObject", Ref::from_schema_name(name))
        .required("requestObject")
        .into()
}

fn answer_envelope(name: Option<&str>) -> Schema {
    let envelope = ObjectBuilder::new()
        .description(Some("What every answer is wrapped in."))
        .property("status", Ref::from_schema_name(OK_STATUS))
        .required("status");
    match name {
        None => envelope.into(),
        Some(name) => {
            envelope.property("responseObject", Ref::from_schema_name(name)).required("responseObject").into()
        }
    }
}

/// The status of every answer that is no error.
const OK_STATUS: &str = "OkStatus";

fn ok_status() -> Schema {
    ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::String))
        .description(Some("The status of every answer that is no error."))
        .enum_values(Some(["OK"]))
        .into()
}

fn content(schema: Ref, samples: Vec<Sample>) -> Content {
    let examples = samples.into_iter().map(|sample| (sample.name, sample.example()));
    ContentBuilder::new().schema(Some(schema)).examples_from_iter(examples).build()
}

/// An answer with the error body.
pub(super) fn error_response(description: String, samples: Vec<Sample>) -> ResponseBuilder {
    let content = content(Ref::from_schema_name(ErrorResponse::name()), samples);
    ResponseBuilder::new().description(description).content(JSON, content)
}

/// A status and what comes with it.
pub(super) type StatusResponse = (String, RefOr<Response>);
