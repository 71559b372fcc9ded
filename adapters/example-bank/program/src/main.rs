//! Data Adapter with one more kind of back end.

use std::process::ExitCode;

use data_adapter::BackendContext;
use data_adapter_example_bank::{Settings, connect};

fn main() -> ExitCode {
    data_adapter::run(|registry| {
        let kind = registry.register("example-bank", |settings: Settings, context: &BackendContext<'_>| {
            connect(settings, context.decorated.clone())
        });
        kind.secret("token");
    })
}
