//! What is refused before anything is asked.

use actix_web::http::Method;
use data_adapter_server::Denial;
use serde_json::json;

use crate::bench::{Bench, MOST_BYTES, TOKEN, request};

#[actix_web::test]
async fn unknown_paths_and_methods_are_told_as_problems() {
    let bench = Bench::new();
    let service = bench.serve().await;
    for path in ["/admin/nowhere", "/admin/views/", "/admin/users", "/admin/users/1/2/3"] {
        service.get(path).await.problem(404);
    }
    for (method, path, allowed) in [
        (Method::GET, "/admin/sca-requests", "POST"),
        (Method::PUT, "/admin/users/1", "GET"),
        (Method::GET, "/admin/users/1/devices", "POST"),
        (Method::GET, "/admin/users/1/devices/1", "DELETE"),
        (Method::POST, "/admin/blocks", "GET"),
    ] {
        let answered = service.send(request(method, path)).await;
        answered.problem(405);
        assert_eq!(answered.header("allow"), allowed);
    }
}

#[actix_web::test]
async fn a_body_that_cannot_be_read_is_told_as_a_problem_and_never_shown() {
    let bench = Bench::new();
    let service = bench.serve().await;
    let deep = format!("{}{}", "[".repeat(65), "]".repeat(65));
    for body in ["", "{", "[]", "1", "null", "{\"title\":\"\\ud800\"}", &deep] {
        assert!(service.post_text("/admin/sca-requests", body).await.invalid().is_empty(), "{body}");
    }
    let repeated = r#"{"consumerId":1,"consumerId":2,"type":"otp","title":"Marked"}"#;
    let answered = service.post_text("/admin/sca-requests", repeated).await;
    assert_eq!(answered.invalid(), ["consumerId"]);
    assert!(!answered.text.contains("Marked"), "{}", answered.text);
    let long = "x".repeat(MOST_BYTES);
    service.post("/admin/sca-requests", json!({"title": long})).await.problem(413);
    for kind in ["text/plain", "application/json; charset=latin1", "application/x-www-form-urlencoded"] {
        let request = request(Method::POST, "/admin/users/12345678/devices");
        let request = request.insert_header(("content-type", kind)).set_payload("{}");
        service.send(request).await.problem(415);
    }
    let json = ("content-type", "application/json");
    let twice = request(Method::POST, "/admin/users/12345678/devices");
    service.send(twice.append_header(json).append_header(json).set_payload("{}")).await.problem(415);
}

#[actix_web::test]
async fn whoever_watches_is_told_of_what_an_operator_asked_that_came_to_nothing() {
    let bench = Bench::new();
    let service = bench.serve().await;
    service.post("/admin/sca-requests", json!({})).await.problem(400);
    service.get("/admin/users/12345678/consents?limit=0").await.problem(400);
    service.send(request(Method::PUT, "/admin/blocks")).await.problem(405);
    let told = bench.denials.take();
    let ann = || Some("ann".to_owned());
    let paths = ["/admin/sca-requests", "/admin/users/{user}/consents", "/admin/blocks"];
    assert_eq!(told, paths.map(|path| (Denial::Invalid, ann(), path.to_owned())));
    // What was asked of a capability is recorded by what stands around that.
    service.get("/admin/users/nobody").await.problem(404);
    service.delete("/admin/users/12345678/devices/7").await.problem(404);
    assert!(bench.denials.take().is_empty());
}

#[actix_web::test]
async fn an_id_that_nobody_can_have_is_not_looked_for() {
    let bench = Bench::new();
    let service = bench.serve().await;
    let long = "x".repeat(257);
    for id in ["%00", "a%0Ab", "%E2%80%AE", &long] {
        for answered in [
            service.get(&format!("/admin/users/{id}")).await,
            service.ask(&format!("/admin/users/{id}/unblock")).await,
            service.ask(&format!("/admin/users/{id}/sessions/end")).await,
            service.get(&format!("/admin/users/{id}/consents")).await,
            service.ask(&format!("/admin/users/{id}/consents/withdraw")).await,
            service.delete(&format!("/admin/users/{id}/devices/1")).await,
        ] {
            assert_eq!(answered.invalid(), ["userId"], "{id}");
        }
        assert_eq!(
            service.ask(&format!("/admin/partners/{id}/unblock")).await.invalid(),
            ["partner"],
            "{id}"
        );
        assert_eq!(service.get(&format!("/admin/challenges?user={id}")).await.invalid(), ["user"], "{id}");
    }
    let answered = service.get("/admin/users/%00").await;
    assert!(!answered.text.contains(TOKEN), "{}", answered.text);
}
