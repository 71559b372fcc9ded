use std::sync::Arc;

use data_adapter_core::{Clock, UserLookup};
use data_adapter_sca::{Factors, IdempotencyStore, OtpEngine, RateStore, SessionStore};
use data_adapter_server::Api;

use crate::programmes::Programmes;
use crate::settings::FactorsSettings;
use crate::tokens::UserTokens;

/// What the API is made of.
#[derive(Clone)]
pub struct FactorsParts {
    /// The factors of users.
    pub factors: Arc<dyn Factors>,
    /// Finds users.
    pub users: Arc<dyn UserLookup>,
    /// Who calls.
    pub programmes: Arc<Programmes>,
    /// Reads the tokens of users.
    pub tokens: Arc<UserTokens>,
    /// When users last did anything.
    pub sessions: Arc<dyn SessionStore>,
    /// Which calls were made under which reference.
    pub calls: Arc<dyn IdempotencyStore>,
    /// How often users call.
    pub rates: Arc<dyn RateStore>,
    /// Hashes what calls ask for.
    pub otp: Arc<OtpEngine>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// The API at one path: what its handlers work with.
pub struct AdditionalFactors {
    pub(crate) parts: FactorsParts,
    pub(crate) settings: FactorsSettings,
    pub(crate) path: String,
}

impl AdditionalFactors {
    /// The API at each path where the settings have it.
    #[must_use]
    pub fn everywhere(parts: &FactorsParts, settings: &FactorsSettings) -> Vec<Arc<dyn Api>> {
        let at = |path| Arc::new(Self { parts: parts.clone(), settings: settings.clone(), path }) as _;
        settings.paths().into_iter().map(at).collect()
    }
}
