use std::io::Write as _;
use std::sync::Arc;

use data_adapter_memory::MemoryStore;

use super::print;
use crate::assemble::assemble;
use crate::backends::Registry;
use crate::config::{Settings, warnings};
use crate::failure::Failure;

pub(super) fn check(settings: &Settings, registry: &Registry) -> Result<(), Failure> {
    for warning in warnings(settings) {
        // Nobody is left to tell when standard error is closed.
        let _ = writeln!(std::io::stderr(), "data-adapter: {warning}");
    }
    settings.tls.load()?;
    settings.telemetry.auth()?;
    // Looking must not make a file.
    assemble(settings, registry, Arc::new(MemoryStore::default()), None)?;
    print("The configuration is fine.")
}

pub(super) fn show(settings: &Settings, registry: &Registry) -> Result<(), Failure> {
    print(settings.show(registry)?.trim_end())
}
