use async_trait::async_trait;

use crate::{AdapterError, Language, OperationContext, OrganizationId, UserId};

/// Who has to give consent, and to what.
#[derive(Clone, Debug)]
pub struct ConsentRequest {
    /// The user.
    pub user: UserId,
    /// Their organization; `None` where the request names none.
    pub organization: Option<OrganizationId>,
    /// The operation that needs consent.
    pub operation: OperationContext,
    /// The language of the texts; `None` where the request names none.
    pub language: Option<Language>,
}

/// The form that asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentForm {
    /// The text above the options, safe to show as HTML.
    pub html: String,
    /// What can be ticked.
    pub options: Vec<ConsentOption>,
}

/// One thing that can be ticked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentOption {
    /// Its id within the form.
    pub id: String,
    /// Its text, safe to show as HTML.
    pub html: String,
    /// Whether the operation can go on without it: true when it can't.
    pub required: bool,
    /// Whether it is ticked before the user does anything.
    pub checked_by_default: bool,
}

/// What the user did with one option.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OptionChoice {
    /// Which option.
    pub id: String,
    /// Whether it is ticked.
    pub checked: bool,
}

/// A form that was filled in.
#[derive(Clone, Debug)]
pub struct ConsentSubmission {
    /// Who filled it in, and for what.
    pub request: ConsentRequest,
    /// What was ticked. What the form does not know is ignored.
    pub choices: Vec<OptionChoice>,
}

/// What is wrong with one option.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OptionProblem {
    /// Which option.
    pub id: String,
    /// What to tell the user.
    pub message: String,
}

/// Whether a form is filled in as it has to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConsentValidation {
    /// It is.
    Passed,
    /// It is not.
    Failed {
        /// What to tell the user about the whole form.
        message: String,
        /// What to tell the user about single options.
        problems: Vec<OptionProblem>,
    },
}

/// Asks for consent and keeps it.
#[async_trait]
pub trait Consent: Send + Sync {
    /// The form to show for this operation; `None` when no consent is needed.
    ///
    /// # Errors
    ///
    /// [`AdapterError::InvalidOperationContext`] for an unknown operation, [`AdapterError::Remote`] when the system
    /// behind could not be asked.
    async fn init(&self, request: &ConsentRequest) -> Result<Option<ConsentForm>, AdapterError>;

    /// The form, now that it is shown: later answers are judged by it.
    ///
    /// # Errors
    ///
    /// [`AdapterError::InvalidOperationContext`] for an operation without a form, [`AdapterError::Remote`] when it could
    /// not be remembered that the form was shown.
    async fn create(&self, request: &ConsentRequest) -> Result<ConsentForm, AdapterError>;

    /// Whether the form is filled in as it has to be. Nothing is stored.
    ///
    /// # Errors
    ///
    /// [`AdapterError::InvalidConsentData`] for answers that contradict each other, else as in
    /// [`create`](Self::create).
    async fn validate(&self, submission: &ConsentSubmission) -> Result<ConsentValidation, AdapterError>;

    /// Stores the answers: true when they are kept, false when they can't be kept at this time.
    ///
    /// # Errors
    ///
    /// [`AdapterError::InvalidConsentData`] when a required option is not ticked: nothing is stored then. Else as in
    /// [`create`](Self::create).
    async fn save(&self, submission: &ConsentSubmission) -> Result<bool, AdapterError>;
}
