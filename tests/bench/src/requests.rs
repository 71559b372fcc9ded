//! Requests as Web Flow 0.22 writes them, made once and changed in place.

/// The organization of all users.
pub(crate) const ORGANIZATION: &str = "RETAIL";

pub(crate) const LOOKUP: &str = "/api/auth/user/lookup";
pub(crate) const AUTHENTICATE: &str = "/api/auth/user/authenticate";
pub(crate) const DECORATE: &str = "/api/operation/formdata/decorate";
pub(crate) const SMS_CREATE: &str = "/api/auth/sms/create";
pub(crate) const SMS_VERIFY: &str = "/api/auth/sms/verify";
pub(crate) const MESSAGES: &str = "/sandbox/messages";
pub(crate) const READY: &str = "/health/live";

/// The id of a user; all are of the same length.
pub(crate) fn user_id(number: usize) -> String {
    format!("{:08}", 10_000_000 + number)
}

/// The name of a user.
pub(crate) fn username(number: usize) -> String {
    format!("user{number:05}")
}

/// The bytes of a GET.
pub(crate) fn get(path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: localhost\r\naccept: application/json\r\n\r\n").into_bytes()
}

/// The bytes of a POST with a body that has these members in its request object.
pub(crate) fn post(path: &str, members: &str) -> Vec<u8> {
    let body = format!(r#"{{"requestObject":{{{members}}}}}"#);
    format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\nuser-agent: ReactorNetty/0.9.7.RELEASE\r\n\
         accept: application/json, application/*+json\r\ncontent-type: application/json;charset=UTF-8\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// The members of a lookup.
pub(crate) fn lookup(user: usize) -> String {
    let (username, payment) = (username(user), payment(0));
    format!(r#""username":"{username}","organizationId":"{ORGANIZATION}",{payment}"#)
}

/// The members of a request about a payment of a user: what `decorate` asks with.
pub(crate) fn payment_of(user: &str, operation: usize) -> String {
    format!(r#""userId":"{user}","organizationId":"{ORGANIZATION}",{}"#, payment(operation))
}

/// The members of a request for a code; `None` asks for a fake, which nobody gets.
pub(crate) fn sms_create(user: Option<usize>, operation: usize) -> String {
    let user = user.map_or_else(|| "null".to_owned(), |user| format!(r#""{}""#, user_id(user)));
    let organization = if user == "null" { "null".to_owned() } else { format!(r#""{ORGANIZATION}""#) };
    format!(
        r#""userId":{user},"organizationId":{organization},{},"lang":"en","resend":false"#,
        payment(operation)
    )
}

/// The members of an answer to a code.
pub(crate) fn sms_verify(message: &str, code: &str, operation: usize) -> String {
    format!(r#""messageId":"{message}","authorizationCode":"{code}",{}"#, payment(operation))
}

/// The members of an authentication; the password is in clear, or encrypted with AES.
pub(crate) fn authenticate(user: &str, password: &str, is_encrypted: bool) -> String {
    let context = if is_encrypted {
        r#"{"passwordProtection":"PASSWORD_ENCRYPTION_AES","cipherTransformation":"AES/CBC/PKCS7Padding"}"#
    } else {
        r#"{"passwordProtection":"NO_PROTECTION","cipherTransformation":null}"#
    };
    format!(
        r#""userId":"{user}","organizationId":"{ORGANIZATION}","password":"{password}","authenticationContext":{context},"operationContext":{{"id":"login-1","name":"login","data":"A2","formData":null,"applicationContext":null}}"#
    )
}

/// The payment that all of them are about, with a form of the usual size. Operations with numbers of their own are of
/// the same length.
fn payment(operation: usize) -> String {
    format!(
        concat!(
            r#""operationContext":{{"id":"operation-{:010}","name":"authorize_payment","#,
            r#""data":"A1*A100CZK*Q238400856/0300**D20190629*NUtility Bill Payment - 05/2019","#,
            r#""formData":{{"title":{{"id":"operation.title","message":"Confirm Payment"}},"#,
            r#""greeting":{{"id":"operation.greeting","message":"Hello,\nplease confirm following payment:"}},"#,
            r#""summary":{{"id":"operation.summary","message":"Hello, please confirm payment 100 CZK."}},"#,
            r#""config":[],"banners":[],"parameters":["#,
            r#"{{"type":"AMOUNT","id":"operation.amount","label":"Amount","valueFormatType":"AMOUNT","#,
            r#""formattedValues":{{"amount":"100.00","currency":"CZK"}},"amount":100,"currency":"CZK","#,
            r#""currencyId":"operation.currency"}},"#,
            r#"{{"type":"KEY_VALUE","id":"operation.account","label":"To Account","valueFormatType":"ACCOUNT","#,
            r#""formattedValues":{{"value":"238400856/0300"}},"value":"238400856/0300"}},"#,
            r#"{{"type":"KEY_VALUE","id":"operation.dueDate","label":"Due Date","valueFormatType":"DATE","#,
            r#""formattedValues":{{"value":"Jun 29, 2019"}},"value":"2019-06-29"}},"#,
            r#"{{"type":"NOTE","id":"operation.note","label":"Note","valueFormatType":"TEXT","#,
            r#""formattedValues":{{"value":"Utility Bill Payment - 05/2019"}},"#,
            r#""note":"Utility Bill Payment - 05/2019"}}],"userInput":{{}}}},"#,
            r#""applicationContext":{{"id":"DEMO","name":"Demo application","#,
            r#""description":"Web Flow demo application","extras":{{"applicationOwner":"Example","#,
            r#""_requestedScopes":["PISP"]}}}}}}"#
        ),
        operation
    )
}

/// Requests that differ in the number of their operation, written over in place. One that names no operation of that kind
/// stays as it is.
pub(crate) struct Numbered {
    bytes: Vec<u8>,
    number_at: Option<usize>,
}

impl Numbered {
    /// Takes a request.
    pub(crate) fn new(bytes: Vec<u8>) -> Self {
        const MARK: &[u8] = b"\"operation-";
        let mark = bytes.windows(MARK.len()).position(|window| window == MARK);
        Self { bytes, number_at: mark.map(|mark| mark + MARK.len()) }
    }

    /// The request about the operation with this number.
    pub(crate) fn about(&mut self, operation: usize) -> &[u8] {
        let Some(number_at) = self.number_at else { return &self.bytes };
        let digits = &mut self.bytes[number_at..number_at + 10];
        let mut rest = operation;
        for digit in digits.iter_mut().rev() {
            *digit = b'0' + u8::try_from(rest % 10).unwrap_or_default();
            rest /= 10;
        }
        &self.bytes
    }
}
