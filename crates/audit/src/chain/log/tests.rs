use std::fs::File;
use std::io::{BufRead as _, BufReader, PipeReader, Read as _, pipe};
use std::os::fd::OwnedFd;
use std::time::Instant;

use data_adapter_core::SystemClock;

use super::*;
use crate::chain::tail::Tail;
use crate::event::EventKind;

/// Longer than any test takes.
const LONG: Duration = Duration::from_secs(600);

/// A log into a pipe.
fn piped(limits: Limits) -> (AuditLog, BufReader<PipeReader>) {
    let (reader, writer) = pipe().unwrap();
    let sink = Sink::over(File::from(OwnedFd::from(writer)));
    let writer = Writer::new(sink, Tail::default(), false, Arc::new(SystemClock));
    (AuditLog::start(writer, limits).unwrap(), BufReader::new(reader))
}

fn event() -> AuditEvent {
    AuditEvent::new(EventKind::Authentication)
}

/// More than a pipe takes when nobody reads it.
fn huge() -> AuditEvent {
    AuditEvent { user: Some("u".repeat(2 * 1024 * 1024)), ..event() }
}

/// Reads until a line has `text`, and returns it.
fn read_line_with(reader: &mut BufReader<PipeReader>, text: &str) -> String {
    reader.lines().map(Result::unwrap).find(|line| line.contains(text)).unwrap()
}

#[tokio::test]
async fn nobody_waits_for_a_log_that_is_known_to_be_stuck_until_it_is_written_again() {
    let limits = Limits { answer: Duration::from_millis(50), end: LONG, commands: 16 };
    let (mut log, mut reader) = piped(limits);
    assert_eq!(log.append(vec![huge()]).await, Err(AuditError::stuck()));
    log.limits.answer = LONG;
    let begun = Instant::now();
    assert_eq!(log.append(vec![event()]).await, Err(AuditError::stuck()));
    assert_eq!(log.ready().await, Err(AuditError::stuck()));
    assert_eq!(log.reopen().await, Err(AuditError::stuck()));
    assert!(begun.elapsed() < LONG / 2);
    let reading = std::thread::spawn(move || {
        read_line_with(&mut reader, "\"sequence\":2,");
        reader
    });
    let reader = tokio::task::spawn_blocking(|| reading.join().unwrap()).await.unwrap();
    while log.state.stalled.load(Ordering::SeqCst) {
        tokio::task::yield_now().await;
    }
    assert_eq!(log.ready().await, Ok(()));
    assert_eq!(log.append(vec![event()]).await, Ok(()));
    drop(reader);
}

#[tokio::test]
async fn lines_that_find_no_room_are_refused_at_once_and_counted_in_the_log() {
    let limits = Limits { answer: Duration::from_millis(50), end: LONG, commands: 1 };
    let (log, mut reader) = piped(limits);
    assert_eq!(log.append(vec![huge()]).await, Err(AuditError::stuck()));
    // The thread has begun with it, so that there is room for one.
    assert!(!reader.fill_buf().unwrap().is_empty());
    log.append_unwatched(event());
    let full = AuditError::new("too much waits to be written");
    assert_eq!(log.append(vec![event(), event()]).await, Err(full));
    log.append_unwatched(event());
    let reading = std::thread::spawn(move || read_line_with(&mut reader, "recovered"));
    let line = tokio::task::spawn_blocking(|| reading.join().unwrap()).await.unwrap();
    assert!(line.contains("\"lost\":3"), "{line}");
}

#[tokio::test]
async fn lines_that_found_no_room_are_told_at_the_end_if_nothing_else_comes() {
    let (log, mut reader) = piped(Limits { answer: LONG, end: LONG, commands: 1 });
    log.state.lost.store(1, Ordering::SeqCst);
    drop(log);
    let mut text = String::new();
    reader.read_to_string(&mut text).unwrap();
    assert!(text.contains("recovered") && text.contains("\"lost\":1"), "{text}");
}

#[tokio::test]
async fn a_log_that_is_stuck_does_not_keep_the_process_from_ending() {
    let limits = Limits { answer: Duration::from_millis(10), end: Duration::from_millis(10), commands: 16 };
    let (log, reader) = piped(limits);
    assert_eq!(log.append(vec![huge()]).await, Err(AuditError::stuck()));
    drop(log);
    // Until now nobody read it.
    drop(reader);
}
