//! Every operation.

use data_adapter_protocol::admin::{
    BlocksAnswer, ChallengesAnswer, ConsentsAnswer, ConsentsWithdrawn, CreateScaRequest, DeviceRegistered,
    RegisterDeviceRequest, ScaRequestCreated, SessionsEnded, UnblockAnswer, UnblockRequest, UserAnswer,
    WithdrawConsentsRequest,
};
use serde_json::json;
use utoipa::openapi::Required;
use utoipa::openapi::path::{Parameter, ParameterIn};

use super::errors::{
    blocked, elsewhere, full, invalid, limited, unknown_device, unknown_partner, unknown_user, unreachable,
};
use super::examples::{self, USER, sample};
use super::operation::{Operation, Title, id, number_in_path, number_in_query};
use super::watch;
use crate::extract::{MOST, MOST_LEFT_OUT};

const REQUESTS: &str = "requests";
const USERS: &str = "users";
const LISTS: &str = "lists";
pub(super) const WATCH: &str = "watch";

/// What operations are sorted by.
pub(super) const TAGS: [(&str, &str); 4] = [
    (REQUESTS, "What users are asked to approve"),
    (USERS, "What there is of a user, and putting it right"),
    (LISTS, "What there is of all users"),
    (WATCH, "What was sent and recorded, and how the parts of the system are"),
];

/// Every operation.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        create(),
        user(),
        unblock(),
        unblock_partner(),
        register_device(),
        deregister_device(),
        end_sessions(),
        consents(),
        withdraw_consents(),
        blocks(),
        challenges(),
    ]
    .into_iter()
    .chain(watch::operations())
    .collect()
}

fn create() -> Operation {
    let title = Title {
        id: "createScaRequest",
        tag: REQUESTS,
        summary: "Have something approved",
        description: "By a code (`otp`), which is sent by SMS, on a device (`push`), or with factors that a partner checks itself \
                      (`client`). With `amount`, `currency` and `payee` it is a payment, and the code is bound to them; else it is bound \
                      to the title. What could not be sent is open all the same: `delivered` is false then.",
    };
    Operation::post("/sca-requests", title)
        .takes::<CreateScaRequest>(vec![
            sample("approval", "Something else", examples::approval()),
            sample("a-payment", "A payment", examples::payment()),
            sample("push", "On a device", examples::push()),
        ])
        .creates::<ScaRequestCreated>(vec![
            sample("created", "The message left", examples::created(true)),
            sample("undelivered", "It did not", examples::created(false)),
        ])
        .fails([
            invalid("title", "is missing"),
            unknown_user(),
            blocked(),
            unreachable(),
            limited(),
            elsewhere(),
        ])
}

fn user() -> Operation {
    let title = Title {
        id: "getUser",
        tag: USERS,
        summary: "Show what there is of a user",
        description: "Blocks, devices, and what waits for an answer: no codes and no phone numbers. Somebody whom the directory does \
                      not know is shown as long as there is anything of them.",
    };
    let value = json!({
        "userId": USER, "known": true, "blocks": [examples::block()], "devices": [examples::device()],
        "challenges": [examples::challenge()]
    });
    Operation::get("/users/{userId}", title)
        .with([user_in_path()])
        .answers::<UserAnswer>(vec![sample("user", "A user", value)])
        .fails([not_an_id(), unknown_user()])
}

fn unblock() -> Operation {
    let title = Title {
        id: "unblockUser",
        tag: USERS,
        summary: "Lift the blocks of a user",
        description: "Forgets the failures with codes, the password, or both, and lifts the block. `lifted` are those that had any \
                      failures.",
    };
    Operation::post("/users/{userId}/unblock", title)
        .with([user_in_path()])
        .may_take::<UnblockRequest>(vec![
            sample("both", "Both", json!({})),
            sample("codes", "Only codes", json!({"factor": "code"})),
        ])
        .answers::<UnblockAnswer>(vec![
            sample("lifted", "Codes had failures", json!({"lifted": ["code"]})),
            sample("nothing", "There were none", json!({"lifted": []})),
        ])
        .fails([invalid("factor", "has to be one of these words: \"code\" \"password\""), unknown_user()])
}

fn unblock_partner() -> Operation {
    let title = Title {
        id: "unblockPartner",
        tag: USERS,
        summary: "Lift the block of a partner",
        description: "Forgets the failures of a partner's login to the Security API, and lifts the block.",
    };
    let partner = "The name by which the partner logs in.";
    Operation::post("/partners/{partner}/unblock", title)
        .with([id("partner", ParameterIn::Path, Required::True, partner, "demopartner")])
        .answers::<UnblockAnswer>(vec![
            sample("lifted", "There were failures", json!({"lifted": ["partner"]})),
            sample("nothing", "There were none", json!({"lifted": []})),
        ])
        .fails([invalid("partner", "has to be 1 to 256 characters that can be seen"), unknown_partner()])
}

fn register_device() -> Operation {
    let title = Title {
        id: "registerDevice",
        tag: USERS,
        summary: "Register a device of a user",
        description: "The user is asked on it from then on, by requests of the type `push`.",
    };
    let device = json!({"deviceName": "My phone", "deviceType": "iPhone 15", "osVersion": "18.1"});
    Operation::post("/users/{userId}/devices", title)
        .with([user_in_path()])
        .takes::<RegisterDeviceRequest>(vec![sample("device", "A phone", device)])
        .creates::<DeviceRegistered>(vec![sample(
            "registered",
            "Its number",
            json!({"sdkDeviceReferenceId": 1}),
        )])
        .fails([invalid("deviceName", "is missing"), unknown_user(), full()])
}

fn deregister_device() -> Operation {
    let title = Title {
        id: "deregisterDevice",
        tag: USERS,
        summary: "Deregister a device of a user",
        description: "The user is asked on it no more.",
    };
    Operation::delete("/users/{userId}/devices/{number}", title)
        .with([user_in_path(), number_in_path("number", "The number of the device.")])
        .fails([not_an_id(), unknown_device()])
}

fn end_sessions() -> Operation {
    let title = Title {
        id: "endSessions",
        tag: USERS,
        summary: "End the sessions of a user",
        description: "Those that partners of the Security API have opened, and those with tokens at applications that call the Additional \
                      Factors API: the user has to log in again. Says how many those were.",
    };
    Operation::post("/users/{userId}/sessions/end", title)
        .with([user_in_path()])
        .answers::<SessionsEnded>(vec![sample("ended", "There was one", json!({"ended": 1}))])
        .fails([not_an_id(), unknown_user()])
}

fn consents() -> Operation {
    let title = Title {
        id: "listConsents",
        tag: USERS,
        summary: "List the consents of a user",
        description: "Oldest first, withdrawn ones among them, a page at a time: `next` is `after` of the next one.",
    };
    Operation::get("/users/{userId}/consents", title)
        .with([
            user_in_path(),
            number_in_query("limit", 1, MOST, "How many at most; 100 where it is absent."),
            number_in_query("after", 0, MOST_LEFT_OUT, "How many of the oldest to leave out."),
        ])
        .answers::<ConsentsAnswer>(vec![
            sample("consents", "One that counts", json!({"consents": [examples::consent()]})),
            sample(
                "withdrawn",
                "One that was withdrawn",
                json!({"consents": [examples::withdrawn_consent()]}),
            ),
        ])
        .fails([not_an_id(), invalid("limit", "has to be a number from 1 to 1000")])
}

fn withdraw_consents() -> Operation {
    let title = Title {
        id: "withdrawConsents",
        tag: USERS,
        summary: "Withdraw the consents of a user",
        description: "All that the user has given until now, or those to one form, to one application, or to one form of one application. \
                      They stay on record with the time of their withdrawal, and the next login or payment asks again. Says how many were \
                      withdrawn now: none, where all were before.",
    };
    Operation::post("/users/{userId}/consents/withdraw", title)
        .with([user_in_path()])
        .may_take::<WithdrawConsentsRequest>(vec![
            sample("all", "All", json!({})),
            sample("client", "To one application", json!({"clientId": "democlient"})),
            sample(
                "form",
                "To one form of one application",
                json!({"form": "login", "clientId": "democlient"}),
            ),
        ])
        .answers::<ConsentsWithdrawn>(vec![
            sample("nothing", "There was none", json!({"withdrawn": 0})),
            sample("withdrawn", "There were two", json!({"withdrawn": 2})),
        ])
        .fails([invalid("clientId", "has to be a text of 1 to 256 characters"), unknown_user()])
}

fn blocks() -> Operation {
    let title = Title {
        id: "listBlocks",
        tag: LISTS,
        summary: "List who is blocked",
        description: "Users and partners, by their ids and names.",
    };
    let user = "Only what of this user, or of the partner of this name, is blocked.";
    Operation::get("/blocks", title)
        .with([id("user", ParameterIn::Query, Required::False, user, USER)])
        .answers::<BlocksAnswer>(vec![sample("blocks", "One user", json!({"blocks": [examples::block()]}))])
        .fails([invalid("user", "has to be 1 to 256 characters that can be seen")])
}

fn challenges() -> Operation {
    let title = Title {
        id: "listChallenges",
        tag: LISTS,
        summary: "List what waits for an answer",
        description: "Oldest first, whichever API asked.",
    };
    let user = "Only what this user was asked.";
    Operation::get("/challenges", title)
        .with([id("user", ParameterIn::Query, Required::False, user, USER)])
        .answers::<ChallengesAnswer>(vec![sample(
            "challenges",
            "A payment",
            json!({"challenges": [examples::challenge()]}),
        )])
        .fails([invalid("user", "has to be 1 to 256 characters that can be seen")])
}

fn user_in_path() -> Parameter {
    id("userId", ParameterIn::Path, Required::True, "The user's id, percent-encoded.", USER)
}

fn not_an_id() -> super::errors::Problem {
    invalid("userId", "has to be 1 to 256 characters that can be seen")
}
