//! Every operation, in the order in which Web Flow calls them.

use data_adapter_protocol::web_flow::{
    ConsentFormResponse, ConsentInitResponse, ConsentRequest, ConsentSaveResponse, ConsentSubmitRequest,
    ConsentValidateResponse, DecorateRequest, DecorateResponse, Dialect, FormDataChangeRequest,
    OperationChangeRequest, ServiceStatusResponse, SmsCreateRequest, SmsCreateResponse,
    SmsPasswordVerifyRequest, SmsPasswordVerifyResponse, SmsVerifyRequest, SmsVerifyResponse,
    UserAuthenticateRequest, UserAuthenticateResponse, UserDetail, UserInfoRequest, UserLookupRequest,
};
use data_adapter_server::Access;

use super::errors::{
    self, authentication_failed, code_refused, internal, invalid, invalid_consent, remote, unknown_operation,
    unusable_operation, user_not_found,
};
use super::examples::{consent_needed, contract, payment, payment_and_login, samples};
use super::later;
use super::operation::{Operation, Title};

pub(super) const USERS: &str = "users";
pub(super) const OPERATIONS: &str = "operations";
pub(super) const CODES: &str = "codes";
const CONSENT: &str = "consent";
const SERVICE: &str = "service";

/// What operations are sorted by.
pub(super) fn tags(dialect: Dialect) -> Vec<(&'static str, &'static str)> {
    let risk = (dialect == Dialect::V1).then_some((later::RISK, "Which factors a step needs"));
    TAGS.into_iter().chain(risk).collect()
}

const TAGS: [(&str, &str); 5] = [
    (USERS, "Who a user is, and whether a password is right"),
    (OPERATIONS, "What the form of an operation shows, and how it ends"),
    (CODES, "One-time codes by SMS"),
    (CONSENT, "What the user consents to"),
    (SERVICE, "What runs here"),
];

/// Every operation.
pub(super) fn operations(dialect: Dialect, access: Access) -> Vec<Operation> {
    let later = match dialect {
        Dialect::V0_22 => Vec::new(),
        Dialect::V1 => later::operations(),
    };
    let groups = [users(), form(), codes(), consent(), ending(), later];
    let with_body = groups.into_iter().flatten().map(|operation| {
        let caller = access.is_checked().then(errors::unauthorized);
        // From 1.0 on it has another status, which it shares.
        let remote = (dialect == Dialect::V0_22).then(remote);
        let operation = operation.fails([invalid(), internal()]).fails(remote).fails(caller);
        operation.refers(errors::with_body(dialect, access)).spoken(dialect)
    });
    with_body.chain([status(access)]).collect()
}

fn users() -> Vec<Operation> {
    let found = || samples([("found", "The user", contract!("user-lookup.found.response"))]);
    vec![
        Operation::post(
            "/api/auth/user/lookup",
            Title {
                id: "lookup",
                tag: USERS,
                summary: "Find a user by name",
                description: "Tells whom a username belongs to. The `id` of the answer is the `userId` of later requests.",
            },
        )
        .takes::<UserLookupRequest>(payment_and_login(contract!("user-lookup.request")))
        .answers::<UserDetail>(found())
        .fails([
            invalid().like("username-empty", "The username is empty", contract!("user-lookup.username-empty.response")),
            user_not_found().like("not-found", "There is no such user", contract!("user-lookup.not-found.response")),
        ]),
        Operation::post(
            "/api/auth/user/authenticate",
            Title {
                id: "authenticate",
                tag: USERS,
                summary: "Check a password",
                description: "A wrong password, an unknown user and a blocked one are answered alike, with 200 and a result.",
            },
        )
        .takes::<UserAuthenticateRequest>(payment_and_login(contract!("user-authenticate.request")))
        .answers::<UserAuthenticateResponse>(samples([
            ("succeeded", "The password is right", contract!("user-authenticate.succeeded.response")),
            ("wrong", "The password is wrong", contract!("user-authenticate.failed.response")),
        ]))
        .fails([
            invalid().like("password-empty", "The password is empty", contract!("user-authenticate.password-empty.response")),
            authentication_failed(),
            internal().like("internal-error", "Something unexpected happened", contract!("user-authenticate.internal-error.response")),
        ]),
        Operation::post(
            "/api/auth/user/info",
            Title {
                id: "info",
                tag: USERS,
                summary: "Describe a user by id",
                description: "The same answer as to a lookup.",
            },
        )
        .takes::<UserInfoRequest>(samples([("user", "A user", contract!("user-info.request"))]))
        .answers::<UserDetail>(samples([("found", "The user", contract!("user-info.response"))]))
        .fails([user_not_found()]),
    ]
}

fn form() -> Vec<Operation> {
    vec![
        Operation::post(
            "/api/operation/formdata/decorate",
            Title {
                id: "decorateForm",
                tag: OPERATIONS,
                summary: "Add the user's accounts to a form",
                description: "The form comes back with a choice among the user's accounts, where the operation asks for one. \
                              All else in it stays as it came. May be called again: the choice is refreshed.",
            },
        )
        .takes::<DecorateRequest>(payment(contract!("formdata-decorate.request")))
        .answers::<DecorateResponse>(samples([(
            "decorated",
            "With three accounts",
            contract!("formdata-decorate.response"),
        )]))
        .fails([user_not_found()]),
        Operation::post(
            "/api/operation/formdata/change",
            Title {
                id: "formDataChanged",
                tag: OPERATIONS,
                summary: "Say what the user chose in a form",
                description: "A notification: the answer only says that it was received.",
            },
        )
        .takes::<FormDataChangeRequest>(payment(contract!("formdata-change.request")))
        .answers_nothing(samples([("received", "Received", contract!("formdata-change.response"))])),
    ]
}

fn codes() -> Vec<Operation> {
    vec![
        Operation::post(
            "/api/auth/sms/create",
            Title {
                id: "createCode",
                tag: CODES,
                summary: "Send a one-time code",
                description: "The code is bound to the operation, and for a payment to its amount, currency and account. \
                              Without a `userId` nothing is sent, and the answer looks the same.",
            },
        )
        .takes::<SmsCreateRequest>(payment_and_login(contract!("sms-create.request")))
        .answers::<SmsCreateResponse>(samples([
            ("delivered", "The message left", contract!("sms-create.delivered.response")),
            ("undelivered", "It did not", contract!("sms-create.undelivered.response")),
        ]))
        .fails([unusable_operation(), user_not_found()]),
        Operation::post(
            "/api/auth/sms/verify",
            Title {
                id: "verifyCode",
                tag: CODES,
                summary: "Check a one-time code",
                description: "A code is right once, and only for what it was made for. A wrong one is answered with 200 and a \
                              result.",
            },
        )
        .takes::<SmsVerifyRequest>(payment_and_login(contract!("sms-verify.request")))
        .answers::<SmsVerifyResponse>(samples([
            ("succeeded", "The code is right", contract!("sms-verify.succeeded.response")),
            ("wrong", "The code is wrong", contract!("sms-verify.failed.response")),
        ]))
        .fails([unusable_operation(), code_refused()]),
        Operation::post(
            "/api/auth/sms/password/verify",
            Title {
                id: "verifyCodeAndPassword",
                tag: CODES,
                summary: "Check a one-time code and a password",
                description: "Both have to be right; the answer does not tell which one was wrong.",
            },
        )
        .takes::<SmsPasswordVerifyRequest>(payment_and_login(contract!("sms-password-verify.request")))
        .answers::<SmsPasswordVerifyResponse>(samples([
            ("succeeded", "Both are right", contract!("sms-password-verify.succeeded.response")),
            ("wrong", "One of them is wrong", contract!("sms-password-verify.failed.response")),
        ]))
        .fails([unusable_operation(), code_refused(), authentication_failed()]),
    ]
}

fn consent() -> Vec<Operation> {
    vec![
        Operation::post(
            "/api/auth/consent/init",
            Title {
                id: "initConsent",
                tag: CONSENT,
                summary: "Ask whether consent is needed",
                description: "`shouldDisplayConsentForm` says so; the form comes with it.",
            },
        )
        .takes::<ConsentRequest>(payment(contract!("consent-init.request")))
        .answers::<ConsentInitResponse>(samples([(
            "needed",
            "Whether it is, and the form",
            consent_needed(contract!("consent-init.response")),
        )]))
        .fails([unknown_operation()]),
        Operation::post(
            "/api/auth/consent/create",
            Title {
                id: "createConsent",
                tag: CONSENT,
                summary: "Get the consent form",
                description: "In the language that is asked for, else in English. Its HTML is safe to show.",
            },
        )
        .takes::<ConsentRequest>(payment(contract!("consent-create.request")))
        .answers::<ConsentFormResponse>(samples([(
            "form",
            "The form",
            contract!("consent-create.response"),
        )]))
        .fails([unknown_operation()]),
        Operation::post(
            "/api/auth/consent/validate",
            Title {
                id: "validateConsent",
                tag: CONSENT,
                summary: "Check the answers to a consent form",
                description: "Nothing is kept. A required option that is not ticked is answered with 200 and what is wrong.",
            },
        )
        .takes::<ConsentSubmitRequest>(payment(contract!("consent-validate.request")))
        .answers::<ConsentValidateResponse>(samples([
            ("failed", "Options are not ticked", contract!("consent-validate.failed.response")),
            ("passed", "All is well", contract!("consent-validate.passed.response")),
        ]))
        .fails([unknown_operation(), invalid_consent()]),
        Operation::post(
            "/api/auth/consent/save",
            Title {
                id: "saveConsent",
                tag: CONSENT,
                summary: "Keep the answers to a consent form",
                description: "A required option that is not ticked is refused, and nothing is kept.",
            },
        )
        .takes::<ConsentSubmitRequest>(payment(contract!("consent-save.request")))
        .answers::<ConsentSaveResponse>(samples([
            ("failed", "It can't be kept now", contract!("consent-save.failed.response")),
            ("succeeded", "It is kept", contract!("consent-save.succeeded.response")),
        ]))
        .fails([unknown_operation(), invalid_consent()]),
    ]
}

fn ending() -> Vec<Operation> {
    vec![
        Operation::post(
            "/api/operation/change",
            Title {
                id: "operationChanged",
                tag: OPERATIONS,
                summary: "Say how an operation ended",
                description: "A notification. Codes that were made for the operation are no longer good.",
            },
        )
        .takes::<OperationChangeRequest>(payment_and_login(contract!("operation-change.request")))
        .answers_nothing(samples([("received", "Received", contract!("operation-change.response"))])),
    ]
}

fn status(access: Access) -> Operation {
    Operation::get(
        "/api/service/status",
        Title {
            id: "status",
            tag: SERVICE,
            summary: "Which version runs since when",
            description: "Times are as `yyyy-MM-dd'T'HH:mm:ss.SSS+0000`.",
        },
    )
    .answers::<ServiceStatusResponse<'_>>(samples([(
        "running",
        "It runs",
        contract!("service-status.response"),
    )]))
    .fails(access.is_checked().then(errors::unauthorized))
    .refers(errors::without_body(access))
}
