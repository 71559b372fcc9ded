use std::io;
use std::path::{Path, PathBuf};

use rusqlite::ffi::{
    SQLITE_BUSY, SQLITE_CANTOPEN, SQLITE_FULL, SQLITE_IOERR, SQLITE_IOERR_SHMSIZE, SQLITE_LOCKED,
    SQLITE_PERM, SQLITE_READONLY,
};
use thiserror::Error;

/// Why a file can't be opened, in a sentence that says what to do.
#[derive(Debug, Error)]
pub enum OpenError {
    /// The disk has no room.
    #[error(
        "the store {path} has no room on its disk: {reason}; make room, or name a file on another disk in `store.url`"
    )]
    Full {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        reason: String,
    },
    /// The disk is mounted for reading only.
    #[error(
        "the store {path} is on a disk that can only be read: {reason}; mount it for writing, or name a file on another \
         disk in `store.url`"
    )]
    ReadOnlyDisk {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        reason: String,
    },
    /// The file, one of those beside it, or the folder can't be written.
    #[error(
        "the store {path} can't be written: {reason}; give the service a folder that it owns, with all files in it"
    )]
    NotWritable {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        reason: String,
    },
    /// Another program holds a lock on it for longer than [`SqliteStore::open`](crate::SqliteStore::open) waits.
    #[error(
        "the store {path} is locked by another program: {reason}; end that one, such as a `sqlite3` or a backup, and start \
         again"
    )]
    Locked {
        /// Which file.
        path: PathBuf,
        /// What SQLite says.
        reason: String,
    },
    /// The disk can't read or write it.
    #[error(
        "the disk of the store {path} fails: {reason}; look into the log of the system, mend the disk, and start again, or \
         restore a backup on another one"
    )]
    DiskFails {
        /// Which file.
        path: PathBuf,
        /// What SQLite says.
        reason: String,
    },
    /// The file is not there, or empty, and its newest changes are.
    #[error(
        "the store {path} is gone, and {write_ahead} with its newest changes is still there: the file was deleted, moved or \
         emptied; put it back where it was, or, to go on with a backup or to begin anew, without its blocks and used codes, \
         remove {write_ahead} first"
    )]
    Missing {
        /// Which file.
        path: PathBuf,
        /// The write-ahead file that was beside it.
        write_ahead: PathBuf,
    },
    /// The process may not open as many files as the store needs.
    #[error(
        "the store {path} can't be opened: {reason}; raise the limit of open files (`ulimit -n`, `LimitNOFILE`)"
    )]
    TooManyFiles {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        reason: String,
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

impl OpenError {
    /// What the system said about the file or its folder.
    pub(crate) fn from_io(path: &Path, error: &io::Error) -> Self {
        let (path, reason, kind) = (path.to_owned(), error.to_string(), error.kind());
        if is_too_many_files(error) {
            Self::TooManyFiles { path, reason }
        } else if matches!(kind, io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) {
            Self::Full { path, reason }
        } else if kind == io::ErrorKind::ReadOnlyFilesystem {
            Self::ReadOnlyDisk { path, reason }
        } else {
            Self::NotWritable { path, reason }
        }
    }

    /// What SQLite said when it opened the file and brought it to this version.
    pub(crate) fn from_sqlite(path: &Path, error: &rusqlite::Error) -> Self {
        let (path, reason) = (path.to_owned(), error.to_string());
        let code = error.sqlite_error().map(|error| error.extended_code);
        // The lowest eight bits of a code are its kind: https://sqlite.org/rescode.html
        match (code.map(|code| code & 0xff), code) {
            (Some(SQLITE_FULL), _) | (_, Some(SQLITE_IOERR_SHMSIZE)) => Self::Full { path, reason },
            (Some(SQLITE_PERM | SQLITE_READONLY | SQLITE_CANTOPEN), _) => Self::NotWritable { path, reason },
            (Some(SQLITE_BUSY | SQLITE_LOCKED), _) => Self::Locked { path, reason },
            (Some(SQLITE_IOERR), _) => Self::DiskFails { path, reason },
            _ => Self::Unusable { path, reason },
        }
    }
}

/// Whether the limit of the process or that of the whole system is reached.
pub(crate) fn is_too_many_files(error: &io::Error) -> bool {
    let errno = rustix::io::Errno::from_io_error(error);
    errno.is_some_and(|errno| matches!(errno, rustix::io::Errno::MFILE | rustix::io::Errno::NFILE))
}
