//! One code at both doors of two instances that share a store.

use std::collections::BTreeMap;

use futures::future::{Either, join_all};
use tempfile::TempDir;

use super::partner::Partner;
use super::{builder, response_code};
use crate::codes::{SPENT, USED, rent, send, verify, wrong};
use crate::support::payloads::USER;
use crate::support::{Answer, DataAdapter};

/// Two instances, and a partner whom both know.
struct Two {
    instances: [DataAdapter; 2],
    partner: Partner,
    _folder: TempDir,
}

/// What came back, and through which door.
enum Door {
    WebFlow(Answer),
    Security(Answer),
}

impl Two {
    async fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let store = folder.path().join("store.db");
        let first = builder().store(&store).start().await;
        let second = builder().store(&store).start().await;
        let partner = Partner::login(&first).await;
        Self { instances: [first, second], partner, _folder: folder }
    }

    /// So many answers with a code, spread over both doors of both instances: each door is the first of one of them.
    async fn answers(&self, times: usize, message: &str, code: &str, context: &str) -> Vec<Door> {
        let reference = message.to_uppercase();
        let answer = |number: usize| {
            let adapter = &self.instances[number % 2];
            let reference = &reference;
            if number.div_ceil(2).is_multiple_of(2) {
                Either::Left(async { Door::WebFlow(verify(adapter, message, code, USER, context).await) })
            } else {
                let answer = async { self.partner.authorize(adapter, reference, code).await };
                Either::Right(async { Door::Security(answer.await) })
            }
        };
        join_all((0..times).map(answer)).await
    }
}

impl Door {
    fn is_right(&self) -> bool {
        match self {
            Self::WebFlow(answer) => answer.object()["smsAuthorizationResult"] == "VERIFIED_SUCCEEDED",
            Self::Security(answer) => response_code(answer) == "000",
        }
    }

    /// How many guesses were left after it, when it was one that counted.
    fn left(&self) -> Option<u64> {
        match self {
            Self::WebFlow(answer) => {
                assert_eq!(answer.object()["smsAuthorizationResult"], "VERIFIED_FAILED", "{}", answer.text);
                let left = answer.object()["remainingAttempts"].as_u64();
                assert!(left.is_some() || answer.message() == SPENT, "{}", answer.text);
                left
            }
            Self::Security(answer) => match response_code(answer).as_str() {
                "905" => answer.json()["SCARes"]["RemainingFailAttempt"].as_u64(),
                "904" => Some(0),
                "901" => None,
                other => panic!("{other}: {}", answer.text),
            },
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_hundred_guesses_at_both_doors_of_two_instances_exactly_five_are_evaluated() {
    let two = Two::start().await;
    let context = rent("op");
    let sent = send(&two.instances[0], USER, &context).await;
    let doors = two.answers(200, &sent.message, &wrong(&sent.code), &context).await;
    let mut left = BTreeMap::new();
    for count in doors.iter().filter_map(Door::left) {
        *left.entry(count).or_insert(0) += 1;
    }
    assert_eq!(left, BTreeMap::from([(0, 1), (1, 1), (2, 1), (3, 1), (4, 1)]));
    for door in two.answers(4, &sent.message, &sent.code, &context).await {
        assert!(!door.is_right(), "the right code comes too late");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_fifty_right_answers_at_both_doors_of_two_instances_exactly_one_succeeds() {
    let two = Two::start().await;
    for round in 0..10 {
        let context = rent(&format!("op-{round}"));
        let sent = send(&two.instances[round % 2], USER, &context).await;
        let doors = two.answers(50, &sent.message, &sent.code, &context).await;
        assert_eq!(doors.iter().filter(|door| door.is_right()).count(), 1, "in round {round}");
        for door in doors.iter().filter(|door| !door.is_right()) {
            match door {
                Door::WebFlow(answer) => assert_eq!(answer.message(), USED, "{}", answer.text),
                Door::Security(answer) => assert_eq!(response_code(answer), "903", "{}", answer.text),
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_is_cancelled_while_it_is_answered_is_one_or_the_other() {
    let two = Two::start().await;
    for round in 0..10 {
        let context = rent(&format!("op-{round}"));
        let sent = send(&two.instances[0], USER, &context).await;
        let reference = sent.message.to_uppercase();
        let cancel = two.partner.cancel(&two.instances[1], &reference);
        let answers = two.answers(4, &sent.message, &sent.code, &context);
        let (doors, cancelled) = futures::join!(answers, cancel);
        let right = doors.iter().filter(|door| door.is_right()).count();
        let cancelled = usize::from(response_code(&cancelled) == "000");
        assert_eq!(right + cancelled, 1, "in round {round}: {right} were right, {cancelled} cancelled it");
    }
}
