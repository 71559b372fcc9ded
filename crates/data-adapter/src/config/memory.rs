use std::path::PathBuf;

use data_adapter_memory::UsersFile;
use serde::{Deserialize, Serialize};

use super::{SandboxSettings, check_range, refuse};
use crate::demo;
use crate::failure::Failure;

/// `[memory]`: the back end that takes its users from a file.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct MemorySettings {
    users_file: Option<PathBuf>,
    demo_users: bool,
    /// Zero is one per core.
    concurrent_verifications: usize,
}

impl MemorySettings {
    pub(super) fn validate(&self, sandbox: &SandboxSettings) -> Result<(), Failure> {
        check_range("memory.concurrent_verifications", self.concurrent_verifications as u64, 0..=1024)?;
        match (&self.users_file, self.demo_users) {
            (None, false) => refuse(
                "memory.users_file",
                "is missing: name the TOML file with your users, or set `memory.demo_users = true` to explore",
            ),
            (None, true) if !sandbox.enabled => {
                refuse("memory.demo_users", "is for the sandbox only: everybody knows their passwords")
            }
            _ => Ok(()),
        }
    }

    /// Whether the users are the demo's.
    pub(crate) fn is_demo(&self) -> bool {
        self.users_file.is_none()
    }

    pub(crate) fn concurrent_verifications(&self) -> usize {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        if self.concurrent_verifications == 0 { cores } else { self.concurrent_verifications }
    }

    /// The users: those of the file when there is one, else the demo's.
    pub(crate) fn users(&self) -> Result<UsersFile, Failure> {
        let (origin, text) = match &self.users_file {
            None => ("the demo".to_owned(), demo::USERS.to_owned()),
            Some(path) => {
                let origin = path.display().to_string();
                let text = std::fs::read_to_string(path).map_err(|error| {
                    Failure::Configuration(format!("`memory.users_file` {origin} can't be read: {error}"))
                })?;
                (origin, text)
            }
        };
        UsersFile::parse(&text).map_err(|error| Failure::Configuration(format!("{origin}: {error}")))
    }
}
