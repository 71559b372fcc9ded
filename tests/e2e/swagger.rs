//! The API as a document, and the page that shows it.

mod document;
mod page;

use serde_json::Value;

use crate::support::DataAdapter;
use crate::support::payloads::CONTEXT_PATH;

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
