//! A back end behind the Data Adapter API itself: whatever answers the document of Web Flow 0.22 can stand behind, another
//! Data Adapter or a bank's own in any language, and whatever was made for a later Web Flow.
//!
//! ```no_run
//! # use data_adapter_rest::{RestBackend, RestError, RestSettings};
//! # fn start() -> Result<(), RestError> {
//! let settings = RestSettings { url: "https://core.bank.example/data-adapter".into(), ..RestSettings::default() };
//! let capabilities = RestBackend::new(settings)?.capabilities();
//! # Ok(())
//! # }
//! ```
//!
//! Each operation has a deadline, and is repeated within it where repeating changes nothing, or where the request did not
//! leave. What fails behind becomes the same failure here; what can't be understood is
//! [`AdapterError::Remote`](data_adapter_core::AdapterError::Remote).
//!
//! The document gives a user no phone number. One-time codes for its users have to come from the same system, which is what
//! the [`SmsOtp`](data_adapter_core::SmsOtp) of this back end does.

mod answer;
mod anti_fraud;
mod authentication;
mod certificates;
mod consent;
mod convert;
mod endpoint;
mod operations;
mod readiness;
mod refusal;
mod settings;
mod setup;
mod sms_otp;
mod upstream;
mod users;

use std::sync::Arc;

use data_adapter_core::{AdapterError, Capabilities, OrganizationId, PasswordCheck, UserId};
use data_adapter_protocol::web_flow::{AccountStatus, Dialect};

pub use settings::{RestError, RestSettings, Timeouts};

use upstream::Upstream;

/// A system behind that speaks the Data Adapter API. Clones share its connections.
#[derive(Clone)]
pub struct RestBackend {
    upstream: Arc<Upstream>,
    default_organization: Option<OrganizationId>,
}

impl RestBackend {
    /// Makes ready to call; the first call connects. Files that the settings name are read here, once.
    ///
    /// # Errors
    ///
    /// When a setting can't be used, by the name of its key and without its value if it is a secret.
    pub fn new(settings: RestSettings) -> Result<Self, RestError> {
        let upstream = Arc::new(Upstream::new(&settings)?);
        Ok(Self { upstream, default_organization: settings.default_organization.map(Into::into) })
    }

    /// All that the API has: every capability in dialect 1, all but three in 0.22.
    #[must_use]
    pub fn capabilities(&self) -> Capabilities {
        let backend = Arc::new(self.clone());
        let later = (self.upstream.dialect() == Dialect::V1).then_some(&backend);
        Capabilities {
            setup: later.map(|backend| Arc::clone(backend) as _),
            certificates: later.map(|backend| Arc::clone(backend) as _),
            anti_fraud: later.map(|backend| Arc::clone(backend) as _),
            users: Some(Arc::clone(&backend) as _),
            authentication: Some(PasswordCheck::Complete(Arc::clone(&backend) as _)),
            sms_otp: Some(Arc::clone(&backend) as _),
            consent: Some(Arc::clone(&backend) as _),
            operations: Some(Arc::clone(&backend) as _),
            readiness: Some(backend),
        }
    }

    /// What to say of a user's account, in the dialect that wants to hear it: nothing is checked of one of which it is not said
    /// that it may be used.
    fn account_status(
        &self,
        user: Option<&UserId>,
        account: data_adapter_core::AccountStatus,
    ) -> Option<AccountStatus> {
        let told = self.upstream.dialect() == Dialect::V1 && user.is_some();
        told.then_some(match account {
            data_adapter_core::AccountStatus::Active => AccountStatus::Active,
            data_adapter_core::AccountStatus::Blocked => AccountStatus::NotActive,
        })
    }

    /// The organization to ask about, where the API needs one.
    fn organization(&self, named: Option<&OrganizationId>) -> Result<OrganizationId, AdapterError> {
        named.or(self.default_organization.as_ref()).cloned().ok_or_else(|| {
            let why = "the request names no organization, and `default_organization` is not set";
            AdapterError::InvalidInput(why.to_owned())
        })
    }
}
