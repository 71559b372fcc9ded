//! A Cluster of six: three primaries, each with a replica.

use data_adapter_sca::Guess;
use data_adapter_testkit::{RedisCluster, RedisServer, store_contract};

use crate::support::{fresh, guess, in_the_end, named, open, settings};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_cluster_keeps_the_contract_of_stores() {
    let Some(cluster) = RedisCluster::start(&[]) else { return };
    let settings = settings(cluster.url());
    store_contract(|| named(&settings)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_cluster_whose_primary_is_killed_has_lost_nothing_that_was_answered() {
    const USERS: usize = 12;
    let Some(mut cluster) = RedisCluster::start(&["--cluster-node-timeout", "2000"]) else { return };
    let store = fresh(&settings(cluster.url())).await;
    let (mut used, mut counted) = (Vec::new(), Vec::new());
    for number in 0..USERS {
        let user = format!("user {number}");
        let [first, second] = ["used", "counted"].map(|of| format!("{of} {number}"));
        used.push(open(&store, &user, &first).await.expect("a code is opened"));
        counted.push(open(&store, &user, &second).await.expect("a code is opened"));
    }
    for (used, counted) in used.iter().zip(&counted) {
        assert_eq!(guess(&store, used, true).await.expect("a guess is taken"), Guess::Accepted);
        let guess = guess(&store, counted, false).await.expect("a guess is taken");
        assert!(matches!(guess, Guess::Counted(counted) if counted.remaining == 2), "{guess:?}");
    }
    cluster.nodes_mut()[0].kill();
    while !cluster.nodes().iter().skip(3).any(RedisServer::is_primary) {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    // What takes its place has no replica before it is back.
    cluster.nodes_mut()[0].start_again();
    cluster.wait_until_whole();
    for (used, counted) in used.iter().zip(&counted) {
        assert_eq!(in_the_end(|| guess(&store, used, true)).await, Guess::Used);
        let guess = in_the_end(|| guess(&store, counted, true)).await;
        assert_eq!(guess, Guess::Accepted, "a code was lost");
    }
}
