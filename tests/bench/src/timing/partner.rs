//! A partner who calls the Security API.

use std::io::{Error, Result};

use aes::Aes256;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeEncrypt as _, KeyIvInit as _};
use serde_json::Value;

use crate::http::Connection;

/// A partner who is logged in.
pub(super) struct Partner {
    token: String,
    /// The IV, and the key.
    key: ([u8; 16], [u8; 32]),
}

/// The request of a login.
pub(super) fn login(username: &str, password: &str) -> Vec<u8> {
    let password = password.replace('#', "%23").replace(' ', "%20");
    let body = format!("grant_type=password&UserName={username}&Password={password}");
    post("/security/login", "application/x-www-form-urlencoded", "", &body)
}

fn post(path: &str, content_type: &str, headers: &str, body: &str) -> Vec<u8> {
    format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\naccept: application/json\r\ncontent-type: {content_type}\r\n\
         {headers}content-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

impl Partner {
    /// Logs in.
    pub(super) async fn log_in(connection: &mut Connection, username: &str, password: &str) -> Result<Self> {
        let answer: Value = serde_json::from_slice(connection.expect_ok(&login(username, password)).await?)?;
        let text = |name: &str| answer[name].as_str().unwrap_or_default();
        let bytes: Vec<u8> = text("Contis_SecurityKey")
            .as_bytes()
            .chunks(2)
            .filter_map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
            .collect();
        let key = bytes.split_first_chunk().and_then(|(iv, key)| Some((*iv, key.try_into().ok()?)));
        let key = key.ok_or_else(|| Error::other("a login without a key"))?;
        Ok(Self { token: text("access_token").to_owned(), key })
    }

    /// The request of an operation with this body.
    pub(super) fn ask(&self, operation: &str, body: &str) -> Vec<u8> {
        let authorization = format!("authorization: Bearer {}\r\n", self.token);
        post(&format!("/security/{operation}"), "application/json", &authorization, body)
    }

    /// The number of a request that a consumer has to approve with a code.
    pub(super) async fn request_for(&self, connection: &mut Connection, consumer: &str) -> Result<String> {
        let body = format!(r#"{{"ConsumerID":{consumer},"SCAOptionID1FA":6,"DoSecondFactor":true}}"#);
        let answer = connection.expect_ok(&self.ask("PostLoginDetails", &body)).await?;
        let answer: Value = serde_json::from_slice(answer)?;
        let number = answer["SCARes"]["SCAReferenceNumber"].as_str();
        number.map(str::to_owned).ok_or_else(|| Error::other("no request for a consumer"))
    }

    /// A code as it is sent.
    pub(super) fn encrypt(&self, code: &str) -> String {
        let plain: Vec<u8> = code.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let (iv, key) = &self.key;
        let encryptor = cbc::Encryptor::<Aes256>::new(key.into(), iv.into());
        STANDARD.encode(encryptor.encrypt_padded_vec::<Pkcs7>(&plain))
    }

    /// Something as long that no code comes of: its padding is wrong.
    pub(super) fn garbage(&self, code: &str) -> String {
        let mut bytes = STANDARD.decode(self.encrypt(code)).unwrap_or_default();
        if let Some(last) = bytes.last_mut() {
            *last ^= 0x80;
        }
        STANDARD.encode(bytes)
    }
}
