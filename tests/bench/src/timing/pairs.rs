//! Answers that must not be told apart, although different things happen behind them.

use std::io::{Error, Result};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use data_adapter_core::SystemRandom;
use data_adapter_sca::{PasswordKey, encrypt_password};
use secrecy::SecretString;

use super::partner::{Partner, login};
use crate::house::PASSWORD_KEY;
use crate::house::{OTHERS_PARTNER, PARTNER, PARTNER_PASSWORD, partner_name};
use crate::http::Connection;
use crate::load::message_id;
use crate::requests::{
    AUTHENTICATE, SMS_CREATE, SMS_VERIFY, authenticate, post, sms_create, sms_verify, user_id,
};

/// Two kinds of requests with the same answer.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Pair {
    /// A user who does not exist, and one whose password is another.
    UnknownUser,
    /// The code of a request without a user, for which there is none, and a wrong code of a user.
    NullUser,
    /// A password whose padding is wrong, and one that is encrypted with another key.
    Padding,
    /// A password whose padding is wrong, and a wrong password that is encrypted well: the oracle of the textbooks.
    PaddingOracle,
    /// A partner whom there is not, and one whose password is another.
    UnknownPartner,
    /// A consumer whom there is not, and one of another partner.
    UnknownConsumer,
    /// What no code comes of when it is decrypted, and a wrong code.
    UndecryptableCode,
}

impl Pair {
    pub(super) const ALL: [Self; 7] = [
        Self::UnknownUser,
        Self::NullUser,
        Self::Padding,
        Self::PaddingOracle,
        Self::UnknownPartner,
        Self::UnknownConsumer,
        Self::UndecryptableCode,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::UnknownUser => "unknown-user",
            Self::NullUser => "null-user",
            Self::Padding => "padding",
            Self::PaddingOracle => "padding-oracle",
            Self::UnknownPartner => "unknown-partner",
            Self::UnknownConsumer => "unknown-consumer",
            Self::UndecryptableCode => "undecryptable-code",
        }
    }

    pub(super) fn title(self) -> &'static str {
        match self {
            Self::UnknownUser => "unknown user / wrong password",
            Self::NullUser => "null user's code / wrong code",
            Self::Padding => "bad padding / another key",
            Self::PaddingOracle => "bad padding / good padding, wrong password",
            Self::UnknownPartner => "unknown partner / wrong password",
            Self::UnknownConsumer => "unknown consumer / another partner's",
            Self::UndecryptableCode => "undecryptable code / wrong code",
        }
    }

    /// The partner who asks; `None` where none does.
    pub(super) async fn partner(self, connection: &mut Connection) -> Result<Option<Partner>> {
        let name = match self {
            Self::UnknownConsumer => OTHERS_PARTNER,
            Self::UndecryptableCode => PARTNER,
            Self::UnknownUser
            | Self::NullUser
            | Self::Padding
            | Self::PaddingOracle
            | Self::UnknownPartner => return Ok(None),
        };
        Partner::log_in(connection, name, PARTNER_PASSWORD).await.map(Some)
    }

    /// One request of each kind. Each user and each partner is asked about once, so that nobody is ever blocked.
    pub(super) async fn requests(
        self,
        connection: &mut Connection,
        partner: Option<&Partner>,
        number: usize,
    ) -> Result<[Vec<u8>; 2]> {
        let partner = || partner.ok_or_else(|| Error::other("no partner is logged in"));
        let users = [2 * number, 2 * number + 1].map(user_id);
        Ok(match self {
            Self::UnknownUser => {
                let wrong = |user: &str| post(AUTHENTICATE, &authenticate(user, "wrong password", false));
                [wrong(&format!("9{}", &users[0][1..])), wrong(&users[1])]
            }
            Self::NullUser => {
                let mut verifications = [const { Vec::new() }; 2];
                for (kind, user) in [None, Some(number)].into_iter().enumerate() {
                    let operation = 2 * number + kind;
                    let create = post(SMS_CREATE, &sms_create(user, operation));
                    let message = message_id(connection.expect_ok(&create).await?)?.to_owned();
                    verifications[kind] = post(SMS_VERIFY, &sms_verify(&message, "00000000", operation));
                }
                verifications
            }
            Self::Padding | Self::PaddingOracle => {
                let bad = encrypted(&users[0], &badly_padded()?);
                let key =
                    if self == Self::Padding { b"another key than theirs, 32 byte" } else { PASSWORD_KEY };
                let password = encrypt(key, "wrong password")?;
                [bad, encrypted(&users[1], &password)]
            }
            Self::UnknownPartner => {
                let name = partner_name(number);
                [format!("x{}", &name[1..]), name].map(|name| login(&name, "Wrong#Password1"))
            }
            Self::UnknownConsumer => {
                let list = |user: &str| format!(r#"{{"ConsumerID":{user}}}"#);
                let partner = partner()?;
                let ask = |user: &str| partner.ask("GetSCAPendingRequest", &list(user));
                [ask(&format!("9{}", &users[0][1..])), ask(&users[1])]
            }
            Self::UndecryptableCode => {
                const WRONG: &str = "00000000";
                let partner = partner()?;
                let mut guesses = [const { Vec::new() }; 2];
                for (kind, code) in [partner.garbage(WRONG), partner.encrypt(WRONG)].iter().enumerate() {
                    let request = partner.request_for(connection, &users[kind]).await?;
                    let body =
                        format!(r#"{{"SCAReferenceNumber":"{request}","SCAIdentification":"{code}"}}"#);
                    guesses[kind] = partner.ask("Authorize", &body);
                }
                guesses
            }
        })
    }

    /// Makes sure that an answer says what both kinds say.
    pub(super) fn check(self, body: &[u8]) -> Result<()> {
        let says: &[u8] = match self {
            Self::UnknownUser | Self::NullUser | Self::Padding | Self::PaddingOracle => b"VERIFIED_FAILED",
            Self::UnknownPartner => b"invalid_grant",
            Self::UnknownConsumer => b"ConsumerID",
            Self::UndecryptableCode => b"\"ResponseCode\":\"905\"",
        };
        let failed = body.windows(says.len()).any(|window| window == says);
        if failed { Ok(()) } else { Err(Error::other("a request is answered unlike the others")) }
    }
}

fn encrypted(user: &str, password: &str) -> Vec<u8> {
    post(AUTHENTICATE, &authenticate(user, password, true))
}

fn encrypt(key: &[u8], password: &str) -> Result<String> {
    let key = PasswordKey::new(key.to_vec()).map_err(Error::other)?;
    Ok(encrypt_password(&key, &SecretString::from(password), &SystemRandom))
}

/// With the right key, and an IV that turns the last byte of the padding into a length that no padding has.
fn badly_padded() -> Result<String> {
    let good = encrypt(PASSWORD_KEY, "wrong password")?;
    let (iv, ciphertext) = good.split_once(':').ok_or_else(|| Error::other("no IV"))?;
    let mut iv = STANDARD.decode(iv).map_err(Error::other)?;
    iv[15] ^= 0x80;
    Ok(format!("{}:{ciphertext}", STANDARD.encode(iv)))
}
