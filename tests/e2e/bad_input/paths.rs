//! The 13 paths and the six that later versions add: a good request for each, and what each of them reads.

use serde_json::{Value, json};

/// One path, and a request that it answers with 200.
pub(crate) struct Path {
    pub(crate) path: &'static str,
    pub(crate) body: Value,
    /// The text members that it reads, below `requestObject`.
    pub(crate) texts: Vec<&'static str>,
    /// Those of them that may be neither absent nor empty.
    pub(crate) required: Vec<&'static str>,
    /// The members that it reads and that are objects, lists or booleans, each with values of another type.
    pub(crate) others: Vec<(&'static str, &'static [&'static str])>,
    pub(crate) family: Family,
}

/// What a path does with the operation that it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    /// There is none in the request.
    NoOperation,
    /// It passes through.
    Passing,
    /// A code is bound to its amount, currency and account.
    Sms,
    /// Its name decides on the form.
    Consent,
}

impl Path {
    /// The good request as text.
    pub(crate) fn good(&self) -> String {
        self.body.to_string()
    }

    pub(crate) fn has_operation(&self) -> bool {
        self.family != Family::NoOperation
    }

    /// The request with the member at `pointer`, below `requestObject`, replaced by `raw`, which need not be JSON. A
    /// member that is not there yet is added.
    pub(crate) fn with(&self, pointer: &str, raw: &[u8]) -> Vec<u8> {
        const MARK: &str = "@@RAW@@";
        let mut body = self.body.clone();
        let whole = format!("/requestObject/{pointer}");
        let (parent, name) = whole.rsplit_once('/').expect("it starts with a slash");
        let parent = body.pointer_mut(parent).expect("the parent of a member is there");
        if let Value::Array(list) = parent {
            list[name.parse::<usize>().expect("the index of a list")] = json!(MARK);
        } else {
            parent[name] = json!(MARK);
        }
        let text = body.to_string();
        let (before, after) = text.split_once(&format!("\"{MARK}\"")).expect("the mark is in the text");
        [before.as_bytes(), raw, after.as_bytes()].concat()
    }

    /// The request without the member at `pointer`, below `requestObject`.
    pub(crate) fn without(&self, pointer: &str) -> Vec<u8> {
        let mut body = self.body.clone();
        let whole = format!("/requestObject/{pointer}");
        let (parent, name) = whole.rsplit_once('/').expect("it starts with a slash");
        let parent = body.pointer_mut(parent).and_then(Value::as_object_mut);
        parent.expect("the parent of a member is an object").shift_remove(name);
        body.to_string().into_bytes()
    }

    /// The JSON text of the member at `pointer`, below `requestObject`.
    pub(crate) fn text_of(&self, pointer: &str) -> String {
        let member = self.body.pointer(&format!("/requestObject/{pointer}"));
        member.expect("the member is there").to_string()
    }
}

/// An operation to pay 100 CZK, as the document shows it.
pub(crate) fn payment() -> Value {
    json!({
        "id": "7d92fce2-c1f2-4d5b-b522-61da0749fdf7",
        "name": "authorize_payment",
        "data": "A1*A100CZK*Q238400856/0300**D20190629*NUtility Bill Payment - 05/2019",
        "formData": {
            "title": {"id": "operation.title", "message": "Confirm Payment"},
            "greeting": {"id": "operation.greeting", "message": "Hello,\nplease confirm following payment:"},
            "summary": {"id": "operation.summary", "message": "Hello, please confirm payment 100 CZK."},
            "config": [],
            "banners": [],
            "parameters": [
                {"type": "AMOUNT", "id": "operation.amount", "label": "Amount", "valueFormatType": "AMOUNT",
                 "formattedValues": {}, "amount": 100, "currency": "CZK", "currencyId": "operation.currency"},
                {"type": "KEY_VALUE", "id": "operation.account", "label": "To Account",
                 "valueFormatType": "ACCOUNT", "formattedValues": {}, "value": "238400856/0300"},
                {"type": "NOTE", "id": "operation.note", "label": "Note", "valueFormatType": "TEXT",
                 "formattedValues": {}, "note": "Utility Bill Payment - 05/2019"}
            ],
            "userInput": {}
        },
        "applicationContext": {
            "id": "DEMO", "name": "Demo application", "description": "Web Flow demo application",
            "extras": {"applicationOwner": "Wultra", "_requestedScopes": ["PISP"]}
        }
    })
}

const NO_OBJECT: &[&str] = &["\"text\"", "5", "true", "[]", "[\"a\",\"b\",\"c\"]"];
const NO_TEXT: &[&str] = &["5", "true", "[]", "{}", "[\"a\"]"];
const NO_LIST: &[&str] = &["\"text\"", "5", "true", "{}"];
const NO_OPTIONS: &[&str] = &["\"text\"", "5", "true", "{}", "[5]", "[null]", "[[]]", "[\"CONSENT_INIT\"]"];
const NO_BOOLEAN: &[&str] = &["\"text\"", "5", "[]", "{}"];

const ID: &str = "operationContext/id";
const NAME: &str = "operationContext/name";
const CONTEXT: (&str, &[&str]) = ("operationContext", NO_OBJECT);
const FORM: (&str, &[&str]) = ("operationContext/formData", NO_OBJECT);
const PARAMETERS: (&str, &[&str]) = ("operationContext/formData/parameters", NO_LIST);
const AUTHENTICATION: (&str, &[&str]) = ("authenticationContext", NO_OBJECT);
const PROTECTION: &str = "authenticationContext/passwordProtection";

fn options(value: &Value) -> Value {
    let option = |id: &str| {
        json!({"id": id, "descriptionHtml": "A text.", "required": true,
               "defaultValue": "NOT_CHECKED", "value": value})
    };
    json!([option("CONSENT_INIT"), option("CONSENT_PAYMENT")])
}

fn path(
    path: &'static str,
    family: Family,
    request: Value,
    texts: &[&'static str],
    required: &[&'static str],
    others: &[(&'static str, &'static [&'static str])],
) -> Path {
    let mut request = request;
    let (mut texts, mut others) = (texts.to_vec(), others.to_vec());
    if family != Family::NoOperation {
        request["operationContext"] = payment();
        // Each has its own: one of them ends it.
        request["operationContext"]["id"] = path.into();
        texts.extend([ID, NAME]);
        others.push(CONTEXT);
    }
    Path { path, body: json!({"requestObject": request}), texts, required: required.to_vec(), others, family }
}

fn user_paths() -> Vec<Path> {
    let clear = json!({"passwordProtection": "NO_PROTECTION", "cipherTransformation": "",
                       "smsAuthorizationResult": null});
    vec![
        path(
            "/api/auth/user/lookup",
            Family::Passing,
            json!({"username": "user1234", "organizationId": "RETAIL"}),
            &["username", "organizationId"],
            &["username", "organizationId"],
            &[],
        ),
        path(
            "/api/auth/user/authenticate",
            Family::Passing,
            json!({"userId": "12345678", "organizationId": "RETAIL", "password": "s3cret",
                   "authenticationContext": clear}),
            &["userId", "organizationId", "password", PROTECTION],
            &["userId", "organizationId", "password"],
            &[AUTHENTICATION],
        ),
        path(
            "/api/auth/user/info",
            Family::NoOperation,
            json!({"userId": "12345678", "organizationId": "RETAIL"}),
            &["userId", "organizationId"],
            &["userId", "organizationId"],
            &[],
        ),
    ]
}

fn operation_paths() -> Vec<Path> {
    let user = json!({"userId": "12345678", "organizationId": "RETAIL"});
    let with = |name: &str, value: Value| {
        let mut request = user.clone();
        request[name] = value;
        request
    };
    vec![
        path(
            "/api/operation/formdata/decorate",
            Family::Passing,
            user.clone(),
            &["userId", "organizationId"],
            &["userId"],
            &[FORM, PARAMETERS],
        ),
        path(
            "/api/operation/formdata/change",
            Family::Passing,
            with(
                "formDataChange",
                json!({"type": "BANK_ACCOUNT_CHOICE", "bankAccountId": "CZ4012340000000012345678"}),
            ),
            &["userId", "organizationId", "formDataChange/type", "formDataChange/bankAccountId"],
            &["userId", "formDataChange/type"],
            &[("formDataChange", NO_OBJECT)],
        ),
        path(
            "/api/operation/change",
            Family::Passing,
            with("operationChange", json!("DONE")),
            &["userId", "organizationId", "operationChange"],
            &["operationChange"],
            &[],
        ),
    ]
}

fn sms_paths() -> Vec<Path> {
    let message = "617178ab-f315-4223-a602-9d4893b4f99f";
    vec![
        path(
            "/api/auth/sms/create",
            Family::Sms,
            json!({"userId": "12345678", "organizationId": "RETAIL", "lang": "en", "resend": false}),
            &["userId", "organizationId", "lang"],
            &[],
            &[FORM, PARAMETERS, ("resend", NO_BOOLEAN)],
        ),
        path(
            "/api/auth/sms/verify",
            Family::Sms,
            json!({"messageId": message, "authorizationCode": "77038183", "userId": "12345678",
                   "organizationId": "RETAIL"}),
            &["messageId", "authorizationCode", "userId", "organizationId"],
            &[],
            &[FORM, PARAMETERS],
        ),
        path(
            "/api/auth/sms/password/verify",
            Family::Sms,
            json!({"messageId": message, "authorizationCode": "77038183", "userId": "12345678",
                   "organizationId": "RETAIL", "password": "s3cret",
                   "authenticationContext": {"passwordProtection": "NO_PROTECTION",
                       "cipherTransformation": "", "smsAuthorizationResult": null}}),
            &["messageId", "authorizationCode", "userId", "organizationId", "password", PROTECTION],
            &["userId", "password"],
            &[FORM, PARAMETERS, AUTHENTICATION],
        ),
    ]
}

fn consent_paths() -> Vec<Path> {
    let user = json!({"userId": "12345678", "organizationId": "RETAIL", "lang": "en"});
    let with = |value: Value| {
        let mut request = user.clone();
        request["options"] = options(&value);
        request
    };
    let user_texts = &["userId", "organizationId"];
    let option_texts = &["userId", "organizationId", "options/0/id", "options/1/value"];
    vec![
        path("/api/auth/consent/init", Family::Consent, user.clone(), user_texts, &["userId"], &[]),
        path(
            "/api/auth/consent/create",
            Family::Consent,
            user.clone(),
            &["userId", "organizationId", "lang"],
            &["userId"],
            &[],
        ),
        path(
            "/api/auth/consent/validate",
            Family::Consent,
            with(Value::Null),
            &["userId", "organizationId", "lang", "options/0/id", "options/1/value"],
            &["userId"],
            &[("options", NO_OPTIONS)],
        ),
        path(
            "/api/auth/consent/save",
            Family::Consent,
            with(json!("CHECKED")),
            option_texts,
            &["userId"],
            &[("options", NO_OPTIONS)],
        ),
    ]
}

/// Where the demo speaks to later versions.
macro_rules! later {
    ($path:literal) => {
        concat!("/powerauth-data-adapter-1", $path)
    };
}

fn later_user_paths() -> Vec<Path> {
    let step = json!({"userId": "12345678", "organizationId": "RETAIL", "authMethod": "APPROVAL_SCA"});
    let step_texts = &["userId", "organizationId", "authMethod"];
    let mut certificate = step.clone();
    certificate["certificate"] = json!("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----");
    certificate["signedMessage"] = json!("c2lnbmF0dXJl");
    certificate["authInstrument"] = json!("QUALIFIED_CERTIFICATE");
    certificate["accountStatus"] = json!("ACTIVE");
    vec![
        path(later!("/api/auth/method/init"), Family::Passing, step.clone(), step_texts, &[], &[]),
        path(later!("/api/operation/mapping"), Family::Passing, step, step_texts, &[], &[]),
        path(
            later!("/api/auth/certificate/verify"),
            Family::Passing,
            certificate,
            &["userId", "organizationId", "authMethod", "authInstrument", "accountStatus"],
            &["userId", "certificate"],
            &[("certificate", NO_TEXT), ("signedMessage", NO_TEXT)],
        ),
    ]
}

fn later_operation_paths() -> Vec<Path> {
    vec![
        path(
            later!("/api/auth/sms/send"),
            Family::Sms,
            json!({"userId": "12345678", "organizationId": "RETAIL", "lang": "en", "accountStatus": "ACTIVE",
                   "messageId": "617178ab-f315-4223-a602-9d4893b4f99f", "authorizationCode": "77038183",
                   "userContacts": [{"contactType": "PHONE", "contactValue": "+420000000009"}]}),
            &["userId", "organizationId", "lang", "messageId", "authorizationCode", "accountStatus"],
            &["messageId", "authorizationCode"],
            &[FORM, PARAMETERS, ("userContacts", NO_OPTIONS)],
        ),
        path(
            later!("/api/operation/create"),
            Family::NoOperation,
            json!({"clientId": "democlient", "scopes": ["aisp"]}),
            &["clientId"],
            &["clientId"],
            &[("scopes", NO_LIST)],
        ),
        path(
            later!("/api/afs/action/execute"),
            Family::Passing,
            json!({"userId": "12345678", "organizationId": "RETAIL", "extras": {},
                   "afsRequestParameters": {"afsType": "THREAT_MARK", "afsAction": "LOGIN_INIT", "stepIndex": 1,
                       "username": "user1234", "authInstruments": []}}),
            &["userId", "organizationId", "afsRequestParameters/afsType", "afsRequestParameters/afsAction"],
            &["afsRequestParameters/afsAction"],
            &[("afsRequestParameters", NO_OBJECT), ("afsRequestParameters/authInstruments", NO_LIST)],
        ),
    ]
}

/// Those of every version.
pub(crate) fn earlier_paths() -> Vec<Path> {
    [user_paths(), operation_paths(), sms_paths(), consent_paths()].into_iter().flatten().collect()
}

/// All of them.
pub(crate) fn paths() -> Vec<Path> {
    [earlier_paths(), later_user_paths(), later_operation_paths()].into_iter().flatten().collect()
}
