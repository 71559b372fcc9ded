//! Devices that users are asked on.

use data_adapter_testkit::Directory;
use serde_json::{Value, json};

use crate::bench::Bench;

const DEVICES: &str = "/admin/users/12345678/devices";

fn device() -> Value {
    json!({"deviceName": "My phone", "deviceType": "iPhone 15", "osVersion": "18.1"})
}

#[actix_web::test]
async fn a_device_is_deregistered_once_and_only_by_its_owner() {
    let bench = Bench::new();
    let service = bench.serve().await;
    let number = service.post(DEVICES, device()).await.with(201)["sdkDeviceReferenceId"].clone();
    service.delete(&format!("/admin/users/{}/devices/{number}", Directory::CZECH)).await.problem(404);
    let gone = service.delete(&format!("{DEVICES}/{number}")).await;
    assert_eq!((gone.status, gone.text.as_str()), (204, ""));
    service.delete(&format!("{DEVICES}/{number}")).await.problem(404);
    let next = service.post(DEVICES, device()).await.with(201)["sdkDeviceReferenceId"].clone();
    assert_ne!(next, number, "a number is never used again");
}

#[actix_web::test]
async fn only_somebody_whom_the_directory_knows_gets_a_device() {
    let bench = Bench::new();
    let service = bench.serve().await;
    service.post("/admin/users/nobody/devices", device()).await.problem(404);
    service.get("/admin/users/nobody").await.problem(404);
}

#[actix_web::test]
async fn every_member_and_the_number_are_checked() {
    let bench = Bench::new();
    let service = bench.serve().await;
    for (name, longest) in [("deviceName", 100), ("deviceType", 50), ("osVersion", 50)] {
        let with = |value: Value| {
            let mut device = device();
            device[name] = value;
            device
        };
        service.post(DEVICES, with(json!("ž".repeat(longest)))).await.with(201);
        for value in [json!("x".repeat(longest + 1)), json!(""), json!(1), Value::Null] {
            assert_eq!(service.post(DEVICES, with(value)).await.invalid(), [name]);
        }
    }
    assert_eq!(service.post(DEVICES, json!({})).await.invalid(), ["deviceName", "deviceType", "osVersion"]);
    for number in ["x", "1.5", "9223372036854775808", "-9223372036854775808"] {
        service.delete(&format!("{DEVICES}/{number}")).await.problem(404);
    }
}

#[actix_web::test]
async fn texts_that_cannot_be_printed_are_refused_all_at_once() {
    let bench = Bench::new();
    let service = bench.serve().await;
    for text in ["a\u{202e}b", "a\nb", " a", "a  b"] {
        let device = json!({"deviceName": text, "deviceType": text, "osVersion": text});
        let answered = service.post(DEVICES, device).await;
        assert_eq!(answered.invalid(), ["deviceName", "deviceType", "osVersion"], "{text:?}");
    }
}

#[actix_web::test]
async fn nobody_has_more_than_50_devices() {
    let bench = Bench::new();
    let service = bench.serve().await;
    for _ in 0..50 {
        service.post(DEVICES, device()).await.with(201);
    }
    let answered = service.post(DEVICES, device()).await;
    answered.problem(409);
    assert_eq!(answered.body["reason"], "full");
    service.post(&format!("/admin/users/{}/devices", Directory::CZECH), device()).await.with(201);
}

#[actix_web::test]
async fn a_number_has_one_spelling() {
    let bench = Bench::new();
    let service = bench.serve().await;
    let number = service.post(DEVICES, device()).await.with(201)["sdkDeviceReferenceId"].clone();
    for spelling in
        [format!("+{number}"), format!("%2B{number}"), format!("0{number}"), format!("{number}%20")]
    {
        service.delete(&format!("{DEVICES}/{spelling}")).await.problem(404);
    }
    service.delete(&format!("{DEVICES}/{number}")).await.with(204);
}
