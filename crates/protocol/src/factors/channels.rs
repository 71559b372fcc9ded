use std::str::FromStr;

use super::{BadRequest, FieldError};

/// What codes are sent by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OtpChannel {
    /// Text messages.
    Sms,
}

/// What push notifications are sent by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PushChannel {
    /// A provider.
    Authy,
    /// An application of the bank's own.
    Biometric,
}

impl OtpChannel {
    /// Each of them, as it stands in a path.
    pub const NAMES: [&str; 1] = ["SMS"];

    /// As it stands in a path.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sms => "SMS",
        }
    }
}

impl PushChannel {
    /// Each of them, as it stands in a path.
    pub const NAMES: [&str; 2] = ["AUTHY", "BIOMETRIC"];

    /// Those that a device can be enrolled for by this API.
    pub const ENROLLED: [&str; 1] = ["AUTHY"];

    /// As it stands in a path.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Authy => "AUTHY",
            Self::Biometric => "BIOMETRIC",
        }
    }
}

impl FromStr for OtpChannel {
    type Err = BadRequest;

    fn from_str(name: &str) -> Result<Self, BadRequest> {
        match name {
            "SMS" => Ok(Self::Sms),
            _ => Err(unknown()),
        }
    }
}

impl FromStr for PushChannel {
    type Err = BadRequest;

    fn from_str(name: &str) -> Result<Self, BadRequest> {
        match name {
            "AUTHY" => Ok(Self::Authy),
            "BIOMETRIC" => Ok(Self::Biometric),
            _ => Err(unknown()),
        }
    }
}

fn unknown() -> BadRequest {
    BadRequest::of("channel", FieldError::Regex)
}
