use std::sync::Arc;

use data_adapter_core::{Clock, Random, SystemHealth, UserLookup};
use data_adapter_sca::{Administration, AuditTrail, DeviceStore, ScaRequests, SessionStore};

use crate::settings::AdminSettings;

/// What the API is made of.
#[derive(Clone)]
pub struct AdminParts {
    /// Finds users to show.
    pub users: Arc<dyn UserLookup>,
    /// Finds those who have to approve something.
    pub approvers: Arc<dyn UserLookup>,
    /// Finds those who get a device.
    pub owners: Arc<dyn UserLookup>,
    /// Knows whether there is somebody for whom there was nothing to do.
    pub directory: Arc<dyn UserLookup>,
    /// What there is of them.
    pub administration: Arc<dyn Administration>,
    /// What they have to approve; `None` where codes are made by a back end of the bank's own.
    pub requests: Option<Arc<dyn ScaRequests>>,
    /// On what.
    pub devices: Arc<dyn DeviceStore>,
    /// Whether they are logged in.
    pub sessions: Arc<dyn SessionStore>,
    /// What was recorded; `None` where that is in no file.
    pub trail: Option<Arc<dyn AuditTrail>>,
    /// How everything is.
    pub health: Arc<dyn SystemHealth>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// For the ids of operations.
    pub random: Arc<dyn Random>,
}

/// The API: what its handlers work with.
pub struct Admin {
    pub(crate) parts: AdminParts,
    pub(crate) settings: AdminSettings,
}

impl Admin {
    /// Puts the API together.
    #[must_use]
    pub fn new(parts: AdminParts, settings: AdminSettings) -> Self {
        Self { parts, settings }
    }
}
