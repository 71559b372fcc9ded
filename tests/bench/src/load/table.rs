//! The results for people and, as JSON, for programs.

use std::collections::BTreeMap;
use std::io::Result;
use std::path::Path;

use serde::ser::SerializeStruct as _;
use serde::{Serialize, Serializer};

use super::behind::Detour;
use super::memory::Held;
use super::passwords::Checked;
use super::round::{Measured, Rounds};
use super::start::Start;
use super::stores::Store;

/// The rates and latencies. The ratio is to the bare handler in the same round: the median of all rounds, and its quartiles.
pub(crate) fn rates(rows: &[Measured], rounds: &Rounds) {
    println!(
        "\n{} rounds of {} ms, {} connections; latencies in microseconds, of all rounds\n",
        rounds.count,
        rounds.length.as_millis(),
        rounds.connections
    );
    println!(
        "{:24}{:16}{:>10}{:>8}{:>15}{:>8}{:>8}{:>8}{:>9}{:>11}",
        "operation", "server", "req/s", "ratio", "(quartiles)", "p50", "p90", "p99", "p99.9", "cpu us/req"
    );
    for row in rows {
        let bare = bare(rows, row);
        let ratios = ratios(row, bare);
        let latency = |quantile| row.latencies.value_at_quantile(quantile);
        println!(
            "{:24}{:16}{:10.0}{:8.3}{:>15}{:8}{:8}{:8}{:9}{:11.1}",
            row.operation,
            row.server,
            median(&row.rates),
            quantile(&ratios, 0.5),
            format!("({:.3}-{:.3})", quantile(&ratios, 0.25), quantile(&ratios, 0.75)),
            latency(0.5),
            latency(0.9),
            latency(0.99),
            latency(0.999),
            row.cpu.as_secs_f64() * 1e6
        );
    }
}

/// What the Data Adapter adds to a server that it asks: the ratio is to asking that server directly in the same round, the
/// median of all rounds and its quartiles; the latencies are differences of quantiles over all rounds.
pub(crate) fn detours(rows: &[Detour], rounds: &Rounds) {
    println!(
        "\nthrough the Data Adapter and directly: {} rounds of {} ms; latencies in microseconds\n",
        rounds.count,
        rounds.length.as_millis()
    );
    println!(
        "{:16}{:8}{:>12}{:>10}{:>10}{:>8}{:>15}{:>10}{:>11}{:>11}{:>12}",
        "operation",
        "behind",
        "connections",
        "direct/s",
        "through/s",
        "ratio",
        "(quartiles)",
        "p50",
        "added p50",
        "added p99",
        "cpu us/req"
    );
    for Detour { behind, connections, direct, through, .. } in rows {
        let ratios = ratios(through, direct);
        println!(
            "{:16}{:8}{:12}{:10.0}{:10.0}{:8.3}{:>15}{:10}{:11}{:11}{:12.1}",
            through.operation,
            behind,
            connections,
            median(&direct.rates),
            median(&through.rates),
            quantile(&ratios, 0.5),
            format!("({:.3}-{:.3})", quantile(&ratios, 0.25), quantile(&ratios, 0.75)),
            through.latencies.value_at_quantile(0.5),
            added(through, direct, 0.5),
            added(through, direct, 0.99),
            through.cpu.as_secs_f64() * 1e6
        );
    }
    let both = rows.iter().filter_map(|row| {
        let over = format!("{}, {}", row.behind, row.connections);
        Some((over, &row.through, row.through_other.as_ref()?))
    });
    print_builds(&both.collect::<Vec<_>>());
}

/// This build beside the other one, of those rows that both have.
pub(crate) fn builds(rows: &[Measured]) {
    let pairs: Vec<_> =
        rows.iter().filter_map(|row| Some((row.server.to_owned(), row, other(rows, row)?))).collect();
    print_builds(&pairs);
}

fn print_builds(pairs: &[(String, &Measured, &Measured)]) {
    if pairs.is_empty() {
        return;
    }
    println!("\nthis build to the other one; p99 in microseconds\n");
    println!(
        "{:24}{:12}{:>8}{:>15}{:>8}{:>8}{:>11}{:>11}",
        "operation", "over", "times", "(quartiles)", "p99", "other", "cpu us/req", "other"
    );
    for (over, row, other) in pairs {
        let (times, p99) = (ratios(row, other), |row: &Measured| row.latencies.value_at_quantile(0.99));
        println!(
            "{:24}{over:12}{:8.3}{:>15}{:8}{:8}{:11.1}{:11.1}",
            row.operation,
            quantile(&times, 0.5),
            format!("({:.3}-{:.3})", quantile(&times, 0.25), quantile(&times, 0.75)),
            p99(row),
            p99(other),
            row.cpu.as_secs_f64() * 1e6,
            other.cpu.as_secs_f64() * 1e6
        );
    }
}

/// Answers to codes among few others and among many.
pub(crate) fn crowd(rows: &[Measured], many: u64) {
    println!("\n{:24}{:>12}{:>8}{:>8}{:>8}", "answers to codes, us", "codes", "p50", "p90", "p99");
    for row in rows {
        let count = if row.server == "many" { many.to_string() } else { "few".to_owned() };
        let at = |quantile| row.latencies.value_at_quantile(quantile);
        println!("{:24}{count:>12}{:8}{:8}{:8}", row.operation, at(0.5), at(0.9), at(0.99));
    }
}

/// In microseconds.
fn added(through: &Measured, direct: &Measured, quantile: f64) -> i64 {
    let at = |row: &Measured| i64::try_from(row.latencies.value_at_quantile(quantile)).unwrap_or(i64::MAX);
    at(through) - at(direct)
}

/// How long starts took.
pub(crate) fn starts(starts: &[Start]) {
    println!("\n{:24}{:>10}{:>10}{:>10}", "ms to the first answer", "fastest", "median", "slowest");
    for start in starts {
        let of = |at| quantile(&start.millis, at);
        println!("{:24}{:10.1}{:10.1}{:10.1}", start.what, of(0.0), of(0.5), of(1.0));
    }
}

/// What was held.
pub(crate) fn memory(rows: &[Held]) {
    println!(
        "\n{:24}{:>10}{:>10}{:>10}{:>10}{:>10}",
        "resident MB, by store", "idle", "loaded", "after", "waiting", "crowded"
    );
    for Held { store, idle, loaded, after, waiting, crowded } in rows {
        let [idle, loaded, after, waiting, crowded] = [idle, loaded, after, waiting, crowded].map(|bytes| {
            let tenths = bytes / 100_000;
            format!("{}.{}", tenths / 10, tenths % 10)
        });
        println!("{store:24}{idle:>10}{loaded:>10}{after:>10}{waiting:>10}{crowded:>10}");
    }
}

/// What was held after passwords.
pub(crate) fn passwords(row: &Checked) {
    let megabytes = |bytes: u64| bytes.div_ceil(1_000_000);
    let what = format!("{} passwords, {} at once", row.checks, row.slots);
    println!("\n{:32}{:>10}{:>10}{:>10}", "resident MB", "before", "after", "allowed");
    let [before, after, allowed] = [row.before, row.after, row.allowed].map(megabytes);
    println!("{what:32}{before:>10}{after:>10}{allowed:>10}");
}

/// Writes results to a file.
pub(crate) fn save<T: Serialize>(path: &Path, rows: &[T]) -> Result<()> {
    std::fs::write(path, serde_json::to_vec_pretty(rows)?)
}

/// What the other build made of the same.
fn other<'a>(rows: &'a [Measured], row: &Measured) -> Option<&'a Measured> {
    let name = Store::ALL.into_iter().find(|store| store.name() == row.server)?.name_of_other();
    rows.iter().find(|other| other.operation == row.operation && other.server == name)
}

fn bare<'a>(rows: &'a [Measured], row: &'a Measured) -> &'a Measured {
    rows.iter().find(|other| other.operation == row.operation && other.server == "bare").unwrap_or(row)
}

/// Round by round, in order of size.
fn ratios(row: &Measured, bare: &Measured) -> Vec<f64> {
    let mut ratios: Vec<f64> = row.rates.iter().zip(&bare.rates).map(|(ours, bare)| ours / bare).collect();
    ratios.sort_by(f64::total_cmp);
    ratios
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    quantile(&sorted, 0.5)
}

/// Of values in order; between two of them, the nearer.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "there are a few values"
)]
fn quantile(sorted: &[f64], quantile: f64) -> f64 {
    let index = (sorted.len().saturating_sub(1)) as f64 * quantile;
    sorted.get(index.round() as usize).copied().unwrap_or(f64::NAN)
}

/// What is written of a row.
impl Serialize for Measured {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let mut row = serializer.serialize_struct("Measured", 5)?;
        row.serialize_field("operation", self.operation)?;
        row.serialize_field("server", self.server)?;
        row.serialize_field("requests_per_second", &self.rates)?;
        let latency = |percent: f64| (percent.to_string(), self.latencies.value_at_percentile(percent));
        let latencies: BTreeMap<_, _> = [50.0, 90.0, 99.0, 99.9, 100.0].map(latency).into();
        row.serialize_field("latency_micros", &latencies)?;
        row.serialize_field("cpu_micros_per_request", &(self.cpu.as_secs_f64() * 1e6))?;
        row.end()
    }
}
