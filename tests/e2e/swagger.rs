//! The API as a document, and the page that shows it.

mod access;
mod document;
mod generators;
mod page;
mod schemas;

use serde_json::Value;

use crate::support::payloads::CONTEXT_PATH;
use crate::support::{Builder, DataAdapter};

/// Where the page is.
const PAGES: [&str; 2] = ["/swagger-ui/", "/powerauth-data-adapter/swagger-ui/"];

/// The document beside the page of this folder.
async fn document(adapter: &DataAdapter, folder: &str) -> Value {
    let answer = adapter.get(&format!("{folder}data-adapter.openapi.json")).await;
    assert_eq!(answer.status, 200, "{folder}: {}", answer.text);
    answer.json()
}

/// What a path says of `POST`.
fn operation<'a>(document: &'a Value, path: &str) -> &'a Value {
    &document["paths"][path.strip_prefix(CONTEXT_PATH).unwrap_or(path)]["post"]
}

/// The document that the program prints.
async fn printed(builder: Builder) -> String {
    let exit = builder.spawn_failing().await;
    assert_eq!(exit.status, Some(0), "{}", exit.stderr);
    exit.stdout
}

/// As it runs without any setting.
fn untouched() -> Builder {
    DataAdapter::builder()
        .arg("openapi")
        .without_env("DATA_ADAPTER__SERVER__PORT")
        .without_env("DATA_ADAPTER__STORE__URL")
}

/// The documents of both dialects, the earlier one first.
async fn both() -> [Value; 2] {
    let earlier = serde_json::from_str(&printed(untouched()).await).expect("JSON");
    let later = serde_json::from_str(&printed(untouched().arg("--dialect=1")).await).expect("JSON");
    [earlier, later]
}

/// Every operation, with its path.
fn operations(document: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let paths = document["paths"].as_object().expect("paths").iter();
    paths.flat_map(|(path, item)| {
        item.as_object().expect("operations").values().map(move |operation| (path.as_str(), operation))
    })
}

/// Every value of the examples of a request or an answer.
fn examples(content: &Value) -> Vec<&Value> {
    let examples = content["content"]["application/json"]["examples"].as_object();
    examples.into_iter().flat_map(|examples| examples.values()).map(|example| &example["value"]).collect()
}
