use data_adapter_sca::RateLimits;
use jiff::SignedDuration;

/// Below which path all of the API lies.
pub(crate) const ROOT: &str = "/authentication_factors";

/// How the API is answered.
#[derive(Clone, Debug)]
pub struct FactorsSettings {
    /// Below which path the API is served besides the root, with a leading slash; empty for nowhere else.
    pub context_path: String,
    /// How often a user may call each operation.
    pub limits: RateLimits,
    /// For how long a user may do nothing before their token is worth nothing (RTS on SCA, Art. 4(3)(d): at most five minutes).
    pub session_idle: SignedDuration,
    /// Whether the users and programmes are those of the demo, with whom the document then shows how to try the API.
    pub is_demo: bool,
}

impl FactorsSettings {
    /// Where the API is, the usual place first.
    #[must_use]
    pub fn paths(&self) -> Vec<String> {
        let usual = (!self.context_path.is_empty()).then(|| format!("{}{ROOT}", self.context_path));
        usual.into_iter().chain([ROOT.to_owned()]).collect()
    }
}
