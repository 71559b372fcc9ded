use data_adapter_server::{Place, openapi};

use super::print;
use crate::assemble::web_flow_settings;
use crate::config::Settings;
use crate::failure::Failure;

/// Prints the document as the service would show it under this configuration, with absolute URLs.
pub(super) fn print_document(settings: &Settings) -> Result<(), Failure> {
    let web_flow = web_flow_settings(settings);
    let callers = settings.callers.callers(&web_flow.context_path, &settings.tls)?;
    let root = format!("{}://{}", settings.tls.scheme(), settings.server.address());
    let inbox = format!("{root}/sandbox/inbox");
    let place = Place {
        api: &format!("{root}{}", web_flow.context_path),
        inbox: settings.sandbox.enabled.then_some(inbox.as_str()),
        tokens: callers.have_tokens(),
        max_body: web_flow.max_body,
    };
    let document = openapi(web_flow.dialect, &web_flow.limits, &place).to_pretty_json();
    print(&document.map_err(|error| Failure::Failed(format!("the document can't be written: {error}")))?)
}
