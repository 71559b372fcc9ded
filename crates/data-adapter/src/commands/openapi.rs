use std::fs;
use std::path::Path;

use clap::ValueEnum;
use data_adapter_protocol::web_flow::Dialect;
use data_adapter_server::{Access, Place, in_openapi_3_0};

use super::print;
use crate::apis::{ApiName, Document, documents};
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
    api: ApiName,
    dialect: Option<Dialect>,
    version: Version,
) -> Result<(), Failure> {
    let served: Vec<_> = documents(settings).into_iter().filter(|document| document.api == api).collect();
    let is_meant = |document: &&Document| dialect.is_none() || document.dialect == dialect;
    let Some(document) = served.iter().find(is_meant) else {
        return Err(Failure::Configuration(why_not(api, dialect, &served)));
    };
    print(&text(settings, document, version)?)
}

/// Writes the documents of all APIs into a folder, which is made where there is none.
pub(super) fn write_documents(settings: &Settings, folder: &Path, version: Version) -> Result<(), Failure> {
    let unwritable = |error| Failure::Failed(format!("{} can't be written to: {error}", folder.display()));
    fs::create_dir_all(folder).map_err(unwritable)?;
    documents(settings).iter().try_for_each(|document| {
        let text = text(settings, document, version)?;
        fs::write(folder.join(document.file), format!("{text}\n")).map_err(unwritable)
    })
}

/// Why there is no such document among those that are `served` of the API.
fn why_not(api: ApiName, dialect: Option<Dialect>, served: &[Document]) -> String {
    let name = api.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default();
    match dialect {
        Some(dialect) if served.iter().any(|document| document.dialect.is_some()) => {
            format!("the dialect {dialect} is not served: set `web_flow.other_context_path`")
        }
        Some(_) if !served.is_empty() => format!("the API {name} has one dialect: leave `--dialect` out"),
        Some(_) | None => format!("the API {name} is switched off, and has no document"),
    }
}

fn text(settings: &Settings, document: &Document, version: Version) -> Result<String, Failure> {
    let root = format!("{}://{}", settings.tls.scheme(), settings.server.address());
    let inbox = format!("{root}/sandbox/inbox");
    let document = (document.write)(&Place {
        api: &format!("{root}{}", document.path),
        inbox: settings.sandbox.enabled.then_some(inbox.as_str()),
        access: access(settings)?.for_api(document.asks_callers),
        max_body: settings.server.bodies().max,
    });
    let text = match version {
        Version::V3_0 => {
            in_openapi_3_0(&document).and_then(|document| serde_json::to_string_pretty(&document))
        }
        Version::V3_1 => document.to_pretty_json(),
    };
    text.map_err(|error| Failure::Failed(format!("the document can't be written: {error}")))
}

fn access(settings: &Settings) -> Result<Access, Failure> {
    let callers = settings.callers.callers(settings.web_flow.context_paths(), &settings.tls)?;
    Ok(callers.access(settings.tls.asks_clients()))
}
