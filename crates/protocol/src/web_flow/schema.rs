//! The texts of requests, as the OpenAPI document describes them: the same rules as validation has, with the lengths that are
//! in force.

use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::Limits;

/// Control characters, as a part of a character class.
const CONTROL: &str = r"\u0000-\u001f\u007f-\u009f";

/// No text may hold this one.
const NUL: &str = r"\u0000";

/// The white space that is trimmed before a text counts as empty, as far as it is no control character.
const SPACE: &str = r"\u0020\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000";

/// The white space among control characters.
const CONTROL_SPACE: &str = r"\u0009-\u000d\u0085";

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
            Self::Filled => format!("^[^{NUL}]*[^{NUL}{CONTROL_SPACE}{SPACE}][^{NUL}]*$"),
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
    OperationName: Name, |limits| limits.operation_name;
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

/// The form of an operation, of which next to nothing is read.
pub(super) fn form_data() -> Schema {
    any(
        "What the user sees. A code for a payment is bound to its `parameters`: to `amount` and `currency` of the one with the \
         type `AMOUNT`, and to the `value` of the one with the type `KEY_VALUE` and the id `operation.account`. All else passes \
         through as it came.",
    )
}

/// The form of an operation after it was decorated.
pub(super) fn decorated_form_data() -> Schema {
    any("As it came, with what was added.")
}

/// Who started an operation.
pub(super) fn application_context() -> Schema {
    any("Who started it. It is not read.")
}

/// Values by name that pass through.
pub(super) fn extras() -> Schema {
    let types = SchemaType::from_iter([Type::Object, Type::Null]);
    ObjectBuilder::new().schema_type(types).description(Some("More, by name.")).into()
}

/// Any JSON.
fn any(description: &str) -> Schema {
    ObjectBuilder::new().schema_type(SchemaType::AnyValue).description(Some(description)).into()
}
