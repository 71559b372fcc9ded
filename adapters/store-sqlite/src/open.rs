use std::fs::{DirBuilder, File, OpenOptions};
use std::io;
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use crate::open_error::is_too_many_files;
use crate::place::{self, Place};
use crate::reader::Reader;
use crate::writer::Writer;
use crate::{OpenError, SqliteStore};

/// What each version adds to the file. `user_version` of the file says how many of them it has.
const VERSIONS: [&str; 7] = [
    include_str!("../migrations/0001_create.sql"),
    include_str!("../migrations/0002_ended_operations.sql"),
    include_str!("../migrations/0003_requests.sql"),
    include_str!("../migrations/0004_factors.sql"),
    include_str!("../migrations/0005_deliveries.sql"),
    include_str!("../migrations/0006_consents.sql"),
    include_str!("../migrations/0007_reservations.sql"),
];

impl SqliteStore {
    /// Opens the file, makes it when there is none, and brings it to this version. Waits for the disk. The store has to be
    /// used within a tokio runtime.
    ///
    /// # Errors
    ///
    /// [`OpenError`].
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        let of_system = |error| OpenError::from_io(path, &error);
        let of_sqlite = |error| OpenError::from_sqlite(path, &error);
        find_room_for_files().map_err(of_system)?;
        if let Some(write_ahead) = place::orphan(path).map_err(of_system)? {
            return Err(OpenError::Missing { path: path.to_owned(), write_ahead });
        }
        make_private(path).map_err(of_system)?;
        let mut writing = connect(path).map_err(of_sqlite)?;
        if !migrate(&mut writing).map_err(of_sqlite)? {
            return Err(OpenError::Newer(path.to_owned()));
        }
        let reading = connect(path).map_err(of_sqlite)?;
        reading.pragma_update(None, "query_only", true).map_err(of_sqlite)?;
        let place = Place::of(path).map_err(of_system)?;
        Ok(Self {
            writer: Writer::start(place, writing).map_err(of_system)?,
            reader: Reader::start(reading).map_err(of_system)?,
        })
    }
}

/// A connection whose commits are on the disk when they are over.
pub(crate) fn connect(path: &Path) -> rusqlite::Result<Connection> {
    /// Longer than another process writes at a time.
    const BUSY: Duration = Duration::from_secs(5);
    /// More statements than there are in this crate.
    const STATEMENTS: usize = 128;
    /// Kept in memory; in KiB, which SQLite writes below zero.
    const CACHE: i32 = -16_384;
    /// Pages of 4 KiB after which the newest changes are folded into the file. A page that many changes touch is then written
    /// there once.
    const FOLD_AFTER: i32 = 8_192;

    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "cache_size", CACHE)?;
    connection.pragma_update(None, "wal_autocheckpoint", FOLD_AFTER)?;
    Ok(connection)
}

/// Brings the file to this version: false when it is of a newer one. Writes in any case, so that a store that can't be
/// written is refused now and not at the first request.
fn migrate(connection: &mut Connection) -> rusqlite::Result<bool> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let version: isize = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let Some(missing) = VERSIONS.get(version.cast_unsigned()..) else { return Ok(false) };
    for statements in missing {
        transaction.execute_batch(statements)?;
    }
    transaction.pragma_update(None, "user_version", VERSIONS.len().cast_signed())?;
    transaction.commit()?;
    Ok(true)
}

/// Fails when the process may not open as many files as two connections have open. SQLite says of that only that it can't open
/// one.
fn find_room_for_files() -> io::Result<()> {
    /// The store, what is beside it, and what is made for a moment while the store is brought to this version.
    const FILES: usize = 8;
    let files: Result<Vec<_>, _> = (0..FILES).map(|_| File::open("/dev/null")).collect();
    match files {
        Err(error) if is_too_many_files(&error) => Err(error),
        _ => Ok(()),
    }
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
