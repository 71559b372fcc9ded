use std::fmt;

use data_adapter_audit::ascii;
use data_adapter_core::CallContext;
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::{self, Format, Writer};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

/// Lines of JSON. Each line of a request has its id, that of its operation, and the name of its caller.
pub(super) struct Json(pub(super) Format<format::Json>);

impl<S, N> FormatEvent<S, N> for Json
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let Some(call) = CallContext::current() else {
            return self.0.format_event(context, writer, event);
        };
        let mut line = String::new();
        self.0.format_event(context, Writer::new(&mut line), event)?;
        let line = line.trim_end();
        let line = line.strip_suffix('}').unwrap_or(line);
        write!(writer, "{line},\"request_id\":\"{}\"", call.request_id())?;
        if let Some(caller) = call.caller() {
            write!(writer, ",\"caller\":{}", text(caller))?;
        }
        if let Some(operation) = call.operation() {
            write!(writer, ",\"operation_id\":{}", text(operation))?;
        }
        writeln!(writer, "}}")
    }
}

/// A text as JSON that nothing in it can break.
fn text(text: &str) -> String {
    ascii(&serde_json::Value::from(text).to_string())
}
