//! Every operation, in the order in which a partner calls them.

use data_adapter_protocol::security::{
    AuthorizeRequest, AuthorizeResponse, ConsumerRequest, DeregisterRequest, DevicesResponse, LoginForm,
    LoginResponse, LogoutRequest, PendingResponse, PlainResponse, PostLoginRequest, RegenerateRequest,
    ScaResponse, TOKEN_SECONDS,
};
use serde_json::{Value, json};

use super::errors::{invalid, invalid_grant, no_session, unknown_consumer, unknown_device, wrong_type};
use super::examples::{CONSUMER, SCA, Sample, answer, request, sample, sca, with};
use super::operation::{JSON, Operation, Title};

const TOKENS: &str = "tokens";
const AUTHENTICATION: &str = "authentication";
const DEVICES: &str = "devices";

/// What operations are sorted by.
pub(super) const TAGS: [(&str, &str); 3] = [
    (TOKENS, "How a partner logs in and out"),
    (AUTHENTICATION, "What consumers log in with, and what they approve"),
    (DEVICES, "On which devices they approve"),
];

/// Every operation.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        login(),
        post_login_details(),
        authorize(),
        regenerate(),
        pending(),
        list_devices(),
        deregister(),
        logout(),
    ]
}

fn login() -> Operation {
    let title = Title {
        id: "login",
        tag: TOKENS,
        summary: "Get a token",
        description: "Field names are read in any case. The token is good for 43199 seconds, and so is the key that comes with it: \
                      32 hexadecimal digits of an IV, then 64 of a key for AES-256 in CBC mode with PKCS#7, which codes in \
                      `SCAIdentification` are encrypted with, as UTF-16LE.",
    };
    let form = json!({"GRANT_TYPE": "password", "UserName": "demopartner", "Password": "Partner#2026", "SchemeCode": ""});
    let token = json!({
        "access_token": "[access_token]",
        "token_type": "bearer",
        "expires_in": TOKEN_SECONDS,
        "Contis_SecurityKey": "0123456789ABCDEF".repeat(6),
        ".expires": "2021-06-07T21:13:43.6402008+00:00",
        ".issued": "2021-06-07T09:13:44.6402008+00:00"
    });
    Operation::post("/login", title)
        .without_token()
        .takes::<LoginForm>(
            &["multipart/form-data", "application/x-www-form-urlencoded"],
            &[sample("partner", "A partner", form)],
        )
        .answers::<LoginResponse>(vec![sample("token", "A token", token)])
        .fails([invalid("GRANT_TYPE"), invalid_grant()])
}

fn logout() -> Operation {
    let title = Title {
        id: "logout",
        tag: TOKENS,
        summary: "Give the token back",
        description: "It is good no more, anywhere, once this is answered, and neither is the key that came with it.",
    };
    Operation::post("/logout", title)
        .takes::<LogoutRequest>(&[JSON], &[sample("logout", "By hand", request(json!({"LogoutReason": 1})))])
        .answers::<PlainResponse>(vec![done()])
        .fails([invalid("LogoutReason")])
}

fn post_login_details() -> Operation {
    let title = Title {
        id: "postLoginDetails",
        tag: AUTHENTICATION,
        summary: "Say what a consumer logs in with",
        description: "Two factors of different categories open a session. With `DoSecondFactor` the second one is asked for here: \
                      on the consumer's device where there is one (`SCAType` 2), else by a code (`SCAType` 1), by SMS or, where the \
                      partner brings it, encrypted in `SCAIdentification`. With one factor alone the answer is 907.",
    };
    let asked = |members: Value| request(with(json!({"ConsumerID": CONSUMER}), members));
    let both = asked(json!({"SCAOptionID1FA": 6, "SCAOptionID2FA": 1, "DoSecondFactor": false}));
    let one = asked(json!({"SCAOptionID1FA": 6, "DoSecondFactor": true}));
    let sent = answer("000", "Success", json!({"SCARes": sca(5, "")}));
    let brought =
        answer("000", "Success", json!({"SCARes": sca(5, "Q4otSv8JSL4pIfHZY1ggjzT9OXxwvhK1TUvaLEwfLpE=")}));
    let needed =
        answer("907", "Strong customer authentication is required for this login", json!({"SCARes": null}));
    Operation::post("/PostLoginDetails", title)
        .takes::<PostLoginRequest>(
            &[JSON],
            &[
                sample("both", "Both factors were checked", both),
                sample("second", "The service asks for the second factor", one),
            ],
        )
        .answers::<ScaResponse>(vec![
            sample("brought", "A code for the partner to bring", brought),
            sample("needed", "A second factor is needed", needed),
            sample("sent", "A code was sent", sent),
            sample("session", "There is a session", answer("000", "Success", json!({"SCARes": null}))),
        ])
        .fails([invalid("ConsumerID"), unknown_consumer()])
}

fn authorize() -> Operation {
    let title = Title {
        id: "authorize",
        tag: AUTHENTICATION,
        summary: "Approve or cancel an SCA request",
        description: "By the encrypted code, by what the consumer decided on their device, or, where the request is client managed, \
                      by two factors. Anything in `SCAIdentification` that is no right code is a guess; five block the consumer. \
                      Guesses count together with those that Web Flow is told.",
    };
    let sample_code = "Q4otSv8JSL4pIfHZY1ggjzT9OXxwvhK1TUvaLEwfLpE";
    let of = |code, description, sca: Value| {
        let members = json!({"ReferenceID": 27194, "SCAReferenceNumber": SCA, "SCARes": sca});
        answer(code, description, members)
    };
    let asked = |members: Value| request(with(json!({"SCAReferenceNumber": SCA}), members));
    Operation::post("/Authorize", title)
        .takes::<AuthorizeRequest>(
            &[JSON],
            &[
                sample("cancel", "It is cancelled", asked(json!({"CancelRequest": true}))),
                sample(
                    "code",
                    "With a code",
                    asked(json!({"CancelRequest": false, "SCAIdentification": sample_code})),
                ),
                sample(
                    "factors",
                    "With two factors",
                    asked(json!({"FirstFactorSCAOptionType": 1, "SecondFactorSCAOptionType": 5})),
                ),
            ],
        )
        .answers::<AuthorizeResponse>(vec![
            sample("approved", "It is approved", of("000", "Success", sca(4, ""))),
            sample("blocked", "The consumer is blocked", of("901", "The user is blocked", Value::Null)),
            sample(
                "undecided",
                "Nobody has decided yet",
                of("908", "The verification is pending", sca(5, "")),
            ),
            sample(
                "unknown",
                "There is no such open request",
                of("903", "The SCA request is unknown or has expired", Value::Null),
            ),
            sample("wrong", "The code is wrong", of("905", "The one-time password is wrong", sca(4, ""))),
        ])
        .fails([invalid("SCAReferenceNumber"), no_session()])
}

fn regenerate() -> Operation {
    let title = Title {
        id: "regenerateSca",
        tag: AUTHENTICATION,
        summary: "Make a new code for an SCA request",
        description: "Or ask on the device again. Guesses that were spent stay spent. The code before is wrong from then on. One \
                      time too many blocks the consumer.",
    };
    let asked = json!({"SCAReferenceNumber": SCA, "SCAType": 1});
    let spent = answer("904", "The user is blocked after too many attempts", json!({"SCARes": null}));
    Operation::post("/RegenerateSCA", title)
        .takes::<RegenerateRequest>(&[JSON], &[sample("code", "A new code", request(asked))])
        .answers::<ScaResponse>(vec![
            sample("sent", "It was sent", answer("000", "Success", json!({"SCARes": sca(5, "")}))),
            sample("too-many", "One time too many", spent),
        ])
        .fails([invalid("SCAReferenceNumber"), wrong_type(), no_session()])
}

fn pending() -> Operation {
    let title = Title {
        id: "getScaPendingRequest",
        tag: AUTHENTICATION,
        summary: "List what a consumer has to approve",
        description: "Oldest first. What Web Flow has asked a code for is among it.",
    };
    let payment = with(sca(5, ""), json!({"Title": "Payment"}));
    let payment = with(payment, json!({"Description": "Payment: 100.00 CZK to account 238400856/0300"}));
    let waiting = answer("000", "Success", json!({"SCAPendingRequests": [payment]}));
    Operation::post("/GetSCAPendingRequest", title)
        .takes::<ConsumerRequest>(&[JSON], &[consumer()])
        .answers::<PendingResponse>(vec![sample("payment", "A payment", waiting)])
        .fails([invalid("ConsumerID"), unknown_consumer(), no_session()])
}

fn list_devices() -> Operation {
    let title = Title {
        id: "listSdkDevices",
        tag: DEVICES,
        summary: "List the devices of a consumer",
        description: "Oldest first.",
    };
    let device = json!({
        "SDKDeviceReferenceID": 1, "DeviceName": "My phone", "DeviceType": "iPhone 15", "OSVersion": "18.1",
        "RegisteredOn": "2021-12-21T13:58:02.899"
    });
    let devices = answer("000", "Success", json!({"SDKDevicesList": [device]}));
    Operation::post("/ListSDKDevices", title)
        .takes::<ConsumerRequest>(&[JSON], &[consumer()])
        .answers::<DevicesResponse>(vec![sample("devices", "One device", devices)])
        .fails([invalid("ConsumerID"), unknown_consumer(), no_session()])
}

fn deregister() -> Operation {
    let title = Title {
        id: "deregisterSdkDevice",
        tag: DEVICES,
        summary: "Deregister a device",
        description: "The consumer is asked on it no more.",
    };
    let asked = json!({"ConsumerID": CONSUMER, "SDKDeviceReferenceID": 1});
    Operation::post("/DeRegisterSDKDevice", title)
        .takes::<DeregisterRequest>(&[JSON], &[sample("device", "A device", request(asked))])
        .answers::<PlainResponse>(vec![done()])
        .fails([invalid("SDKDeviceReferenceID"), unknown_consumer(), unknown_device(), no_session()])
}

fn consumer() -> Sample {
    sample("consumer", "A consumer", request(json!({"ConsumerID": CONSUMER})))
}

fn done() -> Sample {
    sample("done", "It is done", answer("000", "Success", json!({})))
}
