//! Ten thousand connections from which nothing comes, or too little, and 256 at full speed.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use futures::future::join_all;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::support::DataAdapter;
use crate::support::payloads::{LOOKUP, USERNAME, lookup};
use crate::support::raw::exchange;

/// Of each kind: silent, with part of a head, and idle after an answer.
const EACH: usize = 3_334;
const BUSY: usize = 256;
const REQUESTS_EACH: usize = 10;
/// What all of them may take, besides what the program takes without any: most of that is for hashing passwords.
const MOST_MEMORY_KIB: u64 = 80 * 1024;
/// Only a hang takes longer; how fast it is belongs to the benchmark.
const PATIENCE: Duration = Duration::from_secs(30);

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_idle_connections_neither_exhaust_the_memory_nor_hold_up_the_health() {
    rlimit::increase_nofile_limit(3 * EACH as u64 + 4096).expect("the limit of open files can be raised");
    // As long as the test takes, so that the silent and the slow stay.
    let builder = DataAdapter::builder().env("DATA_ADAPTER__SERVER__HEADER_TIMEOUT_SECONDS", "300");
    let adapter = Arc::new(builder.start().await);
    let before = peak_memory_kib(adapter.pid());
    let over = Arc::new(AtomicBool::new(false));
    let health = tokio::spawn(watch_health(Arc::clone(&adapter), Arc::clone(&over)));
    let quiet = open_quiet(adapter.address()).await;
    let clients = (0..BUSY).map(|_| tokio::spawn(look_up(Arc::clone(&adapter))));
    for client in join_all(clients).await {
        client.expect("every request is answered");
    }
    over.store(true, Ordering::Relaxed);
    let asked = health.await.expect("the health is answered throughout");
    assert!(asked > 0);
    let open = quiet.iter().filter(|connection| is_open(connection)).count();
    assert!(open >= 2 * EACH, "only {open} are still open");
    let taken = peak_memory_kib(adapter.pid()) - before;
    assert!(taken < MOST_MEMORY_KIB, "{taken} KiB at the peak");
}

async fn open_quiet(address: SocketAddr) -> Vec<TcpStream> {
    let mut quiet = Vec::with_capacity(3 * EACH);
    for _ in 0..EACH {
        quiet.push(TcpStream::connect(address).await.expect("one more connection"));
        let mut slow = TcpStream::connect(address).await.expect("one more connection");
        slow.write_all(b"POST / HTTP/1.1\r\nHost: localhost\r\nX-Slow:").await.expect("it can be sent");
        quiet.push(slow);
        let mut idle = TcpStream::connect(address).await.expect("one more connection");
        exchange(&mut idle, b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
        quiet.push(idle);
    }
    quiet
}

async fn look_up(adapter: Arc<DataAdapter>) {
    for _ in 0..REQUESTS_EACH {
        let answer = adapter.post(LOOKUP, lookup(USERNAME)).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
    }
}

/// Asks for the health until all is over, and says how often it was answered.
pub(crate) async fn watch_health(adapter: Arc<DataAdapter>, over: Arc<AtomicBool>) -> usize {
    let mut asked = 0;
    while !over.load(Ordering::Relaxed) {
        let started = Instant::now();
        assert_eq!(adapter.get("/health/live").await.status, 200);
        assert!(started.elapsed() < PATIENCE, "the health took {:?}", started.elapsed());
        asked += 1;
    }
    asked
}

fn is_open(connection: &TcpStream) -> bool {
    let read = connection.try_read(&mut [0; 1]);
    read.is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock)
}

pub(crate) fn peak_memory_kib(pid: u32) -> u64 {
    let status =
        std::fs::read_to_string(format!("/proc/{pid}/status")).expect("Linux says what a process takes");
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("the peak is in it");
    peak.trim().trim_end_matches(" kB").parse().expect("a number")
}
