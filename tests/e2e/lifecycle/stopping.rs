//! Asked to stop, the program answers what it was asked and goes.

use std::time::{Duration, Instant};

use data_adapter_testkit::OwnAddress;
use futures::StreamExt as _;
use futures::future::join_all;
use futures::stream::FuturesUnordered;

use crate::bad_input::raw::{Connection, RawRequest};
use crate::support::DataAdapter;
use crate::support::payloads::{AUTHENTICATE, PASSWORD, USER, USER_INFO, authenticate, user_info};

/// Much longer than a stop takes, and shorter than any deadline after which connections are cut.
const QUICKLY: Duration = Duration::from_secs(20);

/// A connection over which a request was answered already.
async fn connected(adapter: &DataAdapter) -> Connection {
    let mut connection = Connection::open(adapter.address()).await;
    let answer = connection.send(&RawRequest::json(USER_INFO, user_info(USER))).await;
    assert_eq!(answer.expect("an answer").status, 200);
    connection
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_under_way_are_answered_before_it_stops() {
    let adapter = DataAdapter::start().await;
    // Each takes the time of a password hash, and those of one user wait for each other.
    let connections = join_all((0..16).map(|_| connected(&adapter))).await;
    let requests = connections.into_iter().map(|mut connection| async move {
        connection.send(&RawRequest::json(AUTHENTICATE, authenticate(USER, PASSWORD))).await
    });
    let mut answers = requests.collect::<FuturesUnordered<_>>();
    let first = answers.next().await.expect("one of them").expect("an answer");
    let (rest, exit) = futures::join!(answers.collect::<Vec<_>>(), adapter.terminate());
    assert_eq!(rest.len(), 15);
    for answer in rest.into_iter().map(|answer| answer.expect("an answer")).chain([first]) {
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert!(answer.body.contains("VERIFIED_SUCCEEDED"), "{}", answer.body);
    }
    assert_eq!(exit.status, Some(0), "{}", exit.stderr);
    assert!(!exit.stderr.contains("panicked"), "{}", exit.stderr);
}

#[tokio::test]
async fn idle_connections_do_not_hold_it_up() {
    let adapter = DataAdapter::start().await;
    let idle = join_all((0..8).map(|_| connected(&adapter))).await;
    let never_used = Connection::open(adapter.address()).await;
    let started = Instant::now();
    let exit = adapter.terminate().await;
    assert_eq!(exit.status, Some(0), "{}", exit.stderr);
    assert!(started.elapsed() < QUICKLY, "it took {:?}", started.elapsed());
    drop((idle, never_used));
}

#[tokio::test]
async fn control_c_stops_it_as_well() {
    let adapter = DataAdapter::start().await;
    drop(connected(&adapter).await);
    adapter.signal("INT").await;
    let exit = adapter.terminate().await;
    assert_eq!(exit.status, Some(0), "{}", exit.stderr);
}

#[tokio::test]
async fn the_port_is_free_again_afterwards() {
    // No other test takes it meanwhile.
    let own = OwnAddress::new();
    let builder = || DataAdapter::builder().env("DATA_ADAPTER__SERVER__HOST", own.ip().to_string());
    let adapter = builder().start().await;
    let address = adapter.address();
    drop(connected(&adapter).await);
    adapter.terminate().await;
    let adapter = builder().env("DATA_ADAPTER__SERVER__PORT", address.port().to_string()).start().await;
    assert_eq!(adapter.address(), address);
    connected(&adapter).await;
}

#[tokio::test]
async fn a_hangup_ends_nothing_where_there_is_nothing_to_read_again() {
    let mut adapter = DataAdapter::start().await;
    for times in 1..=2 {
        adapter.signal("HUP").await;
        adapter.logged("The configuration was read again; nothing in effect is other", times).await;
    }
    assert_eq!(adapter.post(USER_INFO, user_info(USER)).await.status, 200);
    assert_eq!(adapter.terminate().await.status, Some(0));
}
