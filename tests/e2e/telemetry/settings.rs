//! What is refused before it starts.

use std::path::Path;

use data_adapter_tests::binary::{binary, with_opentelemetry};

use crate::support::{DataAdapter, Exit};

const ENDPOINT: &str = "http://localhost:4318/v1/traces";

async fn run(program: &Path, command: &[&str], more: &[(&str, &str)]) -> Exit {
    let mut builder =
        DataAdapter::builder().program(program).env("DATA_ADAPTER__TELEMETRY__ENDPOINT", ENDPOINT);
    for (key, value) in more {
        builder = builder.env(format!("DATA_ADAPTER__TELEMETRY__{key}"), *value);
    }
    for argument in command {
        builder = builder.arg(*argument);
    }
    builder.spawn_failing().await
}

#[tokio::test]
async fn a_program_without_it_says_how_to_build_one_with_it() {
    for command in [&["serve"][..], &["config", "check"]] {
        let exit = run(binary(), command, &[]).await;
        assert_eq!(exit.status, Some(78), "{exit:?}");
        assert!(exit.stderr.contains("`telemetry.endpoint`"), "{}", exit.stderr);
        assert!(exit.stderr.contains("make build FEATURES=opentelemetry"), "{}", exit.stderr);
    }
}

#[tokio::test]
async fn a_program_with_it_checks_what_it_is_given_and_asks_nobody() {
    let check = async |more: &[(&str, &str)]| run(with_opentelemetry(), &["config", "check"], more).await;
    let exit = check(&[("AUTH_VALUE", "Bearer MARKED")]).await;
    assert_eq!(exit.status, Some(0), "{}", exit.stderr);
    for (more, named) in [
        (&[("AUTH_VALUE_FILE", "/no/such/file")][..], "`telemetry.auth_value_file` /no/such/file"),
        (&[("AUTH_VALUE", "MARKED"), ("AUTH_VALUE_FILE", "/dev/null")], "are both set"),
        (&[("AUTH_VALUE", "MARKED\u{1}")], "`telemetry.auth_value` has characters"),
    ] {
        let exit = check(more).await;
        assert_eq!(exit.status, Some(78), "{exit:?}");
        assert!(exit.stderr.contains(named) && !exit.stderr.contains("MARKED"), "{}", exit.stderr);
    }
}

#[tokio::test]
async fn a_secret_is_not_shown() {
    let exit = run(with_opentelemetry(), &["config", "show"], &[("AUTH_VALUE", "Bearer MARKED")]).await;
    assert!(exit.stdout.contains("auth_value = \"[redacted]\""), "{}", exit.stdout);
    assert!(!exit.stdout.contains("MARKED"), "{}", exit.stdout);
}
