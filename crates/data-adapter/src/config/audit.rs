use std::path::PathBuf;

use data_adapter_audit::Target;
use serde::{Deserialize, Serialize};

use super::refuse;
use crate::failure::Failure;

/// `[audit]`: the record of who did what.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct AuditSettings {
    target: TargetName,
    file: Option<PathBuf>,
    /// Whether what can't be recorded fails.
    pub(crate) required: bool,
    /// Whether each line has to be on the disk before the answer leaves.
    pub(crate) sync: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
enum TargetName {
    #[default]
    Off,
    Stdout,
    File,
}

impl AuditSettings {
    /// What is set but has no effect is refused: somebody relies on it.
    pub(super) fn validate(&self) -> Result<(), Failure> {
        if self.file.is_some() && self.target != TargetName::File {
            return refuse(
                "audit.file",
                "is set, but nothing goes there; set `audit.target = \"file\"` as well",
            );
        }
        if self.required && self.target == TargetName::Off {
            return refuse("audit.required", "is set, but the audit log is off; set `audit.target` as well");
        }
        if self.sync && self.target != TargetName::File {
            return refuse(
                "audit.sync",
                "is set, but there is no file; set `audit.target = \"file\"` as well",
            );
        }
        self.target().map(drop)
    }

    /// Where it goes; `None` while it is off.
    pub(crate) fn target(&self) -> Result<Option<Target>, Failure> {
        match (self.target, &self.file) {
            (TargetName::Off, _) => Ok(None),
            (TargetName::Stdout, _) => Ok(Some(Target::Stdout)),
            (TargetName::File, Some(file)) if !file.as_os_str().is_empty() => {
                Ok(Some(Target::File(file.clone())))
            }
            (TargetName::File, _) => {
                refuse("audit.file", "is missing; it is where `audit.target = \"file\"` writes")
            }
        }
    }
}
