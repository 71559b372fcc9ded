//! What the chapter "Write your own back end" shows is the example, builds outside of the workspace, and runs.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use example_core_banking::CoreBanking;
use toml::Table;

use super::program::build_as;
use super::send;
use crate::support::DataAdapter;
use crate::support::outcome::JOHN_DOE;
use crate::support::payloads::{LOOKUP, USERNAME, lookup};

/// What the chapter calls the configuration.
const CONFIGURATION: &str = "data-adapter.toml";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().expect("the workspace is there")
}

/// The files of the chapter, by their paths. A line that is a path in backquotes with a colon names the block after it; blocks of
/// one name are parts of one file, with an empty line between them.
fn files() -> BTreeMap<String, String> {
    let chapter = fs::read_to_string(root().join("docs/write-your-own-back-end.md")).expect("the chapter");
    let mut files = BTreeMap::<String, String>::new();
    let mut lines = chapter.lines();
    while let Some(line) = lines.next() {
        let name = line.strip_prefix('`').and_then(|line| line.strip_suffix("`:"));
        let Some(name) = name else { continue };
        assert_eq!(lines.next(), Some(""), "an empty line follows {name}");
        assert!(lines.next().is_some_and(|fence| fence.starts_with("```")), "a block follows {name}");
        let block: Vec<_> = lines.by_ref().take_while(|line| *line != "```").collect();
        let file = files.entry(name.to_owned()).or_default();
        if !file.is_empty() {
            file.push('\n');
        }
        file.push_str(&(block.join("\n") + "\n"));
    }
    files
}

#[test]
fn the_chapter_shows_the_example_as_it_is() {
    let files = files();
    let shown: Vec<_> = files.keys().filter(|path| path.ends_with(".rs")).collect();
    assert_eq!(shown, ["program/src/main.rs", "src/lib.rs", "tests/contract.rs"]);
    for path in shown {
        let example = fs::read_to_string(root().join("adapters/example-bank").join(path));
        let example = example.expect("the example has it too");
        assert!(files[path] == example, "{path} in the chapter and in adapters/example-bank differ");
    }
}

/// Writes the files of the chapter to a folder, with the checkout where it is.
fn write_to(folder: &Path) {
    let checkout = root().display().to_string();
    for (path, text) in files() {
        let file = folder.join(&path);
        fs::create_dir_all(file.parent().expect("a folder")).expect("the folder can be made");
        let text = if path.ends_with("Cargo.toml") {
            text.replace("../../data-adapter/", &format!("{checkout}/"))
                .replace("../data-adapter/", &format!("{checkout}/"))
        } else {
            text
        };
        fs::write(file, text).expect("the file can be written");
    }
    fs::copy(root().join("Cargo.lock"), folder.join("Cargo.lock")).expect("the chapter takes it along");
}

/// Gives that folder the profile of the workspace, so that what the workspace has built serves there too.
fn take_profile_along(folder: &Path) {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).expect("a manifest");
    let manifest: Table = manifest.parse().expect("it is TOML");
    let profile = Table::from_iter([("profile".to_owned(), manifest["profile"].clone())]);
    fs::create_dir(folder.join(".cargo")).expect("the folder can be made");
    fs::write(folder.join(".cargo/config.toml"), profile.to_string()).expect("the file can be written");
}

/// Cargo in that folder, without a network, sharing what the workspace has built.
fn cargo(folder: &Path, command: &str) -> Command {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args([command, "--quiet", "--offline", "--workspace"]).current_dir(folder);
    let tmp = Path::new(env!("CARGO_TARGET_TMPDIR"));
    cargo.env("CARGO_TARGET_DIR", tmp.parent().expect("it is in the target folder"));
    cargo
}

#[tokio::test]
async fn what_the_chapter_shows_builds_keeps_the_contracts_and_runs() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    write_to(folder.path());
    take_profile_along(folder.path());
    let tested = cargo(folder.path(), "test").output().expect("cargo can be started");
    let said = String::from_utf8_lossy(&tested.stdout) + String::from_utf8_lossy(&tested.stderr);
    assert!(tested.status.success() && said.contains("1 passed"), "{said}");
    let program = build_as("chapter", cargo(folder.path(), "build").args(["--message-format", "json"]));
    let core = CoreBanking::start().await.expect("a port is free");
    let token = folder.path().join("core-token");
    fs::write(&token, CoreBanking::TOKEN).expect("the token can be written");
    let configuration = files().remove(CONFIGURATION).expect("the chapter has a configuration");
    // The port of the chapter may be taken.
    let adapter = DataAdapter::builder()
        .program(&program)
        .config(configuration)
        .env("DATA_ADAPTER__BACKENDS__BANK__URL", core.url())
        .env("DATA_ADAPTER__BACKENDS__BANK__TOKEN_FILE", token.display().to_string())
        .start()
        .await;
    send(&adapter, LOOKUP, lookup(USERNAME), JOHN_DOE).await;
}
