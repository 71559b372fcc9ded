use std::any::Any;
use std::fmt::Write as _;
use std::time::Duration;

use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::time::timeout;

/// A rule that takes longer waits for something that will not happen.
const DEADLINE: Duration = Duration::from_secs(120);

/// Checks rules one after another and reports all that are broken, each by its name.
pub(crate) struct Suite {
    name: &'static str,
    broken: Vec<String>,
}

impl Suite {
    pub(crate) fn new(name: &'static str) -> Self {
        Self { name, broken: Vec::new() }
    }

    /// A suite with races. They show nothing where one thread runs everything.
    pub(crate) fn with_races(name: &'static str) -> Self {
        let runtime = Handle::current();
        assert!(
            runtime.runtime_flavor() != RuntimeFlavor::CurrentThread && runtime.metrics().num_workers() > 1,
            "run the {name} contract with #[tokio::test(flavor = \"multi_thread\", worker_threads = 4)]"
        );
        Self::new(name)
    }

    /// Checks one rule, in a task of its own, so that the next rules are checked whatever becomes of it.
    pub(crate) async fn rule(&mut self, name: &str, rule: impl Future<Output = ()> + Send + 'static) {
        let task = tokio::spawn(rule);
        let handle = task.abort_handle();
        let why = match timeout(DEADLINE, task).await {
            Ok(Ok(())) => return,
            Ok(Err(failure)) => failure
                .try_into_panic()
                .map_or_else(|failure| failure.to_string(), |panic| text_of(panic.as_ref())),
            Err(_) => {
                handle.abort();
                format!("it did not end within {} s", DEADLINE.as_secs())
            }
        };
        self.broken.push(format!("{}: {why}", name.replace('_', " ")));
    }

    /// # Panics
    ///
    /// When a rule is broken.
    pub(crate) fn end(self) {
        let mut report = String::new();
        for rule in &self.broken {
            let _ = write!(report, "\n- {rule}");
        }
        assert!(self.broken.is_empty(), "the {} contract is broken:{report}", self.name);
    }
}

fn text_of(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "it panicked".to_owned())
}

/// Checks rules of a suite, each on a bench of its own, by the names of their functions.
macro_rules! rules {
    ($suite:ident, $bench:expr; $($module:ident: $($rule:ident),+;)+) => {
        $($(
            let bench = $bench;
            $suite.rule(stringify!($rule), $module::$rule(bench)).await;
        )+)+
    };
}
pub(crate) use rules;

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    #[should_panic(
        expected = "the odd contract is broken:\n- twice two is five: 4 is not 5\n- so is this: it is"
    )]
    async fn every_broken_rule_is_reported_by_its_name() {
        let mut suite = Suite::with_races("odd");
        suite.rule("one_is_one", async {}).await;
        suite.rule("twice_two_is_five", async { panic!("{} is not 5", 2 * 2) }).await;
        suite.rule("so_is_this", async { panic!("it is") }).await;
        suite.end();
    }

    #[tokio::test]
    #[should_panic(expected = "worker_threads = 4")]
    async fn a_race_on_one_thread_is_refused() {
        Suite::with_races("odd").end();
    }
}
