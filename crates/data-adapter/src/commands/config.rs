use std::io::Write as _;
use std::sync::Arc;

use data_adapter_memory::MemoryStore;

use super::{print, texts};
use crate::assemble;
use crate::backends::Registry;
use crate::config::{Settings, warnings};
use crate::failure::Failure;
use crate::foundation::Foundation;

pub(super) fn check(settings: &Settings, registry: &Registry) -> Result<(), Failure> {
    warn(&warnings(settings));
    settings.tls.load()?;
    settings.telemetry.auth()?;
    // Looking must not make a file.
    let foundation = Foundation::new(Arc::new(MemoryStore::default()), None);
    assemble::assemble(settings, registry, &foundation, None)?;
    warn(&texts::check(settings, &*assemble::texts(settings)?)?);
    print("The configuration is fine.")
}

fn warn(warnings: &[String]) {
    for warning in warnings {
        // Nobody is left to tell when standard error is closed.
        let _ = writeln!(std::io::stderr(), "data-adapter: {warning}");
    }
}

pub(super) fn show(settings: &Settings, registry: &Registry) -> Result<(), Failure> {
    print(settings.show(registry)?.trim_end())
}
