//! Passwords of users from a file: what checking them takes, and what is left of them.

pub(crate) mod copies;
mod memory;
mod two_instances;

use std::fmt::Write as _;

use tempfile::TempDir;

use crate::support::payloads::ORGANIZATION;
use crate::support::{Builder, DataAdapter};

/// The hash of `s3cret` at the usual cost: 19 MiB, two passes.
const USUAL: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0$aiw2o9oMq/9ebSZcoiTcfCAvRu6fmltcIeT3flB1dAo";

/// A bank whose users have the ids from 0 on.
struct Bank {
    _folder: TempDir,
    config: String,
}

impl Bank {
    /// One user for each hash. Passwords are checked by two at once.
    fn of<'a>(hashes: impl IntoIterator<Item = &'a str>) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let mut users = String::new();
        for (id, hash) in hashes.into_iter().enumerate() {
            let user = format!(
                "[[users]]\nid = \"{id}\"\nusername = \"user-{id}\"\norganization = \"{ORGANIZATION}\"\n"
            );
            writeln!(users, "{user}password_hash = \"{hash}\"").expect("a text takes more text");
        }
        let file = folder.path().join("users.toml");
        std::fs::write(&file, users).expect("the file can be written");
        let config = format!(
            "sandbox.enabled = true\nserver.workers = 2\n\
             [backends.memory]\nusers_file = {:?}\nconcurrent_verifications = 2\n",
            file.display().to_string()
        );
        Self { _folder: folder, config }
    }

    fn builder(&self) -> Builder {
        DataAdapter::builder().config(&self.config)
    }
}
