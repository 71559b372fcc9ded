//! The devices of a consumer.

use data_adapter_testkit::Directory;
use serde_json::json;

use crate::bench::{Bench, PARTNER, consumer};

#[actix_web::test]
async fn devices_are_listed_oldest_first_and_deregistered_once() {
    let bench = Bench::new();
    let served = bench.serve().await;
    let partner = served.partner(PARTNER).await;
    let first = bench.register_device(Directory::PAYER).await;
    let second = bench.register_device(Directory::PAYER).await;
    let list = json!({"ConsumerID": consumer(Directory::PAYER)});
    let answered = partner.call("ListSDKDevices", list.clone()).await;
    let device = |id: i64| {
        json!({
            "SDKDeviceReferenceID": id, "DeviceName": "My phone", "DeviceType": "iPhone 15", "OSVersion": "18.1",
            "RegisteredOn": "2026-01-01T12:00:00.125"
        })
    };
    assert_eq!(answered.body["SDKDevicesList"], json!([device(first), device(second)]));
    let gone = json!({"ConsumerID": consumer(Directory::PAYER), "SDKDeviceReferenceID": first});
    assert_eq!(partner.call("DeRegisterSDKDevice", gone.clone()).await.code(), "000");
    let unknown = ["SDKDeviceReferenceID is that of no device of this consumer."];
    assert_eq!(partner.call("DeRegisterSDKDevice", gone).await.details(), unknown);
    let answered = partner.call("ListSDKDevices", list).await;
    assert_eq!(answered.body["SDKDevicesList"], json!([device(second)]));
}

#[actix_web::test]
async fn a_device_of_another_consumer_is_none_of_this_one() {
    let bench = Bench::new();
    let served = bench.serve().await;
    let partner = served.partner(PARTNER).await;
    let id = bench.register_device(Directory::CZECH).await;
    for device in [id, i64::MAX, i64::MIN, 0, -1] {
        let body = json!({"ConsumerID": consumer(Directory::PAYER), "SDKDeviceReferenceID": device});
        let answered = partner.call("DeRegisterSDKDevice", body).await;
        assert_eq!(answered.details(), ["SDKDeviceReferenceID is that of no device of this consumer."]);
    }
}
