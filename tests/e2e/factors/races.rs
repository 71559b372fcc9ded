//! Many calls at once, over two instances that share a store.

use futures::future::join_all;
use tempfile::TempDir;

use super::application::{Application, outcome, verification};
use super::operations::Operation;
use super::provider::{Provider, call_back};
use super::pushes::{decide, last};
use super::{LIMITS, RIGHT, WRONG, crowd};
use crate::support::{Builder, DataAdapter};

const ROUNDS: usize = 8;

/// The answers that are told of a guess that counted.
const COUNTED: [&str; 3] =
    ["VERIFICATION_CODE_INVALID", "ONE_CHALLENGE_LIMIT_REMAINING", "CHALLENGE_LIMIT_EXCEEDED"];

/// Two instances.
struct Two {
    instances: [DataAdapter; 2],
    _folder: TempDir,
}

impl Two {
    /// With so many calls for each user and operation.
    async fn start(limits: &str) -> Self {
        Self::with(|builder| builder.env(LIMITS, limits), |builder| builder.env(LIMITS, limits)).await
    }

    /// Each with settings of its own.
    async fn with(first: impl FnOnce(Builder) -> Builder, second: impl FnOnce(Builder) -> Builder) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let start = || crowd(folder.path(), ROUNDS).env(LIMITS, "");
        let instances = [first(start()).start().await, second(start()).start().await];
        Self { instances, _folder: folder }
    }

    async fn user(&self, round: usize) -> Application {
        Application::of(&self.instances[0], &round.to_string()).await
    }

    /// What so many calls at once are answered, each of them by the other instance than the one before.
    async fn outcomes(
        &self,
        user: &Application,
        operation: &Operation,
        reference: Option<&str>,
        bodies: &[Option<String>],
    ) -> Vec<String> {
        let call = async |(number, body): (usize, &Option<String>)| {
            outcome(&user.call(&self.instances[number % 2], operation, reference, body.as_deref()).await)
        };
        join_all(bodies.iter().enumerate().map(call)).await
    }

    async fn messages(&self) -> usize {
        let [first, second] = &self.instances;
        first.messages().await.len() + second.messages().await.len()
    }
}

fn count(outcomes: &[String], among: &[&str]) -> usize {
    outcomes.iter().filter(|outcome| among.contains(&outcome.as_str())).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_hundred_codes_at_once_five_are_evaluated_and_at_most_one_activates() {
    let two = Two::start("").await;
    for round in 0..ROUNDS {
        let user = two.user(round).await;
        assert_eq!(user.enrol(&two.instances[round % 2]).await, "204");
        // From round to round the right ones come later, and in the last there are none.
        let is_right = |number: usize| round + 1 < ROUNDS && number >= 2 * round && number.is_multiple_of(2);
        let body = |number| Some(verification(if is_right(number) { RIGHT } else { WRONG }));
        let bodies: Vec<_> = (0..100).map(body).collect();
        let outcomes = two.outcomes(&user, &Operation::verify_otp(), None, &bodies).await;
        let (activated, counted) = (count(&outcomes, &["204"]), count(&outcomes, &COUNTED));
        let refused = count(&outcomes, &["STATE_INVALID", "CHANNEL_ALREADY_REGISTERED"]);
        assert_eq!(activated + counted + refused, 100, "in round {round}: {outcomes:?}");
        assert!(activated <= 1 && activated + counted <= 5, "in round {round}: {outcomes:?}");
        assert!(activated == 1 || counted == 5, "in round {round}: {outcomes:?}");
        let status = if activated == 1 { "ACTIVE" } else { "PENDING_VERIFICATION" };
        assert_eq!(user.status(&two.instances[0]).await, status, "in round {round}");
        assert!(round + 1 < ROUNDS || activated == 0, "there was no right one");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_enrolments_with_one_reference_send_one_message() {
    let two = Two::start("").await;
    for round in 0..ROUNDS {
        let user = two.user(round).await;
        let enrol = Operation::enrol_otp();
        let outcomes = two.outcomes(&user, &enrol, Some("one"), &vec![None; 50]).await;
        let done = count(&outcomes, &["204"]);
        assert!(done >= 1, "{outcomes:?}");
        assert_eq!(done + count(&outcomes, &["REQUEST_UNDER_WAY"]), 50, "{outcomes:?}");
        assert_eq!(two.outcomes(&user, &enrol, Some("one"), &vec![None; 2]).await, ["204", "204"]);
        assert_eq!(two.messages().await, round + 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn accepting_and_rejecting_at_once_leave_one_of_the_two() {
    let two = Two::start("").await;
    let adapter = &two.instances[0];
    for round in 0..ROUNDS {
        let user = two.user(round).await;
        assert_eq!(user.enrol_push(adapter).await, "204");
        let push = last(adapter).await;
        let decisions = (0..10).map(|number| (number + round) % 2 == 0);
        let decided = async |accepted| (decide(adapter, &push, accepted).await.status, accepted);
        let answers = join_all(decisions.map(decided)).await;
        let taken: Vec<_> = answers.iter().filter(|(status, _)| *status == 200).collect();
        let [(_, accepted)] = taken[..] else { panic!("not one decision: {answers:?}") };
        assert_eq!(answers.iter().filter(|(status, _)| *status == 409).count(), 9, "{answers:?}");
        let status = if *accepted { "ACTIVE" } else { "INACTIVE" };
        assert_eq!(user.status(&two.instances[1]).await, status, "in round {round}");
    }
}

/// Whether the only decision that counted was to accept. What was decided before is refused by the inbox page and by callbacks.
fn decided(answers: &[(u16, bool)]) -> bool {
    let taken: Vec<_> = answers.iter().filter(|(status, _)| [200, 204].contains(status)).collect();
    let refused = answers.iter().filter(|(status, _)| [409, 410].contains(status)).count();
    let [(_, accepted)] = taken[..] else { panic!("not one decision: {answers:?}") };
    assert_eq!(refused, answers.len() - 1, "{answers:?}");
    *accepted
}

/// Decides so many times at once: `decide` is told the number of each decision, and what it is.
async fn decide_at_once(round: usize, decide: impl AsyncFn(usize, bool) -> u16) -> bool {
    let decide = async |number: usize| {
        // Of every four, one of each kind is by either way.
        let accepted = (number / 2 + round).is_multiple_of(2);
        (decide(number, accepted).await, accepted)
    };
    decided(&join_all((0..12).map(decide)).await)
}

fn status_of(accepted: bool) -> &'static str {
    if accepted { "ACTIVE" } else { "INACTIVE" }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_signed_callbacks_at_two_instances_at_once_exactly_one_counts() {
    let provider = Provider::start();
    let two = Two::with(|builder| provider.asked_by(builder), |builder| provider.asked_by(builder)).await;
    for round in 0..ROUNDS {
        let user = two.user(round).await;
        assert_eq!(user.enrol_push(&two.instances[round % 2]).await, "204");
        let push = provider.push(round + 1).await;
        let accepted = decide_at_once(round, async |number, accepted| {
            let id = format!("{round}-{number}");
            call_back(&two.instances[number % 2], &id, &push, accepted).await.status
        });
        let status = status_of(accepted.await);
        for instance in &two.instances {
            assert_eq!(user.status(instance).await, status, "in round {round}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_decisions_on_the_page_of_one_instance_and_signed_callbacks_at_the_other_exactly_one_counts() {
    let provider = Provider::start();
    let two = Two::with(|builder| builder, |builder| provider.asked_by(builder)).await;
    let [inbox, called_back] = &two.instances;
    for round in 0..ROUNDS {
        let user = two.user(round).await;
        assert_eq!(user.enrol_push(inbox).await, "204");
        let push = last(inbox).await;
        let message = push["messageId"].as_str().expect("an id");
        let accepted = decide_at_once(round, async |number, accepted| {
            if number.is_multiple_of(2) {
                return decide(inbox, &push, accepted).await.status;
            }
            call_back(called_back, &format!("{round}-{number}"), message, accepted).await.status
        });
        let status = status_of(accepted.await);
        for instance in &two.instances {
            assert_eq!(user.status(instance).await, status, "in round {round}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_fifty_requests_over_a_limit_of_ten_exactly_ten_get_through() {
    let two = Two::start("10;w=86400").await;
    let user = two.user(0).await;
    let outcomes = two.outcomes(&user, &Operation::enrol_otp(), None, &vec![None; 50]).await;
    assert_eq!((count(&outcomes, &["204"]), count(&outcomes, &["429"])), (10, 40), "{outcomes:?}");
    assert_eq!(two.messages().await, 10);
}
