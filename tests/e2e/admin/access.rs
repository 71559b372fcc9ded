//! Who is let in.

use reqwest::Method;
use serde_json::Value;

use super::{REQUESTS, TOKEN, assert_problem, get, with_token};
use crate::callers::configuration;
use crate::support::DataAdapter;

#[tokio::test]
async fn a_token_that_is_not_an_operators_lets_nobody_in() {
    let adapter = DataAdapter::start().await;
    for token in ["", "wrong", "demo-admin-toke", "demo-admin-token2"] {
        let answer = with_token(&adapter, token, Method::GET, "/admin/blocks", Value::Null).await;
        assert_problem(&answer, 401);
        assert_eq!(answer.headers["www-authenticate"], "Bearer realm=\"data-adapter\"");
    }
    assert_problem(&adapter.get("/admin/blocks").await, 401);
    assert_eq!(get(&adapter, "/admin/blocks").await.status, 200);
}

#[tokio::test]
async fn where_it_is_not_switched_on_there_is_nothing() {
    let adapter = DataAdapter::builder()
        .config("sandbox.enabled = true\nbackends.memory.demo_users = true\n")
        .start()
        .await;
    for path in ["/admin/blocks", "/admin/users/12345678", "/admin"] {
        assert_eq!(get(&adapter, path).await.status, 404, "{path}");
    }
    let answer = with_token(&adapter, TOKEN, Method::POST, REQUESTS, serde_json::json!({})).await;
    assert_eq!(answer.status, 404, "{}", answer.text);
}

#[tokio::test]
async fn a_callers_token_is_no_operators_and_an_operators_is_no_callers() {
    let operator = "[admin]\nenabled = true\n[[admin.operators]]\nname = \"ann\"\ntoken_sha256 = \"91c16f0d6cc1bec3c3603972182a07c66ff4fa71618a975e963d6dbe42b6dd37\"\n";
    let adapter = DataAdapter::builder().config(configuration() + operator).start().await;
    let status = async |token: &str, path: &str| {
        with_token(&adapter, token, Method::GET, path, Value::Null).await.status
    };
    assert_eq!(status(TOKEN, "/admin/blocks").await, 200, "the shell asks no operator for a caller's token");
    assert_eq!(status(crate::callers::TOKEN, "/admin/blocks").await, 401);
    assert_eq!(status(TOKEN, "/api/service/status").await, 401);
    assert_eq!(status(crate::callers::TOKEN, "/api/service/status").await, 200);
}

#[tokio::test]
async fn without_an_operator_it_does_not_start() {
    let exit =
        DataAdapter::builder().config("sandbox.enabled = true\nadmin.enabled = true\n").spawn_failing().await;
    assert_eq!(exit.status, Some(78), "{exit:?}");
    assert!(exit.stderr.contains("`admin.operators` is missing"), "{exit:?}");
}
