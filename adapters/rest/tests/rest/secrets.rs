//! Nothing secret in the log, even where everything is logged.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use data_adapter_core::{
    AdapterError, CertificateAuthentication, CodeRequest, PhoneNumber, Possession, SmsOtp,
};
use data_adapter_protocol::web_flow::Dialect;
use data_adapter_rest::{RestBackend, RestSettings};
use data_adapter_tests::pki::Authority;
use tracing::Level;
use tracing_subscriber::fmt::MakeWriter;

use crate::calls::{
    Call, DEMO, authenticate, backend_of, certificate, certificate_query, code_message, code_request,
    credentials, settings, verification, with,
};
use crate::scripted::{Reply, Scripted};

/// Everything that this process logs.
#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no writer panics").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Captured {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

const PASSWORD: &str = "MARKED-password";
const CODE: &str = "MARKED-90817263";
const PHONE: &str = "MARKED-phone";
const CERTIFICATE: &str = "MARKED-certificate";
const SIGNATURE: &str = "MARKED-signature";
const TOKEN: &str = "MARKED-token";
const PROXY: &str = "MARKED-proxy";

/// As they are, and as HTTP Basic and the bytes of a log of TLS or of a wire would show them.
fn marks() -> [String; 3] {
    // `front:MARKED-` and `user:MARKED-` in base64, without what depends on the next letter.
    ["MARKED-".to_owned(), "ZnJvbnQ6TUFSS0VEL".to_owned(), "dXNlcjpNQVJLRUQt".to_owned()]
}

#[tokio::test]
async fn at_trace_no_secret_is_in_the_log() {
    let log = Captured::default();
    tracing_subscriber::fmt().with_max_level(Level::TRACE).with_writer(log.clone()).init();
    let echo = format!("no user with {PASSWORD}, {CODE}, {PHONE}, {CERTIFICATE} and {SIGNATURE}");
    let mut errors = Vec::new();
    for reply in [
        Reply::ok("{}"),
        Reply::error("400 Bad Request", "INPUT_INVALID", &echo),
        Reply::error("500 Internal Server Error", "ERROR_GENERIC", &echo),
        Reply::error("503 Service Unavailable", "ERROR_GENERIC", &echo),
        Reply::ok(&format!(r#"{{"authenticationResult":"{PASSWORD}","smsAuthorizationResult":"{CODE}"}}"#)),
        Reply::of("200 OK", "text/html", &echo),
        Reply::json("200 OK", &echo),
        Reply::Reset,
    ] {
        let server = Scripted::start([reply]).await;
        let dialect = Dialect::V1;
        let with_token =
            RestSettings { dialect, token: Some(TOKEN.into()), retries: 1, ..settings(&server.url()) };
        let basic = RestSettings {
            dialect,
            username: Some("front".to_owned()),
            password: Some(TOKEN.into()),
            url: "http://core.bank.example".to_owned(),
            allow_clear_text: true,
            proxy: Some(server.url().replace("http://", &format!("http://user:{PROXY}@")).into()),
            ..settings("")
        };
        // The other side of the tunnel never shakes hands.
        let url = "https://core.bank.example".to_owned();
        let tunnelled = RestSettings { url, timeout_ms: 100, ..basic.clone() };
        for settings in [with_token, basic, tunnelled] {
            let backend = with(settings);
            errors.extend(all_secrets(&backend).await.into_iter().filter_map(|(_, error)| error));
        }
    }
    over_tls().await;
    let log = String::from_utf8(log.0.lock().expect("no writer panics").clone()).expect("text");
    assert!(log.contains("starting new connection"), "the log of the client is there");
    let errors = format!("{errors:?}");
    assert!(errors.contains("[withheld]"), "{errors}");
    for mark in marks() {
        assert!(!log.contains(&mark), "{mark} is in the log: {}", around(&log, &mark));
        assert!(!errors.contains(&mark), "{mark} is in an error: {errors}");
    }
}

/// Each of them alone, since one is enough for a whole message to be withheld.
#[tokio::test]
async fn every_secret_of_a_request_is_withheld_from_its_error() {
    for secret in [PASSWORD, CODE, PHONE, CERTIFICATE, SIGNATURE] {
        let echo = format!("no user with {secret}");
        let server = Scripted::start([Reply::error("400 Bad Request", "INPUT_INVALID", &echo)]).await;
        let backend = backend_of(Dialect::V1, &server.url());
        let mut calls = all_secrets(&backend).await;
        calls.retain(|(secrets, _)| secrets.contains(&secret));
        assert!(!calls.is_empty(), "no call has {secret}");
        for (secrets, error) in calls {
            let error = error.expect("the request is refused").to_string();
            assert!(error.ends_with("message \"[withheld]\""), "{secret} of {secrets:?}: {error}");
        }
    }
}

/// All calls with secrets in them, and the errors that they came back with.
async fn all_secrets(backend: &RestBackend) -> Vec<(&'static [&'static str], Option<AdapterError>)> {
    let (code, password) = (verification(CODE), credentials(PASSWORD));
    let request = CodeRequest { phone: Some(PhoneNumber::new(PHONE)), ..code_request() };
    let signed = certificate(CERTIFICATE, Possession::Signature(SIGNATURE.to_owned()));
    let shown = certificate(CERTIFICATE, Possession::Tls);
    vec![
        (&[PASSWORD], authenticate(backend, &password).await.err()),
        (&[CODE], SmsOtp::verify(backend, &code).await.err()),
        (&[CODE, PASSWORD], backend.verify_with_password(&code, &password).await.err()),
        (&[PHONE], SmsOtp::create(backend, &request).await.err()),
        (&[CODE, PHONE], backend.send(&code_message(CODE, PHONE)).await.err()),
        (&[CERTIFICATE], backend.owner(&certificate_query(CERTIFICATE)).await.err()),
        (&[CERTIFICATE, SIGNATURE], CertificateAuthentication::verify(backend, &signed).await.err()),
        (&[CERTIFICATE], CertificateAuthentication::verify(backend, &shown).await.err()),
    ]
}

/// What rustls logs of a connection that works.
async fn over_tls() {
    let authority = Authority::new("ours");
    let folder = data_adapter_tests::pki::TlsFolder::with(&authority.server());
    let behind = data_adapter_tests::DataAdapter::builder()
        .config(DEMO.to_owned() + &folder.section(""))
        .start()
        .await;
    folder.write("ca.pem", authority.pem());
    let settings = RestSettings {
        ca_file: Some(folder.path("ca.pem")),
        token: Some(TOKEN.into()),
        ..settings(&behind.url(""))
    };
    let backend = with(settings);
    authenticate(&backend, &credentials(PASSWORD)).await.expect("an outcome");
    Call::Lookup.make(&backend).await.expect("the user is found");
}

fn around<'a>(log: &'a str, mark: &str) -> &'a str {
    log.lines().find(|line| line.contains(mark)).unwrap_or_default()
}
