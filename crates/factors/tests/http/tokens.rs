//! Who may call, on behalf of whom, and for how long.

use actix_web::http::Method;
use serde_json::json;

use crate::bench::{API_KEY, Bench, IDLE, OTHER_API_KEY, STRANGER, USER};

const ROOT: &str = "/authentication_factors";

#[actix_web::test]
async fn a_missing_key_is_a_bad_request_and_a_wrong_one_is_not_let_in() {
    let bench = Bench::new();
    let served = bench.serve().await;
    let token = format!("Bearer {}", bench.token(USER));
    for path in [ROOT, "/multi/authentication_factors"] {
        for headers in [vec![], vec![("authorization", token.as_str())], vec![("api-key", "")]] {
            let answered = served.send(Method::GET, path, &headers, "").await;
            assert_eq!(answered.fields(), [("api-key", "REQUIRED")]);
        }
        for key in ["wrong", "DEMO-API-KEY", "demo-api-key demo-api-key"] {
            let headers = [("api-key", key), ("authorization", token.as_str())];
            let answered = served.send(Method::GET, path, &headers, "").await;
            answered.assert_bare(401);
            assert!(answered.header("www-authenticate").is_some());
        }
    }
    let twice = [("api-key", API_KEY), ("api-key", OTHER_API_KEY), ("authorization", token.as_str())];
    assert_eq!(served.send(Method::GET, ROOT, &twice, "").await.fields(), [("api-key", "REGEX")]);
}

#[actix_web::test]
async fn without_a_token_that_is_good_nobody_is_let_in() {
    let bench = Bench::new();
    let served = bench.serve().await;
    let right = bench.token(USER);
    let unknown = format!("Bearer {}", bench.token("99999999"));
    let altered = format!("Bearer {right}x");
    let (bare, basic) = (right.clone(), format!("Basic {right}"));
    served.send(Method::GET, ROOT, &[("api-key", API_KEY)], "").await.assert_bare(401);
    for value in ["", "Bearer", "Bearer ", "Bearer x", &altered, &bare, &basic, &unknown] {
        let headers = [("api-key", API_KEY), ("authorization", value)];
        served.send(Method::GET, ROOT, &headers, "").await.assert_bare(401);
    }
    let right = format!("bearer {right}");
    let twice = [("api-key", API_KEY), ("authorization", right.as_str()), ("authorization", right.as_str())];
    assert_eq!(served.send(Method::GET, ROOT, &twice[..2], "").await.status, 200);
    served.send(Method::GET, ROOT, &twice, "").await.assert_bare(401);
}

#[actix_web::test]
async fn a_programme_sees_its_own_users_only() {
    let bench = Bench::new();
    let served = bench.serve().await;
    let forbidden = json!({"errorCode": "INSUFFICIENT_PERMISSIONS"});
    for (user, key, status) in [
        (USER, API_KEY, 200),
        (USER, OTHER_API_KEY, 403),
        (STRANGER, API_KEY, 403),
        (STRANGER, OTHER_API_KEY, 200),
    ] {
        let mut caller = served.user(bench.token(user));
        caller.api_key = key;
        let answered = caller.call(Method::GET, "", &[], "").await;
        assert_eq!(answered.status, status, "{user} {key}");
        assert_eq!(answered.body == forbidden, status == 403);
    }
}

#[actix_web::test]
async fn a_token_that_names_a_programme_is_good_for_that_one() {
    let bench = Bench::new();
    let served = bench.serve().await;
    for (programme, status) in [("demo", 200), ("other", 403), ("", 403), ("Demo", 403)] {
        let token = bench.token_with(USER, &json!({"programme": programme}));
        assert_eq!(served.user(token).call(Method::GET, "", &[], "").await.status, status, "{programme:?}");
    }
}

#[actix_web::test]
async fn five_minutes_without_a_call_are_the_end_of_a_token() {
    let bench = Bench::new();
    let served = bench.serve().await;
    let token = bench.token(USER);
    let get = async || served.user(token.clone()).call(Method::GET, "", &[], "").await.status;
    for _ in 0..4 {
        bench.advance(IDLE - 1);
        assert_eq!(get().await, 200, "each call goes on");
    }
    bench.advance(IDLE);
    assert_eq!(get().await, 401);
    assert_eq!(get().await, 401, "a call that is refused wakes nothing");
    let newer = bench.token(USER);
    assert_eq!(served.user(newer).call(Method::GET, "", &[], "").await.status, 200);
}

#[actix_web::test]
async fn a_token_that_nobody_used_in_time_is_worth_nothing() {
    let bench = Bench::new();
    let served = bench.serve().await;
    let token = bench.token(USER);
    bench.advance(IDLE);
    assert_eq!(served.user(token).call(Method::GET, "", &[], "").await.status, 401);
}

#[actix_web::test]
async fn sessions_that_were_ended_need_a_newer_token() {
    let bench = Bench::new();
    let served = bench.serve().await;
    let token = bench.token(USER);
    assert_eq!(served.user(token.clone()).call(Method::GET, "", &[], "").await.status, 200);
    bench.end_sessions(USER).await;
    assert_eq!(served.user(token).call(Method::GET, "", &[], "").await.status, 401);
    assert_eq!(
        served.user(bench.token(USER)).call(Method::GET, "", &[], "").await.status,
        401,
        "of the same second"
    );
    bench.advance(1);
    assert_eq!(served.user(bench.token(USER)).call(Method::GET, "", &[], "").await.status, 200);
}

#[actix_web::test]
async fn who_is_not_let_in_does_nothing() {
    let bench = Bench::new();
    let served = bench.serve().await;
    let mut stranger = served.user(bench.token(USER));
    stranger.api_key = OTHER_API_KEY;
    assert_eq!(stranger.enrol().await.status, 403);
    assert_eq!(served.user("x".to_owned()).enrol().await.status, 401);
    assert_eq!(bench.messages(), 0);
    assert!(served.user(bench.token(USER)).factors().await.is_empty());
}

#[actix_web::test]
async fn a_token_that_lapsed_does_not_come_back_with_another_login() {
    let bench = Bench::new();
    let served = bench.serve().await;
    let lapsed = bench.token(USER);
    assert_eq!(served.user(lapsed.clone()).call(Method::GET, "", &[], "").await.status, 200);
    bench.advance(IDLE);
    served.user(lapsed.clone()).call(Method::GET, "", &[], "").await.assert_bare(401);
    let fresh = bench.token(USER);
    assert_eq!(served.user(fresh.clone()).call(Method::GET, "", &[], "").await.status, 200);
    served.user(lapsed).call(Method::GET, "", &[], "").await.assert_bare(401);
    assert_eq!(served.user(fresh).call(Method::GET, "", &[], "").await.status, 200);
}
