//! Systems behind that do not answer.

use actix_web::http::Method;

use crate::bench::{Bench, USER};

#[actix_web::test]
async fn while_nobody_knows_the_users_the_answer_is_503_without_a_body() {
    let bench = Bench::new();
    let served = bench.serve().await;
    let user = served.user(bench.token(USER));
    bench.people.go_away(true);
    user.call(Method::GET, "", &[], "").await.assert_bare(503);
    user.enrol().await.assert_bare(503);
    bench.people.go_away(false);
    user.enrol().await.assert_bare(204);
}

#[actix_web::test]
async fn a_message_that_is_not_taken_is_503_and_can_be_sent_again_under_the_same_reference() {
    let bench = Bench::new();
    let served = bench.serve().await;
    let user = served.user(bench.token(USER));
    bench.gateway.refuse(true);
    let enrol = || user.call(Method::POST, "/otp/SMS", &[("idempotency-ref", "one")], "");
    enrol().await.assert_bare(503);
    bench.gateway.refuse(false);
    enrol().await.assert_bare(204);
    user.verify(&bench.code()).await.assert_bare(204);
}
