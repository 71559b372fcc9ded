use async_trait::async_trait;
use data_adapter_core::{AdapterError, Language, OperationId, OperationName, OptionChoice, UserId};
use jiff::Timestamp;

/// One option of a form as it was shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownOption {
    /// Its id.
    pub id: String,
    /// Whether it had to be ticked.
    pub required: bool,
}

/// A form that a user was shown for an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownForm {
    /// The operation.
    pub operation: OperationId,
    /// The user.
    pub user: UserId,
    /// The operation name that the form belongs to.
    pub form: OperationName,
    /// The version of its texts.
    pub version: String,
    /// Their language.
    pub language: Language,
    /// Its options.
    pub options: Vec<ShownOption>,
    /// When it was shown.
    pub shown_at: Timestamp,
}

/// A consent that was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentRecord {
    /// Who gave it.
    pub user: UserId,
    /// For which operation.
    pub operation: OperationId,
    /// The operation name that the form belongs to.
    pub form: OperationName,
    /// The version of the texts that were shown.
    pub version: String,
    /// Their language.
    pub language: Language,
    /// What was ticked and what was not.
    pub options: Vec<OptionChoice>,
    /// When.
    pub given_at: Timestamp,
}

/// Keeps forms that were shown, and consents.
#[async_trait]
pub trait ConsentStore: Send + Sync {
    /// Remembers that a form was shown, in place of an earlier one for the same operation and user.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when it could not be kept.
    async fn remember_shown(&self, shown: ShownForm) -> Result<(), AdapterError>;

    /// The form that was shown last; `None` when there was none, or it was too long ago.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when the store could not be asked.
    async fn shown(&self, operation: &OperationId, user: &UserId) -> Result<Option<ShownForm>, AdapterError>;

    /// Adds a consent. Nothing is ever replaced: what a user said stays on record.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when it could not be kept.
    async fn add_consent(&self, record: ConsentRecord) -> Result<(), AdapterError>;

    /// The consents of one user, or of all with `None`, oldest first.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when the store could not be asked.
    async fn consents(&self, user: Option<&UserId>) -> Result<Vec<ConsentRecord>, AdapterError>;
}
