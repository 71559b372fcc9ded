use thiserror::Error;

use crate::SettingsError;

/// Why a store can't be opened, in a sentence that says what to do.
#[derive(Debug, Error)]
pub enum OpenError {
    /// A setting can't be used.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// No server answers that can be written.
    #[error(
        "the PostgreSQL store can't be reached: {0}; look at `store.url`, at the password, and at whether one of the servers can be \
         written"
    )]
    Unreachable(String),
    /// Something stands between that lends a session for one transaction at a time.
    #[error(
        "a pooler stands between the program and PostgreSQL that lends a session for one transaction at a time: without knowing of it \
         the program would read answers that are not its own; set `store.pooler = \"transaction\"`"
    )]
    UnknownPooler,
    /// Something stands between that lends a session for one statement at a time.
    #[error(
        "a pooler stands between the program and PostgreSQL that allows no transactions: {0}; let it lend sessions for a transaction \
         (`pool_mode = transaction`)"
    )]
    NoTransactions(String),
    /// A newer version of the program has changed the schema.
    #[error(
        "the PostgreSQL store was brought to version {found} by a newer program, and this one knows {known}; run that one, or restore \
         a backup"
    )]
    Newer {
        /// The version of the schema.
        found: i32,
        /// The newest that this program knows.
        known: i32,
    },
    /// The schema can't be made, or brought to this version.
    #[error(
        "the schema of the PostgreSQL store can't be brought to this version: {0}; give the user of `store.url`, or of \
         `store.migrations_url`, the right to make tables, or let somebody who has it start the program once"
    )]
    Schema(String),
}

impl OpenError {
    /// Whether the configuration is to blame.
    #[must_use]
    pub fn is_configuration(&self) -> bool {
        match self {
            Self::Settings(_) | Self::UnknownPooler | Self::NoTransactions(_) => true,
            Self::Unreachable(_) | Self::Newer { .. } | Self::Schema(_) => false,
        }
    }
}
