//! What is asked again, and what never is.

use std::time::Duration;

use data_adapter_core::AdapterError;
use data_adapter_protocol::web_flow::Dialect;
use data_adapter_rest::{RestBackend, RestSettings};
use tokio::net::TcpSocket;

use crate::calls::{Call, harmful, harmless, settings, with};
use crate::scripted::{Reply, Scripted};

const USER: &str = r#"{"id":"12345678","organizationId":"RETAIL"}"#;

fn stubborn(url: &str) -> RestBackend {
    with(RestSettings { dialect: Dialect::V1, retries: 2, ..settings(url) })
}

fn broken() -> [Reply; 4] {
    let half = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{".to_vec();
    let unavailable = Reply::error("503 Service Unavailable", "ERROR_GENERIC", "error.overloaded");
    [Reply::Reset, Reply::Close(half), unavailable, Reply::of("502 Bad Gateway", "text/html", "<html>")]
}

#[tokio::test]
async fn what_changes_nothing_is_asked_again_as_often_as_is_set() {
    for reply in broken() {
        for call in harmless(Dialect::V1) {
            let server = Scripted::start([reply.clone()]).await;
            let result = call.make(&stubborn(&server.url())).await;
            assert!(matches!(result, Err(AdapterError::Remote(_))), "{call:?}: {result:?}");
            let requests = server.requests();
            assert_eq!(requests.len(), 3, "{call:?} after {reply:?}");
            assert!(requests.iter().all(|request| *request == requests[0]), "the same again: {requests:?}");
        }
    }
}

#[tokio::test]
async fn what_may_have_done_something_is_never_asked_again() {
    for reply in broken() {
        for call in harmful(Dialect::V1) {
            let server = Scripted::start([reply.clone()]).await;
            let result = call.make(&stubborn(&server.url())).await;
            assert!(matches!(result, Err(AdapterError::Remote(_))), "{call:?}: {result:?}");
            assert_eq!(server.requests().len(), 1, "{call:?} after {reply:?}");
        }
    }
}

#[tokio::test]
async fn the_second_answer_counts() {
    for reply in broken() {
        let server = Scripted::start([reply, Reply::ok(USER)]).await;
        let found = Call::Lookup.make(&stubborn(&server.url())).await.expect("the second answer");
        assert!(found.contains("12345678"), "{found}");
        assert_eq!(server.requests().len(), 2);
    }
}

#[tokio::test]
async fn an_answer_is_an_answer_and_not_asked_for_again() {
    for reply in [
        Reply::error("400 Bad Request", "USER_NOT_FOUND", "login.userNotFound"),
        Reply::error("400 Bad Request", "REMOTE_ERROR", "error.remote"),
        Reply::error("500 Internal Server Error", "ERROR_GENERIC", "error.unknown"),
        Reply::json("200 OK", "{}"),
    ] {
        let server = Scripted::start([reply]).await;
        let _ = Call::Lookup.make(&stubborn(&server.url())).await;
        assert_eq!(server.requests().len(), 1);
    }
}

#[tokio::test]
async fn the_status_is_asked_once_so_that_it_is_how_it_is() {
    let server = Scripted::start([Reply::Reset, Reply::ok("{}")]).await;
    assert!(Call::Status.make(&stubborn(&server.url())).await.is_err());
    assert_eq!(server.requests().len(), 1);
}

/// The port is taken and nobody listens, so that connections are refused; then somebody does.
#[tokio::test]
async fn a_request_that_did_not_leave_is_sent_again_whatever_it_is() {
    for call in [Call::SmsCreate, Call::Lookup] {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.bind("127.0.0.1:0".parse().expect("an address")).expect("a free port");
        let url = format!("http://{}", socket.local_addr().expect("an address"));
        let late = tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(20)).await;
            let created =
                r#"{"id":"1","organizationId":"R","messageId":"m","smsDeliveryResult":"SUCCEEDED"}"#;
            Scripted::on(socket.listen(16).expect("it listens"), vec![Reply::ok(created)])
        });
        let backend = with(RestSettings { retries: 5, ..settings(&url) });
        call.make(&backend).await.expect("somebody listens at last");
        assert_eq!(late.await.expect("a server").requests().len(), 1, "{call:?}");
    }
}
