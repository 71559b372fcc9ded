//! Who may call, on behalf of whom, and for how long: the same at all five operations.

use std::time::Duration;

use reqwest::RequestBuilder;

use super::application::{Application, outcome, token};
use super::operations::{Operation, ROOT};
use super::schemas::check;
use super::{LIMITS, STRANGER, USER, operate};
use crate::support::DataAdapter;

/// What each operation is answered with these headers.
async fn outcomes(adapter: &DataAdapter, headers: &[(&str, &str)]) -> Vec<String> {
    let mut outcomes = Vec::new();
    for operation in Operation::all() {
        let url = adapter.url(&format!("{ROOT}{}", operation.path));
        let request = adapter.client().request(operation.method.clone(), url);
        let add = |request: RequestBuilder, header: &(&str, &str)| request.header(header.0, header.1);
        let answer = adapter.send(headers.iter().fold(request, add)).await;
        check(&operation, &answer);
        outcomes.push(outcome(&answer));
    }
    outcomes.dedup();
    outcomes
}

#[tokio::test]
async fn a_missing_key_is_a_bad_request_and_a_wrong_key_or_token_is_not_let_in() {
    let adapter = DataAdapter::start().await;
    let right = format!("Bearer {}", token(&adapter, USER, "demo").await);
    let (key, right) = (("api-key", "demo-api-key"), right.as_str());
    for headers in [&[][..], &[("authorization", right)], &[("authorization", right), ("api-key", "")]] {
        assert_eq!(outcomes(&adapter, headers).await, ["400 api-key REQUIRED"], "{headers:?}");
    }
    for wrong in ["wrong", "DEMO-API-KEY"] {
        assert_eq!(outcomes(&adapter, &[("api-key", wrong), ("authorization", right)]).await, ["401"]);
    }
    assert_eq!(outcomes(&adapter, &[key]).await, ["401"]);
    let altered = format!("{right}x");
    for wrong in ["", "Bearer", "Bearer x", altered.as_str(), right.trim_start_matches("Bearer ")] {
        assert_eq!(outcomes(&adapter, &[key, ("authorization", wrong)]).await, ["401"], "{wrong}");
    }
    assert_eq!(adapter.messages().await.len(), 0);
}

#[tokio::test]
async fn a_programme_sees_its_own_users_only() {
    let adapter = DataAdapter::start().await;
    let ours = format!("Bearer {}", token(&adapter, USER, "demo").await);
    let theirs = format!("Bearer {}", token(&adapter, STRANGER, "other").await);
    for (key, token) in [("other-api-key", &ours), ("demo-api-key", &theirs)] {
        let headers = [("api-key", key), ("authorization", token.as_str())];
        assert_eq!(outcomes(&adapter, &headers).await, ["403"], "{key}");
    }
    assert_eq!(adapter.messages().await.len(), 0);
    let stranger = Application { api_key: "other-api-key", token: token(&adapter, STRANGER, "other").await };
    assert_eq!(stranger.enrol(&adapter).await, "204");
}

#[tokio::test]
async fn a_token_lives_from_one_call_to_the_next_and_no_longer() {
    let adapter =
        DataAdapter::builder().env("DATA_ADAPTER__FACTORS__TOKENS__IDLE_SECONDS", "8").start().await;
    let user = Application::start(&adapter).await;
    // Each call in time for the token, and the last one longer after the first than a token lasts.
    for _ in 0..5 {
        assert_eq!(user.ask(&adapter, &Operation::list()).await.status, 200);
        tokio::time::sleep(Duration::from_millis(2_500)).await;
    }
    tokio::time::sleep(Duration::from_secs(6)).await;
    for operation in Operation::all() {
        assert_eq!(user.ask(&adapter, &operation).await.status, 401, "{operation:?}");
    }
    assert_eq!(Application::start(&adapter).await.ask(&adapter, &Operation::list()).await.status, 200);
}

#[tokio::test]
async fn a_call_over_a_limit_is_something_that_the_user_does_and_one_that_is_not_let_in_is_not() {
    let adapter = DataAdapter::builder()
        .env("DATA_ADAPTER__FACTORS__TOKENS__IDLE_SECONDS", "8")
        .env(LIMITS, "1;w=86400")
        .start()
        .await;
    let user = Application::start(&adapter).await;
    let foreign = Application { api_key: "other-api-key", ..user.clone() };
    let list = Operation::list();
    assert_eq!(user.ask(&adapter, &list).await.status, 200);
    for _ in 0..4 {
        tokio::time::sleep(Duration::from_millis(2_500)).await;
        assert_eq!(user.ask(&adapter, &list).await.status, 429);
    }
    for _ in 0..3 {
        tokio::time::sleep(Duration::from_secs(3)).await;
        assert_eq!(foreign.ask(&adapter, &list).await.status, 403);
    }
    assert_eq!(user.ask(&adapter, &list).await.status, 401);
}

#[tokio::test]
async fn what_an_operator_ends_at_one_instance_is_over_at_the_other_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let start = || DataAdapter::builder().store(&folder.path().join("store.db")).start();
    let (first, second) = (start().await, start().await);
    let user = Application::start(&first).await;
    assert_eq!(user.ask(&second, &Operation::list()).await.status, 200);
    operate(&first, USER, "sessions/end").await;
    for operation in Operation::all() {
        assert_eq!(user.ask(&second, &operation).await.status, 401, "{operation:?}");
    }
}
