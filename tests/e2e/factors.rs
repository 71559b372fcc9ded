//! The Additional Factors API as the applications of a programme see it.

mod application;
mod client;
mod codes;
mod crashes;
mod credentials;
mod invalid;
mod limits;
mod operations;
mod outages;
mod provider;
mod pushes;
mod races;
mod references;
mod schemas;
mod silence;

use std::path::Path;

use crate::durability::users_file;
use crate::support::{Builder, DataAdapter};

/// Somebody of the programme `demo`.
const USER: &str = "12345678";
/// The same, whose account is blocked.
const BLOCKED: &str = "20000001";
/// The same without a phone.
const NO_PHONE: &str = "20000003";
/// Somebody of the programme `other`.
const STRANGER: &str = "30000001";

/// What every code is in the demo, and one that never is right.
const RIGHT: &str = "123456";
const WRONG: &str = "654321";

/// The operator of the demo.
const OPERATOR: &str = "demo-admin-token";

const LIMITS: &str = "DATA_ADAPTER__FACTORS__LIMITS";
const ENROLMENT_LIMITS: &str = "DATA_ADAPTER__FACTORS__ENROLMENT_LIMITS";
const USERS: &str = "DATA_ADAPTER__BACKENDS__MEMORY__USERS_FILE";

/// The demo over a store in `folder`, with users of this number in place of its own: `0`, `1`, …
fn crowd(folder: &Path, users: usize) -> Builder {
    let file = folder.join("users.toml");
    std::fs::write(&file, users_file((0..users).map(|user| user.to_string()))).expect("a file");
    DataAdapter::builder().store(&folder.join("store.db")).env(USERS, file.display().to_string())
}

/// Has an operator do something about a user.
async fn operate(adapter: &DataAdapter, user: &str, what: &str) {
    let url = adapter.url(&format!("/admin/users/{user}/{what}"));
    let answer = adapter.send(adapter.client().post(url).bearer_auth(OPERATOR)).await;
    assert!((200..300).contains(&answer.status), "{} {}", answer.status, answer.text);
}
