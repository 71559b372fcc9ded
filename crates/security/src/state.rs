use std::sync::Arc;

use data_adapter_core::{Clock, Random, UserLookup};
use data_adapter_sca::{DeviceStore, ScaRequests, SessionStore, Texts};
use data_adapter_server::Api;

use crate::partners::PartnerAccess;
use crate::settings::SecuritySettings;
use crate::tokens::Tokens;

/// What the API is made of.
#[derive(Clone)]
pub struct SecurityParts {
    /// Finds consumers.
    pub users: Arc<dyn UserLookup>,
    /// Lets partners in and out.
    pub partners: Arc<dyn PartnerAccess>,
    /// Checks the tokens that partners show.
    pub tokens: Arc<Tokens>,
    /// The sessions of consumers.
    pub sessions: Arc<dyn SessionStore>,
    /// What consumers have to approve.
    pub requests: Arc<dyn ScaRequests>,
    /// On what.
    pub devices: Arc<dyn DeviceStore>,
    /// What partners read.
    pub texts: Arc<Texts>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// For the ids of operations.
    pub random: Arc<dyn Random>,
}

/// The API at one path: what its handlers work with.
pub struct Security {
    pub(crate) parts: SecurityParts,
    pub(crate) settings: SecuritySettings,
    pub(crate) path: String,
}

impl Security {
    /// The API at each path where the settings have it.
    #[must_use]
    pub fn everywhere(parts: &SecurityParts, settings: &SecuritySettings) -> Vec<Arc<dyn Api>> {
        let at = |path| Arc::new(Self { parts: parts.clone(), settings: settings.clone(), path }) as _;
        settings.paths().into_iter().map(at).collect()
    }
}
