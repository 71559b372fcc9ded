//! Request bodies as Web Flow 0.22 writes them, as text, so that amounts keep the digits they are given.

/// The user of the demo data.
pub const USER: &str = "12345678";
/// His name at the login.
pub const USERNAME: &str = "user1234";
/// The password of every demo user.
pub const PASSWORD: &str = "s3cret";
/// The organization of every demo user.
pub const ORGANIZATION: &str = "RETAIL";

/// Finds a user by the name of the login.
pub const LOOKUP: &str = "/api/auth/user/lookup";
/// Checks a password.
pub const AUTHENTICATE: &str = "/api/auth/user/authenticate";
/// Tells of a user.
pub const USER_INFO: &str = "/api/auth/user/info";
/// Sends a code.
pub const SMS_CREATE: &str = "/api/auth/sms/create";
/// Checks a code.
pub const SMS_VERIFY: &str = "/api/auth/sms/verify";
/// Checks a code and a password.
pub const SMS_PASSWORD_VERIFY: &str = "/api/auth/sms/password/verify";
/// Asks whether a consent is needed.
pub const CONSENT_INIT: &str = "/api/auth/consent/init";
/// Makes a consent form.
pub const CONSENT_CREATE: &str = "/api/auth/consent/create";
/// Checks what was ticked.
pub const CONSENT_VALIDATE: &str = "/api/auth/consent/validate";
/// Keeps what was ticked.
pub const CONSENT_SAVE: &str = "/api/auth/consent/save";
/// Adds choices to the data of a form.
pub const DECORATE: &str = "/api/operation/formdata/decorate";
/// Tells what a user chose.
pub const FORMDATA_CHANGE: &str = "/api/operation/formdata/change";
/// Tells that an operation is over.
pub const OPERATION_CHANGE: &str = "/api/operation/change";
/// Begins a method of authentication.
pub const METHOD_INIT: &str = "/api/auth/method/init";
/// Begins an operation.
pub const OPERATION_CREATE: &str = "/api/operation/create";
/// Asks which operation a request is.
pub const OPERATION_MAPPING: &str = "/api/operation/mapping";
/// Asks what runs here.
pub const SERVICE_STATUS: &str = "/api/service/status";
/// The folder under which a Web Flow server expects the API.
pub const CONTEXT_PATH: &str = "/powerauth-data-adapter";

/// The document's two options, ticked.
pub const TICKED: &str =
    r#"[{"id":"CONSENT_INIT","value":"CHECKED"},{"id":"CONSENT_PAYMENT","value":"CHECKED"}]"#;

/// A JSON string or `null`.
pub fn text<'a>(value: impl Into<Option<&'a str>>) -> String {
    value.into().map_or_else(|| "null".to_owned(), |value| serde_json::Value::from(value).to_string())
}

/// Puts the members of a request object into the envelope.
pub fn envelope(members: &str) -> String {
    format!(r#"{{"requestObject":{{{members}}}}}"#)
}

/// The operation context of a login.
pub fn login(operation_id: &str) -> String {
    context(operation_id, "login", "A2", "")
}

/// The operation context of a payment; the amount is put in as it is written.
pub fn payment(operation_id: &str, amount: &str, currency: &str, account: &str) -> String {
    payment_named("authorize_payment", operation_id, amount, currency, account)
}

/// The operation context of a payment under a name of its own, such as `authorize_payment_sca`.
pub fn payment_named(name: &str, id: &str, amount: &str, currency: &str, account: &str) -> String {
    let parameters = format!(
        concat!(
            r#"{{"type":"AMOUNT","id":"operation.amount","label":null,"valueFormatType":"AMOUNT","#,
            r#""formattedValues":{{}},"amount":{},"currency":{},"currencyId":"operation.currency"}},"#,
            r#"{{"type":"KEY_VALUE","id":"operation.account","label":null,"valueFormatType":"ACCOUNT","#,
            r#""formattedValues":{{}},"value":{}}}"#
        ),
        amount,
        text(currency),
        text(account)
    );
    context(id, name, "A1*A100CZK*Q238400856/0300**D20190629*NUtility Bill Payment", &parameters)
}

/// Any operation context: `parameters` are the attributes of the form, separated by commas.
pub fn context(operation_id: &str, name: &str, data: &str, parameters: &str) -> String {
    format!(
        concat!(
            r#"{{"id":{},"name":{},"data":{},"formData":{{"title":{{"id":"operation.title","message":null}},"#,
            r#""greeting":{{"id":"operation.greeting","message":null}},"#,
            r#""summary":{{"id":"operation.summary","message":null}},"config":[],"banners":[],"#,
            r#""parameters":[{}],"userInput":{{}}}},"#,
            r#""applicationContext":{{"id":"DEMO","name":"Demo application","description":null,"extras":{{}}}}}}"#
        ),
        text(operation_id),
        text(name),
        text(data),
        parameters
    )
}

/// A user to be found.
pub fn lookup(username: &str) -> String {
    let (username, context) = (text(username), login("lookup-operation"));
    envelope(&format!(
        r#""username":{username},"organizationId":"{ORGANIZATION}","operationContext":{context}"#
    ))
}

/// An authentication with a password as it is.
pub fn authenticate(user_id: &str, password: &str) -> String {
    authenticate_protected(user_id, password, "NO_PROTECTION", None)
}

/// An authentication with a password that is protected in transit.
pub fn authenticate_protected<'a>(
    user_id: &str,
    password: &str,
    protection: &str,
    transformation: impl Into<Option<&'a str>>,
) -> String {
    envelope(&format!(
        r#"{},"password":{},{},"operationContext":{}"#,
        user(user_id),
        text(password),
        authentication_context(protection, transformation),
        login("authenticate-operation")
    ))
}

/// A user to be told of.
pub fn user_info(user_id: &str) -> String {
    envelope(&user(user_id))
}

/// `None` for the user asks for the fake SMS of FACTS A6.
pub fn sms_create<'a>(user_id: impl Into<Option<&'a str>>, context: &str) -> String {
    sms_create_in(user_id, context, "en", false)
}

/// A code to be sent in a language, once more or for the first time.
pub fn sms_create_in<'a>(
    user_id: impl Into<Option<&'a str>>,
    context: &str,
    lang: &str,
    resend: bool,
) -> String {
    let (user, lang) = (user(user_id), text(lang));
    envelope(&format!(r#"{user},"operationContext":{context},"lang":{lang},"resend":{resend}"#))
}

/// A code to be checked.
pub fn sms_verify<'a>(
    message_id: &str,
    code: &str,
    user_id: impl Into<Option<&'a str>>,
    context: &str,
) -> String {
    let (message_id, code, user) = (text(message_id), text(code), user(user_id));
    envelope(&format!(
        r#""messageId":{message_id},"authorizationCode":{code},{user},"operationContext":{context}"#
    ))
}

/// A code and a password to be checked.
pub fn sms_password_verify<'a>(
    message_id: &str,
    code: &str,
    user_id: impl Into<Option<&'a str>>,
    password: &str,
    context: &str,
) -> String {
    envelope(&format!(
        r#""messageId":{},"authorizationCode":{},{},"password":{},{},"operationContext":{context}"#,
        text(message_id),
        text(code),
        user(user_id),
        text(password),
        authentication_context("NO_PROTECTION", None)
    ))
}

/// A user who may have to consent.
pub fn consent_init(user_id: &str, context: &str) -> String {
    envelope(&format!(r#"{},"operationContext":{context}"#, user(user_id)))
}

/// A form to be shown.
pub fn consent_create(user_id: &str, context: &str, lang: &str) -> String {
    envelope(&format!(r#"{},"operationContext":{context},"lang":{}"#, user(user_id), text(lang)))
}

/// `options` is the text of a JSON array, such as [`TICKED`].
pub fn consent_validate(user_id: &str, context: &str, options: &str) -> String {
    envelope(&format!(r#"{},"operationContext":{context},"lang":"en","options":{options}"#, user(user_id)))
}

/// `options` is the text of a JSON array, such as [`TICKED`].
pub fn consent_save(user_id: &str, context: &str, options: &str) -> String {
    envelope(&format!(r#"{},"operationContext":{context},"options":{options}"#, user(user_id)))
}

/// A form to be added to.
pub fn formdata_decorate(user_id: &str, context: &str) -> String {
    envelope(&format!(r#"{},"operationContext":{context}"#, user(user_id)))
}

/// `change` is the text of a JSON object, such as `{"type":"BANK_ACCOUNT_CHOICE","bankAccountId":"…"}`.
pub fn formdata_change(user_id: &str, context: &str, change: &str) -> String {
    envelope(&format!(r#"{},"operationContext":{context},"formDataChange":{change}"#, user(user_id)))
}

/// `change` is `DONE`, `CANCELED` or `FAILED`; a visitor who cancels before the login has no user id.
pub fn operation_change<'a>(user_id: impl Into<Option<&'a str>>, change: &str, context: &str) -> String {
    let (user, change) = (user(user_id), text(change));
    envelope(&format!(r#"{user},"operationContext":{context},"operationChange":{change}"#))
}

/// Every operation with a request that it accepts (for a verification: understands).
pub fn valid_requests() -> [(&'static str, String); 13] {
    let context = payment("valid-operation", "100.00", "CZK", "238400856/0300");
    let choice = r#"{"type":"BANK_ACCOUNT_CHOICE","bankAccountId":"CZ4012340000000012345678"}"#;
    let message = "00000000-0000-4000-8000-000000000000";
    [
        (LOOKUP, lookup(USERNAME)),
        (AUTHENTICATE, authenticate(USER, PASSWORD)),
        (USER_INFO, user_info(USER)),
        (SMS_CREATE, sms_create(USER, &context)),
        (SMS_VERIFY, sms_verify(message, "12345678", USER, &context)),
        (SMS_PASSWORD_VERIFY, sms_password_verify(message, "12345678", USER, PASSWORD, &context)),
        (CONSENT_INIT, consent_init(USER, &context)),
        (CONSENT_CREATE, consent_create(USER, &context, "en")),
        (CONSENT_VALIDATE, consent_validate(USER, &context, TICKED)),
        (CONSENT_SAVE, consent_save(USER, &context, TICKED)),
        (DECORATE, formdata_decorate(USER, &context)),
        (FORMDATA_CHANGE, formdata_change(USER, &context, choice)),
        // Another one, since what has ended gets no codes.
        (OPERATION_CHANGE, operation_change(USER, "DONE", &login("ended-operation"))),
    ]
}

fn user<'a>(user_id: impl Into<Option<&'a str>>) -> String {
    let user_id = user_id.into();
    let organization = text(user_id.map(|_| ORGANIZATION));
    format!(r#""userId":{},"organizationId":{organization}"#, text(user_id))
}

fn authentication_context<'a>(protection: &str, transformation: impl Into<Option<&'a str>>) -> String {
    format!(
        concat!(
            r#""authenticationContext":{{"passwordProtection":{},"cipherTransformation":{},"#,
            r#""smsAuthorizationResult":null}}"#
        ),
        text(protection),
        text(transformation)
    )
}
