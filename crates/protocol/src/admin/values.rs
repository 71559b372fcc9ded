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
