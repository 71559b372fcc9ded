use std::future::pending;

use data_adapter_core::FraudAction;
use data_adapter_testkit::{fraud_query, operation};
use metrics_util::debugging::{DebugValue, DebuggingRecorder, Snapshotter};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::time::{Instant, sleep};

use super::*;

const DEADLINE: Duration = Duration::from_secs(1);

/// Somebody who judges risks in one way.
enum Judge {
    Says(FraudDecision),
    Fails,
    Panics,
    Hangs,
    /// Says after this long that the question is over.
    Dawdles(Duration, UnboundedSender<Option<String>>),
}

#[async_trait]
impl AntiFraud for Judge {
    async fn assess(&self, _: &FraudQuery) -> Result<FraudDecision, AdapterError> {
        match self {
            Self::Says(decision) => Ok(decision.clone()),
            Self::Fails => Err(AdapterError::InvalidInput("no".to_owned())),
            Self::Panics => unreachable!("a defect"),
            Self::Hangs => pending().await,
            Self::Dawdles(time, over) => {
                sleep(*time).await;
                let call = CallContext::current().map(|call| call.request_id().to_owned());
                over.send(call).expect("somebody listens");
                Err(AdapterError::Remote("late".to_owned()))
            }
        }
    }
}

fn only(sms_otp: bool, password: bool) -> FraudDecision {
    let label = Some("known".to_owned());
    FraudDecision { factors: Some(RequiredFactors { sms_otp, password }), label, extras: None }
}

fn wrapped(judge: Judge) -> (StricterOnFailure, Snapshotter) {
    let recorder = DebuggingRecorder::new();
    let wrapped =
        metrics::with_local_recorder(&recorder, || StricterOnFailure::new(Arc::new(judge), DEADLINE));
    (wrapped, recorder.snapshotter())
}

/// The decision, and which outcomes were counted.
async fn decided(judge: Judge) -> (FraudDecision, Vec<String>) {
    let (wrapped, counters) = wrapped(judge);
    let query = fraud_query(FraudAction::ApprovalInit, operation("op", "login"));
    let decision = wrapped.assess(&query).await.expect("never an error");
    let counted =
        counters.snapshot().into_vec().into_iter().filter(|(.., value)| *value == DebugValue::Counter(1));
    let outcomes = counted
        .flat_map(|(key, ..)| key.key().labels().map(|label| label.value().to_owned()).collect::<Vec<_>>());
    (decision, outcomes.collect())
}

fn unavailable() -> FraudDecision {
    FraudDecision::strictest("unavailable")
}

#[tokio::test]
async fn what_is_said_in_time_is_answered() {
    let silent = FraudDecision { factors: None, ..only(true, true) };
    for said in [only(true, false), only(false, true), only(true, true), silent] {
        let (decision, counted) = decided(Judge::Says(said.clone())).await;
        assert_eq!((decision, counted), (said, vec!["answered".to_owned()]));
    }
}

#[tokio::test]
async fn an_error_a_defect_and_an_answer_without_a_factor_ask_for_all_factors() {
    for judge in [Judge::Fails, Judge::Panics, Judge::Says(only(false, false))] {
        assert_eq!(decided(judge).await, (unavailable(), vec!["failed".to_owned()]));
    }
}

#[tokio::test(start_paused = true)]
async fn no_answer_within_the_deadline_asks_for_all_factors_at_the_deadline() {
    let started = Instant::now();
    assert_eq!(decided(Judge::Hangs).await, (unavailable(), vec!["late".to_owned()]));
    assert_eq!(started.elapsed(), DEADLINE);
}

#[tokio::test(start_paused = true)]
async fn a_late_question_goes_on_for_the_same_call_so_that_its_guard_learns_how_it_ends() {
    let (over, mut ends) = unbounded_channel();
    let started = Instant::now();
    let call = CallContext::new("7", None);
    let (decision, _) = call.scope(decided(Judge::Dawdles(DEADLINE * 3, over))).await;
    assert_eq!((decision, started.elapsed()), (unavailable(), DEADLINE));
    assert_eq!(ends.recv().await, Some(Some("7".to_owned())));
    assert_eq!(started.elapsed(), DEADLINE * 3);
}
