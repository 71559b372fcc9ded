//! What `/metrics` says, read as Prometheus reads it.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::support::DataAdapter;

/// One line.
#[derive(Debug)]
pub(crate) struct Sample {
    pub(crate) name: String,
    pub(crate) labels: BTreeMap<String, String>,
    pub(crate) value: f64,
}

pub(crate) struct Scrape {
    pub(crate) text: String,
    pub(crate) samples: Vec<Sample>,
}

impl Scrape {
    /// What is there now: a page is shown again for a second.
    pub(crate) async fn of(adapter: &DataAdapter) -> Self {
        tokio::time::sleep(Duration::from_millis(1100)).await;
        let answer = adapter.get("/metrics").await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert_eq!(answer.headers["content-type"], "text/plain; version=0.0.4; charset=utf-8");
        let samples = answer.text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        Self { samples: samples.map(sample).collect(), text: answer.text.clone() }
    }

    /// The value of the one line with this name and at least these labels; zero when there is none.
    pub(crate) fn value(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        let has = |sample: &&Sample| {
            sample.name == name
                && labels.iter().all(|(label, value)| sample.labels.get(*label).is_some_and(|it| it == value))
        };
        let found: Vec<_> = self.samples.iter().filter(has).collect();
        assert!(found.len() <= 1, "{name} {labels:?}: {found:?}");
        found.first().map_or(0.0, |sample| sample.value)
    }

    pub(crate) fn requests(&self, operation: &str, outcome: &str) -> f64 {
        let labels = [("operation", operation), ("outcome", outcome)];
        let requests = self.value("data_adapter_requests_total", &labels);
        let timed = self.value("data_adapter_request_seconds_count", &labels);
        assert_eq!(requests.to_string(), timed.to_string(), "all of {operation} {outcome} are timed");
        requests
    }

    pub(crate) fn codes(&self, event: &str) -> f64 {
        self.value("data_adapter_codes_total", &[("event", event)])
    }
}

fn sample(line: &str) -> Sample {
    let (series, value) = line.rsplit_once(' ').expect("a name and a value");
    let (name, labels) = series.split_once('{').unwrap_or((series, "}"));
    let labels = labels.strip_suffix('}').expect("the labels end");
    let labels = labels.split(',').filter(|label| !label.is_empty()).map(|label| {
        let (name, value) = label.split_once("=\"").expect("a label");
        (name.to_owned(), value.strip_suffix('"').expect("the value ends").to_owned())
    });
    Sample { name: name.to_owned(), labels: labels.collect(), value: value.parse().expect("a number") }
}
