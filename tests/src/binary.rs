//! Building the program under test.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use serde_json::Value;

/// The `data-adapter` binary, built once a run from the sources as they are now.
#[must_use]
pub fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        build(cargo().args(["--package", "data-adapter", "--bin", "data-adapter"]), "data-adapter")
    })
}

/// A build in the workspace.
#[must_use]
pub fn cargo() -> Command {
    let mut command = Command::new(env!("CARGO"));
    command.args(["build", "--quiet", "--message-format", "json"]);
    command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."));
    command
}

/// Where a build puts the program with this name.
///
/// # Panics
///
/// When it can't be built.
pub fn build(command: &mut Command, name: &str) -> PathBuf {
    let output = command.output().expect("cargo can be started");
    assert!(
        output.status.success(),
        "{name} could not be built:\n{}\n{}",
        String::from_utf8_lossy(&output.stderr),
        rendered(&output.stdout)
    );
    messages(&output.stdout)
        .filter(|message| message["target"]["name"] == name)
        .filter_map(|message| message["executable"].as_str().map(PathBuf::from))
        .next_back()
        .expect("cargo names the executable that it built")
}

fn messages(stdout: &[u8]) -> impl DoubleEndedIterator<Item = Value> {
    let text = String::from_utf8_lossy(stdout).into_owned();
    let messages: Vec<Value> = text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    messages.into_iter()
}

/// What the compiler says to people.
fn rendered(stdout: &[u8]) -> String {
    messages(stdout).filter_map(|message| Some(message["message"]["rendered"].as_str()?.to_owned())).collect()
}
