use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::path::PathBuf;

use data_adapter_core::SystemClock;
use tempfile::TempDir;

use super::*;
use crate::chain::{Target, verify};

/// A writer and its file.
struct Bench {
    folder: TempDir,
    writer: Writer,
}

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (sink, tail) = Sink::open(&Target::File(folder.path().join("audit.jsonl")), true).unwrap();
        Self { folder, writer: Writer::new(sink, tail, true, Arc::new(SystemClock)) }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("audit.jsonl")
    }

    fn append(&mut self) -> io::Result<()> {
        self.writer.append(&AuditEvent::new(EventKind::Authentication))
    }

    /// What happens when the disk takes only a part of what is written.
    fn append_a_part(&mut self, part: &[u8]) {
        let has_break = self.writer.tail.needs_break;
        OpenOptions::new().append(true).open(self.file()).unwrap().write_all(part).unwrap();
        self.writer.sink.look();
        self.writer.keep(part, has_break);
        self.writer.lost += 1;
    }
}

#[test]
fn lines_that_could_not_be_written_are_counted_in_the_next_that_can() {
    let mut bench = Bench::new();
    bench.append().unwrap();
    let unwritable = Sink::over(File::open(bench.file()).unwrap());
    let good = std::mem::replace(&mut bench.writer.sink, unwritable);
    assert!(bench.append().is_err());
    assert!(bench.append().is_err());
    assert!(bench.writer.is_broken());
    bench.writer.sink = good;
    bench.append().unwrap();
    assert!(!bench.writer.is_broken());
    let verified = verify(&[bench.file()], None).unwrap();
    assert_eq!((verified.lines, verified.recoveries, verified.lost), (3, 1, 2));
}

#[test]
fn parts_of_lines_that_a_full_disk_took_are_accounted_for() {
    for parts in [&[&b"{\"a"[..]][..], &[b"{\"a", b"\n{\"b"], &[b"{\"a", b"\n", b"\n{"], &[b"{\"a", b""]] {
        let mut bench = Bench::new();
        bench.append().unwrap();
        for part in parts {
            bench.append_a_part(part);
        }
        bench.append().unwrap();
        let verified = verify(&[bench.file()], None).unwrap();
        assert_eq!((verified.lines, verified.recoveries), (3, 1), "{parts:?}");
        assert_eq!(verified.lost, parts.len() as u64);
    }
}

#[test]
fn a_line_break_that_was_missing_may_be_all_that_the_disk_takes() {
    for part in [&b"\n"[..], b"\n{\"a"] {
        let mut bench = Bench::new();
        bench.append().unwrap();
        let text = fs::read_to_string(bench.file()).unwrap();
        fs::write(bench.file(), text.trim_end()).unwrap();
        bench.writer.tail.needs_break = true;
        bench.append_a_part(part);
        bench.append().unwrap();
        assert_eq!(verify(&[bench.file()], None).unwrap().lines, 3, "{part:?}");
    }
}

#[test]
fn what_was_cut_off_before_the_file_was_moved_is_told_in_it_or_in_the_next() {
    for is_writable in [true, false] {
        let mut bench = Bench::new();
        bench.append().unwrap();
        bench.append_a_part(b"{\"a");
        if !is_writable {
            let old = Sink::at(File::open(bench.file()).unwrap(), bench.file());
            bench.writer.sink = old;
        }
        let old = bench.folder.path().join("audit.jsonl.1");
        fs::rename(bench.file(), &old).unwrap();
        assert!(bench.writer.reopen().unwrap());
        bench.append().unwrap();
        let verified = verify(&[old, bench.file()], None).unwrap();
        // Those before and after, that which tells, and the first of the new file.
        assert_eq!((verified.lines, verified.recoveries), (4, 1), "{is_writable}");
    }
}

#[test]
fn a_second_writer_and_a_file_with_something_else_are_refused() {
    let bench = Bench::new();
    let refusal = |target: &Target| Sink::open(target, false).err().unwrap().to_string();
    assert!(refusal(&Target::File(bench.file())).contains("another process"));
    let other = bench.folder.path().join("notes.txt");
    for text in ["dear diary\nnothing happened\n", "a key without a line break"] {
        fs::write(&other, text).unwrap();
        assert!(refusal(&Target::File(other.clone())).contains("something else"));
    }
}

#[test]
fn a_new_file_that_is_not_empty_goes_on_with_its_own_chain() {
    let mut bench = Bench::new();
    bench.append().unwrap();
    let text = fs::read_to_string(bench.file()).unwrap();
    fs::remove_file(bench.file()).unwrap();
    bench.append().unwrap();
    fs::write(bench.file(), text).unwrap();
    assert!(bench.writer.reopen().unwrap());
    bench.append().unwrap();
    assert_eq!(verify(&[bench.file()], None).unwrap().lines, 2);
}
