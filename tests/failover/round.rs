//! One kill under load.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use futures::future::join_all;
use futures::stream::{self, StreamExt as _};
use tokio::task::{JoinHandle, block_in_place};
use tokio::time::sleep;

use crate::bank::Bank;
use crate::servers::Servers;
use crate::visit::{Tally, Visit};

/// Users at once.
const USERS: usize = 8;
/// Calls that each instance answers before the kill, and after it.
const BEFORE: usize = 200;
const AFTER: usize = 100;
/// No store is waited for longer: an instance would have to be started again.
const PATIENCE: Duration = Duration::from_secs(150);
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// More users than a round has.
pub(crate) const MOST_USERS: usize = 500;

/// What came of a kill.
pub(crate) struct Killed {
    pub(crate) what: String,
    /// How long each instance took to answer again.
    pub(crate) again: [Duration; 2],
    pub(crate) tally: Tally,
}

/// Kills a primary in the middle of a load, and looks what became of all that was acknowledged.
pub(crate) async fn kill(servers: &mut dyn Servers, bank: &Arc<Bank>, number: usize) -> Killed {
    servers.wait_until_whole();
    bank.watch().begin();
    let load = Load::start(bank);
    until_answered(bank, BEFORE).await;
    let began = Instant::now();
    let what = block_in_place(|| servers.kill(number));
    bank.watch().killed(began);
    until_answered(bank, AFTER).await;
    let again = bank.watch().again();
    servers.mend();
    let visits = load.end().await;
    let settled = stream::iter(visits.into_iter().map(|visit| visit.settle(bank)));
    let settled: Vec<_> = settled.buffer_unordered(USERS).collect().await;
    let mut tally = Tally::default();
    settled.into_iter().for_each(|one| tally.add(one));
    Killed { what, again, tally }
}

/// Waits until each instance has answered so many calls.
async fn until_answered(bank: &Bank, calls: usize) {
    let start = Instant::now();
    while bank.watch().fewest() < calls {
        assert!(
            start.elapsed() < PATIENCE,
            "an instance does not answer any more:\n{}",
            bank.logs().join("\n")
        );
        sleep(LOOK_EVERY).await;
    }
}

/// Users who come and go.
struct Load {
    is_over: Arc<AtomicBool>,
    places: Vec<JoinHandle<Vec<Visit>>>,
}

impl Load {
    fn start(bank: &Arc<Bank>) -> Self {
        let is_over = Arc::new(AtomicBool::new(false));
        let places =
            (0..USERS).map(|_| tokio::spawn(visits(Arc::clone(bank), Arc::clone(&is_over)))).collect();
        Self { is_over, places }
    }

    /// Lets nobody come any more, and waits for those who are there.
    async fn end(self) -> Vec<Visit> {
        self.is_over.store(true, Ordering::Relaxed);
        join_all(self.places).await.into_iter().flat_map(|visits| visits.expect("no visit fails")).collect()
    }
}

/// One after the other.
async fn visits(bank: Arc<Bank>, is_over: Arc<AtomicBool>) -> Vec<Visit> {
    let mut visits = Vec::new();
    while !is_over.load(Ordering::Relaxed) {
        visits.push(Visit::make(&bank).await);
    }
    visits
}
