//! The program of the bank.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use example_core_banking::CoreBanking;

use crate::support::{Builder, DataAdapter};
use data_adapter_tests::binary::{build, cargo};

/// What the package, the binary and its file are called.
const NAME: &str = "example-bank-data-adapter";

/// The program, built once a run from the sources as they are now.
fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| build_as("default", cargo().args(["--package", NAME])))
}

/// Builds the program.
pub(super) fn build_as(which: &str, command: &mut Command) -> PathBuf {
    build(command, NAME, which)
}

/// Starts it before `core`; `more` goes at the end of its configuration, in `[backends.bank]`.
pub(super) async fn start(core: &CoreBanking, more: &str) -> DataAdapter {
    builder(core, more).start().await
}

/// The same, to be run in another way.
pub(crate) fn builder(core: &CoreBanking, more: &str) -> Builder {
    let (url, token) = (core.url(), CoreBanking::TOKEN);
    let config = format!(
        r#"
        [sandbox]
        enabled = true

        [capabilities]
        users = "bank"
        authentication = "bank"
        operations = "bank"

        [backends.bank]
        kind = "example-bank"
        url = "{url}"
        token = "{token}"
        timeout_ms = 8000
        {more}
        "#
    );
    DataAdapter::builder().program(binary()).config(config)
}
