//! The thread that everything begins on, and what a panic ends.

use std::io::Write as _;
use std::{io, panic, process, thread};

use actix_web::rt::{System, SystemRunner};
use tokio::runtime::Builder;

use crate::failure::Failure;

/// What runs async code, on this thread.
///
/// # Errors
///
/// [`Failure::Failed`] where the system has no files or no memory for it.
pub(crate) fn start() -> Result<SystemRunner, Failure> {
    let runtime = Builder::new_current_thread().enable_all().build().map_err(|error| {
        Failure::Failed(format!(
            "the system does not give what the program needs to run: {error}; raise the limit of open files (`ulimit -n`, \
             `LimitNOFILE`) or of memory"
        ))
    })?;
    Ok(System::with_tokio_rt(|| runtime))
}

/// Makes a panic end the process with exit code 1 where nothing would go on: on the main thread, on the one that accepts connections, and on those of the store. What
/// panics while it answers a request loses its connection, and nothing else.
pub(crate) fn end_by_panics() {
    let usual = panic::take_hook();
    panic::set_hook(Box::new(move |panicked| {
        if !thread::current().name().is_some_and(is_vital) {
            usual(panicked);
            return;
        }
        // Without a backtrace, which waits for itself for ever where memory is what is missing.
        let _ = writeln!(io::stderr(), "data-adapter: nothing goes on without what has {panicked}");
        process::exit(1);
    }));
}

/// Whether nothing would go on without the thread of this name. Those that answer requests, and compute for them, go on.
fn is_vital(thread: &str) -> bool {
    thread == "main" || thread.starts_with("store-") || thread.starts_with("actix-server")
}

#[cfg(test)]
mod tests {
    use std::env;
    use std::process::{Command, Output};

    use super::*;

    const NAME: &str = "DATA_ADAPTER_TEST_THREAD_THAT_PANICS";

    /// Runs the test below in a process of its own, where a thread of this name panics.
    fn with_a_panic_of(thread: &str) -> Output {
        let mut tests = Command::new(env::current_exe().expect("this program has a file"));
        tests.args(["--exact", "runtime::tests::a_thread_panics_where_a_test_asks_for_it", "--nocapture"]);
        tests.env(NAME, thread).env("RUST_BACKTRACE", "1").output().expect("it can be run")
    }

    #[test]
    fn a_thread_panics_where_a_test_asks_for_it() {
        let Ok(name) = env::var(NAME) else { return };
        end_by_panics();
        let thread = thread::Builder::new().name(name).spawn(|| panic!("as it was asked to"));
        thread.expect("it can be started").join().expect_err("it panicked");
    }

    #[test]
    fn a_panic_where_nothing_goes_on_ends_the_process_and_one_in_a_request_does_not() {
        for vital in ["main", "store-writer", "store-reader", "actix-server acceptor"] {
            let output = with_a_panic_of(vital);
            let said = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(1), "{vital}: {said}");
            assert!(
                said.contains("data-adapter: ") && said.contains("as it was asked to"),
                "{vital}: {said}"
            );
            assert!(!said.contains("backtrace"), "{vital}: {said}");
        }
        for other in ["actix-rt|system:0|arbiter:1", "tokio-rt-worker"] {
            let output = with_a_panic_of(other);
            assert!(output.status.success(), "{other}: {output:?}");
        }
    }
}
