use std::collections::BTreeSet;

use async_trait::async_trait;
use jiff::Timestamp;

use crate::{AdapterError, Language, OperationContext, OperationName, OrganizationId, UserId};

/// The application that consent is given to, such as that of a third party (TPP).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentClient {
    /// Its id, such as that of an OAuth 2.0 client.
    pub id: String,
    /// The scopes that it asks for: neither their order nor how often they are named counts (RFC 6749, 3.3).
    pub scopes: BTreeSet<String>,
}

/// Who has to give consent, and to what.
#[derive(Clone, Debug)]
pub struct ConsentRequest {
    /// The user.
    pub user: UserId,
    /// Their organization; `None` where the request names none.
    pub organization: Option<OrganizationId>,
    /// The operation that needs consent.
    pub operation: OperationContext,
    /// Who asks for it; `None` where the request does not say so that it can be told apart from others.
    pub client: Option<ConsentClient>,
    /// The language of the texts; `None` where the request names none.
    pub language: Option<Language>,
}

/// A consent that was given before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RememberedConsent {
    /// The operation name that the form belongs to.
    pub form: OperationName,
    /// The version of the texts that were shown.
    pub version: String,
    /// When it was given.
    pub given_at: Timestamp,
}

/// Whether consent has to be asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConsentNeed {
    /// It has to be, with this form.
    Ask(ConsentForm),
    /// The user gave it before, and it counts still.
    Remembered(RememberedConsent),
    /// The operation needs none.
    NotNeeded,
}

impl ConsentNeed {
    /// The form to show; `None` when none has to be shown.
    #[must_use]
    pub fn form(self) -> Option<ConsentForm> {
        match self {
            Self::Ask(form) => Some(form),
            Self::Remembered(_) | Self::NotNeeded => None,
        }
    }
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
    /// Whether a form has to be shown for this operation, and which. Whoever is told that none has to be asks nothing more.
    ///
    /// # Errors
    ///
    /// [`AdapterError::InvalidOperationContext`] for an unknown operation, [`AdapterError::Remote`] when the system
    /// behind could not be asked.
    async fn init(&self, request: &ConsentRequest) -> Result<ConsentNeed, AdapterError>;

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
