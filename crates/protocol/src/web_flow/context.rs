use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::form_schema::FormData;
use super::schema;
use super::validation::{Check, Codes, is_longer};
use super::{Limits, null_as_default};

/// The operation that a request is about. Form data and application stay unparsed.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OperationContext {
    /// Which one.
    #[serde(default, deserialize_with = "null_as_default")]
    #[schema(required, value_type = schema::OperationId)]
    pub id: String,
    /// Its kind and step.
    #[serde(default, deserialize_with = "null_as_default")]
    #[schema(required, value_type = schema::OperationKind)]
    pub name: String,
    /// What the user signs.
    #[schema(value_type = Option<schema::OperationData>)]
    pub data: Option<String>,
    /// The transaction in the bank that the operation is about; later versions send it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::OperationData>)]
    pub external_transaction_id: Option<String>,
    /// What the user sees.
    #[schema(value_type = Option<FormData>)]
    pub form_data: Option<Box<RawValue>>,
    /// Who started it.
    #[schema(schema_with = schema::application_context)]
    pub application_context: Option<Box<RawValue>>,
}

const FORM_DATA_MISSING: &str = "operationContext.formData.missing";
const MISSING: &str = "operationContext.missing";

const ID: Codes = Codes {
    empty: "operationContext.id.empty",
    long: "operationContext.id.long",
    invalid: "operationContext.id.invalid",
};

/// The codes for the name of an operation.
pub(super) const NAME: Codes = Codes {
    empty: "operationContext.name.empty",
    long: "operationContext.name.long",
    invalid: "operationContext.name.invalid",
};

/// The codes for the name of an operation where a code is made or checked.
pub(super) const SMS_NAME: Codes = Codes {
    empty: "smsAuthorization.operationName.empty",
    long: "smsAuthorization.operationName.long",
    invalid: "smsAuthorization.operationName.invalid",
};

impl OperationContext {
    fn check(&self, limits: &Limits, name: &Codes) -> Check {
        let is_long =
            |text: &Option<String>| text.as_ref().is_some_and(|text| is_longer(text, limits.operation_data));
        Check::default()
            .required("id", &self.id, limits.operation_id, &ID)
            .required("name", &self.name, limits.operation_name, name)
            .refuse_if(is_long(&self.data), "data", "operationContext.data.long")
            .refuse_if(
                is_long(&self.external_transaction_id),
                "externalTransactionId",
                "operationContext.externalTransactionId.long",
            )
    }
}

impl Check {
    /// The context of a request, which has to be there; `name` are the codes for the name of the operation.
    pub(super) fn context(self, context: Option<&OperationContext>, limits: &Limits, name: &Codes) -> Self {
        self.part("operationContext", context.map(|context| context.check(limits, name).done()), MISSING)
    }

    /// The context of a request, with a form in it.
    pub(super) fn context_with_form(self, context: Option<&OperationContext>, limits: &Limits) -> Self {
        let check = |context: &OperationContext| {
            let no_form = context.form_data.is_none();
            context.check(limits, &NAME).refuse_if(no_form, "formData", FORM_DATA_MISSING).done()
        };
        self.part("operationContext", context.map(check), MISSING)
    }
}
