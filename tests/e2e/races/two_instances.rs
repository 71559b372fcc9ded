//! The same over two instances that share a file.

use futures::stream::{self, StreamExt as _};
use tempfile::TempDir;

use super::SPENT;
use crate::codes::{rent, send, verify, wrong};
use crate::support::payloads::USER;
use crate::support::{Answer, DataAdapter};

/// As many connections as the usual limit of open files leaves room for.
const CONNECTIONS: usize = 400;

struct Two {
    instances: [DataAdapter; 2],
    _folder: TempDir,
}

impl Two {
    async fn start() -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let store = folder.path().join("store.db");
        let start = async || DataAdapter::builder().store(&store).start().await;
        Self { instances: [start().await, start().await], _folder: folder }
    }

    /// What comes of so many codes at once, in turns at both.
    async fn verify(&self, count: usize, message: &str, code: &str, context: &str) -> Vec<Answer> {
        let answers = (0..count).map(|number| {
            let instance = &self.instances[number % 2];
            async move { verify(instance, message, code, USER, context).await }
        });
        let answers: Vec<_> = stream::iter(answers).buffer_unordered(CONNECTIONS).collect().await;
        for answer in &answers {
            assert_eq!(answer.status, 200, "{}", answer.text);
        }
        answers
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_thousand_wrong_codes_exactly_five_are_evaluated() {
    let two = Two::start().await;
    let sent = send(&two.instances[0], USER, &rent("op")).await;
    let answers = two.verify(1_000, &sent.message, &wrong(&sent.code), &rent("op")).await;
    let left = answers.iter().filter_map(|answer| answer.object()["remainingAttempts"].as_u64());
    let mut left: Vec<_> = left.collect();
    left.sort_unstable();
    assert_eq!(left, [0, 1, 2, 3, 4]);
    let spent = answers.iter().filter(|answer| answer.message() == SPENT).count();
    assert_eq!(spent, 995);
    for instance in &two.instances {
        let answer = verify(instance, &sent.message, &sent.code, USER, &rent("op")).await;
        assert_eq!(answer.message(), SPENT, "the right code comes too late: {}", answer.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_hundred_right_codes_exactly_one_succeeds_and_nobody_is_blocked() {
    let two = Two::start().await;
    for round in 0..3 {
        let context = rent(&format!("op-{round}"));
        let sent = send(&two.instances[round % 2], USER, &context).await;
        let answers = two.verify(100, &sent.message, &sent.code, &context).await;
        let succeeded =
            answers.iter().filter(|answer| answer.object()["smsAuthorizationResult"] == "VERIFIED_SUCCEEDED");
        assert_eq!(succeeded.count(), 1, "in round {round}");
    }
}
