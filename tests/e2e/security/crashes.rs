//! `kill -9` while tokens are revoked and devices come and go.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures::future::join_all;
use serde_json::{Value, json};

use super::partner::{DEREGISTER, DEVICES, LOGOUT, Partner};
use super::stage::{OWNER, devices, try_register_device, unblock_partner};
use super::{CONSUMER, builder};
use crate::support::DataAdapter;

const CRASHES: usize = 5;
/// Clients at once of each kind.
const CLIENTS: usize = 4;

/// What was answered before the process was killed.
#[derive(Debug, Default)]
struct Devices {
    registered: Vec<i64>,
    deregistered: Vec<i64>,
}

/// The `ResponseCode` of an answer, unless the process is gone.
async fn ask(adapter: &DataAdapter, partner: &Partner, path: &str, body: &Value) -> Option<String> {
    let request = adapter.client().post(adapter.url(path)).bearer_auth(partner.token());
    let answer =
        request.header("content-type", "application/json").body(body.to_string()).send().await.ok()?;
    let body: Value = serde_json::from_str(&answer.text().await.ok()?).ok()?;
    Some(body["ResponseCode"].as_str()?.to_owned())
}

/// Logs in and out until nobody answers any more: the logins that are over.
async fn log_in_and_out(adapter: &DataAdapter, answered: &AtomicUsize) -> Vec<Partner> {
    let mut revoked = Vec::new();
    while let Some(partner) = Partner::try_login(adapter).await {
        let Some(code) = ask(adapter, &partner, LOGOUT, &json!({})).await else { break };
        assert_eq!(code, "000");
        revoked.push(partner);
        answered.fetch_add(1, Ordering::Relaxed);
    }
    revoked
}

/// Registers devices, and takes all but the first one away again, until nobody answers any more: nobody may have very many.
async fn come_and_go(adapter: &DataAdapter, partner: &Partner, answered: &AtomicUsize) -> Devices {
    let mut devices = Devices::default();
    for turn in 0.. {
        let Some(answer) = try_register_device(adapter, OWNER).await else { break };
        let device = answer["sdkDeviceReferenceId"].as_i64().expect("a number");
        if turn == 0 {
            devices.registered.push(device);
        } else {
            let body = json!({"ConsumerID": OWNER, "SDKDeviceReferenceID": device});
            let Some(code) = ask(adapter, partner, DEREGISTER, &body).await else { break };
            assert_eq!(code, "000");
            devices.deregistered.push(device);
        }
        answered.fetch_add(1, Ordering::Relaxed);
    }
    devices
}

/// Runs clients until enough was answered, and kills the process.
async fn killed_under_load(adapter: &DataAdapter, enough: usize) -> (Vec<Partner>, Vec<Devices>) {
    let partner = Partner::login(adapter).await;
    let (logouts, changes) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let ending = join_all((0..CLIENTS).map(|_| log_in_and_out(adapter, &logouts)));
    let changing = join_all((0..CLIENTS).map(|_| come_and_go(adapter, &partner, &changes)));
    let kill = async {
        while logouts.load(Ordering::Relaxed) < enough || changes.load(Ordering::Relaxed) < 4 * enough {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        adapter.signal("KILL").await;
    };
    let (revoked, devices, ()) = futures::join!(ending, changing, kill);
    (revoked.concat(), devices)
}

#[tokio::test(flavor = "multi_thread")]
async fn kills_lose_no_revocation_and_no_device() {
    let folder = tempfile::tempdir().expect("a folder");
    let start = || builder().store(&folder.path().join("store.db")).start();
    let mut kept = Vec::new();
    for crash in 0..CRASHES {
        let adapter = start().await;
        let (revoked, changes) = killed_under_load(&adapter, 5 + crash).await;
        adapter.wait().await;
        let adapter = start().await;
        // A login that was under way counts as a failure some time later: so many crashes would keep the partner out.
        unblock_partner(&adapter).await;
        for partner in &revoked {
            let answer = partner.call(&adapter, DEVICES, &json!({"ConsumerID": CONSUMER})).await;
            assert_eq!(answer.status, 401, "a revocation was lost: {}", answer.text);
        }
        let after = devices(&adapter, &Partner::login(&adapter).await, OWNER).await;
        kept.extend(changes.iter().flat_map(|devices| devices.registered.clone()));
        for device in &kept {
            assert!(after.contains(device), "{device} was lost: {changes:?} {after:?}");
        }
        for device in changes.iter().flat_map(|devices| &devices.deregistered) {
            assert!(!after.contains(device), "{device} came back: {changes:?} {after:?}");
        }
        adapter.terminate().await;
    }
}
