//! Building the program under test.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, OnceLock, PoisonError};

use serde_json::Value;

/// The `data-adapter` binary, built once a run from the sources as they are now.
#[must_use]
pub fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| build_data_adapter("default", &[]))
}

/// The same with OpenTelemetry in it.
#[must_use]
pub fn with_opentelemetry() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| build_data_adapter("opentelemetry", &["--features", "opentelemetry"]))
}

fn build_data_adapter(which: &str, features: &[&str]) -> PathBuf {
    let mut command = cargo();
    command.args(["--package", "data-adapter", "--bin", "data-adapter"]).args(features);
    build(&mut command, "data-adapter", which)
}

/// A build in the workspace.
#[must_use]
pub fn cargo() -> Command {
    let mut command = Command::new(env!("CARGO"));
    command.args(["build", "--quiet", "--message-format", "json"]);
    command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."));
    command
}

/// Builds the program with this name and keeps it in a folder of its own, `which`: several builds of it share one target folder,
/// where the last one wins.
///
/// # Panics
///
/// When it can't be built.
pub fn build(command: &mut Command, name: &str, which: &str) -> PathBuf {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let built = built(command, name);
    let folder = built.ancestors().nth(2).expect("it is in the target folder").join("tmp").join(which);
    std::fs::create_dir_all(&folder).expect("the folder can be made");
    let kept = folder.join(name);
    // There is none before the first run.
    let _ = std::fs::remove_file(&kept);
    std::fs::hard_link(&built, &kept).expect("both are in the target folder");
    kept
}

/// Where a build puts the program.
fn built(command: &mut Command, name: &str) -> PathBuf {
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
