//! `RequestID`: a number for each answer.

use std::collections::BTreeSet;

use futures::future::join_all;
use serde_json::json;

use super::partner::{DEVICES, Partner};
use super::{CONSUMER, builder, response_code};
use crate::support::DataAdapter;

const CLIENTS: usize = 8;
const REQUESTS: usize = 50;

/// The numbers of answers that one client got, one after the other.
async fn numbers(adapter: &DataAdapter, partner: &Partner) -> Vec<i64> {
    let mut numbers = Vec::new();
    for _ in 0..REQUESTS {
        let answer = partner.call(adapter, DEVICES, &json!({"ConsumerID": CONSUMER})).await;
        assert_eq!(response_code(&answer), "000", "{}", answer.text);
        numbers.push(answer.json()["RequestID"].as_i64().expect("a number"));
    }
    numbers
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_rise_and_are_shared_by_no_two_answers_of_two_instances_and_after_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = folder.path().join("store.db");
    let mut all = BTreeSet::new();
    for stop in ["TERM", "KILL", "TERM"] {
        let instances = [builder().store(&store).start().await, builder().store(&store).start().await];
        let partner = Partner::login(&instances[0]).await;
        let before = all.last().copied().unwrap_or(0);
        let clients = (0..CLIENTS).map(|number| numbers(&instances[number % 2], &partner));
        for numbers in join_all(clients).await {
            assert!(numbers.is_sorted_by(|one, next| one < next), "{numbers:?}");
            assert!(numbers.iter().all(|number| *number > before), "{before}: {numbers:?}");
            for number in numbers {
                assert!(all.insert(number), "{number} was given twice");
            }
        }
        for instance in instances {
            instance.signal(stop).await;
            instance.wait().await;
        }
    }
    assert_eq!(all.len(), 3 * CLIENTS * REQUESTS);
}
