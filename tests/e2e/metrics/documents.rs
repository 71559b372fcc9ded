//! The dashboard and the alert rules, against what there is to scrape.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use data_adapter_testkit::Slapd;
use serde_json::Value;
use tempfile::TempDir;

use super::Scrape;
use super::scrape::Sample;
use crate::bad_input::raw::{Connection, RawRequest};
use crate::codes::{create, rent, send, verify};
use crate::support::DataAdapter;
use crate::support::payloads::{
    AUTHENTICATE, PASSWORD, SMS_CREATE, USER, authenticate, lookup, sms_create, valid_requests,
};

/// Labels that Prometheus itself adds, and the bound of a bucket.
const ANYWHERE: [&str; 3] = ["instance", "job", "le"];

/// What no request can cause: an error that nobody thought of.
const UNHEARD_OF: &str = "internal";

/// A metric as an expression names it: with its matchers, each of a label, an operator and a value.
#[derive(Debug)]
struct Selector {
    name: String,
    matchers: Vec<(String, String, String)>,
}

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs")
}

/// Every expression of the dashboard, its variables included.
fn dashboard() -> Vec<String> {
    let text = std::fs::read_to_string(docs().join("grafana-dashboard.json")).expect("a dashboard");
    let dashboard: Value = serde_json::from_str(&text).expect("JSON");
    let mut found = Vec::new();
    collect(&dashboard, &mut found);
    assert!(found.len() > 20, "{found:?}");
    found
}

fn collect(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let is_expression = name == "expr" || name == "definition";
                match member.as_str().filter(|_| is_expression) {
                    Some(expression) => found.push(expression.to_owned()),
                    None => collect(member, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Every expression of the alert rules: what stands after `expr:`, on its line or indented under it.
fn alerts() -> Vec<String> {
    let text = std::fs::read_to_string(docs().join("prometheus-alerts.yml")).expect("alert rules");
    let rules: Vec<_> = text.split("- alert: ").skip(1).collect();
    let expressions = rules.iter().map(|rule| {
        let (_, rest) = rule.split_once("expr:").expect("an expression");
        let end = ["\n        for:", "\n        labels:"].iter().filter_map(|key| rest.find(key)).min();
        rest[..end.expect("an end")].to_owned()
    });
    let expressions: Vec<_> = expressions.collect();
    assert!(expressions.len() > 10, "{expressions:?}");
    expressions
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// The metrics that an expression names: its words that are neither functions nor labels.
fn selectors(expression: &str) -> Vec<Selector> {
    let mut found = Vec::new();
    for (start, _) in expression.match_indices(|c: char| is_name(c)) {
        let is_inside = expression[..start].ends_with(is_name);
        let word: String = expression[start..].chars().take_while(|c| is_name(*c)).collect();
        let is_metric = word.starts_with("data_adapter_") || word.starts_with("process_") || word == "up";
        if is_inside || !is_metric {
            continue;
        }
        let rest = &expression[start + word.len()..];
        let matchers = rest.strip_prefix('{').map_or("", |rest| rest.split('}').next().unwrap_or(""));
        found.push(Selector { name: word, matchers: matchers.split_terminator(',').map(matcher).collect() });
    }
    found
}

fn matcher(text: &str) -> (String, String, String) {
    let label: String = text.chars().take_while(|c| is_name(*c)).collect();
    let (operator, value) = text[label.len()..].split_once('"').expect("a value in quotes");
    (label, operator.to_owned(), value.trim_end_matches('"').to_owned())
}

/// The labels that an expression groups by.
fn groups(expression: &str) -> BTreeSet<String> {
    let lists = expression.split("by (").skip(1).filter_map(|rest| rest.split(')').next());
    lists.flat_map(|list| list.split(", ").map(str::to_owned)).collect()
}

/// What is wrong with an expression, one line each.
fn problems(expression: &str, samples: &[Sample]) -> Vec<String> {
    let mut problems = Vec::new();
    let selectors = selectors(expression);
    if selectors.is_empty() {
        problems.push("it names no metric".to_owned());
    }
    let mut labels: BTreeSet<&str> = ANYWHERE.into();
    for Selector { name, matchers } in selectors.iter().filter(|selector| selector.name != "up") {
        let of_name: Vec<_> = samples.iter().filter(|sample| sample.name == *name).collect();
        if of_name.is_empty() {
            problems.push(format!("there is no {name}"));
        }
        labels.extend(of_name.iter().flat_map(|sample| sample.labels.keys().map(String::as_str)));
        for (label, _, value) in matchers.iter().filter(|(label, _, _)| !ANYWHERE.contains(&label.as_str())) {
            for value in value.split('|').filter(|value| *value != UNHEARD_OF) {
                let has = |sample: &&&Sample| sample.labels.get(label).is_some_and(|it| it == value);
                if !of_name.iter().any(|sample| has(&sample)) {
                    problems.push(format!("no {name} has {label}=\"{value}\""));
                }
            }
        }
    }
    let unknown = groups(expression).into_iter().filter(|label| !labels.contains(label.as_str()));
    problems.extend(unknown.map(|label| format!("nothing in it has the label {label}")));
    problems
}

/// Mounts a small disk that only the process sees, and starts it there.
const ON_A_SMALL_DISK: &str = "mount -t tmpfs -o size=512k tmpfs \"$0\" && exec \"$@\"";

/// One with everything that can go wrong: callers, a small disk, and a directory that is down.
async fn start(disk: &Path) -> DataAdapter {
    let directory = Slapd::settings(&["ldap://127.0.0.1:1".to_owned()]);
    let file = format!(
        "[organizations.SME]\nusers = \"directory\"\n[backends.directory]\nkind = \"ldap\"\n{directory}\n\
         [backends.directory.calls]\nbreaker_failures = 2\nbreaker_open_ms = 60000\n"
    );
    let disk_name = disk.display().to_string();
    let wrapper =
        ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", ON_A_SMALL_DISK, &disk_name];
    let builder = DataAdapter::builder().config(format!("{}{file}", crate::callers::configuration()));
    let builder = builder.token(crate::callers::TOKEN).store(&disk.join("store.db"));
    builder.env("DATA_ADAPTER__SERVER__MAX_CONNECTIONS", "16").wrapped_in(&wrapper).start().await
}

/// Does everything that the service counts.
async fn be_busy(adapter: &DataAdapter, disk: &Path) {
    for (path, body) in valid_requests() {
        adapter.post(path, body).await;
    }
    for path in ["/health/live", "/health/ready", "/metrics", "/sandbox/messages", "/swagger-ui/", "/"] {
        adapter.get(path).await;
    }
    let right = send(adapter, USER, &rent("right")).await;
    verify(adapter, &right.message, &right.code, USER, &rent("right")).await;
    let spent = create(adapter, USER, &rent("spent")).await;
    for _ in 0..6 {
        verify(adapter, &spent, "00000000", USER, &rent("spent")).await;
    }
    for password in [PASSWORD, "wrong"] {
        adapter.post(AUTHENTICATE, authenticate(USER, password)).await;
    }
    for _ in 0..4 {
        adapter.post("/api/auth/user/lookup", lookup("someone").replace("RETAIL", "SME")).await;
    }
    strange(adapter).await;
    std::fs::write(format!("/proc/{}/root{}/filler", adapter.pid(), disk.display()), vec![0; 1 << 20])
        .expect_err("the disk is full");
    for number in 0..200 {
        let answer = adapter.post(SMS_CREATE, sms_create(USER, &rent(&format!("full-{number}")))).await;
        if answer.status != 200 {
            return;
        }
    }
    panic!("a full disk can't take 200 more challenges");
}

/// Callers who may not, who are too many, and who send no requests.
async fn strange(adapter: &DataAdapter) {
    for token in ["nobody's", "another-token-for-the-one-who-texts"] {
        let request = adapter.client().get(adapter.url("/api/service/status"));
        adapter.send(request.header("authorization", format!("Bearer {token}"))).await;
    }
    let mut others = Vec::new();
    for _ in 0..20 {
        let mut connection = Connection::open(adapter.address()).await;
        // Those that are too many are told so.
        let _ = connection.send(&RawRequest::bare("GET", "/nowhere")).await;
        others.push(connection);
    }
    drop(others);
    Connection::open(adapter.address()).await.say(b"no request\r\n\r\n").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_metric_label_and_value_that_the_dashboard_and_the_alerts_name_is_there() {
    let disk = TempDir::new().expect("a folder");
    let adapter = start(disk.path()).await;
    be_busy(&adapter, disk.path()).await;
    let mut scrape = Scrape::of(&adapter).await;
    let sending = crate::sending::metered().await;
    if let Some(sending) = &sending {
        scrape.samples.extend(Scrape::of(sending).await.samples);
    }
    // Where there is no SMSC to run, nothing is said of gateways.
    let is_met = |expression: &String| sending.is_some() || !expression.contains("data_adapter_sms_");
    let problems: Vec<_> = dashboard()
        .into_iter()
        .chain(alerts())
        .filter(is_met)
        .flat_map(|expression| {
            let problems = problems(&expression, &scrape.samples).into_iter();
            problems.map(move |problem| format!("{problem}: {}", expression.trim())).collect::<Vec<_>>()
        })
        .collect();
    assert!(problems.is_empty(), "{}\n\n{}", problems.join("\n"), scrape.text);
}

#[tokio::test]
async fn every_metric_is_described() {
    let adapter = DataAdapter::start().await;
    let scrape = Scrape::of(&adapter).await;
    let text = std::fs::read_to_string(docs().join("metrics.md")).expect("a document");
    let named = |sample: &&Sample| {
        let base = ["_bucket", "_sum", "_count"].iter().find_map(|end| sample.name.strip_suffix(end));
        !text.contains(&format!("`{}`", base.unwrap_or(&sample.name)))
    };
    let left_out: BTreeSet<_> = scrape.samples.iter().filter(named).map(|sample| &sample.name).collect();
    assert_eq!(left_out, BTreeSet::new());
}

#[test]
fn what_an_expression_names_is_found_and_what_there_is_not_is_told() {
    let labels = [("outcome".to_owned(), "ok".to_owned())].into();
    let samples = [Sample { name: "data_adapter_x_total".to_owned(), labels, value: 1.0 }];
    let right =
        r#"sum by (outcome) (rate(data_adapter_x_total{instance=~"$instance",outcome!="ok"}[5m])) > 0"#;
    assert_eq!(problems(right, &samples), Vec::<String>::new());
    for (wrong, problem) in [
        ("sum(data_adapter_y_total)", "there is no data_adapter_y_total"),
        ("sum by (event) (data_adapter_x_total)", "nothing in it has the label event"),
        (r#"data_adapter_x_total{outcome=~"ok|bad"}"#, r#"no data_adapter_x_total has outcome="bad""#),
        (r#"data_adapter_x_total{event="ok"}"#, r#"no data_adapter_x_total has event="ok""#),
        ("1 > 0", "it names no metric"),
    ] {
        assert_eq!(problems(wrong, &samples), [problem], "{wrong}");
    }
}
