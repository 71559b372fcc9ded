use serde::Serialize;
use utoipa::ToSchema;

use crate::json::Value;

/// Declares values that are written as words, each its name in small letters.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$value_doc:meta])* $value:ident = $text:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
        #[serde(rename_all = "lowercase")]
        pub enum $name { $($(#[$value_doc])* $value,)+ }

        impl Value for $name {
            const WANTED: &'static str = concat!("has to be one of these words:", $(" \"", $text, "\""),+);

            fn read(raw: &str) -> Option<Self> {
                let word: String = serde_json::from_str(raw).ok()?;
                match word.as_str() {
                    $($text => Some(Self::$value),)+
                    _ => None,
                }
            }
        }
    };
}

words! {
    /// How a request is approved: `client` with factors that the partner checks itself, `otp` with a one-time code, `push` on a
    /// device.
    ScaMethod {
        /// With factors that the partner checks itself.
        Client = "client",
        /// With a one-time code.
        Otp = "otp",
        /// On a device.
        Push = "push",
    }
}

/// What became of a message: the gateway has it and nothing more is known, a phone has it, or it will not arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum DeliveryStatusName {
    /// The gateway has it, and nothing more is known.
    HandedOver,
    /// The phone has it.
    Delivered,
    /// It will not arrive.
    Undelivered,
}

words! {
    /// What a user has to get right; failures with each are counted apart.
    UserFactor {
        /// One-time codes.
        Code = "code",
        /// The password.
        Password = "password",
    }
}

/// What messages count against: `all` there are, those to a `country`, to the users of an `organization`, or to a `user`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum SentScopeName {
    /// All there are.
    All,
    /// Those to one country.
    Country,
    /// Those to the users of one organization.
    Organization,
    /// Those to one user.
    User,
}

/// What a part of the system is: the `store`, the `audit` log, a `backend` or a `gateway` of SMS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum PartKind {
    /// What has to be remembered.
    Store,
    /// The audit log.
    Audit,
    /// A system that users, passwords or operations come from.
    Backend,
    /// What takes messages.
    Gateway,
}

/// How a part of the system is: `ok`; `warning`, which is down while requests are answered all the same; `down`, without which none is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum PartStatus {
    /// It does what it is there for.
    Ok,
    /// It is down, and requests are answered all the same.
    Warning,
    /// It is down, and so nothing is ready.
    Down,
}

/// What is blocked: a user's `code` or `password`, or the password of a `partner`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum FactorName {
    /// One-time codes.
    Code,
    /// The password of a user.
    Password,
    /// The password of a partner.
    Partner,
}
