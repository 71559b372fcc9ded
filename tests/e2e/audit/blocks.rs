//! A block has exactly one line, which names the user who is blocked.

use serde_json::Value;
use tempfile::TempDir;

use super::{Folder, told};
use crate::codes::{create, rent, send, verify, wrong};
use crate::support::payloads::{SMS_PASSWORD_VERIFY, USER, sms_password_verify};
use crate::support::{Builder, DataAdapter};

const OTHER: &str = "20000002";

/// One wrong guess at the code of each of five operations of the user, by a request that names `named`.
async fn fail(adapter: &DataAdapter, named: Option<&str>) {
    for number in 0..5 {
        let context = rent(&format!("op-{number}"));
        let sent = send(adapter, USER, &context).await;
        let answer = verify(adapter, &sent.message, &wrong(&sent.code), named, &context).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
    }
}

fn blocks(lines: &[Value]) -> Vec<&Value> {
    lines.iter().filter(|line| line["event"] == "blocked").collect()
}

#[tokio::test]
async fn it_names_the_owner_of_the_code_whomever_the_guesses_name() {
    for named in [None, Some(OTHER)] {
        let folder = Folder::new();
        let adapter = folder.builder().start().await;
        fail(&adapter, named).await;
        adapter.terminate().await;
        let lines = folder.lines();
        let blocks = blocks(&lines);
        assert_eq!(blocks.len(), 1, "{named:?}: {:?}", told(&lines));
        assert_eq!(blocks[0]["user"], USER, "{named:?}");
        assert_eq!(blocks[0]["operationId"], "op-4", "{named:?}");
    }
}

#[tokio::test]
async fn after_a_restart_it_is_not_told_again_unless_it_is_another() {
    let (folder, store) = (Folder::new(), TempDir::new().expect("a folder"));
    let store = store.path().join("store.db");
    let with_store = |builder: Builder| builder.store(&store);
    let adapter = with_store(folder.builder()).start().await;
    fail(&adapter, Some(USER)).await;
    adapter.terminate().await;

    let adapter = with_store(folder.builder()).start().await;
    let message = create(&adapter, USER, &rent("late")).await;
    verify(&adapter, &message, "12345678", USER, &rent("late")).await;
    assert_eq!(told(&folder.lines()).last().expect("a line"), "code_verification failed");
    assert_eq!(blocks(&folder.lines()).len(), 1, "{:?}", told(&folder.lines()));

    let lift = with_store(folder.builder()).arg("user").arg("unblock").arg(USER);
    assert_eq!(lift.spawn_failing().await.status, Some(0));
    fail(&adapter, Some(USER)).await;
    adapter.terminate().await;
    assert_eq!(blocks(&folder.lines()).len(), 2, "{:?}", told(&folder.lines()));
    folder.verified().await;
}

#[tokio::test]
async fn a_code_and_a_password_for_nobody_leave_a_line_without_a_user_and_no_counter() {
    let folder = Folder::new();
    let store = folder.0.path().join("store.db");
    let adapter = folder.builder().env("DATA_ADAPTER__WEB_FLOW__DIALECT", "1").store(&store).start().await;
    for _ in 0..7 {
        let body = sms_password_verify("unknown", "12345678", None, "wrong", &rent("op"));
        let answer = adapter.post(SMS_PASSWORD_VERIFY, body).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
    }
    adapter.terminate().await;
    let lines = folder.lines();
    assert_eq!(lines.len(), 7, "{:?}", told(&lines));
    for line in lines {
        assert_eq!((&line["event"], &line["user"]), (&"code_and_password_verification".into(), &Value::Null));
    }
    let mut sqlite3 = tokio::process::Command::new("sqlite3");
    let kept = sqlite3.arg(&store).arg("SELECT count(*) FROM attempts").output().await;
    assert_eq!(kept.expect("sqlite3 can be run").stdout, b"0\n", "counters of nobody");
}
