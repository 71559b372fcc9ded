//! How long it takes from the start of the process to its first answer.

use std::io::Result;
use std::time::Duration;

use serde::Serialize;

use super::bare;
use crate::bare::Answers;
use crate::house::House;
use crate::requests::READY;

/// One kind of start.
#[derive(Serialize)]
pub(crate) struct Start {
    /// What is started.
    pub(crate) what: &'static str,
    /// In milliseconds, from the shortest to the longest.
    pub(crate) millis: Vec<f64>,
}

/// Starts everything in turn, as often as asked.
pub(crate) async fn measure(house: &House, times: usize) -> Result<Vec<Start>> {
    let kinds = ["bare", "memory", "sqlite, new file", "sqlite, known file"];
    let mut starts = kinds.map(|what| Start { what, millis: Vec::new() });
    for turn in 0..times {
        eprintln!("start: {} of {times}", turn + 1);
        let new = format!("sqlite:start-{turn}.db");
        let answers = Answers::from([(READY.to_owned(), String::new())]);
        let took = [
            bare(house, answers).await?.ready_after(),
            house.start_demo("memory:").await?.ready_after(),
            house.start_demo(&new).await?.ready_after(),
            house.start_demo(&new).await?.ready_after(),
        ];
        for (start, took) in starts.iter_mut().zip(took) {
            start.millis.push(in_millis(took));
        }
    }
    for start in &mut starts {
        start.millis.sort_by(f64::total_cmp);
    }
    Ok(starts.into())
}

fn in_millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}
