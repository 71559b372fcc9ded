use serde::Serialize;
use utoipa::ToSchema;

/// The body of an answer with 409.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Conflict {
    /// Why it can't be done as things are.
    pub error_code: ConflictCode,
}

/// Why something can't be done as things are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ConflictCode {
    /// No device can be enrolled by this channel here.
    ChannelNotSupported,
    /// The user has this factor, and it is active.
    ChannelAlreadyRegistered,
    /// The user does not have this factor.
    ChannelNotRegistered,
    /// Nothing can be sent by this channel to this user.
    ChannelNotReady,
    /// The user has no mobile number.
    MobileNumberNotAvailable,
    /// No message can be sent to the user's mobile number.
    MobileNumberInvalid,
    /// The account of the user is blocked.
    CredentialsInactive,
    /// The code is right no more.
    VerificationCodeExpired,
    /// The code is wrong.
    VerificationCodeInvalid,
    /// The code is wrong, and one try is left.
    OneChallengeLimitRemaining,
    /// The code is wrong, and no try is left; or devices are enrolled too often.
    ChallengeLimitExceeded,
    /// There is nothing to verify.
    StateInvalid,
    /// A request with the same `idempotency-ref` is still under way.
    RequestUnderWay,
}
