use std::fs::File;
use std::io::{PipeReader, Read as _, pipe};
use std::os::fd::OwnedFd;
use std::path::PathBuf;

use data_adapter_core::SystemClock;

use super::*;
use crate::chain::sink::Sink;
use crate::chain::tail::Tail;
use crate::chain::verify;
use crate::event::EventKind;

/// A worker whose file can be written and not synced, as a pipe is. The file that it would reopen is another one.
struct Bench {
    folder: tempfile::TempDir,
    worker: Worker,
    old: PipeReader,
}

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (old, writer) = pipe().unwrap();
        let sink = Sink::at(File::from(OwnedFd::from(writer)), folder.path().join("audit.jsonl"));
        let writer = Writer::new(sink, Tail::default(), true, Arc::new(SystemClock));
        Self { worker: Worker { writer, state: Arc::default() }, old, folder }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("audit.jsonl")
    }

    /// What became of commands that were taken together.
    fn take<const N: usize>(&mut self, commands: [fn(Answer) -> Command; N]) -> [bool; N] {
        let (answers, questions): (Vec<_>, Vec<_>) = commands.iter().map(|_| oneshot::channel()).unzip();
        self.worker.take(commands.into_iter().zip(answers).map(|(command, answer)| command(answer)));
        let results = questions.into_iter().map(|mut question| question.try_recv().unwrap().is_ok());
        results.collect::<Vec<_>>().try_into().unwrap()
    }

    fn is_broken(&self) -> bool {
        self.worker.state.broken.load(Ordering::Acquire)
    }
}

fn append(answer: Answer) -> Command {
    Command::Append(vec![AuditEvent::new(EventKind::Authentication)], Some(answer))
}

#[test]
fn a_line_before_the_file_is_changed_counts_only_if_the_old_file_was_synced() {
    let mut bench = Bench::new();
    assert_eq!(bench.take([append, Command::Reopen, append]), [false, true, true]);
    let Bench { mut old, worker, folder } = bench;
    drop(worker);
    let mut text = String::new();
    old.read_to_string(&mut text).unwrap();
    assert!(text.starts_with('{') && text.contains("authentication"), "{text}");
    let new = std::fs::read_to_string(folder.path().join("audit.jsonl")).unwrap();
    assert!(new.contains("\"unsynced\":2"), "{new}");
}

#[test]
fn after_a_sync_that_failed_the_log_is_broken_until_a_line_tells_of_it_and_is_synced() {
    let mut bench = Bench::new();
    assert_eq!(bench.take([append]), [false]);
    assert!(bench.is_broken());
    // It can be written there, but not synced either.
    assert_eq!(bench.take([Command::Recover]), [false]);
    assert!(bench.is_broken());
    // The new file begins with what has to be told.
    assert_eq!(bench.take([Command::Reopen]), [true]);
    assert!(!bench.is_broken());
    assert_eq!(bench.take([append]), [true]);
    let verified = verify(&[bench.file()], None).unwrap();
    assert_eq!((verified.lines, verified.recoveries, verified.lost), (3, 1, 0));
}
