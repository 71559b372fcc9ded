//! Partners who log in.

use serde_json::{Value, json};

use super::{Folder, told};
use crate::support::DataAdapter;

const RIGHT: &str = "Partner#2026";
const WRONG: &str = "Partner#2020";

async fn log_in(adapter: &DataAdapter, name: &str, password: &str) -> u16 {
    let [name, password] = [name, password].map(|text| text.replace('#', "%23"));
    let request = adapter.client().post(adapter.url("/security/login"));
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    let body = format!("grant_type=password&username={name}&password={password}");
    adapter.send(request.body(body)).await.status
}

#[tokio::test]
async fn a_partner_is_named_and_what_is_no_name_of_a_partner_is_in_no_line() {
    let folder = Folder::new();
    let adapter = folder.builder().start().await;
    for (name, password, status) in [
        ("demopartner", RIGHT, 200),
        ("demopartner", WRONG, 400),
        (RIGHT, WRONG, 400),
        ("Demopartner", RIGHT, 400),
    ] {
        assert_eq!(log_in(&adapter, name, password).await, status, "{name}");
    }
    for _ in 0..4 {
        assert_eq!(log_in(&adapter, "demopartner", WRONG).await, 400);
        assert_eq!(log_in(&adapter, RIGHT, WRONG).await, 400);
    }
    adapter.terminate().await;
    let lines = folder.lines();
    let logins = lines.iter().filter(|line| line["event"] == "partner_login");
    let users: Vec<_> = logins.map(|line| line["user"].clone()).take(4).collect();
    assert_eq!(users, [json!("demopartner"), json!("demopartner"), Value::Null, Value::Null]);
    let blocked: Vec<_> = lines.iter().filter(|line| line["event"] == "blocked").collect();
    assert_eq!(blocked.len(), 1, "{:?}", told(&lines));
    assert_eq!(blocked[0]["user"], "demopartner");
    assert!(!folder.text().contains(RIGHT), "a password that was typed as a name was written");
}
