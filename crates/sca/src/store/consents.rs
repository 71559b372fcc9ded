use async_trait::async_trait;
use data_adapter_core::{
    AdapterError, ConsentClient, Language, OperationId, OperationName, OptionChoice, OrganizationId, UserId,
};
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
    /// Their organization; `None` where the request named none.
    pub organization: Option<OrganizationId>,
    /// For which operation.
    pub operation: OperationId,
    /// To whom; `None` where the request did not say.
    pub client: Option<ConsentClient>,
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
    /// Until when it may stand for another one, as the settings were when it was given; `None` where it may not.
    pub remembered_until: Option<Timestamp>,
}

/// A consent that is on record, with its withdrawal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptConsent {
    /// What was given.
    pub consent: ConsentRecord,
    /// When it was withdrawn; `None` where it was not.
    pub withdrawn_at: Option<Timestamp>,
}

/// What a consent is for: two for the same purpose differ in nothing that they were asked about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentPurpose {
    /// Who gives it.
    pub user: UserId,
    /// Their organization. `None` is one of its own.
    pub organization: Option<OrganizationId>,
    /// The operation name that the form belongs to.
    pub form: OperationName,
    /// The version of its texts.
    pub version: String,
    /// To whom it is given.
    pub client: ConsentClient,
}

/// Which consents of a user are meant: those that all of it fits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConsentFilter {
    /// The operation name that the form belongs to; `None` for any.
    pub form: Option<OperationName>,
    /// The id of the client; `None` for any, and for those to none.
    pub client: Option<String>,
}

impl ConsentFilter {
    /// Whether it means this one.
    #[must_use]
    pub fn fits(&self, consent: &ConsentRecord) -> bool {
        let client = consent.client.as_ref().map(|client| &client.id);
        self.form.as_ref().is_none_or(|form| consent.form == *form)
            && self.client.as_ref().is_none_or(|id| client == Some(id))
    }
}

/// How many records of a user were erased.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ErasedConsents {
    /// Consents.
    pub consents: u64,
    /// Withdrawals of them.
    pub withdrawals: u64,
    /// Forms that were shown.
    pub shown_forms: u64,
}

/// Keeps forms that were shown, consents, and their withdrawals.
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

    /// The consent that was given last for exactly this purpose, withdrawn or not; `None` when there is none.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when the store could not be asked.
    async fn latest_consent(&self, purpose: &ConsentPurpose) -> Result<Option<KeptConsent>, AdapterError>;

    /// The consents of one user, or of all with `None`, oldest first, withdrawn ones among them.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when the store could not be asked.
    async fn consents(&self, user: Option<&UserId>) -> Result<Vec<KeptConsent>, AdapterError>;

    /// Records that a user withdraws what they have consented to until now, as far as the filter means it, and says how many consents
    /// that were: each is withdrawn once, by exactly one caller, and stays on record. What is given later is not withdrawn.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when it could not be kept.
    async fn withdraw_consents(
        &self,
        user: &UserId,
        filter: &ConsentFilter,
        now: Timestamp,
    ) -> Result<u64, AdapterError>;

    /// Removes the consents of a user, their withdrawals, and the forms that were shown to them, and says how many those were.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when it could not be done.
    async fn erase_consents(&self, user: &UserId) -> Result<ErasedConsents, AdapterError>;
}
