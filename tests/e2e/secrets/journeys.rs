//! Every journey with marked secrets: none of them in the log, the audit log, the store or an answer.

use std::path::Path;

use tempfile::TempDir;

use super::{assert_clean, assert_files_clean, basic, send_wrong_credentials, wrong_credentials};
use crate::journeys::{JOURNEYS, replay_on};
use crate::support::{Builder, DataAdapter};

const PASSWORD: &str = "MARKED-pass-word-7Kw3";
const PHONE: &str = "+420606919293";
/// Its last three digits may be shown.
const PHONE_WITHOUT_ITS_END: &str = "420606919";
const AES_KEY: &str = "TUFSS0VELWFlcy1rZXktMzItYnl0ZXMtbG9uZy1KajM=";
const SERVER_KEY: &str = "TUFSS0VELXNlcnZlci1rZXktMzItYnl0ZXMtVXc0TnE=";
/// What runs without a configuration file, to which a caller is added.
const DEMO: &str = include_str!("../../../crates/data-adapter/src/demo/configuration.toml");

#[tokio::test(flavor = "multi_thread")]
async fn no_journey_leaves_a_secret_in_the_log_the_audit_log_the_store_or_an_answer() {
    let hash = output(DataAdapter::builder().arg("hash-password").stdin(format!("{PASSWORD}\n"))).await;
    let made = output(DataAdapter::builder().arg("caller-token")).await;
    let (token, digest) = token_and_digest(&made);
    for journey in JOURNEYS {
        let folder = TempDir::new().expect("a temporary folder");
        let users = folder.path().join("users.toml");
        std::fs::write(&users, users_file(hash.trim())).expect("the users file can be written");
        let adapter = marked(folder.path(), &users, &digest).token(&token);
        let adapter = adapter.env("DATA_ADAPTER__WEB_FLOW__DIALECT", journey.version.dialect).start().await;
        let (adapter, answers) = replay_on(adapter, journey, PASSWORD).await;
        let refused = send_wrong_credentials(&adapter).await;
        assert!(refused.iter().all(|answer| answer.status == 401), "{refused:?}");
        let codes = codes(&adapter).await;
        let exit = adapter.terminate().await;

        let mut marks = vec![PASSWORD, PHONE_WITHOUT_ITS_END, AES_KEY, SERVER_KEY, &token, "MARKED-"];
        marks.extend(codes.iter().map(String::as_str));
        let (wrong, right) = (wrong_credentials(), basic("web-flow", &token));
        marks.extend(wrong.iter().chain(&right).map(String::as_str));
        let name = &format!("{} of {}", journey.file, journey.version.folder);
        assert!(exit.stderr.contains("TRACE"), "{name}: nothing is traced");
        assert_clean(&format!("{name}: the log"), exit.stderr.as_bytes(), &marks);
        assert_clean(&format!("{name}: standard output"), exit.stdout.as_bytes(), &marks);
        for answer in answers.into_iter().chain(refused.into_iter().map(|answer| answer.text)) {
            assert_clean(&format!("{name}: an answer"), answer.as_bytes(), &marks);
        }
        assert_files_clean(name, folder.path(), &marks);
    }
}

async fn output(builder: Builder) -> String {
    let exit = builder.spawn_failing().await;
    assert_eq!(exit.status, Some(0), "{exit:?}");
    exit.stdout
}

/// What `caller-token` prints: the token for the caller, and its digest for the configuration.
fn token_and_digest(printed: &str) -> (String, String) {
    let mut words = printed.split(|c: char| !(c.is_ascii_alphanumeric() || "-_+/".contains(c)));
    let is_digest = |word: &&str| word.len() == 64 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let digest = words.clone().find(is_digest).expect("a digest is printed");
    let token = words.find(|word| word.len() >= 40 && *word != digest).expect("a token is printed");
    (token.to_owned(), digest.to_owned())
}

fn users_file(hash: &str) -> String {
    let demo = include_str!("../../../crates/data-adapter/src/demo/users.toml");
    let user = demo.split("[[users]]").nth(1).expect("the demo has users");
    let lines = user.lines().map(|line| match line.split(" = ").next() {
        Some("password_hash") => format!("password_hash = \"{hash}\""),
        Some("phone") => format!("phone = \"{PHONE}\""),
        _ => line.to_owned(),
    });
    format!("[[users]]{}", lines.collect::<Vec<_>>().join("\n"))
}

fn marked(folder: &Path, users: &Path, digest: &str) -> Builder {
    let callers = format!("[[callers.allowed]]\nname = \"web-flow\"\ntoken_sha256 = \"{digest}\"\n");
    DataAdapter::builder()
        .config(format!("{DEMO}\n{callers}"))
        .store(&folder.join("store.db"))
        .env("DATA_ADAPTER__BACKENDS__MEMORY__USERS_FILE", users.display().to_string())
        .env("DATA_ADAPTER__PASSWORD__KEY", AES_KEY)
        .env("DATA_ADAPTER__OTP__KEY", SERVER_KEY)
        .env("DATA_ADAPTER__LOG__FILTER", "trace")
        .env("DATA_ADAPTER__AUDIT__TARGET", "file")
        .env("DATA_ADAPTER__AUDIT__FILE", folder.join("audit.jsonl").display().to_string())
}

async fn codes(adapter: &DataAdapter) -> Vec<String> {
    let mut codes = Vec::new();
    for message in adapter.messages().await {
        codes.push(adapter.code_for(message["messageId"].as_str().expect("an id")).await);
    }
    codes
}
