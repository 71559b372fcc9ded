//! The client of `tests/factors-client`, which knows the document and the facts about it alone, and the inbox page.

use std::path::Path;
use std::process::Output;

use data_adapter_tests::binary::binary;
use tokio::process::Command;

async fn run(program: &str, arguments: &[&str]) -> Output {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("factors-client");
    let mut command = Command::new(folder.join(program));
    command.args(arguments).kill_on_drop(true).output().await.expect("bash can be run")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// Where Python or its packages can't be had, nothing is tested; where `CI` is `true` no test is left out.
async fn assert_client_is_content(instances: &str) {
    let made = run("make", &[]).await;
    if !made.status.success() {
        assert!(std::env::var("CI").as_deref() != Ok("true"), "{}", said(&made));
        return;
    }
    let program = binary().to_str().expect("a path in UTF-8");
    let output = run("run", &[program, instances]).await;
    assert!(output.status.success(), "{}", said(&output));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_in_python_written_from_the_document_alone_enrols_and_unlinks_as_that_says() {
    assert_client_is_content("1").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_client_in_python_finds_the_same_when_each_request_goes_to_the_other_of_two_instances() {
    assert_client_is_content("2").await;
}
