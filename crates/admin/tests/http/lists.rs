//! What there is of all users.

use data_adapter_core::UserId;
use data_adapter_sca::{AttemptStore as _, Factor};
use data_adapter_testkit::{Directory, at};
use jiff::SignedDuration;
use serde_json::json;

use crate::bench::{Bench, failures};

#[actix_web::test]
async fn blocks_are_listed_until_they_end() {
    let bench = Bench::new();
    let service = bench.serve().await;
    assert_eq!(service.get("/admin/blocks").await.with(200), &json!({"blocks": []}));
    for (user, factor) in [("b", Factor::Code), ("a", Factor::Partner)] {
        bench.store.block(&UserId::new(user), factor, at(0), &failures()).await.expect("it is kept");
    }
    let until = format!("{:.3}", at(600));
    let blocks = json!([
        {"userId": "a", "factor": "partner", "failures": 5, "until": until},
        {"userId": "b", "factor": "code", "failures": 5, "until": until}
    ]);
    assert_eq!(service.get("/admin/blocks").await.body["blocks"], blocks);
    for (query, shown) in
        [("user=a", json!([blocks[0]])), ("user=b", json!([blocks[1]])), ("user=c", json!([]))]
    {
        assert_eq!(service.get(&format!("/admin/blocks?{query}")).await.with(200)["blocks"], shown);
    }
    assert_eq!(service.get("/admin/blocks?user=a&user=b").await.invalid(), ["user"]);
    bench.clock.advance(SignedDuration::from_mins(10));
    assert_eq!(service.get("/admin/blocks").await.body["blocks"], json!([]));
}

#[actix_web::test]
async fn what_waits_for_an_answer_is_listed_oldest_first_of_all_or_of_one_user() {
    let bench = Bench::new();
    let service = bench.serve().await;
    let mut numbers = Vec::new();
    for consumer in [12_345_678, 20_000_002, 12_345_678] {
        let request = json!({"consumerId": consumer, "type": "otp", "title": "A limit"});
        numbers
            .push(service.post("/admin/sca-requests", request).await.with(201)["scaReferenceNumber"].clone());
        bench.clock.advance(SignedDuration::from_secs(1));
    }
    let listed = async |path: &str| {
        let answered = service.get(path).await;
        let challenges = answered.with(200)["challenges"].as_array().expect("a list").clone();
        challenges.iter().map(|challenge| challenge["scaReferenceNumber"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(listed("/admin/challenges").await, numbers);
    let of_payer = format!("/admin/challenges?user={}", Directory::PAYER);
    assert_eq!(listed(&of_payer).await, [numbers[0].clone(), numbers[2].clone()]);
    assert!(listed("/admin/challenges?user=nobody").await.is_empty());
    assert_eq!(service.get("/admin/challenges?user=a&user=b").await.invalid(), ["user"]);
    bench.clock.advance(SignedDuration::from_mins(5));
    assert!(listed("/admin/challenges").await.is_empty());
}
