use std::error::Error;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use data_adapter_testkit::ManualClock;
use jiff::Timestamp;
use tracing::{debug, error, info, info_span, trace, warn};
use tracing_subscriber::Registry;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::DefaultFields;

use super::*;

/// A time that stands still.
#[derive(Clone)]
struct Noon;

impl FormatTime for Noon {
    fn format_time(&self, writer: &mut Writer<'_>) -> fmt::Result {
        writer.write_str("2026-11-28T12:00:00.000000Z")
    }
}

/// Keeps what is written.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl io::Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Kept {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// What a format makes of what `tell` tells.
fn written<F>(format: F, has_colours: bool, tell: impl FnOnce()) -> String
where
    F: FormatEvent<Registry, DefaultFields> + Send + Sync + 'static,
{
    let kept = Kept::default();
    let builder = tracing_subscriber::fmt().with_max_level(Level::TRACE).with_ansi(has_colours);
    let log = builder.event_format(format).with_writer(kept.clone()).finish();
    tracing::subscriber::with_default(log, tell);
    let bytes = kept.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
    String::from_utf8(bytes).expect("lines are text")
}

/// An error because of another.
#[derive(Debug, thiserror::Error)]
#[error("it failed: \u{1b}[31m")]
struct Because(#[source] io::Error);

/// One line for each kind of thing that can be told.
fn tell_everything() {
    let because = Because(io::Error::other("no room"));
    let (some, none) = (Some("x"), None::<&str>);
    info!("request");
    error!("with \u{1b}[31mcolours, a bell\u{7}, a line\nbreak and \u{9b}");
    warn!(text = "plain", empty = "", quoted = "a \"b\" \\ 'c'", other = "ž\u{1b}\u{7f}\n\u{200b}", "texts");
    debug!(path = %"/api/a b", shown = ?Some("x"), many = ?[1, 2], none, some, "values");
    trace!(micros = 17_u64, below = -1_i64, huge = u128::MAX, real = 0.5, whole = 2.0, yes = true, "numbers");
    warn!(error = &because as &(dyn Error + 'static), after = 1, "errors");
    warn!(error = %because, detail = "ends in a blank ", "displayed");
    info!(r#type = "x", message = "named as words of Rust");
    info!(only = "a field");
    info!(%because);
    info!(last = %"ends in a line break\n", "trimmed");
    info!(target: "h2::client", size = 7, "of somebody else");
    info_span!("theirs", id = 7).in_scope(|| info!("in a span"));
}

#[tokio::test]
async fn lines_of_requests_are_those_of_tracing_with_their_request() {
    let expected = written(format().with_timer(Noon), false, tell_everything);
    let call = CallContext::new("7", None);
    let found = call.scope(async { written(Human::new(Noon), false, tell_everything) }).await;
    let expected: Vec<_> = whole_lines(&expected).collect();
    let found: Vec<_> = whole_lines(&found).collect();
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.into_iter().zip(expected) {
        assert_eq!(found, format!("{} request_id=7", expected.trim_end()));
    }
}

/// Lines begin with the time, since a text may have line breaks.
fn whole_lines(log: &str) -> impl Iterator<Item = &str> {
    log.split("2026-").skip(1).map(|line| line.strip_suffix('\n').expect("a line has an end"))
}

#[tokio::test]
async fn a_line_names_the_caller_and_the_operation_which_cannot_break_it() {
    let call = CallContext::new("7", None);
    call.set_caller("web-flow");
    call.set_operation("op \"1\"\n");
    let line = call.scope(async { written(Human::new(Noon), true, || info!("x")) }).await;
    let expected = r#" INFO data_adapter::logging::human::tests: x request_id=7 caller=web-flow operation_id="op \"1\"\n""#;
    assert_eq!(line, format!("2026-11-28T12:00:00.000000Z {expected}\n"));
}

#[test]
fn what_is_about_no_request_has_the_colours_of_a_terminal() {
    let told = || info!(text = "x", "message");
    let coloured = written(Human::new(Noon), true, told);
    assert!(coloured.contains('\u{1b}'), "{coloured}");
    assert_eq!(coloured, written(format().with_timer(Noon), true, told));
    assert!(!written(Human::new(Noon), false, told).contains('\u{1b}'));
}

#[test]
fn the_time_is_written_to_the_microsecond() {
    let at = |nanoseconds| {
        let mut text = String::new();
        let time = Timestamp::from_nanosecond(nanoseconds).expect("it is a time");
        let timer = Utc(ManualClock::new(time));
        timer.format_time(&mut Writer::new(&mut text)).expect("there is room");
        text
    };
    assert_eq!(at(0), "1970-01-01T00:00:00.000000Z");
    assert_eq!(at(1_795_885_200_999_999_999), "2026-11-28T17:00:00.999999Z");
}
