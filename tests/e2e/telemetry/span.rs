//! A span as the collector has it.

use std::collections::BTreeMap;

use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;
use opentelemetry_proto::tonic::trace::v1::{self, span::SpanKind};

/// A span of the OTLP.
#[derive(Clone, Debug)]
pub(super) struct Span(pub(super) v1::Span);

impl Span {
    pub(super) fn name(&self) -> &str {
        &self.0.name
    }

    /// 32 hexadecimal digits.
    pub(super) fn trace(&self) -> String {
        hex(&self.0.trace_id)
    }

    /// 16 hexadecimal digits.
    pub(super) fn id(&self) -> String {
        hex(&self.0.span_id)
    }

    /// 16 hexadecimal digits; empty for the first of a trace.
    pub(super) fn parent(&self) -> String {
        hex(&self.0.parent_span_id)
    }

    pub(super) fn is_of_server(&self) -> bool {
        self.0.kind() == SpanKind::Server
    }

    pub(super) fn has_failed(&self) -> bool {
        self.0.status.as_ref().is_some_and(|status| status.code() == StatusCode::Error)
    }

    pub(super) fn attributes(&self) -> BTreeMap<String, String> {
        attributes(&self.0.attributes)
    }

    /// Empty when there is no such attribute.
    pub(super) fn attribute(&self, key: &str) -> String {
        self.attributes().remove(key).unwrap_or_default()
    }
}

/// Attributes as texts.
pub(super) fn attributes(attributes: &[KeyValue]) -> BTreeMap<String, String> {
    let text = |attribute: &KeyValue| match attribute.value.as_ref().and_then(|value| value.value.as_ref()) {
        Some(Value::StringValue(text)) => text.clone(),
        Some(Value::IntValue(number)) => number.to_string(),
        other => panic!("{} is {other:?}", attribute.key),
    };
    attributes.iter().map(|attribute| (attribute.key.clone(), text(attribute))).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
