use serde::{Serialize, Serializer};
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::numbered::numbered;
use crate::json::Value;

numbered! {
    /// How a request is approved.
    ScaType {
        /// The partner asks for both factors itself.
        ClientManaged = 0 "None",
        /// By a one-time code.
        Otp = 1 "OTP",
        /// On a device.
        MobilePush = 2 "MobilePush",
    }
}

numbered! {
    /// Why a partner gives its token back.
    LogoutReason {
        /// Nobody says.
        None = 0 "None",
        /// Somebody wanted to.
        Manually = 1 "ManuallyLogout",
        /// The session was idle.
        SessionTimeout = 2 "SessionTimeout",
        /// There is a session elsewhere.
        AnotherDevice = 3 "LoggedIntoAnotherDevice",
        /// The connection broke.
        LostConnection = 4 "LostConnection",
        /// The application was closed.
        ForceClose = 5 "ForceCloseTheApp",
        /// Logins are off.
        LoginDisabled = 6 "LoginDisabled",
    }
}

/// The language of an answer, by its number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Culture {
    /// 1, also where none is named.
    #[default]
    English,
    /// 2
    Russian,
    /// 3
    Latvian,
}

impl Culture {
    /// Each of them, by its number from 1.
    pub const ALL: [Self; 3] = [Self::English, Self::Russian, Self::Latvian];

    /// The language tag.
    #[must_use]
    pub const fn language(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Russian => "ru",
            Self::Latvian => "lv",
        }
    }
}

impl Value for Culture {
    const WANTED: &'static str = "has to be 1, 2 or 3";

    fn read(raw: &str) -> Option<Self> {
        match i64::read(raw)? {
            1 => Some(Self::English),
            2 => Some(Self::Russian),
            3 => Some(Self::Latvian),
            _ => None,
        }
    }
}

impl PartialSchema for Culture {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::Integer))
            .description(Some(
                "The language of the answer: 1 English, 2 Russian, 3 Latvian. Without it English.",
            ))
            .enum_values(Some(1..=Self::ALL.len()))
            .into()
    }
}

impl ToSchema for Culture {}

/// What became of a request that was understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResponseCode {
    /// All is well.
    Success,
    /// The consumer's codes are blocked.
    Blocked,
    /// The message with the code could not be sent.
    NotSent,
    /// There is no such open SCA request.
    UnknownRequest,
    /// The last allowed wrong code, or the last allowed message: the consumer is blocked from now on.
    TooMany,
    /// The code is wrong.
    WrongCode,
    /// There is no number to send a code to.
    NoContact,
    /// The login needs another factor.
    ScaRequired,
    /// Nobody has decided yet.
    Undecided,
}

impl ResponseCode {
    /// Each of them, by its code.
    pub const ALL: [Self; 9] = [
        Self::Success,
        Self::Blocked,
        Self::NotSent,
        Self::UnknownRequest,
        Self::TooMany,
        Self::WrongCode,
        Self::NoContact,
        Self::ScaRequired,
        Self::Undecided,
    ];

    /// On the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Success => "000",
            Self::Blocked => "901",
            Self::NotSent => "902",
            Self::UnknownRequest => "903",
            Self::TooMany => "904",
            Self::WrongCode => "905",
            Self::NoContact => "906",
            Self::ScaRequired => "907",
            Self::Undecided => "908",
        }
    }
}

impl Serialize for ResponseCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl PartialSchema for ResponseCode {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::String))
            .description(Some(
                "000 success, 901 blocked, 902 not sent, 903 no such open request, 904 too many tries, 905 wrong code, \
                 906 no phone number or device, 907 another factor is needed, 908 not decided yet.",
            ))
            .enum_values(Some(Self::ALL.map(Self::as_str)))
            .into()
    }
}

impl ToSchema for ResponseCode {}
