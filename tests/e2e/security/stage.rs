//! A service with something to lose: a login, a code that waits, a device.

use serde_json::{Value, json};

use super::partner::{
    AUTHORIZE, DEREGISTER, DEVICES, LOGOUT, PENDING, POST_LOGIN_DETAILS, Partner, REGENERATE,
};
use super::{CONSUMER, NOWHERE, builder, response_code};
use crate::support::{Builder, DataAdapter};

/// The operator of the demo.
const OPERATOR: &str = "demo-admin-token";

pub(super) struct Stage {
    pub(super) adapter: DataAdapter,
    pub(super) partner: Partner,
    /// A login that waits for its code, of a consumer without devices.
    pub(super) reference: String,
    /// A device of somebody else.
    pub(super) device: i64,
    messages: usize,
}

/// Somebody with a device, and nobody but a device.
pub(super) const OWNER: i32 = 20_000_002;

impl Stage {
    pub(super) async fn start() -> Self {
        Self::start_with(builder()).await
    }

    pub(super) async fn start_with(builder: Builder) -> Self {
        let adapter = builder.start().await;
        let partner = Partner::login(&adapter).await;
        let reference = partner.asked(&adapter, CONSUMER).await;
        let device = register_device(&adapter, OWNER).await;
        let messages = adapter.messages().await.len();
        Self { adapter, partner, reference, device, messages }
    }

    /// A request that would do something that shows.
    pub(super) fn costly(&self, path: &str) -> Value {
        match path {
            AUTHORIZE => json!({
                "SCAReferenceNumber": self.reference, "CancelRequest": true, "SCAIdentification": "x",
                "FirstFactorSCAOptionType": 6, "SecondFactorSCAOptionType": 1,
            }),
            DEREGISTER => json!({"ConsumerID": OWNER, "SDKDeviceReferenceID": self.device}),
            POST_LOGIN_DETAILS => {
                json!({"ConsumerID": CONSUMER, "SCAOptionID1FA": 6, "SCAOptionID2FA": 1, "DoSecondFactor": true})
            }
            REGENERATE => json!({"SCAReferenceNumber": self.reference, "SCAType": 1}),
            _ => Self::harmless(path),
        }
    }

    /// A request that can be sent again and again.
    pub(super) fn harmless(path: &str) -> Value {
        match path {
            AUTHORIZE => json!({"SCAReferenceNumber": NOWHERE, "SCAIdentification": "x"}),
            PENDING | DEVICES => json!({"ConsumerID": CONSUMER}),
            LOGOUT => json!({}),
            POST_LOGIN_DETAILS => json!({"ConsumerID": CONSUMER, "SCAOptionID1FA": 6, "SCAOptionID2FA": 1}),
            REGENERATE => json!({"SCAReferenceNumber": NOWHERE, "SCAType": 1}),
            other => panic!("{other} is not harmless"),
        }
    }

    /// Panics when anything of it is gone or was used.
    pub(super) async fn assert_untouched(&self) {
        let answer = self.partner.call(&self.adapter, PENDING, &json!({"ConsumerID": CONSUMER})).await;
        assert_eq!(response_code(&answer), "000", "{}", answer.text);
        let body = answer.json();
        let [waiting] = &body["SCAPendingRequests"].as_array().expect("a list")[..] else {
            panic!("one request waits: {}", answer.text)
        };
        assert_eq!(waiting["SCAReferenceNumber"], self.reference.as_str(), "{}", answer.text);
        let left = [&waiting["RemainingFailAttempt"], &waiting["RemainingResendCount"]];
        assert_eq!(left, [&json!(5), &json!(5)], "{}", answer.text);
        assert_eq!(devices(&self.adapter, &self.partner, OWNER).await, [self.device]);
        assert_eq!(self.adapter.messages().await.len(), self.messages, "a message was sent");
    }
}

/// Forgets the failures of the partner, and its logins that died with an instance.
pub(super) async fn unblock_partner(adapter: &DataAdapter) {
    let url = adapter.url("/admin/partners/demopartner/unblock");
    let request = adapter.client().post(url).bearer_auth(OPERATOR).header("content-type", "application/json");
    assert_eq!(request.body("{}").send().await.expect("an answer").status(), 200);
}

/// Registers a device as the bank's application has it done.
pub(super) async fn register_device(adapter: &DataAdapter, owner: i32) -> i64 {
    let answer = try_register_device(adapter, owner).await.expect("an answer");
    answer["sdkDeviceReferenceId"].as_i64().unwrap_or_else(|| panic!("no number: {answer}"))
}

/// The same at a service that may be gone.
pub(super) async fn try_register_device(adapter: &DataAdapter, owner: i32) -> Option<Value> {
    let device = json!({"deviceName": "Phone", "deviceType": "phone", "osVersion": "17"});
    let url = adapter.url(&format!("/admin/users/{owner}/devices"));
    let request = adapter.client().post(url).bearer_auth(OPERATOR).header("content-type", "application/json");
    let answer = request.body(device.to_string()).send().await.ok()?;
    serde_json::from_str(&answer.text().await.ok()?).ok()
}

/// The devices of a consumer, oldest first.
pub(super) async fn devices(adapter: &DataAdapter, partner: &Partner, owner: i32) -> Vec<i64> {
    let answer = partner.call(adapter, DEVICES, &json!({"ConsumerID": owner})).await;
    assert_eq!(response_code(&answer), "000", "{}", answer.text);
    let body = answer.json();
    let listed = body["SDKDevicesList"].as_array().expect("a list").iter();
    listed.map(|device| device["SDKDeviceReferenceID"].as_i64().expect("a number")).collect()
}
