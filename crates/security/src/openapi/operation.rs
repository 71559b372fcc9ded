use data_adapter_server::Access;
use utoipa::ToSchema;
use utoipa::openapi::path::{HttpMethod, OperationBuilder};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::{Content, ContentBuilder, PathItem, Ref, RefOr, Required, ResponseBuilder, Schema};

use super::errors::{self, Problem};
use super::examples::Sample;
use super::{schemas_of, with_token};

pub(super) const JSON: &str = "application/json";

/// One operation of the API.
pub(super) struct Operation {
    pub(super) path: &'static str,
    title: Title,
    request: Vec<(&'static str, Content)>,
    answer: Content,
    problems: Vec<Problem>,
    takes_token: bool,
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
    /// One that is asked with a token.
    pub(super) fn post(path: &'static str, title: Title) -> Self {
        Self {
            path,
            title,
            request: Vec::new(),
            answer: Content::default(),
            problems: Vec::new(),
            takes_token: true,
            schemas: Vec::new(),
        }
    }

    /// That it is asked without one.
    pub(super) fn without_token(self) -> Self {
        Self { takes_token: false, ..self }
    }

    /// What it is asked with, in each of these types.
    pub(super) fn takes<T: ToSchema>(mut self, types: &[&'static str], samples: &[Sample]) -> Self {
        self.schemas.extend(schemas_of::<T>());
        let content = || content(Ref::from_schema_name(T::name()), samples.to_vec());
        self.request = types.iter().map(|kind| (*kind, content())).collect();
        self
    }

    /// What it answers when all is well.
    pub(super) fn answers<T: ToSchema>(mut self, samples: Vec<Sample>) -> Self {
        self.schemas.extend(schemas_of::<T>());
        self.answer = content(Ref::from_schema_name(T::name()), samples);
        self
    }

    /// What else it answers with 400.
    pub(super) fn fails(mut self, problems: impl IntoIterator<Item = Problem>) -> Self {
        self.problems.extend(problems);
        self
    }

    pub(super) fn into_path_item(self, access: Access) -> PathItem {
        let right = ResponseBuilder::new().description("It is answered.").content(JSON, self.answer).build();
        let body = RequestBodyBuilder::new().required(Some(Required::True));
        let body = self.request.into_iter().fold(body, |body, (kind, content)| body.content(kind, content));
        let security = if self.takes_token { with_token(access) } else { access.requirements() };
        let operation = OperationBuilder::new()
            .tag(self.title.tag)
            .operation_id(Some(self.title.id))
            .summary(Some(self.title.summary))
            .description(Some(self.title.description))
            .securities(Some(security))
            .request_body(Some(body.build()))
            .response("200", right)
            .response("400", errors::bad_request(&self.problems));
        let shared = errors::references(self.takes_token);
        let operation = shared
            .into_iter()
            .fold(operation, |operation, (status, response)| operation.response(status, response));
        PathItem::new(HttpMethod::Post, operation)
    }
}

pub(super) fn content(schema: impl Into<RefOr<Schema>>, samples: Vec<Sample>) -> Content {
    let examples = samples.into_iter().map(|sample| (sample.name, sample.example()));
    ContentBuilder::new().schema(Some(schema)).examples_from_iter(examples).build()
}
