//! What is measured.

use std::io::{Error, Result};

use crate::bare::Answers;
use crate::http::Connection;
use crate::requests::{
    self, AUTHENTICATE, DECORATE, LOOKUP, MESSAGES, Numbered, SMS_CREATE, SMS_VERIFY, authenticate, lookup,
    payment_of, post, sms_create, sms_verify, user_id,
};
use crate::server::Server;

/// The password of the users whose passwords are checked.
pub(crate) const PASSWORD: &str = "a password";
/// The cheapest Argon2id hash of it that there is, so that Argon2 does not hide what is measured.
pub(crate) const CHEAP_HASH: &str =
    "$argon2id$v=19$m=8,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg$vIhUjBiqyBbeuHxOSXeT3j93hopqDHB+BJebvVUc1Zs";

/// One of the measured operations.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    /// Who a username belongs to.
    Lookup,
    /// The right password of a user.
    Authenticate,
    /// The accounts of a user in the form of a payment.
    Decorate,
    /// A code for a payment.
    SmsCreate,
    /// A code for a payment, and the right answer to it.
    SmsCreateThenVerify,
    /// The right answer to a code for a payment.
    SmsVerify,
}

impl Operation {
    /// Those that the Data Adapter does by itself. Checking a password is Argon2, and nothing else would be seen beside it.
    pub(crate) const ALL: [Self; 4] =
        [Self::Lookup, Self::Decorate, Self::SmsCreate, Self::SmsCreateThenVerify];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Lookup => "lookup",
            Self::Authenticate => "authenticate",
            Self::Decorate => "decorate",
            Self::SmsCreate => "sms-create",
            Self::SmsCreateThenVerify => "sms-create-then-verify",
            Self::SmsVerify => "sms-verify",
        }
    }

    /// Whether it is about the codes that the store keeps.
    pub(crate) fn is_about_codes(self) -> bool {
        self.has_answers() || self == Self::SmsCreate
    }

    /// Whether codes are answered.
    pub(crate) fn has_answers(self) -> bool {
        matches!(self, Self::SmsCreateThenVerify | Self::SmsVerify)
    }

    /// The request of a user; where the code is answered, the one that asks for it.
    pub(crate) fn request(self, user: usize) -> Numbered {
        Numbered::new(match self {
            Self::Lookup => post(LOOKUP, &lookup(user)),
            Self::Authenticate => post(AUTHENTICATE, &authenticate(&user_id(user), PASSWORD, false)),
            Self::Decorate => post(DECORATE, &payment_of(&user_id(user), 0)),
            Self::SmsCreate | Self::SmsCreateThenVerify | Self::SmsVerify => {
                post(SMS_CREATE, &sms_create(Some(user), 0))
            }
        })
    }

    /// What the Data Adapter answers, for the bare handler to answer the same.
    pub(crate) async fn answers(self, server: &Server) -> Result<Answers> {
        let mut connection = Connection::open(server.address()).await?;
        let mut request = self.request(0);
        let body = connection.expect_ok(request.about(0)).await?;
        let text = String::from_utf8_lossy(body).into_owned();
        let mut answers = Answers::new();
        if self.has_answers() {
            let (message, code) = codes(&mut connection).await?.into_iter().next().unwrap_or_default();
            let verify = post(SMS_VERIFY, &sms_verify(&message, &code, 0));
            let body = connection.expect_ok(&verify).await?;
            answers.insert(SMS_VERIFY.to_owned(), String::from_utf8_lossy(body).into_owned());
        }
        let path = match self {
            Self::Lookup => LOOKUP,
            Self::Authenticate => AUTHENTICATE,
            Self::Decorate => DECORATE,
            Self::SmsCreate | Self::SmsCreateThenVerify | Self::SmsVerify => SMS_CREATE,
        };
        answers.insert(path.to_owned(), text);
        Ok(answers)
    }

    /// Makes sure that an answer with status 200 is the one that was asked for.
    pub(crate) fn check(self, body: &[u8]) -> Result<()> {
        if self == Self::Authenticate && !is_verified(body) {
            return Err(Error::other("a right password is refused"));
        }
        Ok(())
    }
}

/// Whether an answer says that a password or a code is right.
pub(crate) fn is_verified(body: &[u8]) -> bool {
    body.windows(18).any(|window| window == b"VERIFIED_SUCCEEDED")
}

/// The id of the message in the answer to a request for a code.
pub(crate) fn message_id(answer: &[u8]) -> Result<&str> {
    const MARK: &[u8] = b"\"messageId\":\"";
    let mark = answer.windows(MARK.len()).position(|window| window == MARK);
    let id = mark.and_then(|mark| answer.get(mark + MARK.len()..mark + MARK.len() + 36));
    id.and_then(|id| std::str::from_utf8(id).ok()).ok_or_else(|| Error::other("no message in an answer"))
}

/// The codes that the sandbox shows, with the ids of their messages.
pub(crate) async fn codes(connection: &mut Connection) -> Result<Vec<(String, String)>> {
    let body = connection.expect_ok(&requests::get(MESSAGES)).await?;
    let messages: Vec<serde_json::Value> = serde_json::from_slice(body)?;
    let code = |message: &serde_json::Value| {
        let text = message["text"].as_str()?;
        let code = text.split(|c: char| !c.is_ascii_digit()).rfind(|run| run.len() == 8)?;
        Some((message["messageId"].as_str()?.to_owned(), code.to_owned()))
    };
    Ok(messages.iter().filter_map(code).collect())
}
