//! How risky a step is, as Web Flow 1 asks it: by rules, by a system over HTTP, and when that does not answer.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::support::pki::{Authority, TlsFolder};
use crate::support::{Answer, Builder, DataAdapter, PATIENCE, raw, shared};
use crate::texts::Texts;

/// The deadline of these tests. Far more than an answer takes on any machine.
const DEADLINE: Duration = Duration::from_secs(4);

const TOKEN: &str = "MARKED-anti-fraud-token";
const DEMO: &str = "sandbox.enabled = true\nbackends.memory.demo_users = true\nweb_flow.dialect = \"1\"\n";

const RULES: &str = r#"
[[anti_fraud.rules]]
label = "large"
factors = ["sms_otp", "password"]
currencies = ["CZK"]
amount_at_least = "100.01"
[[anti_fraud.rules]]
label = "small at home"
factors = ["sms_otp"]
actions = ["approval_init", "approval_auth"]
operations = ["authorize_payment"]
currencies = ["CZK"]
amount_at_most = 100
payees = ["238400856/0300"]
networks = ["192.0.2.0/24"]
"#;

/// What Web Flow 1.9 asks about the approval of 100 CZK, byte for byte.
fn recording() -> String {
    shared::read("web-flow-clients/1.9.0/afs-execute.http")
}

/// The body of the same, with one text in place of another.
fn asking(old: &str, new: &str) -> String {
    let recording = recording();
    let (_, body) = recording.split_once("\r\n\r\n").expect("a head and a body");
    assert!(body.contains(old), "{body}");
    body.replace(old, new)
}

async fn ask(adapter: &DataAdapter) -> Answer {
    raw::send(adapter.address(), recording().as_bytes()).await
}

async fn ask_changed(adapter: &DataAdapter, old: &str, new: &str) -> Answer {
    adapter.post("/api/afs/action/execute", asking(old, new)).await
}

fn decision(label: &str, sms_otp: bool, password: bool) -> Value {
    json!({
        "afsResponseApplied": true,
        "afsLabel": label,
        "authStepOptions": { "smsOtpRequired": sms_otp, "passwordRequired": password },
        "extras": {},
    })
}

fn assert_decided(answer: &Answer, expected: &Value) {
    assert_eq!((answer.status, answer.object()), (200, expected), "{}", answer.text);
}

/// Asks this system, with everything in the log.
fn asking_at(url: &str, audit: &Path) -> Builder {
    let deadline = DEADLINE.as_millis();
    let config = format!(
        "{DEMO}capabilities.anti_fraud = \"fraud\"\nanti_fraud.deadline_ms = {deadline}\n[backends.fraud]\n\
         kind = \"anti-fraud-http\"\nurl = \"{url}\"\ntoken = \"{TOKEN}\"\ntimeout_ms = 6000\n\
         [backends.fraud.calls]\nbreaker_failures = 2\nbreaker_open_ms = 600000\n"
    );
    let builder = DataAdapter::builder().config(config).env("DATA_ADAPTER__LOG__FILTER", "trace");
    let builder = builder.env("DATA_ADAPTER__AUDIT__TARGET", "file");
    builder.env("DATA_ADAPTER__AUDIT__FILE", audit.display().to_string())
}

/// The lines of the audit log about risks.
fn assessments(audit: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(audit).expect("an audit log");
    let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    lines.filter(|line| line["event"] == "fraud_assessment").collect()
}

/// An anti-fraud system that gives each request this answer; `None` is silence.
async fn system(answer: Option<&'static str>) -> String {
    overheard(answer).await.0
}

/// The same, and the requests that it gets.
async fn overheard(answer: Option<&'static str>) -> (String, UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let url = format!("http://{}/assess", listener.local_addr().expect("it has an address"));
    let (heard, requests) = unbounded_channel();
    tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            tokio::spawn(serve(connection, answer, heard.clone()));
        }
    });
    (url, requests)
}

async fn serve(mut connection: TcpStream, answer: Option<&'static str>, heard: UnboundedSender<String>) {
    let mut request = Vec::new();
    // The question ends with the extras of the recording.
    while !request.ends_with(br#""extras":{"tm_device_tag":"abc"}}"#) {
        if !matches!(connection.read_buf(&mut request).await, Ok(read) if read > 0) {
            return;
        }
    }
    // Not every test listens.
    let _ = heard.send(String::from_utf8_lossy(&request).into_owned());
    let Some(body) = answer else { return std::future::pending().await };
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
    // Whoever asks may have gone.
    let _ = connection.write_all(format!("{head}{body}").as_bytes()).await;
}

#[tokio::test]
async fn without_rules_nothing_is_said_and_web_flow_asks_for_both_factors() {
    let adapter = DataAdapter::builder().env("DATA_ADAPTER__WEB_FLOW__DIALECT", "1").start().await;
    let nothing =
        json!({ "afsResponseApplied": false, "afsLabel": null, "authStepOptions": null, "extras": {} });
    assert_decided(&ask(&adapter).await, &nothing);
}

#[tokio::test]
async fn a_recorded_request_gets_the_label_and_the_factors_of_its_rule() {
    let adapter = DataAdapter::builder().config(format!("{DEMO}{RULES}")).start().await;
    assert_decided(&ask(&adapter).await, &decision("small at home", true, false));
    for (old, new) in [(r#""amount":100.0,"#, r#""amount":1.0E2,"#), ("192.0.2.7", "::ffff:192.0.2.7")] {
        assert_decided(&ask_changed(&adapter, old, new).await, &decision("small at home", true, false));
    }
    let large = ask_changed(&adapter, r#""amount":100.0,"#, r#""amount":100.01,"#).await;
    assert_decided(&large, &decision("large", true, true));
    for (old, new) in [
        (r#""currency":"CZK""#, r#""currency":"EUR""#),
        ("192.0.2.7", "198.51.100.7"),
        (r#""value":"238400856/0300""#, r#""value":"238400856/0100""#),
        ("APPROVAL_AUTH", "LOGOUT"),
    ] {
        let answer = ask_changed(&adapter, old, new).await;
        assert_eq!(answer.object()["afsResponseApplied"], false, "{new}: {}", answer.text);
    }
}

#[tokio::test]
async fn a_payment_that_cannot_be_read_is_asked_for_all_factors() {
    let lenient = "[anti_fraud.default]\nlabel = \"usual\"\nfactors = [\"password\"]";
    let adapter = DataAdapter::builder().config(format!("{DEMO}{lenient}")).start().await;
    assert_decided(&ask(&adapter).await, &decision("usual", false, true));
    let text = ask_changed(&adapter, r#""amount":100.0,"#, r#""amount":"100.0","#).await;
    assert_decided(&text, &decision("unreadable_payment", true, true));
}

#[tokio::test]
async fn a_payment_without_an_attribute_that_its_code_is_bound_to_is_asked_for_all_factors() {
    let texts =
        Texts::of(&[("en", "due = { $amount } { $currency } to { $account } on { $dueDate }: { $code }")]);
    let settings = "web_flow.dialect = \"1\"\n\
                    [anti_fraud.default]\nlabel = \"usual\"\nfactors = [\"password\"]\n\
                    [operations.authorize_payment]\nsms_text = \"due\"\nbind = [\"operation.dueDate\"]\n\
                    [operations.authorize_payment_sca]\nsms_text = \"due\"\nbind = [\"operation.dueDate\"]\n";
    let adapter = texts.with(settings).start().await;
    let without = ask_changed(&adapter, "operation.dueDate", "operation.date").await;
    assert_decided(&without, &decision("unreadable_payment", true, true));
    assert_decided(&ask(&adapter).await, &decision("usual", false, true));
}

#[tokio::test]
async fn what_a_system_answers_is_passed_on_and_is_in_the_audit_log() {
    let folder = TempDir::new().expect("a folder");
    let audit = folder.path().join("audit.jsonl");
    let answer =
        r#"{"label":"known device","factors":{"smsOtp":false,"password":true},"extras":{"score":0.10}}"#;
    let adapter = asking_at(&system(Some(answer)).await, &audit).start().await;
    let asked = ask(&adapter).await;
    assert!(asked.text.contains(r#""extras":{"score":0.10}"#), "as it was written: {}", asked.text);
    let expected = &decision("known device", false, true)["authStepOptions"];
    assert_eq!(&asked.object()["authStepOptions"], expected, "{}", asked.text);
    adapter.terminate().await;
    let [line] = assessments(&audit).try_into().expect("one line");
    for (member, expected) in [
        ("outcome", json!("succeeded")),
        ("action", json!("approval_auth")),
        ("label", json!("known device")),
        ("requiredFactors", json!(["password"])),
        ("user", json!("12345678")),
        ("amount", json!("100.0")),
        ("account", json!("238400856/0300")),
    ] {
        assert_eq!(line[member], expected, "{member}: {line}");
    }
}

#[tokio::test]
async fn a_question_names_the_request_and_the_trace_that_it_is_asked_for() {
    const TRACE: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let folder = TempDir::new().expect("a folder");
    let (url, mut questions) = overheard(Some(r#"{"factors":null}"#)).await;
    let adapter = asking_at(&url, &folder.path().join("audit.jsonl")).start().await;
    let recording = recording();
    let (head, body) = recording.split_once("\r\n\r\n").expect("a head and a body");
    let head: Vec<_> = head.split("\r\n").filter(|line| !line.starts_with("traceparent")).collect();
    let head = head.join("\r\n");
    let request = format!("{head}\r\nX-Request-Id: of-web-flow\r\ntraceparent: {TRACE}\r\n\r\n{body}");
    raw::send(adapter.address(), request.as_bytes()).await;
    let question = questions.recv().await.expect("it is asked");
    assert!(question.contains("\r\nx-request-id: of-web-flow\r\n"), "{question}");
    assert!(question.contains(&format!("\r\ntraceparent: {TRACE}\r\n")), "{question}");
}

/// The system behind is another Data Adapter, which asks for a certificate and has one of an authority that this machine does
/// not trust.
#[tokio::test]
async fn a_system_with_an_authority_of_its_own_is_shown_a_certificate() {
    let (authority, clients) = (Authority::new("ours"), Authority::new("clients"));
    let tls = TlsFolder::with(&authority.server());
    let section = tls.section_with_clients(&clients, "client_certificate_required = true");
    let system = DataAdapter::builder().config(format!("{DEMO}{section}")).start().await;
    let pair = clients.client("fraud");
    for (name, text) in
        [("ca.pem", authority.pem()), ("client.pem", &pair.certificate), ("client-key.pem", &pair.key)]
    {
        tls.write(name, text);
    }
    let key = |key: &str, file: &str| format!("{key} = {:?}\n", tls.path(file));
    let (ca, certificate) = (key("ca_file", "ca.pem"), key("client_certificate_file", "client.pem"));
    let shown = format!("{ca}{certificate}{}", key("client_key_file", "client-key.pem"));
    let asking = |keys: &str| {
        let url = system.url("/api/service/status");
        DataAdapter::builder().config(format!(
            "{DEMO}capabilities.anti_fraud = \"fraud\"\n[backends.fraud]\nkind = \"anti-fraud-http\"\nurl = \"{url}\"\n\
             token = \"{TOKEN}\"\nstatus_url = \"{url}\"\n{keys}"
        ))
    };
    for (keys, status) in [(shown.as_str(), 200), (&ca, 503), ("", 503)] {
        let adapter = asking(keys).start().await;
        let ready = adapter.get("/health/ready").await;
        assert_eq!(ready.status, status, "{keys}: {}", ready.text);
    }
    let exit = asking(&format!("{ca}{certificate}")).arg("config").arg("check").spawn_failing().await;
    assert_eq!(exit.status, Some(78), "{exit:?}");
    assert!(exit.stderr.contains("`backends.fraud.client_key_file` is missing"), "{exit:?}");
}

#[tokio::test]
async fn a_system_that_hangs_costs_the_deadline_all_factors_are_asked_for_and_then_it_is_left_alone() {
    let folder = TempDir::new().expect("a folder");
    let audit = folder.path().join("audit.jsonl");
    let (url, mut questions) = overheard(None).await;
    let mut adapter = asking_at(&url, &audit).start().await;
    let strictest = decision("unavailable", true, true);
    // About two people: what only one of them meets is no outage.
    for user in [r#""userId":"12345678""#, r#""userId":"somebody-else""#] {
        let started = Instant::now();
        let asked = ask_changed(&adapter, r#""userId":"12345678""#, user);
        let (answer, health) = tokio::join!(asked, adapter.get("/health/ready"));
        let taken = started.elapsed();
        assert_decided(&answer, &strictest);
        assert!((DEADLINE..PATIENCE).contains(&taken), "it took {taken:?}");
        assert_eq!(health.status, 200, "{}", health.text);
    }
    // The questions go on until their own deadline; then the guard has seen two of them fail.
    adapter.logged("the back end failed too often in a row", 1).await;
    assert_decided(&ask(&adapter).await, &strictest);
    let asked = std::iter::from_fn(|| questions.try_recv().ok()).count();
    assert_eq!(asked, 2, "the third time it was not asked");
    let metrics = adapter.get("/metrics").await.text;
    for (outcome, count) in [("late", 2), ("failed", 1), ("answered", 0)] {
        let series = format!("data_adapter_fraud_assessments_total{{outcome=\"{outcome}\"}} {count}\n");
        assert!(metrics.contains(&series), "{series}{metrics}");
    }
    let log = adapter.terminate().await.stderr;
    assert_eq!(log.matches("nobody says how risky a step is").count(), 3, "{log}");
    assert!(log.contains("TRACE"), "nothing is traced");
    for secret in [TOKEN, "238400856/0300", "tm_device_tag", "Utility Bill"] {
        assert!(!log.contains(secret), "{secret} is in the log: {log}");
    }
    for line in assessments(&audit) {
        assert_eq!(
            (&line["outcome"], &line["label"]),
            (&json!("succeeded"), &json!("unavailable")),
            "{line}"
        );
        assert_eq!(line["requiredFactors"], json!(["code", "password"]), "{line}");
    }
}

#[tokio::test]
async fn health_is_quick_while_many_wait_for_a_system_that_hangs() {
    let folder = TempDir::new().expect("a folder");
    let adapter = asking_at(&system(None).await, &folder.path().join("audit.jsonl")).start().await;
    let asking = (0..50).map(|_| ask(&adapter));
    let checking = async {
        let started = Instant::now();
        let health = adapter.get("/health/live").await;
        (health.status, started.elapsed())
    };
    let (answers, (status, taken)) = tokio::join!(futures::future::join_all(asking), checking);
    assert!(status == 200 && taken < DEADLINE, "{status} after {taken:?}");
    for answer in answers {
        assert_decided(&answer, &decision("unavailable", true, true));
    }
}

#[tokio::test]
async fn an_answer_without_any_factor_is_not_passed_on() {
    let folder = TempDir::new().expect("a folder");
    let answer = r#"{"label":"trusted","factors":{"smsOtp":false,"password":false}}"#;
    let adapter = asking_at(&system(Some(answer)).await, &folder.path().join("audit.jsonl")).start().await;
    let answer = ask_changed(&adapter, "APPROVAL_AUTH", "LOGIN_INIT").await;
    assert_decided(&answer, &decision("unavailable", true, true));
}
