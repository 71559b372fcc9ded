//! Another Data Adapter behind this one.

use data_adapter_testkit::OwnAddress;

use crate::journeys::{JOURNEYS, replay_on};
use crate::support::outcome::{EARLIER, LATER};
use crate::support::payloads::{AUTHENTICATE, LOOKUP, PASSWORD, USER, USERNAME, authenticate, lookup};
use crate::support::{Builder, DataAdapter};

const DIALECT: &str = "DATA_ADAPTER__WEB_FLOW__DIALECT";

/// Everything comes from the other one; nothing of the demo is here.
fn in_front_of(url: &str, calls: &str) -> Builder {
    DataAdapter::builder().config(format!(
        "[capabilities]\nusers = \"core\"\nauthentication = \"core\"\noperations = \"core\"\nsms_otp = \"core\"\n\
         consent = \"core\"\n[backends.core]\nkind = \"rest\"\nurl = \"{url}\"\ndefault_organization = \"RETAIL\"\n{calls}"
    ))
}

/// The same for one that speaks as later versions of Web Flow do: it has more to come from there.
fn in_front_of_a_later(url: &str) -> Builder {
    let later = ["SETUP", "CERTIFICATES", "ANTI_FRAUD"];
    later.into_iter().fold(in_front_of(url, "dialect = \"1\"\n"), |builder, capability| {
        builder.env(format!("DATA_ADAPTER__CAPABILITIES__{capability}"), "core")
    })
}

#[tokio::test]
async fn every_journey_goes_through_two_instances_in_a_row() {
    for journey in JOURNEYS {
        let behind = DataAdapter::builder().env(DIALECT, EARLIER).start().await;
        let front = in_front_of(&behind.url("/powerauth-data-adapter"), "");
        let front = front.env(DIALECT, journey.version.dialect).start().await;
        replay_on(front.in_front_of(behind), journey, PASSWORD).await;
    }
}

#[tokio::test]
async fn every_journey_goes_through_an_instance_with_a_later_one_behind() {
    for journey in JOURNEYS {
        let behind = DataAdapter::builder().env(DIALECT, LATER).start().await;
        let front = in_front_of_a_later(&behind.url("/powerauth-data-adapter"));
        let front = front.env(DIALECT, journey.version.dialect).start().await;
        replay_on(front.in_front_of(behind), journey, PASSWORD).await;
    }
}

#[tokio::test]
async fn the_request_id_of_the_front_is_in_the_log_of_the_one_behind() {
    let mut behind = DataAdapter::start().await;
    let front = in_front_of(&behind.url(""), "").start().await;
    let request = front.client().post(front.url(LOOKUP)).header("X-Request-Id", "seen-by-both");
    let answer = front.send(request.header("Content-Type", "application/json").body(lookup(USERNAME))).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    behind.logged("seen-by-both", 1).await;
}

#[tokio::test]
async fn a_system_that_is_gone_is_a_remote_error_and_back_without_a_restart() {
    // No other test takes it meanwhile.
    let own = OwnAddress::new();
    let builder = || DataAdapter::builder().env("DATA_ADAPTER__SERVER__HOST", own.ip().to_string());
    let behind = builder().start().await;
    let (url, port) = (behind.url(""), behind.address().port().to_string());
    let calls = "calls = { breaker_failures = 3, breaker_open_ms = 5000 }";
    let mut front = in_front_of(&url, calls).start().await;
    let log_in = async |front: &DataAdapter| front.post(AUTHENTICATE, authenticate(USER, PASSWORD)).await;
    assert_eq!(log_in(&front).await.object()["authenticationResult"], "VERIFIED_SUCCEEDED");
    drop(behind);
    for _ in 0..10 {
        let answer = log_in(&front).await;
        assert_eq!(answer.error_code(), "REMOTE_ERROR", "never a wrong password: {}", answer.text);
    }
    front.logged("it is not asked for now", 1).await;
    let _behind = builder().env("DATA_ADAPTER__SERVER__PORT", port).start().await;
    let since = std::time::Instant::now();
    while log_in(&front).await.status != 200 {
        assert!(since.elapsed() < std::time::Duration::from_secs(60), "it is back");
    }
}
