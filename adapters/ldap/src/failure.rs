use std::io;

use data_adapter_core::AdapterError;
use data_adapter_reach::refused_certificate;
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
    /// The same of a bind over a connection that was kept. Something on the way may have dropped that long ago, so that it says
    /// nothing about the server.
    #[error("{0}, over a connection that was kept")]
    OverKept(String),
    /// The server showed a certificate that is refused. Another one may do better.
    #[error("{0}")]
    Untrusted(String),
    /// The server does not let the service in.
    #[error("{0}")]
    ServiceRefused(String),
    /// No server could be connected to.
    #[error("{0}")]
    Unreachable(String),
    /// The server answered, but not with something to go by. Asking again would change nothing.
    #[error("{0}")]
    Unusable(String),
    /// The same, and it is so for this one entry or name only.
    #[error("{0}")]
    UnusableEntry(String),
}

impl Failure {
    /// Whether another connection may do better.
    pub(crate) fn is_of_connection(&self) -> bool {
        matches!(self, Self::Lost(_) | Self::Late(_) | Self::Untrusted(_))
    }

    /// The same failure, of the last server that could be tried.
    pub(crate) fn of_connecting(self) -> Self {
        if self.is_of_connection() { Self::Unreachable(self.to_string()) } else { self }
    }

    /// What came in place of an answer to `what`.
    pub(crate) fn unusable(what: &str, code: u32) -> Self {
        let why = refusal(what, code);
        if is_about_one(code) { Self::UnusableEntry(why) } else { Self::Unusable(why) }
    }
}

/// Whether a result code of RFC 4511, appendix A, is about the entry or the value that was named, and not about the server or
/// the service: 389 Directory Server says 53 to the bind of an account that is inactive, and a search stops at a size limit
/// for the names that fit too often.
fn is_about_one(code: u32) -> bool {
    const SIZE_LIMIT_EXCEEDED: u32 = 4;
    const INAPPROPRIATE_MATCHING: u32 = 18;
    const INVALID_ATTRIBUTE_SYNTAX: u32 = 21;
    const ALIAS_PROBLEM: u32 = 33;
    const ALIAS_DEREFERENCING_PROBLEM: u32 = 36;
    const UNWILLING_TO_PERFORM: u32 = 53;
    matches!(
        code,
        SIZE_LIMIT_EXCEEDED
            | INAPPROPRIATE_MATCHING
            | INVALID_ATTRIBUTE_SYNTAX
            | ALIAS_PROBLEM
            | ALIAS_DEREFERENCING_PROBLEM
            | UNWILLING_TO_PERFORM
    )
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

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        refused_certificate(&error).map_or_else(|| Self::Lost(error.to_string()), Self::Untrusted)
    }
}

impl From<LdapError> for Failure {
    fn from(error: LdapError) -> Self {
        if matches!(error, LdapError::FilterParsing) {
            return Self::Unusable("the filter is not valid".to_owned());
        }
        refused_certificate(&error).map_or_else(|| Self::Lost(error.to_string()), Self::Untrusted)
    }
}

impl From<Failure> for AdapterError {
    fn from(failure: Failure) -> Self {
        let why = format!("the directory: {failure}");
        match failure {
            Failure::Unreachable(_) | Failure::ServiceRefused(_) => Self::Unreachable(why),
            Failure::UnusableEntry(_) | Failure::OverKept(_) => Self::Unanswerable(why),
            Failure::Lost(_) | Failure::Late(_) | Failure::Untrusted(_) | Failure::Unusable(_) => {
                Self::Remote(why)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_about_one_entry_is_told_from_what_is_about_the_directory() {
        let about_one = |code| {
            matches!(AdapterError::from(Failure::unusable("a search", code)), AdapterError::Unanswerable(_))
        };
        for code in [4, 18, 21, 33, 36, 53] {
            assert!(about_one(code), "{code}");
        }
        for code in [1, 2, 3, 7, 8, 10, 11, 12, 13, 14, 32, 34, 50, 80, 4096] {
            assert!(!about_one(code), "{code}");
        }
    }

    #[test]
    fn only_what_no_user_can_cause_says_that_the_directory_is_out_of_reach() {
        let is_unreachable = |failure: fn(String) -> Failure| {
            matches!(AdapterError::from(failure(String::new())), AdapterError::Unreachable(_))
        };
        assert!(is_unreachable(Failure::Unreachable) && is_unreachable(Failure::ServiceRefused));
        for failure in [Failure::Lost, Failure::Late, Failure::Unusable, Failure::UnusableEntry] {
            assert!(!is_unreachable(failure));
        }
    }
}
