//! The texts of requests, as the OpenAPI document describes them: the same rules as validation has, with the lengths that are
//! in force.

use utoipa::openapi::schema::{AdditionalProperties, ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::Limits;

/// Control characters, as a part of a character class. Written so that the expressions of every language read it, which
/// they do not with `\u`.
const CONTROL: &str = r"\x00-\x1f\x7f-\x9f";

/// No text may hold this one.
const NUL: &str = r"\x00";

/// The white space that is trimmed before a text counts as empty. Languages whose `\s` is that of ASCII know less of it.
const SPACE: &str = r"\s\x85";

/// What may be in a text.
#[derive(Clone, Copy)]
enum Form {
    /// At least one character that is no white space; no control character.
    Name,
    /// No control character; may be empty.
    Plain,
    /// At least one character that is no white space.
    Filled,
    /// Anything.
    Any,
}

impl Form {
    fn is_filled(self) -> bool {
        matches!(self, Self::Name | Self::Filled)
    }

    fn pattern(self) -> String {
        match self {
            Self::Name => format!("^[^{CONTROL}]*[^{CONTROL}{SPACE}][^{CONTROL}]*$"),
            Self::Plain => format!("^[^{CONTROL}]*$"),
            Self::Filled => format!("^[^{NUL}]*[^{NUL}{SPACE}][^{NUL}]*$"),
            Self::Any => format!("^[^{NUL}]*$"),
        }
    }

    fn schema(self, description: &str, longest: usize) -> Schema {
        ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::String))
            .description(Some(description))
            .min_length(self.is_filled().then_some(1))
            .max_length(Some(longest))
            .pattern(Some(self.pattern()))
            .into()
    }
}

/// Declares the texts: a type for each, so that a member can refer to it, and a schema with the limits in force.
macro_rules! texts {
    ($($(#[doc = $doc:literal])+ $name:ident: $form:ident, $longest:expr;)+) => {
        $(
            $(#[doc = $doc])+
            pub(super) enum $name {}

            impl PartialSchema for $name {
                fn schema() -> RefOr<Schema> {
                    text_schema(stringify!($name), &Limits::default())
                }
            }

            impl ToSchema for $name {}
        )+

        /// The schemas of the texts under these limits, by name. They replace the ones that types of requests refer to, which
        /// have the default limits.
        #[must_use]
        pub fn text_schemas(limits: &Limits) -> Vec<(&'static str, Schema)> {
            vec![$((
                stringify!($name),
                Form::$form.schema(concat!($($doc),+).trim(), longest(limits, $longest)),
            )),+]
        }
    };
}

fn longest(limits: &Limits, of: fn(&Limits) -> usize) -> usize {
    of(limits)
}

fn text_schema(name: &str, limits: &Limits) -> RefOr<Schema> {
    let known = text_schemas(limits).into_iter().find(|(known, _)| *known == name);
    known.map_or_else(|| ObjectBuilder::new().into(), |(_, schema)| schema.into())
}

/// No code has more characters: what is longer was not typed by a person.
pub(super) const LONGEST_CODE: usize = 64;

texts! {
    /// What a person types as their name.
    Username: Name, |limits| limits.username;
    /// A user's id.
    UserId: Name, |limits| limits.user_id;
    /// A user's id, where there may be none.
    OptionalUserId: Plain, |limits| limits.user_id;
    /// An organization's id.
    OrganizationId: Name, |limits| limits.organization_id;
    /// An organization's id, where there may be none.
    OptionalOrganizationId: Plain, |limits| limits.organization_id;
    /// An operation's id.
    OperationId: Name, |limits| limits.operation_id;
    /// The kind of an operation and its step.
    OperationKind: Name, |limits| limits.operation_name;
    /// An operation's data.
    OperationData: Any, |limits| limits.operation_data;
    /// A message's id, as the answer to `sms/create` has it.
    MessageId: Name, |limits| limits.message_id;
    /// A language tag.
    Language: Plain, |limits| limits.language;
    /// An X.509 certificate in PEM, with those of intermediate authorities behind it.
    Certificate: Any, |limits| limits.certificate;
    /// A signature in base64.
    Signature: Any, |limits| limits.certificate;
    /// A client of OAuth 2.0.
    ClientId: Name, |limits| limits.text;
    /// A name that Web Flow knows.
    Word: Plain, |limits| limits.text;
    /// A choice by its id or name.
    Choice: Name, |limits| limits.text;
    /// An option of a consent form by its id.
    OptionId: Filled, |limits| limits.text;
    /// A one-time code as it was typed; an empty one is a wrong one.
    AuthorizationCode: Any, |_| LONGEST_CODE;
    /// A one-time code that somebody else made.
    NewCode: Name, |_| LONGEST_CODE;
    /// A password, in clear or encrypted.
    Password: Filled, |limits| limits.password.max(limits.encrypted_password);
}

/// Who started an operation.
pub(super) fn application_context() -> Schema {
    ObjectBuilder::new()
        .schema_type(SchemaType::AnyValue)
        .description(Some(
            "Who started it. Consent is remembered by its `id` and scopes; nothing else of it is read.",
        ))
        .into()
}

/// Values by name that pass through.
pub(super) fn extras() -> Schema {
    ObjectBuilder::new()
        .schema_type(SchemaType::from_iter([Type::Object, Type::Null]))
        .description(Some("More, by name."))
        .additional_properties(Some(AdditionalProperties::FreeForm(true)))
        .into()
}
