//! Instances behind a load balancer are restarted one after the other, and no caller notices.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use reqwest::Client;
use tokio::time::{sleep, timeout};

use crate::proxies::haproxy::Haproxy;
use crate::support::payloads::{LOOKUP, USERNAME, lookup};
use crate::support::{DataAdapter, PATIENCE};

/// Asks whether each server is ready, and says on a page of its own what it thinks of it. Nothing is tried again.
const CHECKED: &str = "    retries 0\n    option httpchk GET /health/ready\n    timeout check 60s\n    stats enable\n    stats uri /state";
const STATE: &str = "/state;csv";
const WORDS: &str = "check inter 100ms fall 1 rise 1";

/// At an address where no other test listens, so that its port is still free after a stop.
async fn start(host: &str, port: u16) -> DataAdapter {
    DataAdapter::builder()
        .env("DATA_ADAPTER__SERVER__HOST", host)
        .env("DATA_ADAPTER__SERVER__PORT", port.to_string())
        .env("DATA_ADAPTER__SERVER__DRAIN_SECONDS", "3600")
        .env("DATA_ADAPTER__HEALTH__DEADLINE_MS", "60000")
        .start()
        .await
}

/// Requests of several clients, one after the other without a pause, until it is stopped.
#[derive(Default)]
struct Flood {
    answered: AtomicUsize,
    failed: AtomicUsize,
    is_over: AtomicBool,
}

impl Flood {
    async fn ask(&self, url: &str) {
        let client = Client::builder().no_proxy().timeout(PATIENCE).build().expect("a client");
        while !self.is_over.load(Ordering::Relaxed) {
            let request = client.post(url).header("content-type", "application/json").body(lookup(USERNAME));
            let is_answered = request.send().await.is_ok_and(|answer| answer.status() == 200);
            let count = if is_answered { &self.answered } else { &self.failed };
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Waits until so many more were answered, or some failed.
    async fn goes_on(&self) {
        let wanted = self.answered.load(Ordering::Relaxed) + 100;
        until(async || {
            self.answered.load(Ordering::Relaxed) >= wanted || self.failed.load(Ordering::Relaxed) > 0
        })
        .await;
    }
}

async fn until(is_so: impl AsyncFn() -> bool) {
    let looking = async {
        while !is_so().await {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(PATIENCE, looking).await.expect("it comes to that");
}

/// Waits until the proxy sends requests to a server, or has none there any more.
async fn is_used(proxy: &Haproxy, server: &DataAdapter, used: bool) {
    let (client, name) =
        (Client::builder().no_proxy().build().expect("a client"), server.address().to_string());
    until(async || {
        let page = client.get(proxy.url("http", STATE)).send().await.expect("an answer");
        let page = page.text().await.expect("a table");
        let mut lines = page.lines().map(|line| line.split(',').collect::<Vec<_>>());
        let titles = lines.next().expect("titles");
        let column = |title: &str| titles.iter().position(|it| *it == title).expect("a column");
        let server = lines.find(|line| line[1] == name).expect("its line");
        let is_idle = server[column("scur")] == "0";
        if used {
            server[column("status")].starts_with("UP")
        } else {
            server[column("status")].starts_with("DOWN") && is_idle
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn instances_behind_a_load_balancer_are_restarted_without_a_failed_request() {
    let hosts = ["127.0.81.1", "127.0.81.2"];
    let mut instances = VecDeque::from([start(hosts[0], 0).await, start(hosts[1], 0).await]);
    let addresses: Vec<_> = instances.iter().map(DataAdapter::address).collect();
    let Some(proxy) = Haproxy::start("http", CHECKED, &addresses, WORDS).await else { return };
    for instance in &instances {
        is_used(&proxy, instance, true).await;
    }
    let (flood, url) = (Arc::new(Flood::default()), proxy.url("http", LOOKUP));
    let clients = (0..8).map(|_| {
        let (flood, url) = (Arc::clone(&flood), url.clone());
        tokio::spawn(async move { flood.ask(&url).await })
    });
    let clients: Vec<_> = clients.collect();
    for host in hosts.into_iter().chain(hosts) {
        flood.goes_on().await;
        let instance = instances.pop_front().expect("two of them");
        instance.signal("TERM").await;
        is_used(&proxy, &instance, false).await;
        flood.goes_on().await;
        let port = instance.address().port();
        let exit = instance.terminate().await;
        assert_eq!(exit.status, Some(0), "{}", exit.stderr);
        flood.goes_on().await;
        let instance = start(host, port).await;
        is_used(&proxy, &instance, true).await;
        instances.push_back(instance);
    }
    flood.goes_on().await;
    flood.is_over.store(true, Ordering::Relaxed);
    for client in clients {
        client.await.expect("it ends by itself");
    }
    assert_eq!(flood.failed.load(Ordering::Relaxed), 0, "of {}", flood.answered.load(Ordering::Relaxed));
}
