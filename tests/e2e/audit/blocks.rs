//! A block has exactly one line, which names the user who is blocked.

use serde_json::Value;
use tempfile::TempDir;

use super::{Folder, told};
use crate::codes::{create, rent, send, verify, wrong};
use crate::support::payloads::USER;
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
