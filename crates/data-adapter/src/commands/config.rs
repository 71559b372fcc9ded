use super::print;
use crate::assemble::assemble;
use crate::config::Settings;
use crate::failure::Failure;

pub(super) fn check(settings: &Settings) -> Result<(), Failure> {
    assemble(settings)?;
    print("The configuration is fine.")
}

pub(super) fn show(settings: &Settings) -> Result<(), Failure> {
    print(settings.show()?.trim_end())
}
