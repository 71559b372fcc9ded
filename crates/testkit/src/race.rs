use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use futures::future::{BoxFuture, join_all};
use tokio::sync::Notify;

/// Numbers the rounds of a race: one may go well by chance. A fast store, in which callers meet for a shorter time, gets more of
/// them in the same time.
pub(crate) fn rounds() -> impl Iterator<Item = usize> {
    const AT_LEAST: usize = 2;
    const ENOUGH: Duration = Duration::from_millis(100);
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
    let tasks = (0..count).map(|number| tokio::spawn(from_line(line.clone(), Box::pin(call(number)))));
    join(tasks.collect()).await
}

/// A call that starts with those of all other runners. It is boxed, so that what runs it is compiled once for all calls.
async fn from_line<T>(line: Line, call: BoxFuture<'static, T>) -> T {
    line.wait(0).await;
    call.await
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
        let call = call.clone();
        tokio::spawn(one_side(line.clone(), side, Box::new(move |round| Box::pin(call(side, round)))))
    });
    let mut sides = join(sides.collect()).await.into_iter();
    let (left, right) = (sides.next().unwrap_or_default(), sides.next().unwrap_or_default());
    left.into_iter().zip(right).map(|(left, right)| [left, right]).collect()
}

/// The calls of one side by their rounds.
type Calls<T> = Box<dyn Fn(usize) -> BoxFuture<'static, T> + Send>;

async fn one_side<T>(line: Line, side: usize, calls: Calls<T>) -> Vec<T> {
    let _leaving = Leaving(line.clone());
    let mut results = Vec::with_capacity(DUELS);
    for round in 0..DUELS {
        let call = calls(round);
        line.wait(2 * round).await;
        // Whoever slept is awake by the second time.
        line.wait(2 * round + 1).await;
        hold_back(side, round);
        results.push(call.await);
    }
    results
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
    /// Wakes those who wait for long.
    changed: Arc<Notify>,
}

impl Line {
    fn new(runners: usize) -> Self {
        Self { runners, arrived: Arc::default(), changed: Arc::default() }
    }

    /// Until all runners have come to the line for the round of this number. One of two who has looked in vain for some time sleeps:
    /// the other one is in a slow store, which has better use for a processor. They begin with so much patience that another
    /// thread takes the second one over; on one thread they would only take turns.
    async fn wait(&self, round: usize) {
        let patience = if round == 0 { 100_000 } else { 5_000 };
        let all = self.runners * (round + 1);
        let mut looks = 0_u32;
        self.arrived.fetch_add(1, Ordering::SeqCst);
        self.changed.notify_waiters();
        while !self.has(all) {
            looks += 1;
            if self.runners > 2 {
                tokio::task::yield_now().await;
            } else if looks < patience {
                std::hint::spin_loop();
            } else {
                self.sleep_until(all).await;
            }
        }
    }

    async fn sleep_until(&self, all: usize) {
        let mut changed = pin!(self.changed.notified());
        changed.as_mut().enable();
        if !self.has(all) {
            changed.await;
        }
    }

    fn has(&self, all: usize) -> bool {
        self.arrived.load(Ordering::SeqCst) >= all
    }

    /// Lets everybody go on.
    fn give_up(&self) {
        self.arrived.fetch_max(usize::MAX / 2, Ordering::SeqCst);
        self.changed.notify_waiters();
    }
}

/// Lets the other side go on when the call of this one has panicked.
struct Leaving(Line);

impl Drop for Leaving {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.give_up();
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
