use std::fmt;
use std::io::IsTerminal as _;

use data_adapter_audit::ascii;
use data_adapter_core::CallContext;
use tracing::{Event, Subscriber};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

use crate::config::{LogFormat, LogSettings};
use crate::failure::Failure;

/// What others bring along is quiet, whatever `log.filter` says of everything: whoever reaches the port could write there, at
/// any level and at any length, such as the name of a server in a greeting of TLS. What matters of it has lines of our own.
/// A filter that names one of these by its module is meant.
const QUIET: &str = "rustls=off,actix_http=off,actix_server=warn";

/// What writes the phone numbers that it reads, or the path of a request, in which a gateway may have its secret: no filter lets it.
const SECRET: [&str; 3] = ["rlibphonenumber", "actix_web::data", "actix_web::types"];

/// Sends the log to standard error.
pub(crate) fn start(settings: &LogSettings) -> Result<(), Failure> {
    if let Some(named) = SECRET.iter().find(|module| settings.filter.contains(**module)) {
        let why = format!("log.filter can't be used: `{named}` writes what is secret, and stays off");
        return Err(Failure::Configuration(why));
    }
    let secret = SECRET.map(|module| format!("{module}=off")).join(",");
    let filter = EnvFilter::try_new(&settings.filter)
        .and_then(|_| EnvFilter::try_new(format!("{QUIET},{secret},{}", settings.filter)))
        .map_err(|error| Failure::Configuration(format!("log.filter can't be used: {error}")))?;
    let colours = std::io::stderr().is_terminal();
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = match settings.format {
        LogFormat::Human => builder
            .with_ansi(colours)
            .event_format(WithRequest { inner: tracing_subscriber::fmt::format(), is_json: false })
            .try_init(),
        LogFormat::Json => builder
            .json()
            .event_format(WithRequest { inner: tracing_subscriber::fmt::format().json(), is_json: true })
            .try_init(),
    };
    started.map_err(|error| Failure::Failed(format!("the log can't be started: {error}")))
}

/// Adds the ids of the request and of its operation, and the name of its caller, to every line of a request. A span would
/// do the same at several times the cost.
struct WithRequest<F> {
    inner: F,
    is_json: bool,
}

impl<S, N, F> FormatEvent<S, N> for WithRequest<F>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
    F: FormatEvent<S, N>,
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
        let mut line = String::new();
        self.inner.format_event(context, Writer::new(&mut line), event)?;
        let line = line.trim_end();
        if self.is_json {
            let line = line.strip_suffix('}').unwrap_or(line);
            write!(writer, "{line},\"request_id\":\"{}\"", call.request_id())?;
            if let Some(caller) = call.caller() {
                write!(writer, ",\"caller\":{}", json(caller))?;
            }
            if let Some(operation) = call.operation() {
                write!(writer, ",\"operation_id\":{}", json(operation))?;
            }
            return writeln!(writer, "}}");
        }
        write!(writer, "{line} request_id={}", call.request_id())?;
        if let Some(caller) = call.caller() {
            write!(writer, " caller={caller}")?;
        }
        if let Some(operation) = call.operation() {
            write!(writer, " operation_id={operation:?}")?;
        }
        writeln!(writer)
    }
}

/// A text as JSON that nothing in it can break.
fn json(text: &str) -> String {
    ascii(&serde_json::Value::from(text).to_string())
}
