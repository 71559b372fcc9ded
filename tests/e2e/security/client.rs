//! The client of `tests/security-client`, which knows the document and the facts about it alone.

use std::path::Path;
use std::process::Output;

use tokio::process::Command;

use super::{TOKEN_KEY, builder};

async fn run(program: &str, arguments: &[&str]) -> Output {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("security-client");
    let mut command = Command::new(folder.join(program));
    command.args(arguments).kill_on_drop(true).output().await.expect("bash can be run")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// Where Python or its packages can't be had, nothing is tested; where `CI` is `true` no test is left out.
#[tokio::test(flavor = "multi_thread")]
async fn a_client_in_python_written_from_the_document_alone_finds_what_that_says() {
    let made = run("make", &[]).await;
    if !made.status.success() {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "{}", said(&made));
        return;
    }
    let adapter = builder().start().await;
    let output = run("run", &[&adapter.url(""), TOKEN_KEY]).await;
    assert!(output.status.success(), "{}", said(&output));
}
