//! The operations that Web Flow asks for since 0.23.

use data_adapter_protocol::web_flow::{
    AfsRequest, AfsResponse, AuthMethodInitResponse, AuthMethodRequest, CertificateVerifyRequest,
    CertificateVerifyResponse, LoginOperationRequest, LoginOperationResponse, OperationMappingResponse,
    SmsCreateResponse, SmsSendRequest,
};
use serde_json::{Value, json};

use super::catalogue::{CODES, OPERATIONS, USERS};
use super::errors::{unusable_operation, user_not_found};
use super::examples::{contract, payment, payment_context, samples};
use super::operation::{Operation, Title};

/// Tag of what decides about factors.
pub(super) const RISK: &str = "risk";

/// All six.
pub(super) fn operations() -> Vec<Operation> {
    vec![init_method(), verify_certificate(), send_code(), create_login(), map(), assess()]
}

/// A request about a payment, with more in it.
fn request(more: Value) -> Value {
    let mut request = json!({
        "userId": "12345678", "organizationId": "RETAIL", "operationContext": payment_context()
    });
    if let (Some(members), Value::Object(more)) = (request.as_object_mut(), more) {
        members.extend(more);
    }
    json!({"requestObject": request})
}

fn answer(object: &Value) -> Value {
    json!({"status": "OK", "responseObject": object})
}

fn init_method() -> Operation {
    Operation::post(
        "/api/auth/method/init",
        Title {
            id: "initMethod",
            tag: USERS,
            summary: "Begin a step",
            description: "Says whether a certificate can be used in the step, and what is signed with it: \
                          `operationDataExternal`, which holds the operation's id, so that a signature is good for one only.",
        },
    )
    .takes::<AuthMethodRequest>(payment(request(json!({"authMethod": "APPROVAL_SCA"}))))
    .answers::<AuthMethodInitResponse>(samples([(
        "not-available",
        "No certificates",
        answer(&json!({
            "certificateAuthenticationMode": "NOT_AVAILABLE",
            "certificateVerificationUrl": null,
            "operationDataExternal": null
        })),
    )]))
}

fn verify_certificate() -> Operation {
    let pem = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----";
    let verified = |result: &str, message: Option<&str>| {
        answer(&json!({
            "certificateVerificationResult": result, "errorMessage": message, "remainingAttempts": null,
            "showRemainingAttempts": false, "accountStatus": "ACTIVE"
        }))
    };
    Operation::post(
        "/api/auth/certificate/verify",
        Title {
            id: "verifyCertificate",
            tag: USERS,
            summary: "Check a certificate",
            description: "Its chain, its time, what it may be used for, whose it is, and the signature. From 1.9 on it is \
                          `certificate` with `signedMessage`, before that `clientCertificate`, whose key Web Flow has seen. \
                          Whatever is wrong is answered alike, with 200 and a result.",
        },
    )
    .takes::<CertificateVerifyRequest>(payment(request(json!({
        "certificate": pem, "signedMessage": "c2lnbmF0dXJl", "authInstrument": "QUALIFIED_CERTIFICATE",
        "authMethod": "APPROVAL_SCA", "accountStatus": "ACTIVE"
    }))))
    .answers::<CertificateVerifyResponse>(samples([
        ("right", "All is right", verified("SUCCEEDED", None)),
        ("wrong", "Something is not", verified("FAILED", Some("login.authenticationFailed"))),
    ]))
}

fn send_code() -> Operation {
    Operation::post(
        "/api/auth/sms/send",
        Title {
            id: "sendCode",
            tag: CODES,
            summary: "Send a code that Next Step made",
            description: "The text and the way are those of our own codes. A phone number in `userContacts` wins over the \
                          user's own. The code is checked where it was made.",
        },
    )
    .takes::<SmsSendRequest>(payment(request(json!({
        "userContacts": [], "accountStatus": "ACTIVE", "messageId": "b1b2ac5e-8f2f-4c88-9b9a-5a5d4a2f0c11",
        "authorizationCode": "41947166", "lang": "en"
    }))))
    .answers::<SmsCreateResponse>(samples([
        ("delivered", "The message left", contract!("sms-create.delivered.response")),
        ("undelivered", "It did not", contract!("sms-create.undelivered.response")),
    ]))
    .fails([unusable_operation(), user_not_found()])
}

fn create_login() -> Operation {
    let text = |id: &str| json!({"id": id, "message": null});
    Operation::post(
        "/api/operation/create",
        Title {
            id: "createLogin",
            tag: OPERATIONS,
            summary: "Make a login for an application",
            description: "For an OAuth 2.0 client that sent somebody without an operation. Which clients and scopes may have \
                          one is configured; any other is refused.",
        },
    )
    .takes::<LoginOperationRequest>(samples([(
        "login",
        "A client that may see accounts",
        json!({"requestObject": {"clientId": "democlient", "scopes": ["aisp"]}}),
    )]))
    .answers::<LoginOperationResponse>(samples([(
        "created",
        "The operation",
        answer(&json!({
            "name": "login_sca",
            "formData": {
                "title": text("login.title"), "greeting": text("login.greeting"), "summary": text("login.summary"),
                "config": [], "banners": [], "parameters": [], "userInput": {}
            },
            "applicationContext": {
                "id": "democlient", "name": "democlient", "description": null, "originalScopes": ["aisp"], "extras": {}
            }
        })),
    )]))
}

fn map() -> Operation {
    let context = payment_context();
    let mapped = json!({
        "templateName": context["name"], "operationName": context["name"], "operationData": context["data"],
        "formData": context["formData"]
    });
    Operation::post(
        "/api/operation/mapping",
        Title {
            id: "mapOperation",
            tag: OPERATIONS,
            summary: "Get an operation as the mobile token shows it",
            description: "As it is, but for steps that are configured to look otherwise: the login step of an operation with \
                          several steps is a login.",
        },
    )
    .takes::<AuthMethodRequest>(payment(request(json!({"authMethod": "POWERAUTH_TOKEN"}))))
    .answers::<OperationMappingResponse>(samples([("mapped", "As it is", answer(&mapped))]))
}

fn assess() -> Operation {
    Operation::post(
        "/api/afs/action/execute",
        Title {
            id: "assessRisk",
            tag: RISK,
            summary: "Ask which factors a step needs",
            description: "`afsResponseApplied` says whether `authStepOptions` count; else Web Flow asks for every factor.",
        },
    )
    .takes::<AfsRequest>(payment(request(json!({
        "afsRequestParameters": {
            "afsType": "THREAT_MARK", "afsAction": "APPROVAL_INIT", "clientIpAddress": "192.0.2.7", "stepIndex": 1,
            "username": "user1234", "authInstruments": [], "authStepResult": null,
            "operationTerminationReason": null
        },
        "extras": {}
    }))))
    .answers::<AfsResponse>(samples([
        (
            "applied",
            "A code is enough",
            answer(&json!({
                "afsResponseApplied": true, "afsLabel": "low", "extras": {},
                "authStepOptions": {"smsOtpRequired": true, "passwordRequired": false}
            })),
        ),
        (
            "not-applied",
            "Nothing is said",
            answer(&json!({
                "afsResponseApplied": false, "afsLabel": null, "authStepOptions": null, "extras": {}
            })),
        ),
    ]))
}
