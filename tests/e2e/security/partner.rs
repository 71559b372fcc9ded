//! A partner who has logged in, and the codes that it sends.

use aes::Aes256;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use cbc::Encryptor;
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeEncrypt as _, KeyIvInit as _};
use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};

use super::response_code;
use crate::support::{Answer, DataAdapter};

pub(super) const LOGIN: &str = "/security/login";
pub(super) const LOGOUT: &str = "/security/logout";
pub(super) const POST_LOGIN_DETAILS: &str = "/security/PostLoginDetails";
pub(super) const AUTHORIZE: &str = "/security/Authorize";
pub(super) const REGENERATE: &str = "/security/RegenerateSCA";
pub(super) const PENDING: &str = "/security/GetSCAPendingRequest";
pub(super) const DEVICES: &str = "/security/ListSDKDevices";
pub(super) const DEREGISTER: &str = "/security/DeRegisterSDKDevice";

const FORM: &str = "grant_type=password&username=demopartner&password=Partner%232026";

/// One login of the partner of the demo.
#[derive(Clone)]
pub(super) struct Partner {
    token: String,
    /// What `Contis_SecurityKey` says: an IV of 16 bytes, and a key of 32.
    key: Vec<u8>,
}

impl Partner {
    pub(super) async fn login(adapter: &DataAdapter) -> Self {
        Self::try_login(adapter).await.expect("an answer")
    }

    /// The same at a service that may be gone.
    pub(super) async fn try_login(adapter: &DataAdapter) -> Option<Self> {
        Self::login_with(adapter, FORM).await
    }

    /// The login of any partner, by a form that is urlencoded.
    pub(super) async fn login_with(adapter: &DataAdapter, form: &'static str) -> Option<Self> {
        let request = adapter.client().post(adapter.url(LOGIN));
        let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(form);
        let answer = request.send().await.ok()?.text().await.ok()?;
        let grant: Value = serde_json::from_str(&answer).expect("JSON");
        let text = |name: &str| match grant[name].as_str() {
            Some(text) => text.to_owned(),
            None => panic!("no text member {name}: {answer}"),
        };
        let key = text("Contis_SecurityKey");
        assert_eq!(key.len(), 96, "{key}");
        let byte = |at: usize| u8::from_str_radix(&key[at..at + 2], 16).expect("hexadecimal digits");
        Some(Self { token: text("access_token"), key: (0..96).step_by(2).map(byte).collect() })
    }

    pub(super) fn token(&self) -> &str {
        &self.token
    }

    /// The key as it was told.
    pub(super) fn key_text(&self) -> String {
        self.key.iter().fold(String::new(), |text, byte| text + &format!("{byte:02X}"))
    }

    pub(super) async fn call(&self, adapter: &DataAdapter, path: &str, body: &Value) -> Answer {
        let request = adapter.client().post(adapter.url(path)).bearer_auth(&self.token);
        adapter.send(request.header(CONTENT_TYPE, "application/json").body(body.to_string())).await
    }

    /// The reference of a login of this consumer that waits for the code of a text message.
    pub(super) async fn asked(&self, adapter: &DataAdapter, consumer: i32) -> String {
        let body = json!({"ConsumerID": consumer, "SCAOptionID1FA": 6, "DoSecondFactor": true});
        let answer = self.call(adapter, POST_LOGIN_DETAILS, &body).await;
        assert_eq!(response_code(&answer), "000", "{}", answer.text);
        answer.json()["SCARes"]["SCAReferenceNumber"].as_str().expect("a number").to_owned()
    }

    pub(super) async fn authorize(&self, adapter: &DataAdapter, reference: &str, code: &str) -> Answer {
        let body = json!({"SCAReferenceNumber": reference, "SCAIdentification": self.encrypt(code)});
        self.call(adapter, AUTHORIZE, &body).await
    }

    pub(super) async fn cancel(&self, adapter: &DataAdapter, reference: &str) -> Answer {
        let body = json!({"SCAReferenceNumber": reference, "CancelRequest": true});
        self.call(adapter, AUTHORIZE, &body).await
    }

    /// The code as UTF-16LE, by AES-256 in CBC with PKCS #7, in base64.
    pub(super) fn encrypt(&self, code: &str) -> String {
        let plain: Vec<u8> = code.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let (iv, key) = self.key.split_at(16);
        let cipher = Encryptor::<Aes256>::new_from_slices(key, iv).expect("the lengths of AES-256");
        STANDARD_NO_PAD.encode(cipher.encrypt_padded_vec::<Pkcs7>(&plain))
    }
}
