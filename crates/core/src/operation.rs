use std::fmt;

use async_trait::async_trait;

use crate::{AdapterError, Amount, OperationId, OperationName, OrganizationId, UserId};

/// A piece of JSON that passes through as it came. Its `Debug` shows only its length: it holds people's data.
#[derive(Clone, PartialEq, Eq)]
pub struct Json(Box<str>);

impl Json {
    /// Wraps `text`, which has to be valid JSON.
    pub fn new(text: impl Into<Box<str>>) -> Self {
        Self(text.into())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text itself.
    #[must_use]
    pub fn into_string(self) -> String {
        self.0.into()
    }
}

impl fmt::Debug for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Json({} bytes)", self.0.len())
    }
}

/// The operation that a request is about.
#[derive(Clone, Debug)]
pub struct OperationContext {
    /// Which one.
    pub id: OperationId,
    /// Its kind and step.
    pub name: OperationName,
    /// The data that the user signs, in the form that the front gave them; `None` when it gave none.
    pub data: Option<String>,
    /// The bank's own transaction that the operation is about; `None` where the front knows of none.
    pub external_transaction: Option<String>,
    /// What the user sees, as the front sent it; `None` when it sent none.
    pub form_data: Option<Json>,
    /// The application that started the operation, as the front sent it; `None` when it sent none.
    pub application: Option<Json>,
}

/// The user behind an operation.
#[derive(Clone, Debug)]
pub struct OperationParty {
    /// `None` before the login, where the request may leave it out.
    pub user: Option<UserId>,
    /// `None` where the request names none.
    pub organization: Option<OrganizationId>,
    /// The operation.
    pub operation: OperationContext,
}

/// An account that the payer may pay from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BankAccount {
    /// The number as people write it.
    pub number: String,
    /// The id by which a choice names it, such as an IBAN.
    pub id: String,
    /// How the owner calls it.
    pub name: String,
    /// What is on it.
    pub balance: Amount,
    /// The currency of the balance.
    pub currency: String,
    /// Whether it can pay now.
    pub usable_for_payment: bool,
    /// Why it can't; `None` when there is nothing to say.
    pub unusable_reason: Option<String>,
}

/// What a back end adds to the form that the user sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decoration {
    /// Nothing: the form goes back as it came.
    Unchanged,
    /// The accounts to choose from. The server adds the choice to the form, or refreshes the one that is there.
    BankAccounts(Vec<BankAccount>),
    /// The whole form, for a back end that decorates it itself.
    FormData(Json),
}

/// What the user chose in a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FormChoice {
    /// The account to pay from, by its id.
    BankAccount(String),
    /// How to authenticate, in Web Flow's words.
    AuthenticationMethod(String),
}

/// A choice in the form of an operation.
#[derive(Clone, Debug)]
pub struct FormDataChange {
    /// Who chose, and in which operation.
    pub party: OperationParty,
    /// What.
    pub choice: FormChoice,
}

/// How an operation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OperationOutcome {
    /// It was carried out.
    Done,
    /// The user gave up.
    Canceled,
    /// It failed.
    Failed,
}

/// The end of an operation.
#[derive(Clone, Debug)]
pub struct OperationChange {
    /// Whose operation; the user is `None` when it ended before the login.
    pub party: OperationParty,
    /// How it ended.
    pub outcome: OperationOutcome,
}

/// Follows operations.
#[async_trait]
pub trait Operations: Send + Sync {
    /// What to add to the form of this operation; `None` when there is no such user. Called several times for one
    /// operation.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when the system behind could not be asked.
    async fn decorate(&self, party: &OperationParty) -> Result<Option<Decoration>, AdapterError>;

    /// The user chose something in the form.
    ///
    /// # Errors
    ///
    /// [`AdapterError::InvalidInput`] when there is no such choice, [`AdapterError::Remote`] when the system behind
    /// could not be told.
    async fn form_data_changed(&self, change: &FormDataChange) -> Result<(), AdapterError>;

    /// The operation ended. May be told more than once.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when the system behind could not be told.
    async fn operation_changed(&self, change: &OperationChange) -> Result<(), AdapterError>;
}
