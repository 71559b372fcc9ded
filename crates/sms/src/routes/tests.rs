use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use data_adapter_core::{
    MessageId, OperationId, OperationName, OrganizationId, PhoneNumber, SystemClock, UserId,
};
use data_adapter_memory::MemoryStore;
use data_adapter_sca::{DeliveryStatus, DeliveryStore, Receipt, Receipts};
use tokio::time::{advance, sleep};

use super::*;
use crate::{Patience, RouteParts, Takes};

const CZECH: &str = "+420606123456";
const SLOVAK: &str = "+421905123456";
const DEADLINE: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_secs(30);

/// What a gateway does with every message.
#[derive(Clone)]
enum Manner {
    Answers(Result<(), GatewayError>),
    /// Takes so long, and then answers.
    After(Duration, Result<(), GatewayError>),
}

struct Gateway {
    manner: Mutex<Manner>,
    asked: AtomicUsize,
    answered: AtomicUsize,
}

impl Gateway {
    fn new(manner: Manner) -> Arc<Self> {
        Arc::new(Self {
            manner: Mutex::new(manner),
            asked: AtomicUsize::new(0),
            answered: AtomicUsize::new(0),
        })
    }

    fn takes() -> Arc<Self> {
        Self::new(Manner::Answers(Ok(())))
    }

    fn is_down() -> Arc<Self> {
        Self::new(Manner::Answers(Err(down())))
    }

    fn now(&self, manner: Manner) {
        *self.manner.lock().unwrap_or_else(PoisonError::into_inner) = manner;
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl SmsGateway for Gateway {
    async fn send(&self, _: &SmsMessage) -> Result<HandedOver, GatewayError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let manner = self.manner.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let result = match manner {
            Manner::Answers(result) => result,
            Manner::After(time, result) => {
                sleep(time).await;
                result
            }
        };
        self.answered.fetch_add(1, Ordering::SeqCst);
        result.map(|()| HandedOver { gateway: None, references: vec!["1".to_owned()] })
    }
}

fn down() -> GatewayError {
    GatewayError::Unavailable("it is down".to_owned())
}

fn route(id: &str, gateway: &Arc<Gateway>, takes: Takes) -> RouteParts {
    RouteParts {
        id: id.to_owned(),
        takes,
        gateway: Arc::clone(gateway) as _,
        readiness: None,
        max_concurrent: 10,
        patience: Patience { failures: 3, pause: PAUSE },
    }
}

fn routes(parts: impl IntoIterator<Item = RouteParts>) -> Routes {
    let store: Arc<dyn DeliveryStore> = Arc::new(MemoryStore::default());
    over(&store, parts)
}

fn over(store: &Arc<dyn DeliveryStore>, parts: impl IntoIterator<Item = RouteParts>) -> Routes {
    Routes::new(parts.into_iter().map(Route::new).collect(), DEADLINE, recorder(store))
}

fn recorder(store: &Arc<dyn DeliveryStore>) -> Arc<Recorder> {
    Arc::new(Recorder::new(Arc::clone(store), Arc::new(SystemClock)))
}

/// Two that take all messages.
fn two(first: &Arc<Gateway>, second: &Arc<Gateway>) -> Routes {
    routes([route("first", first, Takes::default()), route("second", second, Takes::default())])
}

fn to(number: &str, organization: Option<&str>) -> SmsMessage {
    SmsMessage {
        message: MessageId::new("message"),
        operation: OperationId::new("operation"),
        name: OperationName::new("login"),
        user: UserId::new("user"),
        organization: organization.map(OrganizationId::new),
        to: PhoneNumber::new(number),
        sender: None,
        text: "123456".into(),
    }
}

async fn send(routes: &Routes) -> Result<HandedOver, GatewayError> {
    routes.send(&to(CZECH, None)).await
}

/// Which gateway took it; `None` where none did.
async fn taken_by(routes: &Routes, number: &str, organization: Option<&str>) -> Option<String> {
    routes.send(&to(number, organization)).await.ok()?.gateway
}

fn countries(codes: &[&str]) -> Takes {
    Takes { countries: codes.iter().map(|code| code.parse().unwrap()).collect(), ..Takes::default() }
}

#[tokio::test(start_paused = true)]
async fn a_message_that_a_gateway_does_not_have_goes_to_the_next_one() {
    let (first, second) = (Gateway::is_down(), Gateway::takes());
    let handed = send(&two(&first, &second)).await.unwrap();
    assert_eq!(handed, HandedOver { gateway: Some("second".to_owned()), references: vec!["1".to_owned()] });
    assert_eq!((first.asked(), second.asked()), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_message_that_may_have_been_taken_or_was_refused_goes_to_no_other() {
    for error in [GatewayError::Unknown("lost".to_owned()), GatewayError::Refused("no".to_owned())] {
        let (first, second) = (Gateway::new(Manner::Answers(Err(error.clone()))), Gateway::takes());
        assert_eq!(send(&two(&first, &second)).await, Err(error));
        assert_eq!(second.asked(), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn where_no_gateway_takes_messages_that_is_the_answer() {
    let (first, second) = (Gateway::is_down(), Gateway::is_down());
    assert_eq!(send(&two(&first, &second)).await, Err(down()));
    assert_eq!((first.asked(), second.asked()), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_message_that_no_gateway_is_for_is_refused() {
    let gateway = Gateway::takes();
    let routes = routes([route("czech", &gateway, countries(&["CZ"]))]);
    assert!(matches!(routes.send(&to(SLOVAK, None)).await, Err(GatewayError::Refused(_))));
    assert!(matches!(routes.send(&to("+80012345678", None)).await, Err(GatewayError::Refused(_))));
    assert_eq!(gateway.asked(), 0);
}

#[tokio::test(start_paused = true)]
async fn the_longest_prefix_goes_before_the_country_and_the_country_before_all() {
    let gateway = Gateway::takes();
    let prefixes = |prefixes: &[&str]| Takes {
        prefixes: prefixes.iter().map(|prefix| (*prefix).to_owned()).collect(),
        ..Takes::default()
    };
    let routes = routes([
        route("all", &gateway, Takes::default()),
        route("country", &gateway, countries(&["CZ", "SK"])),
        route("short", &gateway, prefixes(&["+4206"])),
        route("long", &gateway, prefixes(&["+1", "+42060"])),
    ]);
    for (number, expected) in [
        (CZECH, "long"),
        ("+420610123456", "short"),
        ("+420777123456", "country"),
        (SLOVAK, "country"),
        ("+4915112345678", "all"),
    ] {
        assert_eq!(taken_by(&routes, number, None).await.as_deref(), Some(expected), "{number}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_gateway_of_an_organization_takes_its_messages_alone_and_goes_first_for_them() {
    let (usual, own) = (Gateway::takes(), Gateway::takes());
    let retail = Takes { organizations: vec!["RETAIL".to_owned()], ..Takes::default() };
    let routes = routes([route("usual", &usual, countries(&["CZ"])), route("own", &own, retail)]);
    for (organization, expected) in
        [(Some("RETAIL"), "own"), (Some("SME"), "usual"), (Some("retail"), "usual"), (None, "usual")]
    {
        assert_eq!(taken_by(&routes, CZECH, organization).await.as_deref(), Some(expected));
    }
    own.now(Manner::Answers(Err(down())));
    assert_eq!(taken_by(&routes, CZECH, Some("RETAIL")).await.as_deref(), Some("usual"));
    usual.now(Manner::Answers(Err(down())));
    assert_eq!(taken_by(&routes, CZECH, Some("SME")).await, None);
}

#[tokio::test(start_paused = true)]
async fn a_gateway_that_failed_three_times_is_asked_last_until_one_message_has_tried_it() {
    let (first, second) = (Gateway::is_down(), Gateway::takes());
    let routes = two(&first, &second);
    for _ in 0..10 {
        send(&routes).await.unwrap();
    }
    assert_eq!((first.asked(), second.asked()), (3, 10));
    advance(PAUSE).await;
    for _ in 0..10 {
        send(&routes).await.unwrap();
    }
    assert_eq!((first.asked(), second.asked()), (4, 20), "one message has tried it");
    first.now(Manner::Answers(Ok(())));
    advance(PAUSE).await;
    for _ in 0..3 {
        send(&routes).await.unwrap();
    }
    assert_eq!((first.asked(), second.asked()), (7, 20), "it takes messages again");
}

#[tokio::test(start_paused = true)]
async fn one_message_alone_tries_a_gateway_after_its_pause() {
    let (first, second) = (Gateway::is_down(), Gateway::takes());
    let routes = two(&first, &second);
    for _ in 0..3 {
        send(&routes).await.unwrap();
    }
    first.now(Manner::After(Duration::from_secs(2), Err(down())));
    advance(PAUSE).await;
    let sent = tokio::join!(send(&routes), send(&routes), send(&routes));
    assert!(sent.0.is_ok() && sent.1.is_ok() && sent.2.is_ok());
    assert_eq!(first.asked(), 4);
}

#[tokio::test(start_paused = true)]
async fn the_only_gateway_is_asked_however_often_it_failed() {
    let gateway = Gateway::is_down();
    let routes = routes([route("only", &gateway, Takes::default())]);
    for _ in 0..10 {
        assert_eq!(send(&routes).await, Err(down()));
    }
    assert_eq!(gateway.asked(), 10);
}

#[tokio::test(start_paused = true)]
async fn a_gateway_that_never_says_what_it_did_is_asked_last_too() {
    let (first, second) =
        (Gateway::new(Manner::Answers(Err(GatewayError::Unknown("lost".to_owned())))), Gateway::takes());
    let routes = two(&first, &second);
    for _ in 0..3 {
        assert!(matches!(send(&routes).await, Err(GatewayError::Unknown(_))));
    }
    assert_eq!(send(&routes).await.unwrap().gateway.as_deref(), Some("second"));
    assert_eq!(first.asked(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_gateway_that_says_no_is_not_down() {
    let (first, second) = (
        Gateway::new(Manner::Answers(Err(GatewayError::Refused("no such number".to_owned())))),
        Gateway::takes(),
    );
    let routes = two(&first, &second);
    for _ in 0..10 {
        assert!(matches!(send(&routes).await, Err(GatewayError::Refused(_))));
    }
    assert_eq!((first.asked(), second.asked()), (10, 0));
}

#[tokio::test(start_paused = true)]
async fn all_gateways_together_answer_within_the_deadline() {
    let slow = |time| Gateway::new(Manner::After(Duration::from_secs(time), Err(down())));
    let (first, second, third) = (slow(3), slow(3), Gateway::takes());
    let routes = routes([
        route("first", &first, Takes::default()),
        route("second", &second, Takes::default()),
        route("third", &third, Takes::default()),
    ]);
    let started = Instant::now();
    assert!(matches!(send(&routes).await, Err(GatewayError::Unknown(_))), "the second one may have it");
    assert_eq!(started.elapsed(), DEADLINE);
    assert_eq!(third.asked(), 0);
}

#[tokio::test(start_paused = true)]
async fn no_gateway_is_asked_once_the_time_is_over() {
    let (first, second) = (Gateway::new(Manner::After(DEADLINE, Err(down()))), Gateway::takes());
    assert!(send(&two(&first, &second)).await.is_err());
    assert_eq!(second.asked(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_gateway_that_is_busy_is_passed_by_and_not_down() {
    let (first, second) = (Gateway::new(Manner::After(Duration::from_secs(1), Ok(()))), Gateway::takes());
    let routes = routes([
        RouteParts { max_concurrent: 1, ..route("first", &first, Takes::default()) },
        route("second", &second, Takes::default()),
    ]);
    let sent = tokio::join!(send(&routes), send(&routes), send(&routes), send(&routes), send(&routes));
    let gateways = [sent.0, sent.1, sent.2, sent.3, sent.4].map(|sent| sent.unwrap().gateway.unwrap());
    assert_eq!(gateways, ["first", "second", "second", "second", "second"]);
    assert_eq!(taken_by(&routes, CZECH, None).await.as_deref(), Some("first"));
}

#[tokio::test(start_paused = true)]
async fn what_began_ends_though_nobody_waits_for_it() {
    let gateway = Gateway::new(Manner::After(Duration::from_secs(1), Ok(())));
    let routes = routes([route("only", &gateway, Takes::default())]);
    let left = tokio::time::timeout(Duration::from_millis(100), send(&routes)).await;
    assert!(left.is_err(), "the caller was to leave");
    sleep(Duration::from_secs(2)).await;
    assert_eq!(gateway.answered.load(Ordering::SeqCst), 1);
}

#[tokio::test(start_paused = true)]
async fn a_gateway_is_ready_unless_its_last_messages_failed() {
    let (first, second) = (Gateway::is_down(), Gateway::takes());
    let routes = two(&first, &second);
    let checks = routes.checks();
    let [(one, first_check), (two, second_check)] = &checks[..] else { panic!("there are two") };
    assert_eq!((one.as_str(), two.as_str()), ("first", "second"));
    for _ in 0..2 {
        send(&routes).await.unwrap();
        assert!(first_check.check().await.is_ok());
    }
    send(&routes).await.unwrap();
    assert!(first_check.check().await.is_err() && second_check.check().await.is_ok());
    advance(PAUSE).await;
    assert!(first_check.check().await.is_err(), "nobody knows that it is back");
    first.now(Manner::Answers(Ok(())));
    send(&routes).await.unwrap();
    assert!(first_check.check().await.is_ok());
}

fn receipt(reference: &str, reason: &str) -> Receipt {
    Receipt {
        gateway: "second".to_owned(),
        reference: reference.to_owned(),
        status: DeliveryStatus::Undelivered,
        reason: Some(reason.to_owned()),
    }
}

#[tokio::test(start_paused = true)]
async fn what_became_of_a_message_is_known_with_the_gateway_that_took_it() {
    let store: Arc<dyn DeliveryStore> = Arc::new(MemoryStore::default());
    let (first, second) = (Gateway::is_down(), Gateway::takes());
    let routes =
        over(&store, [route("first", &first, Takes::default()), route("second", &second, Takes::default())]);
    send(&routes).await.unwrap();
    let known = async || store.deliveries(&[MessageId::new("message")]).await.unwrap().pop().unwrap();
    assert_eq!(
        (known().await.gateway.as_str(), known().await.status),
        ("second", DeliveryStatus::HandedOver)
    );
    let recorder = recorder(&store);
    assert!(!recorder.received(&receipt("2", "30005")).await.unwrap(), "nobody sent that");
    assert!(recorder.received(&receipt("1", "no route to +420606123456")).await.unwrap());
    assert!(!recorder.received(&receipt("1", "30005")).await.unwrap(), "that was known");
    assert_eq!((known().await.status, known().await.reason), (DeliveryStatus::Undelivered, None));
}

#[tokio::test(start_paused = true)]
async fn of_a_message_that_no_gateway_took_nothing_is_known() {
    let store: Arc<dyn DeliveryStore> = Arc::new(MemoryStore::default());
    let gateway = Gateway::new(Manner::Answers(Err(GatewayError::Unknown("lost".to_owned()))));
    send(&over(&store, [route("only", &gateway, Takes::default())])).await.unwrap_err();
    assert_eq!(store.deliveries(&[MessageId::new("message")]).await.unwrap(), []);
}

/// A gateway that could take messages, whoever asks.
struct Bound;

#[async_trait]
impl Readiness for Bound {
    async fn check(&self) -> Result<(), data_adapter_core::AdapterError> {
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn a_gateway_that_says_it_is_ready_is_not_while_its_messages_fail() {
    let gateway = Gateway::is_down();
    let readiness: Option<Arc<dyn Readiness>> = Some(Arc::new(Bound));
    let routes = routes([RouteParts { readiness, ..route("only", &gateway, Takes::default()) }]);
    let (_, check) = routes.checks().remove(0);
    check.check().await.unwrap();
    for _ in 0..3 {
        send(&routes).await.unwrap_err();
    }
    assert!(check.check().await.is_err());
    gateway.now(Manner::Answers(Ok(())));
    send(&routes).await.unwrap();
    check.check().await.unwrap();
}
