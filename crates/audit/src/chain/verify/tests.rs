use std::fs;
use std::io::Write as _;
use std::sync::Arc;

use data_adapter_core::SystemClock;
use tempfile::TempDir;

use super::*;
use crate::chain::hash::hash;
use crate::chain::{AuditLog, Target};
use crate::event::{AuditEvent, EventKind};

/// A folder with an audit log in it.
struct Bench(TempDir);

impl Bench {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// With so many lines, the first of the file included.
    async fn with(lines: usize) -> Self {
        let bench = Self::new();
        bench.append(lines - 1).await;
        bench
    }

    fn file(&self) -> PathBuf {
        self.0.path().join("audit.jsonl")
    }

    fn open(&self) -> AuditLog {
        AuditLog::open(&Target::File(self.file()), false, Arc::new(SystemClock)).unwrap()
    }

    /// Opens the log, appends lines, and closes it.
    async fn append(&self, lines: usize) {
        append(&self.open(), lines).await;
    }

    fn text(&self) -> String {
        fs::read_to_string(self.file()).unwrap()
    }

    fn lines(&self) -> Vec<String> {
        self.text().lines().map(str::to_owned).collect()
    }

    fn write(&self, lines: &[String]) {
        fs::write(self.file(), lines.join("\n") + "\n").unwrap();
    }

    fn add(&self, bytes: &[u8]) {
        fs::OpenOptions::new().append(true).open(self.file()).unwrap().write_all(bytes).unwrap();
    }

    fn verify(&self) -> Result<Verified, Broken> {
        verify(&[self.file()], None)
    }

    /// The number of the line at which it breaks, and why.
    fn break_at(&self) -> (u64, String) {
        match self.verify().unwrap_err() {
            Broken::Line { line, why, .. } => (line, why),
            other @ (Broken::Unreadable { .. } | Broken::Missing(_)) => panic!("{other}"),
        }
    }
}

async fn append(log: &AuditLog, lines: usize) {
    for _ in 0..lines {
        log.append(vec![AuditEvent::new(EventKind::Authentication)]).await.unwrap();
    }
}

#[tokio::test]
async fn an_untouched_chain_is_fine() {
    let bench = Bench::with(3).await;
    let verified = bench.verify().unwrap();
    assert_eq!((verified.lines, verified.first, verified.last, verified.recoveries), (3, 1, 3, 0));
    assert_eq!(verified.hash, hash(bench.lines()[2].as_bytes()));
}

#[tokio::test]
async fn an_altered_line_shows_in_the_one_after_it() {
    let bench = Bench::with(4).await;
    let mut lines = bench.lines();
    lines[1] = lines[1].replace("authentication", "consent");
    bench.write(&lines);
    let (line, why) = bench.break_at();
    assert!(line == 3 && why.contains("altered"), "{line}: {why}");
    lines[1] = "no JSON".to_owned();
    bench.write(&lines);
    assert_eq!(bench.break_at().0, 2);
}

#[tokio::test]
async fn a_line_that_is_removed_moved_added_or_doubled_shows() {
    let bench = Bench::with(5).await;
    let lines = bench.lines();
    let variant = |order: &[usize]| order.iter().map(|index| lines[*index].clone()).collect::<Vec<_>>();
    for (order, broken) in
        [(&[0, 2, 3, 4][..], 2), (&[0, 2, 1, 3, 4], 2), (&[0, 1, 1, 2, 3, 4], 3), (&[0, 1, 2, 3, 4, 0], 6)]
    {
        bench.write(&variant(order));
        let (line, why) = bench.break_at();
        assert!(line == broken && why.contains("removed, added or moved"), "{order:?}: {line}: {why}");
    }
    let mut blank = lines.clone();
    blank.insert(2, String::new());
    bench.write(&blank);
    assert_eq!(bench.break_at().0, 3);
}

#[tokio::test]
async fn an_end_that_is_cut_away_shows_by_a_hash_that_was_kept() {
    let bench = Bench::with(3).await;
    let kept = bench.verify().unwrap().hash;
    bench.append(2).await;
    let lines = bench.lines();
    assert_eq!(verify(&[bench.file()], Some(&kept)).unwrap().lines, 5);
    bench.write(&lines[..2]);
    assert!(bench.verify().is_ok());
    assert!(matches!(verify(&[bench.file()], Some(&kept)), Err(Broken::Missing(hash)) if hash == kept));
    // The file with the line is gone, and what followed it is there.
    bench.write(&lines[3..]);
    let verified = verify(&[bench.file()], Some(&kept)).unwrap();
    assert_eq!((verified.lines, verified.first), (2, 4));
}

#[tokio::test]
async fn the_chain_goes_on_after_a_restart_however_long_the_last_line_is() {
    let bench = Bench::with(2).await;
    let log = bench.open();
    let mut long = AuditEvent::new(EventKind::Consent);
    long.user = Some("ž".repeat(200_000));
    log.append(vec![long]).await.unwrap();
    drop(log);
    bench.append(1).await;
    let verified = bench.verify().unwrap();
    assert_eq!((verified.lines, verified.last, verified.recoveries), (4, 4, 0));
}

#[tokio::test]
async fn a_line_that_was_cut_off_is_kept_and_accounted_for() {
    for torn in [&b"{\"time\":\"20"[..], b"\0\0\0", b"half\nand half", b"half\n", b"\n", b"\xff"] {
        let bench = Bench::with(2).await;
        bench.add(torn);
        assert_eq!(bench.break_at().0, 3, "{torn:?}");
        bench.append(2).await;
        let verified = bench.verify().unwrap();
        assert_eq!((verified.lines, verified.last, verified.recoveries), (5, 5, 1), "{torn:?}");
        let text = fs::read(bench.file()).unwrap();
        assert!(text.windows(torn.len()).any(|bytes| bytes == torn), "it is still there");
    }
}

#[tokio::test]
async fn what_was_cut_off_can_be_neither_altered_nor_removed_later() {
    let bench = Bench::with(2).await;
    bench.add(b"{\"time\":\"20");
    bench.append(2).await;
    let mut lines = bench.lines();
    lines[2] = "{\"time\":\"19".to_owned();
    bench.write(&lines);
    assert_eq!(bench.break_at().0, 3);
    lines.remove(2);
    bench.write(&lines);
    let (line, why) = bench.break_at();
    assert!(line == 3 && why.contains("is gone"), "{line}: {why}");
}

#[tokio::test]
async fn a_whole_line_without_its_line_break_is_a_line() {
    let bench = Bench::with(2).await;
    fs::write(bench.file(), bench.text().trim_end()).unwrap();
    assert_eq!(bench.verify().unwrap().lines, 2);
    bench.append(1).await;
    let verified = bench.verify().unwrap();
    assert_eq!((verified.lines, verified.recoveries), (3, 0));
}

#[tokio::test]
async fn the_first_line_may_be_cut_off_too() {
    let bench = Bench::new();
    fs::write(bench.file(), "{\"ti").unwrap();
    bench.append(1).await;
    let verified = bench.verify().unwrap();
    assert_eq!((verified.lines, verified.first, verified.recoveries), (2, 1, 1));
}

#[tokio::test]
async fn after_the_file_is_moved_away_the_chain_goes_on_in_a_new_one() {
    let bench = Bench::new();
    let log = bench.open();
    append(&log, 1).await;
    let old = bench.0.path().join("audit.jsonl.1");
    fs::rename(bench.file(), &old).unwrap();
    append(&log, 1).await;
    assert!(!bench.file().exists(), "until it is told, it goes on in the file that it has open");
    log.reopen().await.unwrap();
    append(&log, 1).await;
    log.reopen().await.unwrap();
    append(&log, 1).await;
    drop(log);
    bench.append(1).await;
    let verified = verify(&[old.clone(), bench.file()], None).unwrap();
    assert_eq!((verified.lines, verified.last), (7, 7));
    assert_eq!(bench.verify().unwrap().first, 4);
    assert!(verify(&[bench.file(), old.clone()], None).is_err(), "the order matters");
    // What is missing at the seam shows as well.
    let text = fs::read_to_string(&old).unwrap();
    fs::write(&old, text.lines().next().unwrap().to_owned() + "\n").unwrap();
    assert!(verify(&[old, bench.file()], None).is_err());
}

#[tokio::test]
async fn a_file_that_cannot_be_read_is_named() {
    let error = verify(&[PathBuf::from("no-such-file")], None).unwrap_err();
    assert!(error.to_string().contains("no-such-file"), "{error}");
    let empty = tempfile::NamedTempFile::new().unwrap();
    assert_eq!(verify(&[empty.path().to_owned()], None).unwrap().lines, 0);
}
