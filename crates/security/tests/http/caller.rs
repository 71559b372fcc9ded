//! A partner who calls the service.

use actix_web::body::MessageBody;
use actix_web::dev::{Payload, Service, ServiceResponse};
use actix_web::http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap};
use actix_web::test::{TestRequest, call_service, read_body};
use actix_web::web::Bytes;
use aes::Aes256;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeDecrypt as _, BlockModeEncrypt as _, KeyIvInit as _};
use serde_json::{Value, json};

use crate::bench::{Login, consumer};

/// The service as a caller sees it.
pub(crate) struct Served<S>(pub(crate) S);

/// What was answered.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Answered {
    /// The code of an answer with 200.
    pub(crate) fn code(&self) -> &str {
        assert_eq!(self.status, 200, "{self:?}");
        self.body["ResponseCode"].as_str().expect("a code")
    }

    /// What an answer with 400 tells.
    pub(crate) fn details(&self) -> Vec<&str> {
        assert_eq!(self.status, 400, "{self:?}");
        let errors = self.body["Errors"].as_array().expect("errors");
        errors.iter().map(|error| error["Detail"].as_str().expect("a detail")).collect()
    }

    /// The number of the SCA request in an answer.
    pub(crate) fn sca(&self) -> String {
        self.body["SCARes"]["SCAReferenceNumber"].as_str().expect("an SCA request").to_owned()
    }
}

impl<S, B> Served<S>
where
    S: Service<actix_http::Request, Response = ServiceResponse<B>, Error = actix_web::Error>,
    B: MessageBody,
{
    /// Sends a body as it is.
    pub(crate) async fn send(
        &self,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Vec<u8>>,
    ) -> Answered {
        let request = headers
            .iter()
            .fold(TestRequest::post().uri(path), |request, header| request.append_header(*header));
        self.ask(request.set_payload(body.into()).to_request()).await
    }

    async fn ask(&self, request: actix_http::Request) -> Answered {
        let response = call_service(&self.0, request).await;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = read_body(response).await;
        Answered { status, headers, body: serde_json::from_slice(&body).unwrap_or_default() }
    }

    /// Logs in by a form in the URL's encoding.
    pub(crate) async fn log_in(&self, login: Login) -> Answered {
        let scheme = login.scheme.map(|scheme| format!("&SchemeCode={scheme}")).unwrap_or_default();
        let password = login.password.replace('#', "%23");
        let body = format!("grant_type=password&UserName={}&Password={password}{scheme}", login.username);
        let headers = [(CONTENT_TYPE.as_str(), "application/x-www-form-urlencoded")];
        self.send("/security/login", &headers, body).await
    }

    /// A partner who is logged in.
    pub(crate) async fn partner(&self, login: Login) -> LoggedIn<'_, S> {
        let answered = self.log_in(login).await;
        assert_eq!(answered.status, 200, "{answered:?}");
        let text = |name: &str| answered.body[name].as_str().expect("a text").to_owned();
        LoggedIn { served: self, token: text("access_token"), key: text("Contis_SecurityKey") }
    }
}

/// A partner with a token.
pub(crate) struct LoggedIn<'a, S> {
    served: &'a Served<S>,
    pub(crate) token: String,
    pub(crate) key: String,
}

impl<S, B> LoggedIn<'_, S>
where
    S: Service<actix_http::Request, Response = ServiceResponse<B>, Error = actix_web::Error>,
    B: MessageBody,
{
    /// Calls an operation.
    pub(crate) async fn call(&self, operation: &str, body: Value) -> Answered {
        self.send(operation, body.to_string()).await
    }

    /// Calls an operation with a body as it is.
    pub(crate) async fn send(&self, operation: &str, body: impl Into<Vec<u8>>) -> Answered {
        let token = format!("Bearer {}", self.token);
        let headers = [(CONTENT_TYPE.as_str(), "application/json"), (AUTHORIZATION.as_str(), token.as_str())];
        self.served.send(&format!("/security/{operation}"), &headers, body).await
    }

    /// Calls an operation with a body that comes in two parts, of which the second comes after `meanwhile`.
    pub(crate) async fn call_slowly(
        &self,
        operation: &str,
        body: &Value,
        meanwhile: impl Future<Output = ()>,
    ) -> Answered {
        let body = Bytes::from(body.to_string());
        let (mut sender, payload) = actix_http::h1::Payload::create(false);
        let request = TestRequest::post()
            .uri(&format!("/security/{operation}"))
            .append_header((CONTENT_TYPE, "application/json"))
            .append_header((AUTHORIZATION, format!("Bearer {}", self.token)));
        let mut request = request.to_request();
        *request.payload() = Payload::H1 { payload };
        let sending = async {
            sender.feed_data(body.slice(..1));
            meanwhile.await;
            sender.feed_data(body.slice(1..));
            sender.feed_eof();
        };
        futures::join!(self.served.ask(request), sending).0
    }

    /// Asks for the second factor of a login.
    pub(crate) async fn ask_for_second(&self, user: &str) -> Answered {
        let body = json!({"ConsumerID": consumer(user), "SCAOptionID1FA": 6, "DoSecondFactor": true});
        self.call("PostLoginDetails", body).await
    }

    /// Approves with a code.
    pub(crate) async fn authorize(&self, sca: &str, code: &str) -> Answered {
        let body = json!({"SCAReferenceNumber": sca, "SCAIdentification": self.encrypt(code)});
        self.call("Authorize", body).await
    }

    /// The numbers of the SCA requests that wait.
    pub(crate) async fn pending(&self, user: &str) -> Vec<String> {
        let answered = self.call("GetSCAPendingRequest", json!({"ConsumerID": consumer(user)})).await;
        assert_eq!(answered.code(), "000");
        let requests = answered.body["SCAPendingRequests"].as_array().expect("a list").clone();
        requests
            .iter()
            .map(|request| request["SCAReferenceNumber"].as_str().expect("a text").to_owned())
            .collect()
    }

    /// A code as the document has it: AES-256 in CBC over UTF-16LE, in base64 without padding.
    pub(crate) fn encrypt(&self, code: &str) -> String {
        let (iv, key) = self.iv_and_key();
        let plain: Vec<u8> = code.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let cipher = cbc::Encryptor::<Aes256>::new_from_slices(&key, &iv).expect("lengths");
        let text = STANDARD.encode(cipher.encrypt_padded_vec::<Pkcs7>(&plain));
        text.trim_end_matches('=').to_owned()
    }

    /// What the service encrypted.
    pub(crate) fn decrypt(&self, text: &str) -> String {
        let (iv, key) = self.iv_and_key();
        let cipher = cbc::Decryptor::<Aes256>::new_from_slices(&key, &iv).expect("lengths");
        let plain =
            cipher.decrypt_padded_vec::<Pkcs7>(&STANDARD.decode(text).expect("base64")).expect("a text");
        let units: Vec<u16> = plain.chunks(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
        String::from_utf16(&units).expect("UTF-16")
    }

    fn iv_and_key(&self) -> (Vec<u8>, Vec<u8>) {
        let bytes = |digits: &str| -> Vec<u8> {
            let pairs = digits.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).expect("digits"));
            pairs.map(|pair| u8::from_str_radix(pair, 16).expect("digits")).collect()
        };
        (bytes(&self.key[..32]), bytes(&self.key[32..]))
    }
}

/// A code that is not `code`.
pub(crate) fn wrong(code: &str) -> String {
    let last = if code.ends_with('0') { '1' } else { '0' };
    format!("{}{last}", &code[..code.len() - 1])
}
