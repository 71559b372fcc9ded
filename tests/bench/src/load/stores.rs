//! The stores that are measured.

use data_adapter_testkit::Postgres;

/// Where codes are kept.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Store {
    Memory,
    Sqlite,
    Postgres,
}

impl Store {
    pub(crate) const ALL: [Self; 3] = [Self::Memory, Self::Sqlite, Self::Postgres];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Memory => "memory",
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }

    /// What another build over it is called.
    pub(crate) fn name_of_other(self) -> &'static str {
        match self {
            Self::Memory => "memory, other",
            Self::Sqlite => "sqlite, other",
            Self::Postgres => "postgres, other",
        }
    }

    /// A new one; `None` where its server is not installed. A file is called as it says.
    pub(crate) fn url(self, name: &str, server: Option<&Postgres>) -> Option<String> {
        match self {
            Self::Memory => Some("memory:".to_owned()),
            Self::Sqlite => Some(format!("sqlite:{name}.db")),
            Self::Postgres => server.map(|server| server.socket_url(&server.user())),
        }
    }
}
