use std::sync::Arc;

use data_adapter_core::{Backend, Clock, Random, UserId};
use data_adapter_server::{Api, BuildInfo};

use crate::settings::WebFlowSettings;

/// What the API is made of.
#[derive(Clone)]
pub struct WebFlowParts {
    /// What stands behind it.
    pub backend: Backend,
    /// What runs here, for the service status.
    pub build: BuildInfo,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// For the ids of users whom there are not.
    pub random: Arc<dyn Random>,
}

/// The API at one path, in one dialect: what its handlers work with.
pub struct WebFlow {
    pub(crate) backend: Backend,
    pub(crate) settings: WebFlowSettings,
    pub(crate) build: BuildInfo,
    pub(crate) clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
}

impl WebFlow {
    /// The API at each path where the settings have it.
    #[must_use]
    pub fn everywhere(parts: &WebFlowParts, settings: &WebFlowSettings) -> Vec<Arc<dyn Api>> {
        let places = settings.places().into_iter();
        places.map(|place| Arc::new(Self::new(parts.clone(), place)) as _).collect()
    }

    fn new(parts: WebFlowParts, settings: WebFlowSettings) -> Self {
        let WebFlowParts { backend, build, clock, random } = parts;
        Self { backend, settings, build, clock, random }
    }

    /// The id of a user whom there is not.
    pub(crate) fn nobody(&self) -> UserId {
        UserId::new(uuid::Builder::from_random_bytes(self.random.bytes()).into_uuid().to_string())
    }
}
