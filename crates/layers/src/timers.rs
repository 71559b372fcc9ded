use std::sync::OnceLock;
use std::time::Instant;

use metrics::Histogram;

/// The series of one histogram by call and outcome. Each is looked up when it is first needed, and never again.
pub(crate) struct Timers<const CALLS: usize, const OUTCOMES: usize> {
    series: [[OnceLock<Histogram>; OUTCOMES]; CALLS],
}

impl<const CALLS: usize, const OUTCOMES: usize> Timers<CALLS, OUTCOMES> {
    pub(crate) fn new() -> Self {
        Self { series: std::array::from_fn(|_| std::array::from_fn(|_| OnceLock::new())) }
    }

    /// Takes note of a call that began at `started` and is over. `series` makes the series of its place.
    pub(crate) fn record(
        &self,
        call: usize,
        outcome: usize,
        started: Instant,
        series: impl FnOnce() -> Histogram,
    ) {
        if let Some(cell) = self.series.get(call).and_then(|outcomes| outcomes.get(outcome)) {
            cell.get_or_init(series).record(started.elapsed());
        }
    }
}
