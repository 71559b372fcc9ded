use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use futures::future::join_all;

/// Numbers the rounds of a race: one may go well by chance. A fast store gets more of them in the same time.
pub(crate) fn rounds() -> impl Iterator<Item = usize> {
    const AT_LEAST: usize = 3;
    const ENOUGH: Duration = Duration::from_millis(250);
    let start = Instant::now();
    (0..).take_while(move |round| *round < AT_LEAST || start.elapsed() < ENOUGH)
}

/// What comes of `count` calls that start at the same moment, on all threads there are.
pub(crate) async fn at_once<T, F>(count: usize, call: impl Fn(usize) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let line = Line::new(count);
    let tasks = (0..count).map(|number| {
        let (line, call) = (line.clone(), call(number));
        tokio::spawn(async move {
            line.wait(0).await;
            call.await
        })
    });
    join(tasks.collect()).await
}

/// How many challenges or users each batch of duels takes.
pub(crate) const DUELS: usize = 48;

/// What comes of two calls at the same moment, for each of [`DUELS`] rounds. Two callers that stay side by side meet
/// more closely than 200 that are started one after another: here a store that looks first and acts later is caught
/// even when it does both within a microsecond.
pub(crate) async fn duel<T, F>(call: impl Fn(usize, usize) -> F + Send + Clone + 'static) -> Vec<[T; 2]>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let line = Line::new(2);
    let sides = (0..2).map(|side| {
        let (line, call) = (line.clone(), call.clone());
        tokio::spawn(async move {
            let _leaving = Leaving(line.clone());
            let mut results = Vec::with_capacity(DUELS);
            for round in 0..DUELS {
                let call = call(side, round);
                line.wait(round).await;
                hold_back(side, round);
                results.push(call.await);
            }
            results
        })
    });
    let mut sides = join(sides.collect()).await.into_iter();
    let (left, right) = (sides.next().unwrap_or_default(), sides.next().unwrap_or_default());
    left.into_iter().zip(right).map(|(left, right)| [left, right]).collect()
}

/// Lets the sides meet in each round at another point of what they do, a few nanoseconds apart.
fn hold_back(side: usize, round: usize) {
    if round % 2 == side {
        for _ in 0..round % 16 {
            std::hint::spin_loop();
        }
    }
}

async fn join<T>(tasks: Vec<tokio::task::JoinHandle<T>>) -> Vec<T> {
    let results = join_all(tasks).await.into_iter();
    results.map(|result| result.expect("no call panics")).collect()
}

/// A starting line. Who waits keeps looking: a task that has to be woken up starts too late.
#[derive(Clone)]
struct Line {
    runners: usize,
    arrived: Arc<AtomicUsize>,
}

impl Line {
    fn new(runners: usize) -> Self {
        Self { runners, arrived: Arc::default() }
    }

    /// Until all runners have come to the line for the round of this number. A duel begins with so much patience that
    /// another thread takes the second side over; on one thread they would only take turns.
    async fn wait(&self, round: usize) {
        let patience = if round == 0 { 100_000 } else { 5_000 };
        let all = self.runners * (round + 1);
        let mut looks = 0_u32;
        self.arrived.fetch_add(1, Ordering::SeqCst);
        while self.arrived.load(Ordering::SeqCst) < all {
            looks += 1;
            if looks.is_multiple_of(patience) || self.runners > 2 {
                tokio::task::yield_now().await;
            } else {
                std::hint::spin_loop();
            }
        }
    }
}

/// Lets the other side go on when the call of this one has panicked.
struct Leaving(Line);

impl Drop for Leaving {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.arrived.fetch_max(usize::MAX / 2, Ordering::SeqCst);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn calls_at_once_all_start_before_the_first_one_goes_on() {
        let started = Arc::new(AtomicUsize::new(0));
        let seen = at_once(50, |_| {
            started.fetch_add(1, Ordering::SeqCst);
            let started = Arc::clone(&started);
            async move { started.load(Ordering::SeqCst) }
        });
        assert_eq!(seen.await, [50; 50]);
    }

    #[tokio::test]
    async fn a_duel_goes_round_by_round_even_on_one_thread() {
        let results = duel(|side, round| async move { (side, round) }).await;
        let expected: Vec<_> = (0..DUELS).map(|round| [(0, round), (1, round)]).collect();
        assert_eq!(results, expected);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    #[should_panic(expected = "no call panics")]
    async fn a_duel_ends_when_a_call_panics() {
        duel(|side, round| async move { assert!(side + round < 3, "it is over") }).await;
    }
}
