use data_adapter_core::BindingKind;
use serde::{Deserialize, Serialize};

/// `[operations.NAME]`: an operation that codes are made for.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OperationSettings {
    binds: Binds,
    /// The name of the message in the texts.
    pub(crate) sms_text: String,
    /// Whether its form gets the user's bank accounts.
    #[serde(default)]
    pub(crate) bank_accounts: bool,
}

/// What its codes are bound to.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
enum Binds {
    /// The operation itself.
    Operation,
    /// Amount, currency and payee as well.
    Payment,
}

impl OperationSettings {
    pub(crate) fn binding(&self) -> BindingKind {
        match self.binds {
            Binds::Operation => BindingKind::Operation,
            Binds::Payment => BindingKind::Payment,
        }
    }
}
