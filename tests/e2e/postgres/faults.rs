//! A server that is killed while an instance runs.

use std::time::{Duration, Instant};

use data_adapter_testkit::Postgres;

use super::{left_out, over};
use crate::codes::{assert_right, rent, send, verify};
use crate::support::payloads::{SMS_CREATE, USER, sms_create};
use crate::support::{DataAdapter, PATIENCE};

/// Goes on asking until the service says by this status how it is.
pub(crate) async fn ready_with(adapter: &DataAdapter, status: u16) {
    let start = Instant::now();
    loop {
        let answer = adapter.get("/health/ready").await;
        if answer.status == status {
            return;
        }
        assert!(start.elapsed() < PATIENCE, "it stays {}: {}", answer.status, answer.text);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_killed_is_an_error_until_it_is_back_and_no_instance_has_to_be_started_again() {
    let Some(mut server) = Postgres::start() else { return left_out("PostgreSQL") };
    let url = server.url(&server.user());
    let adapter = over(&url).start().await;
    ready_with(&adapter, 200).await;
    let context = rent("op");
    let sent = send(&adapter, USER, &context).await;
    server.stop();
    let answer = adapter.post(SMS_CREATE, sms_create(USER, &rent("other"))).await;
    assert_eq!(answer.status, 400, "{}", answer.text);
    assert!(answer.text.contains("REMOTE_ERROR") && !answer.text.contains("127.0.0.1"), "{}", answer.text);
    ready_with(&adapter, 503).await;
    server.start_again();
    ready_with(&adapter, 200).await;
    assert_right(&verify(&adapter, &sent.message, &sent.code, USER, &context).await, "nothing is lost");
    let log = adapter.terminate().await.stderr;
    assert!(log.contains("the PostgreSQL store: ") && !log.contains(Postgres::PASSWORD), "{log}");
}
