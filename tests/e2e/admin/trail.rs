//! The audit log as operators read it.

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::Command;

use super::{assert_problem, get, post};
use crate::audit::until;
use crate::support::DataAdapter;

fn events(page: &Value) -> Vec<String> {
    let lines = page["lines"].as_array().expect("lines");
    let told = |line: &Value| {
        [&line["event"], &line["view"]].map(|text| text.as_str().unwrap_or("-").to_owned()).join(" ")
    };
    lines.iter().map(told).collect()
}

#[tokio::test]
async fn lines_of_a_user_and_of_a_request_are_found_over_rotated_files_and_a_change_shows() {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("audit.jsonl");
    let adapter = DataAdapter::builder()
        .env("DATA_ADAPTER__AUDIT__TARGET", "file")
        .env("DATA_ADAPTER__AUDIT__FILE", file.display().to_string())
        .start()
        .await;
    post(
        &adapter,
        "/admin/sca-requests",
        json!({"consumerId": 12_345_678, "type": "client", "title": "A limit"}),
    )
    .await;
    get(&adapter, "/admin/blocks").await;
    std::fs::rename(&file, folder.path().join("audit.jsonl-20261101")).expect("it is moved");
    let hangup = Command::new("kill").args(["-HUP", &adapter.pid().to_string()]).status().await;
    assert!(hangup.expect("kill can be run").success());
    until("a new file", || std::fs::metadata(&file).is_ok_and(|file| file.len() > 0)).await;
    let page = get(&adapter, "/admin/audit?user=12345678").await.json();
    assert!(events(&page).contains(&"sca_request_created -".to_owned()), "{page}");
    assert_eq!((&page["chain"]["whole"], &page["chain"]["first"]), (&json!(true), &json!(1)), "{page}");
    assert!(page["chain"]["last"].as_u64() > Some(3), "{page}");
    let created =
        page["lines"].as_array().expect("lines").iter().find(|line| line["event"] == "sca_request_created");
    let request = created.expect("it is there")["requestId"].as_str().expect("an id").to_owned();
    let of_request = get(&adapter, &format!("/admin/audit?request={request}")).await.json();
    assert_eq!(events(&of_request), ["sca_request_created -"]);
    let moved = folder.path().join("audit.jsonl-20261101");
    let text = std::fs::read_to_string(&moved).expect("it is there");
    std::fs::write(&moved, text.replacen("A limit", "A l1mit", 1).replacen("client", "cl1ent", 1))
        .expect("altered");
    let broken = get(&adapter, "/admin/audit?limit=1").await.json();
    assert_eq!(broken["chain"]["whole"], false, "{broken}");
    assert_eq!(broken["chain"]["breaks"][0]["file"], "audit.jsonl-20261101", "{broken}");
    assert_problem(&get(&adapter, "/admin/audit?before=x-1").await, 400);
}

#[tokio::test]
async fn without_a_file_there_is_nothing_to_read() {
    let adapter = DataAdapter::start().await;
    let answer = get(&adapter, "/admin/audit").await;
    assert_problem(&answer, 409);
    assert_eq!(answer.json()["reason"], "off");
}
