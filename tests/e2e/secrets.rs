//! What must not be found anywhere but where it belongs, however much is logged.

mod journeys;
mod requests;

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};

use crate::support::payloads::{LOOKUP, lookup};
use crate::support::{Answer, DataAdapter};

/// Tokens that nobody has.
const WRONG_BEARER: &str = "MARKED-wrong-bearer-Qz8v";
const WRONG_BASIC: &str = "MARKED-wrong-basic-Rw6j";

/// A token in base64, alone and with a name, as HTTP Basic sends it.
fn basic(name: &str, token: &str) -> [String; 2] {
    [STANDARD.encode(token), STANDARD.encode(format!("{name}:{token}"))]
}

/// What `send_wrong_credentials` sends, in every form.
fn wrong_credentials() -> Vec<String> {
    let encoded = [("web-flow", WRONG_BASIC), ("nobody", WRONG_BASIC), ("web-flow", WRONG_BEARER)];
    let plain = [WRONG_BEARER, WRONG_BASIC].map(str::to_owned);
    plain.into_iter().chain(encoded.into_iter().flat_map(|(name, token)| basic(name, token))).collect()
}

/// Asks as somebody else, in the ways there are.
async fn send_wrong_credentials(adapter: &DataAdapter) -> Vec<Answer> {
    let [alone, named] = basic("web-flow", WRONG_BASIC);
    let mut answers = Vec::new();
    for authorization in [
        format!("Bearer {WRONG_BEARER}"),
        format!("Basic {named}"),
        format!("Basic {}", basic("nobody", WRONG_BASIC)[1]),
        format!("Basic {alone}"),
        format!("Digest {WRONG_BEARER}"),
        WRONG_BEARER.to_owned(),
    ] {
        let request = adapter.client().post(adapter.url(LOOKUP)).header(CONTENT_TYPE, "application/json");
        answers.push(adapter.send(request.header(AUTHORIZATION, authorization).body(lookup("marked"))).await);
    }
    answers
}

pub(crate) fn assert_clean(what: &str, bytes: &[u8], marks: &[&str]) {
    for mark in marks {
        let found = bytes.windows(mark.len()).any(|window| window == mark.as_bytes());
        assert!(!found, "{what} holds {mark}");
    }
}

/// Looks through `store.db` and `audit.jsonl`, which have to be there, and what lies beside them.
pub(crate) fn assert_files_clean(what: &str, folder: &Path, marks: &[&str]) {
    for file in ["store.db", "store.db-wal", "audit.jsonl", "audit.jsonl.lock"] {
        let path = folder.join(file);
        // SQLite removes its log when the last one closes the store.
        let Ok(bytes) = std::fs::read(&path) else { continue };
        assert!(
            !bytes.is_empty() || file.ends_with("-wal") || file.ends_with(".lock"),
            "{what}: {file} is empty"
        );
        assert_clean(&format!("{what}: {file}"), &bytes, marks);
    }
    assert!(folder.join("store.db").exists() && folder.join("audit.jsonl").exists(), "{what}");
}
