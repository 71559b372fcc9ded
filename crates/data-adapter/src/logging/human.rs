use std::fmt;

use data_adapter_core::{CallContext, Clock, SystemClock};
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::field::VisitOutput as _;
use tracing_subscriber::fmt::format::{DefaultVisitor, Format, Full, Writer};
use tracing_subscriber::fmt::time::FormatTime;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, format};
use tracing_subscriber::registry::LookupSpan;

/// Lines for people. Each line of a request has its id, that of its operation, and the name of its caller: a span would do the
/// same at several times the cost. Lines of requests have no colours.
pub(super) struct Human<T> {
    inner: Format<Full, T>,
    timer: T,
}

impl<T: Clone + FormatTime> Human<T> {
    pub(super) fn new(timer: T) -> Self {
        Self { inner: format().with_timer(timer.clone()), timer }
    }

    /// What `inner` writes of one of our lines, without the end: at a third of the cost, since it looks for colours around
    /// everything, and escapes texts letter by letter.
    fn ours(&self, writer: &mut Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let metadata = event.metadata();
        self.timer.format_time(writer)?;
        writer.write_str(level(*metadata.level()))?;
        writer.write_str(metadata.target())?;
        writer.write_str(":")?;
        let mut fields = Fields { writer, result: Ok(()) };
        event.record(&mut fields);
        fields.result
    }
}

impl<S, N, T> FormatEvent<S, N> for Human<T>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
    T: Clone + FormatTime,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let Some(call) = CallContext::current() else {
            return self.inner.format_event(context, writer, event);
        };
        let mut line = String::with_capacity(USUAL_LENGTH);
        if event.metadata().target().starts_with(OURS) && context.event_scope().is_none() {
            self.ours(&mut Writer::new(&mut line), event)?;
        } else {
            self.inner.format_event(context, Writer::new(&mut line), event)?;
        }
        writer.write_str(line.trim_end())?;
        writer.write_str(" request_id=")?;
        writer.write_str(call.request_id())?;
        if let Some(caller) = call.caller() {
            writer.write_str(" caller=")?;
            writer.write_str(caller)?;
        }
        if let Some(operation) = call.operation() {
            writer.write_str(" operation_id=")?;
            write_text(&mut writer, operation)?;
        }
        writer.write_char('\n')
    }
}

/// The time as the timer of `tracing` writes it, at a fraction of the cost.
#[derive(Clone, Copy)]
pub(super) struct Utc<C = SystemClock>(pub(super) C);

impl<C: Clock> FormatTime for Utc<C> {
    fn format_time(&self, writer: &mut Writer<'_>) -> fmt::Result {
        write!(writer, "{:.6}", self.0.now())
    }
}

/// How the modules of this program begin.
const OURS: &str = "data_adapter";

/// The bytes of most lines.
const USUAL_LENGTH: usize = 256;

fn level(level: Level) -> &'static str {
    match level {
        Level::ERROR => " ERROR ",
        Level::WARN => "  WARN ",
        Level::INFO => "  INFO ",
        Level::DEBUG => " DEBUG ",
        Level::TRACE => " TRACE ",
    }
}

/// A text in quotes, escaped as Rust does.
fn write_text(writer: &mut Writer<'_>, text: &str) -> fmt::Result {
    let is_plain = |byte: u8| matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\');
    if !text.bytes().all(is_plain) {
        return write!(writer, "{text:?}");
    }
    writer.write_char('"')?;
    writer.write_str(text)?;
    writer.write_char('"')
}

/// Writes the fields of an event, each with a blank before it.
struct Fields<'a, 'w> {
    writer: &'a mut Writer<'w>,
    result: fmt::Result,
}

impl Fields<'_, '_> {
    /// Writes a field that is not the message.
    fn named(&mut self, field: &Field, value: impl FnOnce(&mut Writer<'_>) -> fmt::Result) {
        self.result = self.result.and_then(|()| {
            let name = field.name();
            self.writer.write_char(' ')?;
            self.writer.write_str(name.strip_prefix("r#").unwrap_or(name))?;
            self.writer.write_char('=')?;
            value(self.writer)
        });
    }

    /// Leaves what is to be escaped to the formatter that is used elsewhere.
    fn as_elsewhere(&mut self, record: impl FnOnce(&mut DefaultVisitor<'_>)) {
        let mut visitor = DefaultVisitor::new(self.writer.by_ref(), false);
        record(&mut visitor);
        self.result = self.result.and_then(|()| visitor.finish());
    }
}

impl Visit for Fields<'_, '_> {
    fn record_str(&mut self, field: &Field, text: &str) {
        if field.name() == MESSAGE {
            self.as_elsewhere(|visitor| visitor.record_str(field, text));
        } else {
            self.named(field, |writer| write_text(writer, text));
        }
    }

    fn record_error(&mut self, field: &Field, error: &(dyn std::error::Error + 'static)) {
        self.as_elsewhere(|visitor| visitor.record_error(field, error));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == MESSAGE {
            self.as_elsewhere(|visitor| visitor.record_debug(field, value));
        } else {
            self.named(field, |writer| write!(writer, "{value:?}"));
        }
    }
}

const MESSAGE: &str = "message";

#[cfg(test)]
mod tests;
