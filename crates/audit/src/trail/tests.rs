//! Logs are written by the writer itself, then read, page by page.

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use data_adapter_core::{SystemClock, UserId};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;
use tempfile::TempDir;

use super::*;
use crate::chain::{AuditLog, Target};
use crate::event::{AuditEvent, EventKind};

/// Small parts, so that a log of some lines has several.
const BOUNDS: Bounds = Bounds { part: 700, full: 1 << 20, most: 1 << 20, time: Duration::from_secs(600) };

struct Log(TempDir);

impl Log {
    fn new() -> Self {
        Self(TempDir::new().expect("a folder"))
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("audit.jsonl")
    }

    /// Writes a line about each of these users, of the operation and the request of that number, after one that says that the file
    /// begins or was gone on with.
    async fn write(&self, users: &[&str]) {
        let log = AuditLog::open(&Target::File(self.path()), false, Arc::new(SystemClock)).expect("a log");
        for (number, user) in users.iter().enumerate() {
            let event = AuditEvent {
                operation_id: Some(format!("op-{number}")),
                request_id: Some(format!("request-{number}")),
                ..AuditEvent::new(EventKind::Authentication).of(Some(&UserId::new(*user)), None)
            };
            log.append(vec![event]).await.expect("it is written");
        }
    }

    /// Moves the file away, as logrotate does: it is gone on with in a new one.
    async fn rotate(&self, name: &str, users: &[&str]) {
        let log = AuditLog::open(&Target::File(self.path()), false, Arc::new(SystemClock)).expect("a log");
        fs::rename(self.path(), self.0.path().join(name)).expect("it is moved");
        log.reopen().await.expect("it is gone on with");
        drop(log);
        self.write(users).await;
    }

    fn compress(&self, name: &str) {
        let plain = self.0.path().join(name);
        let file = fs::File::create(self.0.path().join(format!("{name}.gz"))).expect("a file");
        let mut encoder = GzEncoder::new(file, Compression::default());
        encoder.write_all(&fs::read(&plain).expect("it is there")).expect("it is compressed");
        encoder.finish().expect("it is whole");
        fs::remove_file(plain).expect("it is removed");
    }

    /// Changes the text of a file.
    fn alter(&self, name: &str, change: impl FnOnce(String) -> String) {
        let path = self.0.path().join(name);
        let text = fs::read_to_string(&path).expect("it is there");
        fs::write(path, change(text)).expect("it is altered");
    }

    fn page_within(&self, wanted: &TrailSearch, bounds: Bounds) -> Option<TrailPage> {
        search(&self.path(), wanted, bounds).expect("the folder can be read")
    }

    fn page(&self, wanted: &TrailSearch) -> TrailPage {
        self.page_within(wanted, BOUNDS).expect("the place is there")
    }

    /// What every page has, from the first on.
    fn pages(&self, wanted: TrailSearch, bounds: Bounds) -> Vec<TrailPage> {
        let (mut pages, mut wanted) = (Vec::new(), wanted);
        loop {
            let page = self.page_within(&wanted, bounds).expect("the place is there");
            wanted.before.clone_from(&page.next);
            pages.push(page);
            if wanted.before.is_none() {
                return pages;
            }
        }
    }
}

fn newest(limit: usize) -> TrailSearch {
    TrailSearch { user: None, operation: None, request: None, before: None, limit }
}

fn of_user(user: &str) -> TrailSearch {
    TrailSearch { user: Some(UserId::new(user)), ..newest(100) }
}

fn values(page: &TrailPage) -> Vec<Value> {
    page.lines.iter().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

fn sequences(page: &TrailPage) -> Vec<u64> {
    values(page).iter().filter_map(|line| line["sequence"].as_u64()).collect()
}

/// After which lines the chain breaks, and why.
fn breaks(page: &TrailPage) -> Vec<(Option<u64>, &str)> {
    page.chain.breaks.iter().map(|found| (found.after, found.why.as_str())).collect()
}

const USERS: [&str; 12] = ["a", "b", "a", "c", "a", "b", "a", "c", "a", "b", "a", "c"];

#[tokio::test]
async fn the_newest_lines_come_first_and_are_as_they_stand_in_the_file() {
    let log = Log::new();
    log.write(&USERS).await;
    let page = log.page(&newest(100));
    assert_eq!(sequences(&page), (1..=13).rev().collect::<Vec<_>>());
    let mut text: Vec<_> = page.lines.clone();
    text.reverse();
    assert_eq!(text.join("\n") + "\n", fs::read_to_string(log.path()).unwrap());
    assert_eq!(page.chain, data_adapter_sca::ChainCheck { lines: Some((1, 13)), ..Default::default() });
    assert_eq!(page.next, None);
}

#[tokio::test]
async fn lines_are_found_by_user_operation_and_request_and_by_all_together() {
    let log = Log::new();
    log.write(&USERS).await;
    log.write(&["žluť \"\\", "x\"},{\"user\":\"a"]).await;
    assert_eq!(sequences(&log.page(&of_user("a"))), [12, 10, 8, 6, 4, 2]);
    assert_eq!(log.page(&of_user("žluť \"\\")).lines.len(), 1, "an escaped name");
    assert_eq!(log.page(&of_user("žluť")).lines.len(), 0, "half a name");
    let of = |operation: Option<&str>, request: Option<&str>| TrailSearch {
        operation: operation.map(str::to_owned),
        request: request.map(str::to_owned),
        ..newest(100)
    };
    assert_eq!(sequences(&log.page(&of(Some("op-3"), None))), [5]);
    assert_eq!(sequences(&log.page(&of(None, Some("request-11")))), [13]);
    assert_eq!(sequences(&log.page(&of(None, Some("op-11")))), [] as [u64; 0], "the id of something else");
    assert_eq!(
        sequences(&log.page(&TrailSearch { user: Some(UserId::new("b")), ..of(Some("op-1"), None) })),
        [3,]
    );
    assert_eq!(
        log.page(&TrailSearch { user: Some(UserId::new("a")), ..of(Some("op-1"), None) }).lines.len(),
        0
    );
}

#[tokio::test]
async fn pages_go_on_one_after_the_other_over_files_that_were_moved_and_compressed() {
    let log = Log::new();
    log.write(&USERS).await;
    log.rotate("audit.jsonl-20261101", &USERS).await;
    log.rotate("audit.jsonl-20261201", &USERS).await;
    let all = log.page(&newest(1000));
    let expected: Vec<_> = (1..=39).rev().collect();
    assert_eq!((sequences(&all), breaks(&all)), (expected.clone(), vec![]));
    for compressed in [None, Some("audit.jsonl-20261101"), Some("audit.jsonl-20261201")] {
        compressed.into_iter().for_each(|name| log.compress(name));
        for limit in [1, 2, 7, 12, 13, 38, 39] {
            let pages = log.pages(newest(limit), BOUNDS);
            let found: Vec<_> = pages.iter().flat_map(sequences).collect();
            assert_eq!(found, expected, "{limit} at a time, {compressed:?} compressed");
            assert!(pages.iter().all(|page| page.lines.len() <= limit && breaks(page).is_empty()));
            assert_eq!(pages.len(), 39_usize.div_ceil(limit), "{limit} at a time");
        }
        assert_eq!(sequences(&log.page(&of_user("a"))).len(), 18);
        assert_eq!(log.page(&of_user("a")).chain.lines, Some((1, 39)));
    }
}

#[tokio::test]
async fn a_file_that_is_there_twice_while_it_is_compressed_is_read_once() {
    let log = Log::new();
    log.write(&USERS).await;
    log.rotate("audit.jsonl.1", &USERS).await;
    let copy = fs::read(log.0.path().join("audit.jsonl.1")).unwrap();
    log.compress("audit.jsonl.1");
    fs::write(log.0.path().join("audit.jsonl.1"), copy).unwrap();
    let page = log.page(&newest(100));
    assert_eq!((page.lines.len(), breaks(&page)), (26, vec![]));
}

#[tokio::test]
async fn a_line_that_was_altered_removed_or_moved_breaks_the_chain_wherever_it_stands() {
    for compressed in [false, true] {
        for moved in [false, true] {
            let altered = |change: fn(&mut Vec<&str>)| async move {
                let log = Log::new();
                log.write(&USERS).await;
                if moved || compressed {
                    log.rotate("audit.jsonl.1", &USERS).await;
                }
                let name = if moved || compressed { "audit.jsonl.1" } else { "audit.jsonl" };
                log.alter(name, |text| {
                    let mut lines: Vec<_> = text.lines().collect();
                    change(&mut lines);
                    lines.join("\n") + "\n"
                });
                if compressed {
                    log.compress(name);
                }
                let page = log.page(&newest(100));
                let places: Vec<_> = page.chain.breaks.iter().map(|found| found.after).collect();
                assert!(page.lines.len() >= 5, "the others are shown all the same");
                places
            };
            assert_eq!(altered(|_| {}).await, []);
            assert_eq!(altered(|lines| lines.truncate(5)).await.len(), usize::from(moved || compressed));
            assert_eq!(
                altered(|lines| {
                    lines.remove(5);
                })
                .await,
                [Some(5)]
            );
            assert_eq!(altered(|lines| lines.swap(4, 5)).await, [Some(5), Some(6), Some(4)]);
            assert_eq!(altered(|lines| lines[5] = lines[4]).await, [Some(5), Some(5)]);
            assert_eq!(altered(|lines| lines[5] = "garbage").await, [Some(5)]);
            assert_eq!(altered(|lines| lines[5] = "").await, [Some(5)]);
            assert_eq!(altered(|lines| lines.insert(0, "garbage")).await, [None]);
        }
    }
}

#[tokio::test]
async fn what_was_altered_is_told_as_verifying_tells_it() {
    let log = Log::new();
    log.write(&USERS).await;
    log.alter("audit.jsonl", |text| text.replacen("\"op-3\"", "\"op-4\"", 1));
    let page = log.page(&newest(2));
    let told = "this line does not carry the hash of the line before: that line or this one was altered";
    assert_eq!(breaks(&page), [(Some(5), told)]);
    assert_eq!(page.chain.breaks[0].file, "audit.jsonl");
    let verified = crate::verify(&[log.path()], None).expect_err("it is broken").to_string();
    assert!(verified.ends_with(told), "{verified}");
}

#[tokio::test]
async fn a_file_whose_lines_went_to_the_end_breaks_the_chain_after_the_file_before() {
    let log = Log::new();
    log.write(&USERS).await;
    log.rotate("audit.jsonl.1", &USERS).await;
    log.alter("audit.jsonl.1", |text| {
        text.lines().take(10).fold(String::new(), |all, line| all + line + "\n")
    });
    let page = log.page(&newest(100));
    assert_eq!(page.chain.breaks.len(), 1);
    assert_eq!((page.chain.breaks[0].after, page.chain.breaks[0].file.as_str()), (Some(10), "audit.jsonl"));
}

#[tokio::test]
async fn what_a_crash_cut_off_is_accounted_for_by_the_line_after_it() {
    let log = Log::new();
    log.write(&["a", "b"]).await;
    log.alter("audit.jsonl", |text| text + "{\"time\":\"2026-11-28T12:00:00.000Z\",\"sequ");
    assert_eq!(breaks(&log.page(&newest(100))), [], "a line that is being written");
    log.write(&["c"]).await;
    let page = log.page(&newest(100));
    assert_eq!(breaks(&page), []);
    assert!(values(&page).iter().any(|line| line["event"] == "recovered"));
    log.alter("audit.jsonl", |text| text.replacen("\"sequ\n", "\"sequence\n", 1));
    assert_eq!(log.page(&newest(100)).chain.breaks.len(), 1);
}

#[tokio::test]
async fn a_chain_that_began_anew_is_marked_and_comes_after_the_one_before() {
    let log = Log::new();
    log.write(&["a", "b"]).await;
    fs::rename(log.path(), log.0.path().join("audit.jsonl.1")).unwrap();
    // Times are told in milliseconds.
    tokio::time::sleep(Duration::from_millis(2)).await;
    log.write(&["c"]).await;
    let page = log.page(&newest(100));
    assert_eq!(sequences(&page), [2, 1, 3, 2, 1]);
    let [(Some(3), why)] = breaks(&page)[..] else { panic!("{page:?}") };
    assert!(why.starts_with("this is line 1 of the chain where line 4 has to be"), "{why}");
}

#[tokio::test]
async fn files_before_that_are_gone_are_no_break() {
    let log = Log::new();
    log.write(&USERS).await;
    log.rotate("audit.jsonl.1", &USERS).await;
    fs::remove_file(log.0.path().join("audit.jsonl.1")).unwrap();
    let page = log.page(&newest(100));
    assert_eq!((page.chain.lines, breaks(&page)), (Some((14, 26)), vec![]));
}

#[tokio::test]
async fn a_page_that_has_read_enough_ends_and_the_next_one_goes_on() {
    let log = Log::new();
    log.write(&USERS).await;
    log.rotate("audit.jsonl.1", &USERS).await;
    for bounds in [Bounds { most: 1, ..BOUNDS }, Bounds { time: Duration::ZERO, ..BOUNDS }] {
        let pages = log.pages(of_user("c"), bounds);
        assert!(pages.len() > 5, "{} pages", pages.len());
        assert_eq!(pages.iter().flat_map(sequences).collect::<Vec<_>>(), [26, 22, 18, 13, 9, 5]);
        assert!(pages.iter().all(|page| breaks(page).is_empty()));
    }
}

#[tokio::test]
async fn when_the_page_is_full_the_chain_is_checked_on_up_to_a_bound() {
    let log = Log::new();
    log.write(&USERS).await;
    assert_eq!(log.page(&newest(1)).chain.lines, Some((1, 13)));
    let page = log.page_within(&newest(1), Bounds { full: 1, ..BOUNDS }).unwrap();
    let (first, last) = page.chain.lines.unwrap();
    assert!(first > 1 && last == 13, "{first} to {last}");
}

#[tokio::test]
async fn a_file_that_is_too_long_or_no_log_is_named_and_the_pages_go_on_after_it() {
    let log = Log::new();
    log.write(&USERS).await;
    log.rotate("audit.jsonl.1", &USERS).await;
    log.rotate("audit.jsonl.2", &USERS).await;
    log.compress("audit.jsonl.2");
    fs::write(log.0.path().join("audit.jsonl.3"), "no log\n").unwrap();
    fs::write(log.0.path().join("audit.jsonl.lock"), "no log\n").unwrap();
    fs::write(log.0.path().join("audit.jsonl.bak"), "no log\n").unwrap();
    let bounds = Bounds { most: 1 << 11, ..BOUNDS };
    let pages = log.pages(of_user("c"), bounds);
    assert_eq!(pages.iter().flat_map(sequences).collect::<Vec<_>>(), [39, 35, 31, 13, 9, 5]);
    let unread: Vec<_> = pages.iter().flat_map(|page| page.chain.unread.clone()).collect();
    assert!(unread.contains(&"audit.jsonl.3".to_owned()) && unread.contains(&"audit.jsonl.2.gz".to_owned()));
    assert_eq!(unread.iter().filter(|name| name.contains("lock") || name.contains("bak")).count(), 0);
}

#[tokio::test]
async fn a_place_that_is_none_of_the_log_is_refused() {
    let log = Log::new();
    log.write(&USERS).await;
    for place in ["", "x", "x-1", "-", &format!("{}-x", "0".repeat(64)), &format!("{}-1", "0".repeat(64))] {
        let wanted = TrailSearch { before: Some(place.to_owned()), ..newest(1) };
        assert_eq!(log.page_within(&wanted, BOUNDS), None, "{place:?}");
    }
    let next = log.page(&newest(1)).next.expect("there are more");
    log.rotate("audit.jsonl-20261101", &["d"]).await;
    log.compress("audit.jsonl-20261101");
    let page = log.page(&TrailSearch { before: Some(next), ..newest(1) });
    assert_eq!(sequences(&page), [12], "the place moves along with its file");
}

#[tokio::test]
async fn a_log_that_is_gone_can_not_be_read_and_an_empty_folder_has_no_lines() {
    let log = Log::new();
    assert_eq!(log.page(&newest(1)), TrailPage::default());
    let nowhere = AuditFiles::new(log.0.path().join("nowhere").join("audit.jsonl"));
    let error = nowhere.lines(&newest(1)).await.expect_err("there is no folder");
    assert!(matches!(error, AdapterError::Remote(_)), "{error}");
}
