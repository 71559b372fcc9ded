//! What a provider calls back, over the router.

use std::sync::{Arc, Mutex};

use actix_web::http::StatusCode;
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use async_trait::async_trait;
use data_adapter_callbacks::{Callbacks, CallbacksParts, PushParts};
use data_adapter_core::{AdapterError, MessageId, SystemRandom};
use data_adapter_memory::MemoryStore;
use data_adapter_sca::{CallbackRefusal, IdempotencyStore, PushCallback, PushCallbacks, PushDecisions};
use data_adapter_server::{Apis, BodyLimits, Callers, Parts, ReadyChecks, router};
use data_adapter_testkit::ManualClock;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

/// Takes the header `said` for what a provider says: an id, a message and a decision.
struct Spoken;

impl PushCallbacks for Spoken {
    fn read(
        &self,
        header: &dyn Fn(&str) -> Option<String>,
        _: &[u8],
        _: Timestamp,
    ) -> Result<PushCallback, CallbackRefusal> {
        let said = header("said").ok_or(CallbackRefusal::Unsigned)?;
        match said.split(' ').collect::<Vec<_>>()[..] {
            ["stale"] => Err(CallbackRefusal::Stale),
            [id, message, decision] => Ok(PushCallback {
                id: id.to_owned(),
                message: MessageId::new(message),
                accepted: decision == "yes",
            }),
            _ => Err(CallbackRefusal::Malformed),
        }
    }
}

/// Lets each message be decided once, but for the one that nobody can decide.
#[derive(Default)]
struct Decisions(Mutex<Vec<(String, bool)>>);

#[async_trait]
impl PushDecisions for Decisions {
    async fn decide(&self, message: &MessageId, accepted: bool) -> Result<bool, AdapterError> {
        if message.as_str() == "down" {
            return Err(AdapterError::Remote("MARKED: the store is down".to_owned()));
        }
        let mut decided = self.0.lock().expect("nobody panicked");
        if decided.iter().any(|(other, _)| other == message.as_str()) {
            return Ok(false);
        }
        decided.push((message.to_string(), accepted));
        Ok(true)
    }
}

struct Bench {
    clock: Arc<ManualClock>,
    store: Arc<MemoryStore>,
    decisions: Arc<Decisions>,
}

impl Bench {
    fn new() -> Self {
        Self { clock: Arc::default(), store: Arc::default(), decisions: Arc::default() }
    }

    /// What a call with these headers and this body is answered: the status and the problem.
    async fn call(&self, said: &[&str], body: &str) -> (StatusCode, Value) {
        let api = Callbacks::new(CallbacksParts {
            push: Some(PushParts {
                callbacks: Arc::new(Spoken),
                decisions: Arc::clone(&self.decisions) as _,
                calls: Arc::clone(&self.store) as Arc<dyn IdempotencyStore>,
            }),
            sms: None,
            clock: Arc::clone(&self.clock) as _,
        });
        let service = init_service(router(Parts {
            apis: Apis::new(vec![Arc::new(api)]).expect("it is alone"),
            bodies: BodyLimits { max: 64, timeout: std::time::Duration::from_secs(5) },
            sandbox: None,
            swagger_ui: None,
            start_page: None,
            callers: Arc::new(Callers::new(Vec::new(), Vec::new(), false)),
            ready: Arc::new(ReadyChecks::new(Vec::new(), std::time::Duration::from_secs(1))),
            metrics: None,
            tracer: None,
            random: Arc::new(SystemRandom),
        }))
        .await;
        let request = TestRequest::post().uri("/callbacks/push").set_payload(body.to_owned());
        let request = said.iter().fold(request, |request, said| request.append_header(("said", *said)));
        let answer = call_service(&service, request.to_request()).await;
        let status = answer.status();
        let body = read_body(answer).await;
        (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
    }

    async fn status(&self, said: &str, body: &str) -> u16 {
        self.call(&[said], body).await.0.as_u16()
    }

    fn decided(&self) -> Vec<(String, bool)> {
        self.decisions.0.lock().expect("nobody panicked").clone()
    }
}

#[actix_web::test]
async fn a_callback_decides_and_is_answered_the_same_when_it_is_repeated() {
    let bench = Bench::new();
    assert_eq!(bench.status("1 m yes", "a").await, 204);
    assert_eq!(bench.status("1 m yes", "a").await, 204);
    assert_eq!(bench.status("2 n no", "b").await, 204);
    assert_eq!(bench.decided(), [("m".to_owned(), true), ("n".to_owned(), false)]);
}

#[actix_web::test]
async fn a_call_of_another_id_about_what_is_decided_changes_nothing() {
    let bench = Bench::new();
    assert_eq!(bench.status("1 m no", "a").await, 204);
    let (status, problem) = bench.call(&["2 m yes"], "b").await;
    assert_eq!((status.as_u16(), problem["status"].as_u64()), (410, Some(410)));
    assert_eq!(bench.status("2 m yes", "b").await, 410);
    assert_eq!(bench.decided(), [("m".to_owned(), false)]);
}

#[actix_web::test]
async fn an_id_counts_once_whatever_is_said_with_it_later() {
    let bench = Bench::new();
    assert_eq!(bench.status("1 m yes", "a").await, 204);
    assert_eq!(bench.status("1 n yes", "b").await, 400);
    bench.clock.advance(SignedDuration::from_secs(600));
    assert_eq!(bench.status("1 m yes", "a").await, 204);
    assert_eq!(bench.decided(), [("m".to_owned(), true)]);
}

#[actix_web::test]
async fn what_nobody_could_decide_can_be_called_again_and_says_no_more_than_that() {
    let bench = Bench::new();
    let (status, problem) = bench.call(&["1 down yes"], "a").await;
    assert_eq!(status.as_u16(), 503);
    assert!(!problem.to_string().contains("MARKED"), "{problem}");
    assert_eq!(bench.status("1 down yes", "a").await, 503, "it was freed");
}

#[actix_web::test]
async fn what_is_not_the_providers_or_says_nothing_is_refused_as_a_problem() {
    let bench = Bench::new();
    for (said, body, status) in [
        (&[][..], "a", 401),
        (&["1 m yes", "1 m yes"], "a", 401),
        (&["stale"], "a", 401),
        (&["what"], "a", 400),
        (&["1 m yes"], &"a".repeat(65), 413),
    ] {
        let (answered, problem) = bench.call(said, body).await;
        assert_eq!(
            (answered.as_u16(), problem["status"].as_u64()),
            (status, Some(status.into())),
            "{said:?}"
        );
    }
    assert_eq!(bench.decided(), []);
}
