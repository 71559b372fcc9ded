mod human;
mod json;

use std::io::IsTerminal as _;

use data_adapter_core::SystemClock;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format;

use crate::config::{LogFormat, LogSettings};
use crate::failure::Failure;
use human::{Human, Utc};
use json::Json;

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
        LogFormat::Human => builder.with_ansi(colours).event_format(Human::new(Utc(SystemClock))).try_init(),
        LogFormat::Json => builder.json().event_format(Json(format().json())).try_init(),
    };
    started.map_err(|error| Failure::Failed(format!("the log can't be started: {error}")))
}
