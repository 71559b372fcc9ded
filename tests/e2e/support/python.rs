//! Clients in Python that know the document of an API and the facts about it alone.

use std::path::Path;
use std::process::Output;

use tokio::process::Command;

/// Lets the client in this folder of the tests run, and panics with what it found wrong. Where Python or its packages can't be had,
/// nothing is tested; where `CI` is `true` no test is left out.
pub(crate) async fn assert_content(client: &str, arguments: &[&str]) {
    let made = run(client, "make", &[]).await;
    if !made.status.success() {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "{}", said(&made));
        return;
    }
    let output = run(client, "run", arguments).await;
    assert!(output.status.success(), "{}", said(&output));
}

async fn run(client: &str, program: &str, arguments: &[&str]) -> Output {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(client);
    let mut command = Command::new(folder.join(program));
    command.args(arguments).kill_on_drop(true).output().await.expect("bash can be run")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}
