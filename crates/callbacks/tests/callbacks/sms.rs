//! What gateways call back, over the router.

use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix_web::http::Method;
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use async_trait::async_trait;
use data_adapter_callbacks::{Callbacks, CallbacksParts, SmsParts};
use data_adapter_core::{AdapterError, SystemRandom, TraceParent};
use data_adapter_sca::{CallbackRefusal, DeliveryStatus, Receipt, ReceiptCall, ReceiptCallbacks, Receipts};
use data_adapter_server::{
    Answered, Apis, Arrival, BodyLimits, Callers, Parts, ReadyChecks, RequestSpan, Tracer, router,
};
use data_adapter_testkit::ManualClock;
use serde_json::Value;

/// Takes a call for the gateway's whose path ends in a secret, and each word of its body or query for a message that arrived.
struct Spoken;

impl ReceiptCallbacks for Spoken {
    fn read(&self, call: &ReceiptCall<'_>) -> Result<Vec<Receipt>, CallbackRefusal> {
        let (path, query) = call.target.split_once('?').unwrap_or((call.target, ""));
        if !path.ends_with("/MARKED") {
            return Err(CallbackRefusal::Unsigned);
        }
        let body = std::str::from_utf8(call.body).map_err(|_| CallbackRefusal::Malformed)?;
        let said = if body.is_empty() { query } else { body };
        if said == "nothing" {
            return Err(CallbackRefusal::Malformed);
        }
        let receipt = |reference: &str| Receipt {
            gateway: "primary".to_owned(),
            reference: reference.to_owned(),
            status: DeliveryStatus::Delivered,
            reason: None,
        };
        Ok(said.split_whitespace().map(receipt).collect())
    }
}

/// Keeps receipts, but for the one that can't be kept.
#[derive(Default)]
struct Kept(Mutex<Vec<String>>);

#[async_trait]
impl Receipts for Kept {
    async fn received(&self, receipt: &Receipt) -> Result<bool, AdapterError> {
        if receipt.reference == "down" {
            return Err(AdapterError::Remote("MARKED: the store is down".to_owned()));
        }
        self.0.lock().expect("nobody panicked").push(receipt.reference.clone());
        Ok(true)
    }
}

/// Notes what spans are told.
#[derive(Clone, Default)]
struct Noted(Arc<Mutex<Vec<u8>>>);

impl Noted {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().expect("nobody panicked").clone()).expect("text")
    }
}

impl Tracer for Noted {
    fn begin(&self, arrival: &Arrival<'_>) -> Box<dyn RequestSpan> {
        self.clone().write_all(format!("{arrival:?}").as_bytes()).expect("it is noted");
        Box::new(self.clone())
    }
}

impl RequestSpan for Noted {
    fn traceparent(&self) -> Option<TraceParent> {
        None
    }

    fn end(self: Box<Self>, answer: Answered) {
        self.clone().write_all(format!("{answer:?}").as_bytes()).expect("it is noted");
    }
}

impl Write for Noted {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("nobody panicked").write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[derive(Default)]
struct Bench {
    kept: Arc<Kept>,
    noted: Noted,
}

impl Bench {
    async fn call(&self, method: Method, target: &str, body: &str) -> (u16, Value) {
        let gateways = [("primary".to_owned(), Arc::new(Spoken) as Arc<dyn ReceiptCallbacks>)].into();
        let api = Callbacks::new(CallbacksParts {
            push: None,
            sms: Some(SmsParts { gateways, receipts: Arc::clone(&self.kept) as _ }),
            clock: Arc::new(ManualClock::default()),
        });
        let service = init_service(router(Parts {
            apis: Apis::new(vec![Arc::new(api)]).expect("it is alone"),
            bodies: BodyLimits { max: 64, timeout: Duration::from_secs(5) },
            sandbox: None,
            swagger_ui: None,
            start_page: None,
            callers: Arc::new(Callers::new(Vec::new(), Vec::new(), false)),
            ready: Arc::new(ReadyChecks::new(Vec::new(), Duration::from_secs(1))),
            metrics: None,
            tracer: Some(Arc::new(self.noted.clone())),
            random: Arc::new(SystemRandom),
        }))
        .await;
        let request = TestRequest::default().method(method).uri(target).set_payload(body.to_owned());
        let answer = call_service(&service, request.to_request()).await;
        let status = answer.status().as_u16();
        let body = read_body(answer).await;
        (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
    }

    async fn post(&self, target: &str, body: &str) -> u16 {
        self.call(Method::POST, target, body).await.0
    }

    fn kept(&self) -> Vec<String> {
        self.kept.0.lock().expect("nobody panicked").clone()
    }
}

#[actix_web::test]
async fn receipts_are_kept_however_they_are_told() {
    let bench = Bench::default();
    assert_eq!(bench.post("/callbacks/sms/primary/MARKED", "a b").await, 204);
    assert_eq!(bench.call(Method::GET, "/callbacks/sms/primary/MARKED?c", "").await.0, 204);
    assert_eq!(bench.post("/callbacks/sms/primary/MARKED", " ").await, 204, "it reports no end");
    assert_eq!(bench.kept(), ["a", "b", "c"]);
}

#[actix_web::test]
async fn what_is_not_the_gateways_or_says_nothing_is_refused_as_a_problem() {
    let bench = Bench::default();
    for (target, body, status) in [
        ("/callbacks/sms/primary", "a", 401),
        ("/callbacks/sms/primary/marked", "a", 401),
        ("/callbacks/sms/primary/MARKED", "nothing", 400),
        ("/callbacks/sms/other/MARKED", "a", 404),
        ("/callbacks/sms/primary/MARKED/a", "a", 404),
        ("/callbacks/sms", "a", 404),
        ("/callbacks/push", "a", 404),
        ("/callbacks/sms/primary/MARKED", &"a".repeat(65), 413),
    ] {
        let (answered, problem) = bench.call(Method::POST, target, body).await;
        assert_eq!((answered, problem["status"].as_u64()), (status, Some(status.into())), "{target}");
        assert!(!problem.to_string().contains("MARKED"), "{problem}");
    }
    assert_eq!(bench.call(Method::PUT, "/callbacks/sms/primary/MARKED", "a").await.0, 405);
    assert!(bench.kept().is_empty());
}

#[actix_web::test]
async fn what_could_not_be_kept_is_to_be_told_again() {
    let bench = Bench::default();
    let (status, problem) = bench.call(Method::POST, "/callbacks/sms/primary/MARKED", "a down b").await;
    assert_eq!(status, 503);
    assert!(!problem.to_string().contains("MARKED"), "{problem}");
    assert_eq!(bench.kept(), ["a"]);
}

#[actix_web::test]
async fn neither_the_log_nor_a_trace_has_the_secret_of_a_path() {
    let (bench, log) = (Bench::default(), Noted::default());
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE);
    let _guard = tracing::subscriber::set_default(subscriber.with_writer(move || writer.clone()).finish());
    for (target, body) in [
        ("/callbacks/sms/primary/MARKED", "a"),
        ("/callbacks/sms/primary/MARKED", "nothing"),
        ("/callbacks/sms/primary/MARKEDx", "a"),
        ("/callbacks/sms/other/MARKED", "a"),
        ("/callbacks/sms/primary/MARKED/a", "a"),
        ("/callbacks//sms/primary/MARKED", "a"),
    ] {
        bench.post(target, body).await;
    }
    let text = log.text() + &bench.noted.text();
    assert!(text.contains("/callbacks/sms/{gateway}"), "{text}");
    assert!(!text.contains("MARKED"), "{text}");
}
