//! Every operation, in the order in which an application calls them.

use data_adapter_protocol::factors::{
    ConflictCode, FactorsResponse, FieldError, OtpChannel, PushChannel, VerifyRequest,
};
use serde_json::json;
use utoipa::openapi::path::HttpMethod;

use super::answers::{Problem, conflict, invalid};
use super::operation::{Operation, Title, example};

const FACTORS: &str = "factors";

/// What operations are sorted by.
pub(super) const TAGS: [(&str, &str); 1] =
    [(FACTORS, "What a user is reached by for strong customer authentication")];

const AUTHY: &str = "`AUTHY`: a push notification through a provider.";

/// Every operation.
pub(super) fn operations() -> Vec<Operation> {
    let all = [list(), enrol_otp(), verify_otp(), enrol_push(), unlink_push()];
    all.into_iter().map(|operation| operation.fails([no_key()])).collect()
}

fn no_key() -> Problem {
    invalid("api-key", "The header `api-key` is missing", "api-key", FieldError::Required)
}

fn unknown_channel() -> Problem {
    invalid("channel", "There is no such channel", "channel", FieldError::Regex)
}

fn under_way() -> Problem {
    let meaning = "A call with the same `idempotency-ref` is still under way";
    conflict("under-way", meaning, ConflictCode::RequestUnderWay)
}

fn registered() -> Problem {
    conflict("registered", "The factor is active", ConflictCode::ChannelAlreadyRegistered)
}

fn blocked() -> Problem {
    conflict("account-blocked", "The account of the user is blocked", ConflictCode::CredentialsInactive)
}

fn too_often() -> Problem {
    let meaning = "The user was asked to prove a factor too often for now";
    conflict("too-often", meaning, ConflictCode::ChallengeLimitExceeded)
}

fn list() -> Operation {
    let title = Title {
        id: "listFactors",
        tag: FACTORS,
        summary: "List the factors of the user",
        description: "In the order of enrolment. Where there are none, `factors` is absent. A factor that was proved for another mobile \
                      number than the user has now is `INACTIVE`.",
    };
    let some = json!({"factors": [
        {"type": "OTP", "channel": "SMS", "status": "ACTIVE"},
        {"type": "PUSH", "channel": "AUTHY", "status": "PENDING_VERIFICATION"}
    ]});
    let examples =
        vec![("none", example("There are none", json!({}))), ("some", example("There are two", some))];
    Operation::new(HttpMethod::Get, "/authentication_factors", title).answers::<FactorsResponse>(examples)
}

fn enrol_otp() -> Operation {
    let title = Title {
        id: "enrolOtp",
        tag: FACTORS,
        summary: "Send a code to the user's mobile number",
        description: "Six digits, good for five minutes. While the factor is not active, another call sends another code, with tries of \
                      its own; the code before is wrong from then on.",
    };
    Operation::new(HttpMethod::Post, "/authentication_factors/otp/{channel}", title)
        .by_channel(&OtpChannel::NAMES, "`SMS`: text messages.")
        .once()
        .fails([
            unknown_channel(),
            registered(),
            conflict("no-number", "The user has no mobile number", ConflictCode::MobileNumberNotAvailable),
            conflict("bad-number", "The user's number is none", ConflictCode::MobileNumberInvalid),
            blocked(),
            too_often(),
            under_way(),
        ])
}

fn verify_otp() -> Operation {
    let title = Title {
        id: "verifyOtp",
        tag: FACTORS,
        summary: "Prove with the code that the mobile number is the user's",
        description: "Five tries. At the fourth wrong one the answer says that one is left. Wrong codes count together with those that \
                      other APIs were told, and five in a row block the user for a while.",
    };
    let wrong = [
        conflict("expired", "The code is too old", ConflictCode::VerificationCodeExpired),
        conflict("wrong", "The code is wrong", ConflictCode::VerificationCodeInvalid),
        conflict(
            "one-left",
            "The code is wrong, and one try is left",
            ConflictCode::OneChallengeLimitRemaining,
        ),
        conflict("none-left", "The code is wrong, and no try is left", ConflictCode::ChallengeLimitExceeded),
        conflict(
            "nothing-open",
            "No code is open: none was asked for, no try is left, or the user is blocked",
            ConflictCode::StateInvalid,
        ),
        registered(),
        under_way(),
    ];
    let code = "verificationCode";
    Operation::new(HttpMethod::Post, "/authentication_factors/otp/{channel}/verify", title)
        .by_channel(&OtpChannel::NAMES, "`SMS`: text messages.")
        .once()
        .takes::<VerifyRequest>("code", "The code of the demo", json!({code: "123456"}))
        .fails([unknown_channel(), invalid("code", "The code is missing", code, FieldError::Required)])
        .fails(wrong)
}

fn enrol_push() -> Operation {
    let title = Title {
        id: "enrolPush",
        tag: FACTORS,
        summary: "Ask the user on their device",
        description: "What the user decides there decides the factor later: accepted it is `ACTIVE`, rejected `INACTIVE`. Without a \
                      decision it stays `PENDING_VERIFICATION`, and the user can be asked again.",
    };
    Operation::new(HttpMethod::Post, "/authentication_factors/push/{channel}", title)
        .by_channel(&PushChannel::ENROLLED, AUTHY)
        .once()
        .fails([
            unknown_channel(),
            conflict(
                "not-enrolled",
                "No device is enrolled by this channel here",
                ConflictCode::ChannelNotSupported,
            ),
            conflict("not-ready", "Nobody sends push notifications here", ConflictCode::ChannelNotReady),
            registered(),
            blocked(),
            too_often(),
            under_way(),
        ])
}

fn unlink_push() -> Operation {
    let title = Title {
        id: "unlinkPush",
        tag: FACTORS,
        summary: "Forget the user's device",
        description: "The user is asked on it no more.",
    };
    let missing =
        conflict("not-registered", "The user has no such factor", ConflictCode::ChannelNotRegistered);
    let channels = "`AUTHY`: a push notification through a provider. `BIOMETRIC`: a push notification to an application of the bank's own.";
    Operation::new(HttpMethod::Delete, "/authentication_factors/push/{channel}", title)
        .by_channel(&PushChannel::NAMES, channels)
        .fails([unknown_channel(), missing])
}
