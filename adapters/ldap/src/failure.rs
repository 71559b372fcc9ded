use data_adapter_core::AdapterError;
use ldap3::LdapError;
use thiserror::Error;

/// Why the directory could not be asked. The texts are for the log: they hold no value of a request.
#[derive(Debug, Error)]
pub(crate) enum Failure {
    /// The connection broke or could not be made. Another one may do better.
    #[error("{0}")]
    Lost(String),
    /// No answer in time. The server may hang, so that another one may do better.
    #[error("{0}")]
    Late(String),
    /// The server does not let the service in.
    #[error("{0}")]
    ServiceRefused(String),
    /// The server answered, but not with something to go by. Asking again would change nothing.
    #[error("{0}")]
    Unusable(String),
}

impl Failure {
    /// Whether another connection may do better.
    pub(crate) fn is_of_connection(&self) -> bool {
        matches!(self, Self::Lost(_) | Self::Late(_))
    }

    /// What came in place of an answer to `what`.
    pub(crate) fn unusable(what: &str, code: u32) -> Self {
        Self::Unusable(refusal(what, code))
    }
}

/// What a result code of RFC 4511 says, for the log. The text beside it stays out: servers quote requests in it.
pub(crate) fn refusal(what: &str, code: u32) -> String {
    let name = match code {
        3 => "time limit exceeded",
        4 => "size limit exceeded",
        10 => "referral, which is not followed",
        13 => "confidentiality required",
        32 => "no such object",
        34 => "invalid DN syntax",
        49 => "invalid credentials",
        50 => "insufficient access rights",
        51 => "busy",
        52 => "unavailable",
        53 => "unwilling to perform",
        _ => "see RFC 4511",
    };
    format!("{what} was answered with {code} ({name})")
}

impl From<LdapError> for Failure {
    fn from(error: LdapError) -> Self {
        if matches!(error, LdapError::Timeout { .. }) {
            return Self::Late("no connection in time".to_owned());
        }
        if matches!(error, LdapError::FilterParsing) {
            return Self::Unusable("the filter is not valid".to_owned());
        }
        Self::Lost(error.to_string())
    }
}

impl From<Failure> for AdapterError {
    fn from(failure: Failure) -> Self {
        Self::Remote(format!("the directory: {failure}"))
    }
}
