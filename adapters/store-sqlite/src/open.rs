use std::fs::{DirBuilder, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions as _, SqliteConnection};
use thiserror::Error;

use crate::SqliteStore;
use crate::writer::Writer;

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// Why a file can't be opened, in a sentence that says what to do.
#[derive(Debug, Error)]
pub enum OpenError {
    /// The file or its folder can't be written.
    #[error("the store {path} can't be written: {source}; give the service a folder that it owns")]
    NotWritable {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A newer version of the program made the file.
    #[error(
        "the store {0} was written by a newer version; run that version, or restore a backup of this one"
    )]
    Newer(PathBuf),
    /// It is no store, or it is damaged.
    #[error(
        "the store {path} can't be used: {reason}; restore a backup, or name another file in `store.url`"
    )]
    Unusable {
        /// Which file.
        path: PathBuf,
        /// What SQLite says.
        reason: String,
    },
}

impl SqliteStore {
    /// How many requests may read at once.
    const READERS: u32 = 4;

    /// Opens the file, makes it when there is none, and brings it to this version. Has to be called, and the store to be
    /// used, within a tokio runtime.
    ///
    /// # Errors
    ///
    /// [`OpenError`].
    pub async fn open(path: &Path) -> Result<Self, OpenError> {
        make_private(path).map_err(|source| OpenError::NotWritable { path: path.to_owned(), source })?;
        let unusable = |reason: String| OpenError::Unusable { path: path.to_owned(), reason };
        let options = options(path);
        let mut connection = options.connect().await.map_err(|error| unusable(error.to_string()))?;
        migrate(&mut connection, path).await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(Self::READERS)
            .acquire_timeout(Duration::from_secs(5))
            .connect_lazy_with(options.clone());
        Ok(Self { writer: Writer::start(options, connection), readers })
    }
}

fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(Duration::from_secs(5))
        .disable_statement_logging()
}

async fn migrate(connection: &mut SqliteConnection, path: &Path) -> Result<(), OpenError> {
    MIGRATIONS.run(connection).await.map_err(|error| {
        if matches!(error, MigrateError::VersionMissing(_)) {
            return OpenError::Newer(path.to_owned());
        }
        OpenError::Unusable { path: path.to_owned(), reason: error.to_string() }
    })
}

/// Makes the folder and the file, for this user only. SQLite gives its other files the rights of this one.
fn make_private(path: &Path) -> io::Result<()> {
    let mut folder = DirBuilder::new();
    let mut file = OpenOptions::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
        folder.mode(0o700);
        file.mode(0o600);
    }
    if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        folder.recursive(true).create(parent)?;
    }
    file.create(true).append(true).open(path).map(drop)
}
