use serde::Serialize;
use utoipa::ToSchema;

/// The answer to `GET /authentication_factors`
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct FactorsResponse {
    /// In the order of enrolment; absent where there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(min_items = 1)]
    pub factors: Vec<Factor>,
}

/// A factor of a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Factor {
    /// How the user shows that they have it.
    #[serde(rename = "type")]
    pub kind: FactorType,
    /// What reaches the device.
    pub channel: FactorChannel,
    /// Whether it can be used.
    pub status: FactorStatus,
}

/// How a user shows that they have a factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub enum FactorType {
    /// By a one-time password that came to it.
    #[serde(rename = "OTP")]
    Otp,
    /// By accepting a push notification.
    #[serde(rename = "PUSH")]
    Push,
}

/// What reaches a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum FactorChannel {
    /// Text messages.
    Sms,
    /// Push notifications through a provider.
    Authy,
    /// Push notifications to an application of the bank's own.
    Biometric,
}

/// Whether a factor can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FactorStatus {
    /// The user has not shown yet that they have it.
    PendingVerification,
    /// It can be used.
    Active,
    /// It can't any more, or was refused.
    Inactive,
}
