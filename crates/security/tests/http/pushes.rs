//! What consumers approve on their devices.

use data_adapter_sca::PushDecisions as _;
use data_adapter_testkit::Directory;
use serde_json::json;

use crate::bench::{Bench, PARTNER};

#[actix_web::test]
async fn the_second_factor_of_who_has_a_device_is_asked_for_on_it() {
    let bench = Bench::new();
    let served = bench.serve().await;
    let partner = served.partner(PARTNER).await;
    bench.register_device(Directory::PAYER).await;
    let answered = partner.ask_for_second(Directory::PAYER).await;
    assert_eq!(answered.code(), "000");
    let shown = &answered.body["SCARes"];
    assert_eq!((&shown["SCAType"], &shown["AuthorizeOn"]), (&json!(2), &json!("Push")));
    let sca = answered.sca();
    let push = bench.pushes.0.lock().unwrap().last().cloned().expect("a push");
    assert_eq!((push.message.as_str().to_uppercase(), push.title.as_str()), (sca.clone(), "Login"));
    assert!(bench.gateway.messages().is_empty());

    let body = json!({"SCAReferenceNumber": sca});
    assert_eq!(partner.call("Authorize", body.clone()).await.code(), "908");
    assert!(bench.requests.decide(&push.message, true).await.unwrap());
    assert_eq!(partner.call("Authorize", body.clone()).await.code(), "000");
    assert_eq!(partner.call("Authorize", body).await.code(), "903");
}

#[actix_web::test]
async fn what_is_rejected_there_is_over() {
    let bench = Bench::new();
    let served = bench.serve().await;
    let partner = served.partner(PARTNER).await;
    bench.register_device(Directory::PAYER).await;
    let sca = partner.ask_for_second(Directory::PAYER).await.sca();
    let push = bench.pushes.0.lock().unwrap().last().cloned().expect("a push");
    assert!(bench.requests.decide(&push.message, false).await.unwrap());
    assert_eq!(partner.call("Authorize", json!({"SCAReferenceNumber": sca})).await.code(), "903");
    assert!(partner.pending(Directory::PAYER).await.is_empty());
}
