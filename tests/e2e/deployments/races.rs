//! The same things at the same moment, at two instances.

use futures::StreamExt as _;
use futures::future::join_all;
use futures::stream::iter;
use tokio::time::timeout;

use super::{Clocks, Deployment, Two};
use crate::codes::{SPENT, assert_right, rent, send, verify, wrong};
use crate::support::payloads::{AUTHENTICATE, PASSWORD, USER, authenticate};
use crate::support::{Answer, DataAdapter, PATIENCE};

/// Requests that are under way at the same moment.
const AT_ONCE: usize = 400;

/// Each race over each deployment.
macro_rules! races {
    ($($race:ident),* $(,)?) => {
        races!(over_one_file, File, Alike: $($race),*);
        races!(over_one_file_with_a_clock_that_is_ahead, File, OneAhead: $($race),*);
        races!(over_postgres, Postgres, Alike: $($race),*);
        races!(over_postgres_with_a_clock_that_is_ahead, Postgres, OneAhead: $($race),*);
        races!(over_postgres_behind_pgbouncer, BehindPgBouncer, Alike: $($race),*);
        races!(over_redis, Redis, Alike: $($race),*);
        races!(over_redis_with_a_clock_that_is_ahead, Redis, OneAhead: $($race),*);
        races!(over_a_redis_cluster, Cluster, Alike: $($race),*);
        races!(over_a_redis_cluster_with_a_clock_that_is_ahead, Cluster, OneAhead: $($race),*);
    };
    ($module:ident, $deployment:ident, $clocks:ident: $($race:ident),*) => {
        mod $module {
            use super::{Clocks, Deployment, Two};
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $race() {
                if let Some(two) = Two::start(Deployment::$deployment, Clocks::$clocks).await {
                    super::$race(&two).await;
                }
            })*
        }
    };
}

races!(
    of_a_thousand_wrong_guesses_exactly_five_are_evaluated,
    of_a_hundred_right_answers_exactly_one_succeeds,
    two_hundred_right_passwords_all_succeed_and_block_nobody,
);

async fn of_a_thousand_wrong_guesses_exactly_five_are_evaluated(two: &Two) {
    let (adapter, context) = (two.instance(0), rent("op"));
    let sent = send(adapter, USER, &context).await;
    let code = wrong(&sent.code);
    let guesses = (0..1_000).map(|number| verify(two.instance(number), &sent.message, &code, USER, &context));
    let answers: Vec<_> = iter(guesses).buffer_unordered(AT_ONCE).collect().await;
    let mut remaining = Vec::new();
    for answer in &answers {
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert_eq!(answer.object()["smsAuthorizationResult"], "VERIFIED_FAILED", "{}", answer.text);
        remaining.extend(answer.object()["remainingAttempts"].as_u64());
    }
    remaining.sort_unstable();
    assert_eq!(remaining, [0, 1, 2, 3, 4]);
    assert_eq!(answers.iter().filter(|answer| answer.message() == SPENT).count(), 995);
    let answer = verify(two.instance(1), &sent.message, &sent.code, USER, &context).await;
    assert_eq!(answer.message(), SPENT, "the right code comes too late: {}", answer.text);
}

async fn of_a_hundred_right_answers_exactly_one_succeeds(two: &Two) {
    for round in 0..3 {
        let context = rent(&format!("op-{round}"));
        let sent = send(two.instance(round), USER, &context).await;
        let answers =
            (0..100).map(|number| verify(two.instance(number), &sent.message, &sent.code, USER, &context));
        let answers = join_all(answers).await;
        let succeeded = answers.iter().filter(|answer| {
            assert_eq!(answer.status, 200, "{}", answer.text);
            answer.object()["smsAuthorizationResult"] == "VERIFIED_SUCCEEDED"
        });
        assert_eq!(succeeded.count(), 1, "in round {round}");
    }
}

/// A login. Whoever waits too long for those before, on a slow machine, is told so, and asks again.
async fn log_in(adapter: &DataAdapter) -> Answer {
    loop {
        let answer = adapter.post(AUTHENTICATE, authenticate(USER, PASSWORD)).await;
        if answer.status == 200 || !answer.text.contains("REMOTE_ERROR") {
            return answer;
        }
    }
}

async fn two_hundred_right_passwords_all_succeed_and_block_nobody(two: &Two) {
    let logins = (0..200).map(|number| log_in(two.instance(number)));
    for answer in timeout(PATIENCE * 5, join_all(logins)).await.expect("each is answered at last") {
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert_eq!(answer.object()["authenticationResult"], "VERIFIED_SUCCEEDED", "{}", answer.text);
    }
    let context = rent("op");
    let sent = send(two.instance(0), USER, &context).await;
    assert_right(
        &verify(two.instance(1), &sent.message, &sent.code, USER, &context).await,
        "nobody is blocked",
    );
}
