use clap::ValueEnum;
use data_adapter_protocol::web_flow::Dialect;
use data_adapter_server::{Place, in_openapi_3_0};
use data_adapter_web_flow::document;

use super::print;
use crate::apis::web_flow_settings;
use crate::config::Settings;
use crate::failure::Failure;

/// The version of OpenAPI that a document is in.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(super) enum Version {
    /// For tools that read nothing newer
    #[value(name = "3.0")]
    V3_0,
    #[default]
    #[value(name = "3.1")]
    V3_1,
}

/// Prints the document as the service would show it under this configuration, with absolute URLs. `dialect` is `None` for the
/// one that is served at `/`.
pub(super) fn print_document(
    settings: &Settings,
    dialect: Option<Dialect>,
    version: Version,
) -> Result<(), Failure> {
    let usual = web_flow_settings(settings);
    let web_flow = match dialect {
        Some(dialect) if dialect != usual.limits.dialect => usual.other().ok_or_else(|| {
            let why = format!("the dialect {dialect} is not served: set `web_flow.other_context_path`");
            Failure::Configuration(why)
        })?,
        _ => usual,
    };
    let callers = settings.callers.callers(settings.web_flow.context_paths(), &settings.tls)?;
    let root = format!("{}://{}", settings.tls.scheme(), settings.server.address());
    let inbox = format!("{root}/sandbox/inbox");
    let place = Place {
        api: &format!("{root}{}", web_flow.context_path),
        inbox: settings.sandbox.enabled.then_some(inbox.as_str()),
        access: callers.access(settings.tls.asks_clients()),
        max_body: settings.server.bodies().max,
    };
    let document = document(&web_flow.limits, &place);
    let document = match version {
        Version::V3_0 => {
            in_openapi_3_0(&document).and_then(|document| serde_json::to_string_pretty(&document))
        }
        Version::V3_1 => document.to_pretty_json(),
    };
    print(&document.map_err(|error| Failure::Failed(format!("the document can't be written: {error}")))?)
}
