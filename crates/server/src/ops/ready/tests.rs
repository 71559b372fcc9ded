use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use async_trait::async_trait;
use serde_json::json;

use super::*;

/// Something behind that can be down, or not answer at all.
#[derive(Default)]
struct Behind {
    is_down: AtomicBool,
    is_silent: bool,
    is_unreachable: bool,
    unknown: Vec<&'static str>,
    asked: AtomicUsize,
}

#[async_trait]
impl Readiness for Behind {
    async fn check(&self) -> Result<(), AdapterError> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        tokio::task::yield_now().await;
        if self.is_silent {
            std::future::pending::<()>().await;
        }
        if self.is_unreachable {
            return Err(AdapterError::Unreachable("it lets nobody in".to_owned()));
        }
        if self.is_down.load(Ordering::Relaxed) {
            return Err(AdapterError::Remote("connection to 10.0.0.1 refused".to_owned()));
        }
        Ok(())
    }

    fn unknown_settings(&self) -> Vec<String> {
        self.unknown.iter().map(|&setting| setting.to_owned()).collect()
    }
}

fn checks(behind: &[(&str, &Arc<Behind>)]) -> ReadyChecks {
    let checks = behind.iter().map(|(name, behind)| ((*name).to_owned(), Arc::clone(behind) as _));
    ReadyChecks::new(checks.collect(), Duration::from_millis(50))
}

async fn shown(checks: &ReadyChecks) -> serde_json::Value {
    serde_json::to_value(checks.report().await).expect("JSON")
}

#[tokio::test]
async fn what_is_down_or_silent_is_named_and_nothing_more() {
    let (well, down) = (Arc::new(Behind::default()), Arc::new(Behind::default()));
    let silent = Arc::new(Behind { is_silent: true, ..Behind::default() });
    assert_eq!(shown(&checks(&[("store", &well)])).await, json!({"status": "OK", "checks": {"store": "OK"}}));
    down.is_down.store(true, Ordering::Relaxed);
    let all = checks(&[("store", &well), ("backends.core", &down), ("backends.ldap", &silent)]);
    assert_eq!(
        shown(&all).await,
        json!({"status": "DOWN", "checks": {"backends.core": "DOWN", "backends.ldap": "DOWN", "store": "OK"}})
    );
}

#[tokio::test]
async fn what_is_not_needed_is_a_warning_when_it_is_down() {
    let (well, down) = (Arc::new(Behind::default()), Arc::new(Behind::default()));
    down.is_down.store(true, Ordering::Relaxed);
    let gateways = |down: &Arc<Behind>| {
        let gateways = [("sms.first", down), ("sms.second", &well)];
        gateways.map(|(name, behind)| (name.to_owned(), Arc::clone(behind) as Arc<dyn Readiness>)).to_vec()
    };
    assert_eq!(
        shown(&checks(&[("store", &well)]).with_warnings(gateways(&down))).await,
        json!({"status": "OK", "checks": {"sms.first": "WARNING", "sms.second": "OK", "store": "OK"}})
    );
    assert_eq!(
        shown(&checks(&[("store", &down)]).with_warnings(gateways(&down))).await,
        json!({"status": "DOWN", "checks": {"sms.first": "WARNING", "sms.second": "OK", "store": "DOWN"}})
    );
}

#[tokio::test]
async fn settings_that_are_not_known_behind_are_named_and_take_nothing_down() {
    let unknown = vec!["attributes.phone", "attributes.extras.room", "attributes.phone"];
    let ldap = Arc::new(Behind { unknown, ..Behind::default() });
    assert_eq!(
        shown(&checks(&[("backends.ldap", &ldap)])).await,
        json!({"status": "OK", "checks": {"backends.ldap": "OK"},
            "unknown": ["backends.ldap.attributes.extras.room", "backends.ldap.attributes.phone"]})
    );
}

#[tokio::test(start_paused = true)]
async fn they_are_asked_all_at_once_and_each_has_the_deadline() {
    let silent: Vec<_> = (0..20).map(|_| Arc::new(Behind { is_silent: true, ..Behind::default() })).collect();
    let names: Vec<_> = (0..20).map(|number| number.to_string()).collect();
    let named: Vec<_> = names.iter().map(String::as_str).zip(&silent).collect();
    let started = tokio::time::Instant::now();
    assert_eq!(checks(&named).report().await.status, State::Down);
    assert!(started.elapsed() < Duration::from_millis(100), "{:?}", started.elapsed());
}

#[tokio::test]
async fn many_who_ask_are_one_question_a_second() {
    let behind = Arc::new(Behind::default());
    let checks = checks(&[("store", &behind)]);
    let reports = join_all((0..100).map(|_| checks.report())).await;
    assert!(reports.iter().all(|report| report.status == State::Ok));
    assert_eq!(behind.asked.load(Ordering::Relaxed), 1);
    behind.is_down.store(true, Ordering::Relaxed);
    tokio::time::sleep(ReadyChecks::FRESH).await;
    assert_eq!(checks.report().await.status, State::Down);
    assert_eq!(behind.asked.load(Ordering::Relaxed), 2);
}

async fn health_of(checks: &ReadyChecks, name: &str) -> PartHealth {
    let parts = checks.health().await.expect("it is told");
    parts.into_iter().find(|part| part.name == name).expect("it is asked")
}

#[tokio::test]
async fn what_is_wrong_with_each_part_is_told() {
    let (well, down) = (Arc::new(Behind::default()), Arc::new(Behind::default()));
    down.is_down.store(true, Ordering::Relaxed);
    let silent = Arc::new(Behind { is_silent: true, unknown: vec!["url"], ..Behind::default() });
    let closed = Arc::new(Behind { is_unreachable: true, ..Behind::default() });
    let needed = checks(&[("store", &well), ("backends.core", &down), ("backends.ldap", &silent)]);
    let all = needed.with_warnings(vec![("sms.first".to_owned(), closed as _)]);
    for (name, is_needed, trouble) in [
        ("store", true, None),
        ("backends.core", true, Some(Trouble::Failing)),
        ("backends.ldap", true, Some(Trouble::Late)),
        ("sms.first", false, Some(Trouble::Unreachable)),
    ] {
        let part = health_of(&all, name).await;
        assert_eq!((part.is_needed, part.trouble), (is_needed, trouble), "{name}");
    }
    assert_eq!(health_of(&all, "backends.ldap").await.unknown_settings, ["url"]);
}

#[tokio::test]
async fn a_part_is_as_it_is_since_it_changed() {
    let behind = Arc::new(Behind::default());
    let checks = checks(&[("store", &behind)]);
    assert_eq!(health_of(&checks, "store").await.trouble, None);
    let before = Instant::now();
    behind.is_down.store(true, Ordering::Relaxed);
    tokio::time::sleep(ReadyChecks::FRESH).await;
    let down = health_of(&checks, "store").await;
    assert!(down.trouble.is_some() && down.lasts <= before.elapsed(), "{down:?}");
    tokio::time::sleep(ReadyChecks::FRESH).await;
    let still = health_of(&checks, "store").await;
    assert!(still.trouble.is_some() && still.lasts >= ReadyChecks::FRESH, "{still:?}");
}
