//! Whether the files that are open are those that have the names, and whole.
//!
//! A file that was deleted or replaced goes on taking changes, all of which are gone when the process ends: blocks, and
//! that a code was used. So the writer looks before each commit, and keeps nothing where nobody would find it again.

use std::ffi::OsString;
use std::fs::{self, Metadata};
use std::io::{self, ErrorKind};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use thiserror::Error;

/// Why changes can't be kept.
#[derive(Debug, Error)]
pub(crate) enum WriteError {
    /// Another file has the name, or none.
    #[error(
        "{0} is not the file that is open: it was deleted or replaced. Put the right one back, or stop the program and \
         restore a backup, without the `-wal` that is beside it"
    )]
    Moved(PathBuf),
    /// Changes that are not in the store's file yet are gone from the one beside it.
    #[error("{0} was cut off: changes in it are lost. Restart, or restore a backup: {1}")]
    Cut(PathBuf, rusqlite::Error),
    /// The name can't be looked up.
    #[error("{0} can't be looked at: {1}")]
    Unseen(PathBuf, io::Error),
    /// SQLite said so.
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
}

/// The names of the store's file and of the write-ahead file beside it, and which files they were when they were opened.
pub(crate) struct Place {
    store: Named,
    write_ahead: Named,
    /// How long the write-ahead file was when it was looked at last. It is written over from its beginning, and does not
    /// become shorter by that.
    length: u64,
}

/// A name, and the device and the number of its file.
struct Named {
    path: PathBuf,
    file: (u64, u64),
}

/// Where SQLite keeps the newest changes of a file: it follows links, and keeps them beside the file that they lead to.
fn write_ahead(store: PathBuf) -> PathBuf {
    let mut name = OsString::from(store);
    name.push("-wal");
    name.into()
}

/// The write-ahead file of a store that is not there; `None` when the store is there, or never was. SQLite would begin a new
/// store and throw these changes away. An empty file is no store either: what goes to the write-ahead file comes after the
/// first page of the store itself.
pub(crate) fn orphan(path: &Path) -> io::Result<Option<PathBuf>> {
    let least = match fs::metadata(path) {
        Ok(metadata) if metadata.len() > 0 => return Ok(None),
        // A start that failed may have left both without anything in them.
        Ok(_) => 1,
        Err(error) if error.kind() == ErrorKind::NotFound => 0,
        Err(error) => return Err(error),
    };
    let store = fs::canonicalize(path).or_else(|_| {
        let link = fs::read_link(path)?;
        Ok::<_, io::Error>(path.parent().map_or_else(|| link.clone(), |folder| folder.join(&link)))
    });
    let write_ahead = write_ahead(store.unwrap_or_else(|_| path.to_owned()));
    let is_there = fs::metadata(&write_ahead).is_ok_and(|metadata| metadata.len() >= least);
    Ok(is_there.then_some(write_ahead))
}

impl Place {
    /// Remembers the files of a store that is open.
    pub(crate) fn of(path: &Path) -> io::Result<Self> {
        let (write_ahead, metadata) = Named::of(write_ahead(fs::canonicalize(path)?))?;
        Ok(Self { store: Named::of(path.to_owned())?.0, write_ahead, length: metadata.len() })
    }

    /// The name of the store's file.
    pub(crate) fn path(&self) -> &Path {
        &self.store.path
    }

    /// Looks whether both names still lead to the files that are open.
    pub(crate) fn check(&self) -> Result<(), WriteError> {
        self.store.look().and_then(|_| self.write_ahead.look()).map(drop)
    }

    /// Looks whether the write-ahead file lost something. Another process may empty it after it folded all of it into the
    /// store's file; then there is nothing left to fold. Else folding fails, before anything is written behind the gap.
    pub(crate) fn check_length(&mut self, connection: &Connection) -> Result<(), WriteError> {
        let length = self.write_ahead.look()?.len();
        if length < self.length {
            let folded = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
            folded.map_err(|error| WriteError::Cut(self.write_ahead.path.clone(), error))?;
        }
        self.length = length;
        Ok(())
    }

    /// Remembers how long the write-ahead file is after a commit.
    pub(crate) fn committed(&mut self) -> Result<(), WriteError> {
        self.length = self.write_ahead.look()?.len();
        Ok(())
    }
}

impl Named {
    fn of(path: PathBuf) -> io::Result<(Self, Metadata)> {
        let metadata = fs::metadata(&path)?;
        Ok((Self { path, file: (metadata.dev(), metadata.ino()) }, metadata))
    }

    fn look(&self) -> Result<Metadata, WriteError> {
        match fs::metadata(&self.path) {
            Ok(metadata) if (metadata.dev(), metadata.ino()) == self.file => Ok(metadata),
            Ok(_) => Err(WriteError::Moved(self.path.clone())),
            Err(error) if error.kind() == ErrorKind::NotFound => Err(WriteError::Moved(self.path.clone())),
            Err(error) => Err(WriteError::Unseen(self.path.clone(), error)),
        }
    }
}
