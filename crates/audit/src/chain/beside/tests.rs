use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use data_adapter_core::SystemClock;
use tempfile::TempDir;

use super::*;
use crate::chain::{AuditLog, Verified, verify};
use crate::event::EventKind;

struct Bench(TempDir);

impl Bench {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self) -> PathBuf {
        self.0.path().join("audit.jsonl")
    }

    fn service(&self) -> AuditLog {
        AuditLog::open(&Target::File(self.file()), false, Arc::new(SystemClock)).unwrap()
    }

    fn beside(&self) -> Beside {
        Beside::new(Target::File(self.file()), true, Arc::new(SystemClock))
    }

    fn move_away(&self) -> PathBuf {
        let old = self.0.path().join("audit.jsonl.1");
        fs::rename(self.file(), &old).unwrap();
        old
    }
}

fn event() -> AuditEvent {
    AuditEvent::new(EventKind::Unblocked)
}

async fn serve(log: &AuditLog) {
    log.append(vec![AuditEvent::new(EventKind::Authentication)]).await.unwrap();
}

fn whole(files: &[PathBuf]) -> Verified {
    verify(files, None).unwrap()
}

#[tokio::test]
async fn lines_of_a_command_stand_between_those_of_a_service_in_one_chain() {
    let bench = Bench::new();
    let service = bench.service();
    let mut beside = bench.beside();
    for _ in 0..3 {
        serve(&service).await;
        beside.append(&event()).unwrap();
        bench.beside().append(&event()).unwrap();
    }
    serve(&service).await;
    assert_eq!(whole(&[bench.file()]).lines, 1 + 3 * 3 + 1);
}

#[test]
fn several_processes_that_write_as_fast_as_they_can_leave_one_chain() {
    let bench = Bench::new();
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
            let service = bench.service();
            runtime.block_on(async {
                while !done.load(Ordering::SeqCst) {
                    serve(&service).await;
                }
            });
        });
        let commands = [0, 1].map(|_| {
            scope.spawn(|| {
                let mut beside = bench.beside();
                for _ in 0..50 {
                    beside.append(&event()).unwrap();
                }
            })
        });
        for command in commands {
            command.join().unwrap();
        }
        done.store(true, Ordering::SeqCst);
    });
    let verified = whole(&[bench.file()]);
    assert!(verified.lines > 101, "{verified:?}");
    assert_eq!((verified.first, verified.recoveries), (1, 0));
    let text = fs::read_to_string(bench.file()).unwrap();
    assert_eq!(text.matches("unblocked").count(), 100);
}

#[tokio::test]
async fn without_a_service_a_command_goes_on_by_itself_and_the_next_service_goes_on_from_there() {
    let bench = Bench::new();
    bench.beside().append(&event()).unwrap();
    serve(&bench.service()).await;
    bench.beside().append(&event()).unwrap();
    assert_eq!(whole(&[bench.file()]).lines, 4);
}

#[tokio::test]
async fn while_a_service_has_not_begun_the_new_file_a_command_writes_into_none() {
    for is_made_before in [false, true] {
        let bench = Bench::new();
        let service = bench.service();
        let old = bench.move_away();
        if is_made_before {
            fs::write(bench.file(), "").unwrap();
        }
        let refusal = bench.beside().append(&event()).unwrap_err().to_string();
        assert!(refusal.contains("SIGHUP"), "{refusal}");
        service.reopen().await.unwrap();
        bench.beside().append(&event()).unwrap();
        serve(&service).await;
        assert_eq!(whole(&[old, bench.file()]).lines, 4, "{is_made_before}");
    }
}

#[tokio::test]
async fn a_command_that_ended_within_its_line_is_told_of() {
    let bench = Bench::new();
    let service = bench.service();
    serve(&service).await;
    for part in [&b"{\"time\":\"2026"[..], b"{\"time\":\"2026\n", b"{\"a\"\n{\"b\""] {
        add(&bench.file(), part);
        serve(&service).await;
        add(&bench.file(), part);
        bench.beside().append(&event()).unwrap();
        serve(&service).await;
    }
    let verified = whole(&[bench.file()]);
    assert_eq!((verified.lines, verified.recoveries), (2 + 5 * 3, 6));
}

#[tokio::test]
async fn what_was_cut_off_or_forged_while_the_service_runs_is_not_made_whole_by_going_on() {
    let cut = |text: &str| text.lines().take(2).map(|line| format!("{line}\n")).collect::<String>();
    let forged = |text: &str| text.replace("\"user\":null", "\"user\":\"7\"");
    let ends = |text: &str| text.to_owned() + "{\"sequence\":9,\"previous\":\"00\",\"event\":\"blocked\"}\n";
    let notes = |text: &str| text.to_owned() + "my notes";
    let changes: [&dyn Fn(&str) -> String; 4] = [&cut, &forged, &ends, &notes];
    for (number, change) in changes.into_iter().enumerate() {
        let bench = Bench::new();
        let service = bench.service();
        serve(&service).await;
        serve(&service).await;
        let text = fs::read_to_string(bench.file()).unwrap();
        fs::write(bench.file(), change(&text)).unwrap();
        serve(&service).await;
        // Notes without a line break look like a line that was cut off, and are told of as such.
        assert_eq!(verify(&[bench.file()], None).is_ok(), number == 3, "{number}");
    }
}

#[tokio::test]
async fn a_whole_chain_that_was_put_in_place_of_the_file_is_not_gone_on_from() {
    let (ours, theirs) = (Bench::new(), Bench::new());
    let our_service = ours.service();
    serve(&our_service).await;
    // Lines of the same millisecond would be the same chain.
    tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    let their_service = theirs.service();
    serve(&their_service).await;
    let same = |bench: &Bench| fs::metadata(bench.file()).unwrap().len();
    assert_eq!(same(&ours), same(&theirs), "so that what is added begins with a line");
    serve(&their_service).await;
    assert_eq!(whole(&[theirs.file()]).lines, 3);
    fs::write(ours.file(), fs::read(theirs.file()).unwrap()).unwrap();
    serve(&our_service).await;
    assert!(verify(&[ours.file()], None).is_err());
}

fn add(file: &Path, bytes: &[u8]) {
    use std::io::Write as _;
    fs::OpenOptions::new().append(true).open(file).unwrap().write_all(bytes).unwrap();
}
