//! What goes with every request: who asks, for which call, and the parts that nobody reads.

use data_adapter_core::{CallContext, Credentials, OrganizationId, Password, Subject, UserId};
use data_adapter_protocol::web_flow::Dialect;
use data_adapter_rest::RestSettings;
use futures::future::join_all;

use crate::calls::{Call, FORM, authenticate, backend, backend_of, credentials, every, settings, with};
use crate::scripted::{Reply, Scripted};

const USER: &str = r#"{"id":"12345678","organizationId":"RETAIL"}"#;

async fn lookup_with(settings: impl FnOnce(RestSettings) -> RestSettings) -> String {
    let server = Scripted::start([Reply::ok(USER)]).await;
    let backend = with(settings(self::settings(&server.url())));
    Call::Lookup.make(&backend).await.expect("the user is found");
    server.request()
}

#[tokio::test]
async fn credentials_go_with_every_request() {
    for (password, token, header) in [
        (Some("open sesame"), None, Some("authorization: Basic d2ViLWZsb3c6b3BlbiBzZXNhbWU=\r\n")),
        (None, Some("t0ken"), Some("authorization: Bearer t0ken\r\n")),
        (None, None, None),
    ] {
        let server = Scripted::start([Reply::ok("{}")]).await;
        let dialect = Dialect::V1;
        let backend = with(RestSettings {
            dialect,
            username: password.map(|_| "web-flow".to_owned()),
            password: password.map(Into::into),
            token: token.map(Into::into),
            ..settings(&server.url())
        });
        for call in every(dialect) {
            // Whether the answer is of use does not matter here.
            let _ = call.make(&backend).await;
        }
        let requests = server.requests();
        assert_eq!(requests.len(), every(dialect).count());
        for request in requests {
            match header {
                Some(header) => assert!(request.contains(header), "{request}"),
                None => assert!(!request.contains("authorization:"), "{request}"),
            }
        }
    }
}

#[tokio::test]
async fn the_path_of_the_url_stands_before_that_of_the_api() {
    for end in ["/powerauth-data-adapter", "/powerauth-data-adapter/"] {
        let request =
            lookup_with(|settings| RestSettings { url: settings.url.clone() + end, ..settings }).await;
        let line = "POST /powerauth-data-adapter/api/auth/user/lookup HTTP/1.1\r\n";
        assert!(request.starts_with(line), "{request}");
    }
    assert!(lookup_with(|settings| settings).await.starts_with("POST /api/auth/user/lookup HTTP/1.1\r\n"));
}

#[tokio::test]
async fn the_request_id_and_the_trace_go_on_in_spawned_work_too() {
    const TRACE: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let server = Scripted::start([Reply::ok(USER)]).await;
    let backend = backend(&server.url());
    let call = CallContext::new("request-7", TRACE.parse().ok());
    let work = async {
        let spawned = backend.clone();
        Call::Lookup.make(&backend).await.expect("the user is found");
        let spawned = tokio::spawn(CallContext::carry(async move { Call::Info.make(&spawned).await }));
        spawned.await.expect("no panic").expect("the user is found");
    };
    call.scope(work).await;
    for request in server.requests() {
        assert!(request.contains("\r\nx-request-id: request-7\r\n"), "{request}");
        assert!(request.contains(&format!("\r\ntraceparent: {TRACE}\r\n")), "{request}");
    }
    Call::Info.make(&backend).await.expect("the user is found");
    let requests = server.requests();
    assert!(!requests[2].contains("x-request-id") && !requests[2].contains("traceparent"));
}

#[tokio::test]
async fn form_data_and_application_go_on_byte_for_byte() {
    let (server, dialect) = (Scripted::start([Reply::ok("{}")]).await, Dialect::V1);
    let backend = backend_of(dialect, &server.url());
    for call in every(dialect) {
        let _ = call.make(&backend).await;
    }
    let with_context: Vec<String> =
        server.requests().into_iter().filter(|request| request.contains("operationContext")).collect();
    assert_eq!(
        with_context.len(),
        every(dialect).count() - 3,
        "all but info, status and the login of a client"
    );
    for request in with_context {
        assert!(request.contains(&format!(r#""formData":{FORM}"#)), "{request}");
        assert!(request.contains(r#""applicationContext":{"id":"BANK", "extras":{"n":1.50}}"#), "{request}");
    }
}

#[tokio::test]
async fn a_password_goes_on_as_it_came() {
    let server = Scripted::start([Reply::ok(r#"{"authenticationResult":"FAILED"}"#)]).await;
    let backend = backend(&server.url());
    authenticate(&backend, &credentials("p\"ž")).await.expect("an outcome");
    let encrypted = Password::Encrypted {
        transformation: "AES/CBC/PKCS7Padding".to_owned(),
        ciphertext: "aXY=:Y2lwaGVy".into(),
    };
    let encrypted = Credentials { password: encrypted, ..credentials("") };
    authenticate(&backend, &encrypted).await.expect("an outcome");
    let requests = server.requests();
    assert!(requests[0].contains(r#""password":"p\"ž""#), "{}", requests[0]);
    assert!(requests[0].contains(r#""passwordProtection":"NO_PROTECTION""#), "{}", requests[0]);
    assert!(requests[1].contains(r#""password":"aXY=:Y2lwaGVy""#), "{}", requests[1]);
    let protection =
        r#""passwordProtection":"PASSWORD_ENCRYPTION_AES","cipherTransformation":"AES/CBC/PKCS7Padding""#;
    assert!(requests[1].contains(protection), "{}", requests[1]);
}

#[tokio::test]
async fn requests_go_through_the_proxy_that_is_set() {
    let proxy = Scripted::start([Reply::ok(USER)]).await;
    let backend = with(RestSettings {
        url: "http://core.bank.example/x".to_owned(),
        allow_clear_text: true,
        proxy: Some(proxy.url().replace("http://", "http://user:pass%20word@").into()),
        ..settings("")
    });
    Call::Lookup.make(&backend).await.expect("the proxy answers");
    let request = proxy.request();
    let line = "POST http://core.bank.example/x/api/auth/user/lookup HTTP/1.1\r\n";
    assert!(request.starts_with(line), "{request}");
    assert!(request.contains("\r\nproxy-authorization: Basic dXNlcjpwYXNzIHdvcmQ=\r\n"), "{request}");
}

/// Each reply takes a while, so that all callers would be connected at once if they could.
#[tokio::test]
async fn no_more_connections_are_open_than_are_allowed() {
    let Reply::Bytes(reply) = Reply::ok(USER) else { panic!("bytes") };
    let server = Scripted::start([Reply::Drip(reply)]).await;
    let backend = with(RestSettings { max_connections: 4, timeout_ms: 60_000, ..settings(&server.url()) });
    let subject = |id: u32| {
        let organization = OrganizationId::new((id % 2).to_string());
        Subject::user(&UserId::new(id.to_string())).of(Some(&organization))
    };
    let answers = join_all((0..8).map(|id| subject(id).scope(Call::Lookup.make(&backend)))).await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    assert_eq!((server.requests().len(), server.most_connections()), (8, 4));
}
