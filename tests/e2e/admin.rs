//! The API for operators: who is let in, what they can do, and what stands in the audit log of it.

mod access;
mod audit;
mod page;
mod trail;
mod work;

use reqwest::Method;
use reqwest::header::AUTHORIZATION;
use serde_json::Value;

use crate::support::{Answer, DataAdapter};

/// The token of the demo's operator.
const TOKEN: &str = "demo-admin-token";

const REQUESTS: &str = "/admin/sca-requests";
const USER: &str = "/admin/users/12345678";

async fn with_token(adapter: &DataAdapter, token: &str, method: Method, path: &str, body: Value) -> Answer {
    let request = adapter.client().request(method, adapter.url(path));
    let request = request.header(AUTHORIZATION, format!("Bearer {token}"));
    let request = if body.is_null() { request } else { request.json(&body) };
    adapter.send(request).await
}

pub(crate) async fn get(adapter: &DataAdapter, path: &str) -> Answer {
    with_token(adapter, TOKEN, Method::GET, path, Value::Null).await
}

pub(crate) async fn post(adapter: &DataAdapter, path: &str, body: Value) -> Answer {
    with_token(adapter, TOKEN, Method::POST, path, body).await
}

/// What problem details with this status say.
fn assert_problem(answer: &Answer, status: u16) {
    assert_eq!(answer.status, status, "{}", answer.text);
    assert_eq!(answer.headers["content-type"], "application/problem+json", "{}", answer.text);
    assert_eq!(answer.json()["status"].as_u64(), Some(status.into()), "{}", answer.text);
}
