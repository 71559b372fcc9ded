use std::sync::Arc;

use data_adapter_memory::MemoryStore;

use super::print;
use crate::assemble::assemble;
use crate::config::Settings;
use crate::failure::Failure;

pub(super) fn check(settings: &Settings) -> Result<(), Failure> {
    settings.tls.load()?;
    // Looking must not make a file.
    assemble(settings, Arc::new(MemoryStore::default()), None)?;
    print("The configuration is fine.")
}

pub(super) fn show(settings: &Settings) -> Result<(), Failure> {
    print(settings.show()?.trim_end())
}
