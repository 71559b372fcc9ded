//! How often users may call.

use actix_web::http::Method;
use futures::future::join_all;

use crate::bench::{Bench, OTHER_API_KEY, STRANGER, USER, Wish};

fn limited(limits: &'static str) -> Bench {
    Bench::with(Wish { limits, ..Wish::default() })
}

#[actix_web::test]
async fn what_is_over_a_limit_is_told_which_and_when_to_come_back() {
    let bench = limited("2;w=60, 5;w=3600");
    let served = bench.serve().await;
    let user = served.user(bench.token(USER));
    let get = || user.call(Method::GET, "", &[], "");
    assert_eq!((get().await.status, get().await.status), (200, 200));
    bench.advance(20);
    let answered = get().await;
    assert_eq!(answered.status, 429, "{answered:?}");
    assert_eq!(answered.header("x-ratelimit-limit"), Some("2;w=60, 5;w=3600"));
    assert_eq!(answered.header("x-ratelimit-reset"), Some("40;w=60"));
    assert_eq!(answered.header("retry-after"), Some("40"));
    bench.advance(40);
    assert_eq!(get().await.status, 200);
}

#[actix_web::test]
async fn a_longer_limit_holds_when_the_shorter_one_is_over() {
    let bench = limited("2;w=60, 3;w=200");
    let served = bench.serve().await;
    let user = served.user(bench.token(USER));
    let get = || user.call(Method::GET, "", &[], "");
    assert_eq!((get().await.status, get().await.status), (200, 200));
    bench.advance(60);
    assert_eq!(get().await.status, 200);
    assert_eq!(get().await.header("x-ratelimit-reset"), Some("140;w=200"));
}

#[actix_web::test]
async fn each_operation_and_each_user_is_limited_by_itself() {
    let bench = limited("1;w=60");
    let served = bench.serve().await;
    let user = served.user(bench.token(USER));
    for _ in 0..2 {
        user.call(Method::GET, "", &[], "").await;
    }
    user.enrol().await.assert_bare(204);
    user.verify(&bench.code()).await.assert_bare(204);
    user.enrol_push().await.assert_bare(204);
    user.unlink("AUTHY").await.assert_bare(204);
    assert_eq!(user.enrol().await.status, 429);
    assert_eq!(user.unlink("AUTHY").await.status, 429);
    let mut stranger = served.user(bench.token(STRANGER));
    stranger.api_key = OTHER_API_KEY;
    assert_eq!(stranger.call(Method::GET, "", &[], "").await.status, 200);
}

#[actix_web::test]
async fn of_fifty_calls_at_once_ten_get_through() {
    let bench = limited("10;w=60");
    let served = bench.serve().await;
    let user = served.user(bench.token(USER));
    let answers = join_all((0..50).map(|_| user.enrol())).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 204).count(), 10);
    assert_eq!(answers.iter().filter(|answer| answer.status == 429).count(), 40);
    assert_eq!(bench.messages(), 10);
}

#[actix_web::test]
async fn both_paths_of_the_api_are_limited_together() {
    let bench = limited("1;w=60");
    let served = bench.serve().await;
    let token = format!("Bearer {}", bench.token(USER));
    let headers = [("api-key", "demo-api-key"), ("authorization", token.as_str())];
    assert_eq!(served.send(Method::GET, "/authentication_factors", &headers, "").await.status, 200);
    assert_eq!(served.send(Method::GET, "/multi/authentication_factors", &headers, "").await.status, 429);
}
