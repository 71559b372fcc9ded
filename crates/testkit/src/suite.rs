use std::any::Any;
use std::fmt::Write as _;
use std::time::Duration;

use futures::future::BoxFuture;
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::time::timeout;

/// A rule that takes longer waits for something that will not happen.
const DEADLINE: Duration = Duration::from_secs(120);

/// A rule by its name, which is that of its function.
pub(crate) struct Rule<B> {
    pub(crate) name: &'static str,
    /// Panics when the rule is broken. It is boxed, so that what runs a rule is compiled once and not for each of them.
    pub(crate) check: fn(B) -> BoxFuture<'static, ()>,
}

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

    /// Checks rules, each on a bench of its own.
    pub(crate) async fn check<B, F>(&mut self, rules: &[Rule<B>], bench: impl Fn() -> F)
    where
        F: Future<Output = B>,
    {
        for rule in rules {
            let checked = (rule.check)(bench().await);
            self.rule(rule.name, checked).await;
        }
    }

    /// Checks one rule, in a task of its own, so that the next rules are checked whatever becomes of it.
    async fn rule(&mut self, name: &str, rule: BoxFuture<'static, ()>) {
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

/// Rules by their modules.
macro_rules! rules {
    ($($module:ident: $($rule:ident),+;)+) => {
        [$($($crate::suite::Rule {
            name: stringify!($rule),
            check: |bench| Box::pin($module::$rule(bench)),
        }),+),+]
    };
}
pub(crate) use rules;

#[cfg(test)]
mod tests {
    use std::future::ready;

    use super::*;

    mod odd {
        pub(super) async fn one_is_one(_: u32) {}

        pub(super) async fn twice_two_is_five(two: u32) {
            panic!("{} is not 5", 2 * two);
        }

        pub(super) async fn so_is_this(_: u32) {
            panic!("it is");
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    #[should_panic(
        expected = "the odd contract is broken:\n- twice two is five: 4 is not 5\n- so is this: it is"
    )]
    async fn every_broken_rule_is_reported_by_its_name() {
        let mut suite = Suite::with_races("odd");
        suite.check(&rules! { odd: one_is_one, twice_two_is_five, so_is_this; }, || ready(2)).await;
        suite.end();
    }

    #[tokio::test]
    #[should_panic(expected = "worker_threads = 4")]
    async fn a_race_on_one_thread_is_refused() {
        Suite::with_races("odd").end();
    }
}
