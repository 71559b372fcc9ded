//! Where lines go.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Write as _};
use std::os::fd::AsFd as _;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use crate::log::Target;
use crate::tail::Tail;

/// An open file that is only appended to, or standard output.
pub(crate) struct Sink {
    file: File,
    path: Option<PathBuf>,
    /// Whether it can be synced and told from another.
    is_regular: bool,
}

impl Sink {
    pub(crate) fn open(target: &Target, sync: bool) -> io::Result<(Self, Tail)> {
        match target {
            Target::File(path) => Self::open_file(path, sync),
            Target::Stdout => {
                let file = File::from(io::stdout().as_fd().try_clone_to_owned()?);
                Ok((Self { file, path: None, is_regular: false }, Tail::default()))
            }
        }
    }

    fn open_file(path: &Path, sync: bool) -> io::Result<(Self, Tail)> {
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        }
        let mut file = OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(path)?;
        let is_regular = file.metadata()?.is_file();
        let tail = if is_regular {
            lock(&file)?;
            if sync {
                sync_folder(path)?;
            }
            Tail::read(&mut file)?
        } else {
            Tail::default()
        };
        Ok((Self { file, path: Some(path.to_owned()), is_regular }, tail))
    }

    /// The file that has its path now, if it is another one. Makes one when there is none.
    pub(crate) fn reopened(&self, sync: bool) -> io::Result<Option<(Self, Tail)>> {
        let Some(path) = self.path.as_deref().filter(|_| self.is_regular) else { return Ok(None) };
        let ours = self.file.metadata()?;
        match std::fs::metadata(path) {
            Ok(theirs) if (theirs.dev(), theirs.ino()) == (ours.dev(), ours.ino()) => Ok(None),
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            Ok(_) | Err(_) => Self::open_file(path, sync).map(Some),
        }
    }

    /// Writes `bytes` with one call, unless the system takes only a part of them. How many it took, and why not all.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> (usize, io::Result<()>) {
        let mut written = 0;
        while written < bytes.len() {
            match self.file.write(&bytes[written..]) {
                Ok(0) => return (written, Err(ErrorKind::WriteZero.into())),
                Ok(count) => written += count,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return (written, Err(error)),
            }
        }
        (written, Ok(()))
    }

    pub(crate) fn sync(&self) -> io::Result<()> {
        if self.is_regular { self.file.sync_data() } else { Ok(()) }
    }
}

#[cfg(test)]
impl Sink {
    pub(crate) fn over(file: File) -> Self {
        Self { file, path: None, is_regular: true }
    }

    pub(crate) fn at(file: File, path: PathBuf) -> Self {
        Self { file, path: Some(path), is_regular: true }
    }
}

/// Without its name on the disk, a file may be gone after a power cut, whatever of its lines is there.
fn sync_folder(file: &Path) -> io::Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match File::open(folder)?.sync_all() {
        // Some file systems can't, and keep names in their own way.
        Err(error) if matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::Unsupported) => Ok(()),
        result => result,
    }
}

/// Two writers would tear the chain.
fn lock(file: &File) -> io::Result<()> {
    file.try_lock().map_err(|error| match error {
        TryLockError::WouldBlock => io::Error::new(ErrorKind::WouldBlock, "another process is writing it"),
        TryLockError::Error(error) => error,
    })
}
