//! What the engine says, in the words of the API.

use data_adapter_core::SendLimit;
use data_adapter_protocol::factors as wire;
use data_adapter_protocol::factors::ConflictCode;
use data_adapter_sca::{EnrolledFactor, Enrolment, FactorChannel, FactorStatus, Verification};

use crate::error::ApiError;

/// What becomes of a call that is answered without content.
pub(crate) type Done = Result<(), ApiError>;

pub(crate) fn enrolled(enrolment: Enrolment) -> Done {
    Err(match enrolment {
        Enrolment::Sent => return Ok(()),
        Enrolment::AlreadyRegistered => ConflictCode::ChannelAlreadyRegistered.into(),
        Enrolment::NumberNotAvailable => ConflictCode::MobileNumberNotAvailable.into(),
        Enrolment::NumberInvalid => ConflictCode::MobileNumberInvalid.into(),
        Enrolment::CredentialsInactive => ConflictCode::CredentialsInactive.into(),
        Enrolment::ChannelNotSupported => ConflictCode::ChannelNotSupported.into(),
        // The number is none that messages go to.
        Enrolment::Stopped(SendLimit::NumberKind | SendLimit::CountryNotAllowed) => {
            ConflictCode::MobileNumberInvalid.into()
        }
        Enrolment::LimitExceeded | Enrolment::Stopped(_) => ConflictCode::ChallengeLimitExceeded.into(),
        Enrolment::NotReady => ConflictCode::ChannelNotReady.into(),
        Enrolment::CallOver => ConflictCode::RequestUnderWay.into(),
        Enrolment::NotDelivered => ApiError::Unavailable("the message was not delivered".to_owned()),
    })
}

pub(crate) fn verified(verification: Verification) -> Done {
    let code = match verification {
        Verification::Activated => return Ok(()),
        Verification::Wrong => ConflictCode::VerificationCodeInvalid,
        Verification::OneLeft => ConflictCode::OneChallengeLimitRemaining,
        Verification::LimitExceeded => ConflictCode::ChallengeLimitExceeded,
        Verification::Expired => ConflictCode::VerificationCodeExpired,
        Verification::StateInvalid => ConflictCode::StateInvalid,
        Verification::AlreadyRegistered => ConflictCode::ChannelAlreadyRegistered,
    };
    Err(code.into())
}

pub(crate) fn unlinked(was_there: bool) -> Done {
    if was_there { Ok(()) } else { Err(ConflictCode::ChannelNotRegistered.into()) }
}

pub(crate) fn factor(factor: &EnrolledFactor) -> wire::Factor {
    let (kind, channel) = match factor.channel {
        FactorChannel::Sms => (wire::FactorType::Otp, wire::FactorChannel::Sms),
        FactorChannel::Authy => (wire::FactorType::Push, wire::FactorChannel::Authy),
        FactorChannel::Biometric => (wire::FactorType::Push, wire::FactorChannel::Biometric),
    };
    let status = match factor.status {
        FactorStatus::Pending => wire::FactorStatus::PendingVerification,
        FactorStatus::Active => wire::FactorStatus::Active,
        FactorStatus::Inactive => wire::FactorStatus::Inactive,
    };
    wire::Factor { kind, channel, status }
}
