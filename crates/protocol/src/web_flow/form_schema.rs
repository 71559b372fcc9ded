//! Form data, as the OpenAPI document describes them for clients. The server reads next to nothing of them, and passes through
//! whatever they look like. So only what tells one attribute from another is required.

#![expect(dead_code, unused_qualifications, reason = "only their schemas are used, which a derive makes")]

use std::collections::BTreeMap;

use serde_json::json;
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::schema::{Discriminator, ObjectBuilder, OneOfBuilder, SchemaType, Type};
use utoipa::openapi::{Ref, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::{BankAccount, FormDataChange, OperationContext, schema};

/// What the user sees. Web Flow 0.22 needs the texts and `userInput`. A code for a payment is bound to `amount` and `currency` of
/// the parameter with the type `AMOUNT`, to the payee's account, the `value` of the one with the type `KEY_VALUE` and the id
/// `operation.account` unless the settings name another, and to each that the settings name besides.
/// Whatever else is in a form passes through as it came, members and types of parameters that are not named here included.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(super) struct FormData {
    /// Above all.
    title: Option<FormText>,
    /// To the person.
    greeting: Option<FormText>,
    /// What it is about.
    summary: Option<FormText>,
    /// How fields behave.
    config: Option<Vec<FormFieldConfig>>,
    /// Above the parameters.
    banners: Option<Vec<FormBanner>>,
    /// What is approved, in the order in which it is shown.
    parameters: Option<Vec<FormAttribute>>,
    /// What the person put in, by the ids of fields.
    user_input: Option<BTreeMap<String, Option<String>>>,
}

/// A text of a form.
#[derive(ToSchema)]
struct FormText {
    /// The key by which Web Flow translates it.
    id: Option<String>,
    /// The text itself.
    message: Option<String>,
}

/// How a field of a form behaves.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
struct FormFieldConfig {
    /// Which field.
    id: Option<String>,
    /// Whether it can be changed.
    enabled: Option<bool>,
    /// What it holds at first.
    default_value: Option<String>,
}

/// A message above a form.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
struct FormBanner {
    /// Of which kind.
    banner_type: Option<BannerType>,
    /// The key by which Web Flow translates it.
    id: Option<String>,
    /// The text itself.
    message: Option<String>,
}

/// How urgent a message is.
#[derive(ToSchema)]
enum BannerType {
    /// To know.
    #[schema(rename = "BANNER_INFO")]
    Info,
    /// To mind.
    #[schema(rename = "BANNER_WARNING")]
    Warning,
    /// Something went wrong.
    #[schema(rename = "BANNER_ERROR")]
    Error,
}

/// How a value is shown.
#[derive(ToSchema)]
#[schema(rename_all = "SCREAMING_SNAKE_CASE")]
enum ValueFormatType {
    /// As it stands.
    Text,
    /// By a key that Web Flow translates.
    LocalizedText,
    /// A day.
    Date,
    /// A number.
    Number,
    /// An amount of money.
    Amount,
    /// A bank account.
    Account,
}

/// An amount of money, by its JSON.
pub(super) enum Amount {}

impl PartialSchema for Amount {
    fn schema() -> RefOr<Schema> {
        // oapi-codegen would take a `float32`.
        let type_in_go = Extensions::from_iter([("x-go-type", "json.Number")]);
        ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::Number))
            .description(Some(
                "An amount of money: a JSON number with as many digits as it needs, more than a binary floating point number \
                 keeps. A code is bound to its value.",
            ))
            .extensions(Some(type_in_go))
            .into()
    }
}

impl ToSchema for Amount {}

/// Declares a kind of attribute: its `type`, and what it has beside what all have. `type` is a plain text with a pattern, and is
/// required where the kinds are joined: generated Java does not compile with an enum there, and generated Rust writes and reads
/// the discriminator beside the members.
macro_rules! attributes {
    ($($(#[doc = $doc:literal])+ $name:ident, $kind:literal, $pattern:literal { $($members:tt)* })+) => {
        $(
            $(#[doc = $doc])+
            #[derive(ToSchema)]
            #[schema(rename_all = "camelCase")]
            struct $name {
                /// Which kind of attribute it is.
                #[schema(value_type = String, required = false, pattern = $pattern)]
                r#type: Option<String>,
                /// Which one.
                id: Option<String>,
                /// What stands before it.
                label: Option<String>,
                $($members)*
            }
        )+

        /// One thing that a form shows. Web Flow knows no other types; another one passes through as it came.
        enum FormAttribute {}

        impl PartialSchema for FormAttribute {
            fn schema() -> RefOr<Schema> {
                by_type("One thing that a form shows.", &[$(($kind, stringify!($name))),+]).into()
            }
        }

        impl ToSchema for FormAttribute {
            fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
                $(
                    schemas.push(($name::name().into_owned(), $name::schema()));
                    $name::schemas(schemas);
                )+
            }
        }
    };
}

attributes! {
    /// An amount of money.
    AmountAttribute, "AMOUNT", "^AMOUNT$" {
        /// How it is shown.
        value_format_type: Option<ValueFormatType>,
        /// As people read them, by the names of the members.
        formatted_values: Option<BTreeMap<String, Option<String>>>,
        /// How much.
        #[schema(required)]
        amount: Option<Amount>,
        /// Of which currency.
        #[schema(required)]
        currency: Option<String>,
        /// The key of the currency's label.
        currency_id: Option<String>,
    }
    /// A text.
    NoteAttribute, "NOTE", "^NOTE$" {
        /// How it is shown.
        value_format_type: Option<ValueFormatType>,
        /// As people read them, by the names of the members.
        formatted_values: Option<BTreeMap<String, Option<String>>>,
        /// The text.
        #[schema(required)]
        note: Option<String>,
    }
    /// A choice among the user's accounts, as a decoration adds it.
    BankAccountChoiceAttribute, "BANK_ACCOUNT_CHOICE", "^BANK_ACCOUNT_CHOICE$" {
        /// The accounts; Web Flow 0.22 can't show a choice without one.
        #[schema(required)]
        bank_accounts: Option<Vec<BankAccount>>,
        /// Whether another one can be chosen.
        enabled: Option<bool>,
        /// The `accountId` that is chosen at first.
        default_value: Option<String>,
    }
    /// A value with a label.
    KeyValueAttribute, "KEY_VALUE", "^KEY_VALUE$" {
        /// How it is shown.
        value_format_type: Option<ValueFormatType>,
        /// As people read them, by the names of the members.
        formatted_values: Option<BTreeMap<String, Option<String>>>,
        /// The value.
        #[schema(required)]
        value: Option<String>,
    }
    /// A message among the parameters.
    BannerAttribute, "BANNER", "^BANNER$" {
        /// Of which kind.
        #[schema(required)]
        banner_type: Option<BannerType>,
        /// The text.
        #[schema(required)]
        message: Option<String>,
    }
    /// A heading among the parameters.
    HeadingAttribute, "HEADING", "^HEADING$" {
        /// How it is shown.
        value_format_type: Option<ValueFormatType>,
        /// As people read them, by the names of the members.
        formatted_values: Option<BTreeMap<String, Option<String>>>,
        /// The text.
        #[schema(required)]
        value: Option<String>,
    }
    /// Who is paid.
    PartyInfoAttribute, "PARTY_INFO", "^PARTY_INFO$" {
        /// Who.
        #[schema(required)]
        party_info: Option<PartyInfo>,
    }
}

/// Somebody who is paid.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
struct PartyInfo {
    /// Where their logo is.
    logo_url: Option<String>,
    /// Their name.
    name: Option<String>,
    /// Who they are.
    description: Option<String>,
    /// Where their pages are.
    website_url: Option<String>,
}

/// An account was chosen.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
struct BankAccountChoice {
    /// Which kind of choice it is.
    #[schema(value_type = String, required = false, pattern = "^BANK_ACCOUNT_CHOICE$")]
    r#type: Option<String>,
    /// By its id.
    bank_account_id: schema::Choice,
}

/// A way to authenticate was chosen.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
struct AuthMethodChoice {
    /// Which kind of choice it is.
    #[schema(value_type = String, required = false, pattern = "^AUTH_METHOD_CHOICE$")]
    r#type: Option<String>,
    /// By its name.
    chosen_auth_method: schema::Choice,
}

impl PartialSchema for FormDataChange {
    fn schema() -> RefOr<Schema> {
        let kinds =
            [("BANK_ACCOUNT_CHOICE", "BankAccountChoice"), ("AUTH_METHOD_CHOICE", "AuthMethodChoice")];
        by_type("What was chosen in a form.", &kinds).into()
    }
}

impl ToSchema for FormDataChange {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((BankAccountChoice::name().into_owned(), BankAccountChoice::schema()));
        BankAccountChoice::schemas(schemas);
        schemas.push((AuthMethodChoice::name().into_owned(), AuthMethodChoice::schema()));
        AuthMethodChoice::schemas(schemas);
    }
}

/// A union of schemas that `type` tells apart: what it says, and the name of the schema for it.
fn by_type(description: &str, kinds: &[(&str, &str)]) -> Schema {
    let target = |name: &str| Ref::from_schema_name(name).ref_location;
    let mapping = kinds.iter().map(|(kind, name)| (*kind, target(name)));
    // utoipa has no `required` beside `oneOf`.
    let required = Extensions::from_iter([("required", json!(["type"]))]);
    kinds
        .iter()
        .fold(OneOfBuilder::new(), |union, (_, name)| union.item(Ref::from_schema_name(*name)))
        .description(Some(description))
        .discriminator(Some(Discriminator::with_mapping("type", mapping)))
        .extensions(Some(required))
        .into()
}

/// An operation with a form.
pub(super) enum OperationContextWithForm {}

impl PartialSchema for OperationContextWithForm {
    fn schema() -> RefOr<Schema> {
        let RefOr::T(Schema::Object(mut context)) = OperationContext::schema() else {
            return Ref::from_schema_name(OperationContext::name()).into();
        };
        let form = Ref::builder().ref_location_from_schema_name(FormData::name());
        let form = form.description(Some("What the user sees, to be decorated.")).build();
        context.properties.insert("formData".to_owned(), form.into());
        context.required.push("formData".to_owned());
        RefOr::T(Schema::Object(context))
    }
}

impl ToSchema for OperationContextWithForm {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        OperationContext::schemas(schemas);
    }
}
