use data_adapter_core::OperationName;
use jiff::SignedDuration;
use jiff::tz::TimeZone;

/// How the API is answered.
#[derive(Clone, Debug)]
pub struct SecuritySettings {
    /// Below which path the API is served besides `/security`, with a leading slash; empty for nowhere else.
    pub context_path: String,
    /// The zone of all dates.
    pub time_zone: TimeZone,
    /// Whether a consumer needs a session for everything but a login.
    pub require_session: bool,
    /// How long nothing may be done in a session (RTS on SCA, Art. 4(3)(d): at most five minutes).
    pub session_idle: SignedDuration,
    /// The name of the operation that the second factor of a login approves.
    pub login_operation: OperationName,
    /// Whether the partners are those of the demo, by which people try the API.
    pub is_demo: bool,
}

impl SecuritySettings {
    /// Where the API is served that is meant for partners.
    #[must_use]
    pub fn path(&self) -> String {
        format!("{}{PATH}", self.context_path)
    }

    /// All paths that it is served at, that one first.
    pub(crate) fn paths(&self) -> Vec<String> {
        let with_context = (!self.context_path.is_empty()).then(|| self.path());
        with_context.into_iter().chain([PATH.to_owned()]).collect()
    }
}

const PATH: &str = "/security";
