//! Where lines go, and who may write there.
//!
//! Two locks guard a file. The one on `FILE.lock` is held by a service for as long as it lives: a second service is
//! refused, and a command learns whether there is one. The one on the file itself is held only while lines are written, so
//! that a command can add its own between those of the service.

use std::ffi::OsString;
use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::fd::AsFd as _;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustix::fs::FallocateFlags;
use rustix::io::Errno;

use super::tail::Tail;
use super::target::Target;

/// How long a lock is waited for: far longer than others hold it, and shorter than a request waits for its line.
const PATIENCE: Duration = Duration::from_secs(2);
const STEP: Duration = Duration::from_millis(5);

/// An open file that is only appended to, or standard output.
pub(crate) struct Sink {
    file: File,
    path: Option<PathBuf>,
    /// Whether it can be synced.
    is_regular: bool,
    /// Whether others may write it too.
    is_shared: bool,
    /// The lock of a service on it.
    service: Option<Arc<File>>,
    /// How long the file was when it was looked at or written last.
    end: u64,
    is_held: bool,
    /// Since when another file has the path, as far as anybody looked.
    elsewhere_since: Option<Instant>,
}

/// What happened to a file since it was looked at or written last.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Since {
    /// Nothing.
    Nothing,
    /// This was added.
    Added(Vec<u8>),
    /// It was cut, or more was added than anybody of us adds.
    Strange,
}

impl Sink {
    /// More than commands add between two lines of a service.
    const MOST_ADDED: u64 = 16 * 1024 * 1024;
    /// How long another file may have the path before SIGHUP comes: `logrotate` moves all of its files, and then sends it.
    const ROTATION: Duration = Duration::from_secs(5);
    /// More than a line takes.
    const ROOM: u64 = 16 * 1024;

    /// Opens it for a service, and makes it when there is none. A file is held until it is released.
    pub(crate) fn open(target: &Target, sync: bool) -> io::Result<(Self, Tail)> {
        match target {
            Target::File(path) => {
                make_folder(path)?;
                let file = open(path, true)?;
                if !file.metadata()?.is_file() {
                    return Ok((Self::stream(file, Some(path)), Tail::default()));
                }
                Self::held(file, path, sync, Some(Arc::new(lock_for_a_service(path)?)))
            }
            Target::Stdout => {
                let file = File::from(io::stdout().as_fd().try_clone_to_owned()?);
                Ok((Self::stream(file, None), Tail::default()))
            }
        }
    }

    /// Opens it for one line of a command. Held as by [`open`](Self::open).
    ///
    /// A service that was told to go on in this file may not have begun it yet. Only its first line says which chain the
    /// file is a part of, so that it is waited for.
    pub(crate) fn join(path: &Path, sync: bool) -> io::Result<(Self, Tail)> {
        make_folder(path)?;
        let joined = wait(|| Self::try_join(path, sync))?;
        joined.ok_or_else(|| {
            let why = "the service has not begun the file of this name; where the file was moved away, send it SIGHUP";
            io::Error::new(ErrorKind::WouldBlock, why)
        })
    }

    /// `None` when it is to be tried again.
    fn try_join(path: &Path, sync: bool) -> io::Result<Option<(Self, Tail)>> {
        let file = match open(path, false) {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                if is_served(path)? {
                    return Ok(None);
                }
                open(path, true)?
            }
            opened => opened?,
        };
        if !file.metadata()?.is_file() {
            return Ok(Some((Self::stream(file, Some(path)), Tail::default())));
        }
        let (sink, tail) = Self::held(file, path, sync, None)?;
        let was_moved = !names(path, &sink.file)?;
        if was_moved || (sink.is_empty() && is_served(path)?) {
            return Ok(None);
        }
        Ok(Some((sink, tail)))
    }

    /// What is no regular file: a pipe or a terminal, which nobody else writes.
    fn stream(file: File, path: Option<&Path>) -> Self {
        Self {
            file,
            path: path.map(Path::to_owned),
            is_regular: false,
            is_shared: false,
            service: None,
            end: 0,
            is_held: false,
            elsewhere_since: None,
        }
    }

    fn held(mut file: File, path: &Path, sync: bool, service: Option<Arc<File>>) -> io::Result<(Self, Tail)> {
        lock(&file)?;
        if sync {
            sync_folder(path)?;
        }
        let tail = Tail::read(&mut file)?;
        let end = file.metadata()?.len();
        let path = Some(path.to_owned());
        let sink = Self {
            file,
            path,
            is_regular: true,
            is_shared: true,
            service,
            end,
            is_held: true,
            elsewhere_since: None,
        };
        Ok((sink, tail))
    }

    /// The file that has its path now, if it is another one. Makes one when there is none. A pipe is none to go on in: what
    /// is written there is gone, and a full one that nobody reads would hold up the log for good.
    pub(crate) fn reopened(&self, sync: bool) -> io::Result<Option<(Self, Tail)>> {
        let Some(path) = &self.path else { return Ok(None) };
        if names(path, &self.file)? {
            return Ok(None);
        }
        make_folder(path)?;
        let file = open(path, true)?;
        if !file.metadata()?.is_file() {
            return Err(io::Error::new(ErrorKind::InvalidInput, "what has its name now is no regular file"));
        }
        let service = match &self.service {
            Some(lock) => Arc::clone(lock),
            None => Arc::new(lock_for_a_service(path)?),
        };
        Self::held(file, path, sync, Some(service)).map(Some)
    }

    /// Whether nothing that is written to the file will be found again: it has no name any more.
    pub(crate) fn is_deleted(&self) -> io::Result<bool> {
        Ok(self.is_regular && self.file.metadata()?.nlink() == 0)
    }

    /// Looks whether its path still leads to it. While files are rotated it does not, for a moment.
    pub(crate) fn check_place(&mut self) -> io::Result<()> {
        let Some(path) = self.path.as_deref().filter(|_| self.is_shared) else { return Ok(()) };
        if names(path, &self.file)? {
            self.elsewhere_since = None;
            return Ok(());
        }
        let since = *self.elsewhere_since.get_or_insert_with(Instant::now);
        if since.elapsed() < Self::ROTATION {
            return Ok(());
        }
        Err(io::Error::other(
            "its file was moved away; SIGHUP makes the log go on in the one that has its name now",
        ))
    }

    /// Makes sure of room for the next lines, without writing any.
    pub(crate) fn check_room(&self) -> io::Result<()> {
        if !self.is_regular {
            return Ok(());
        }
        match rustix::fs::fallocate(&self.file, FallocateFlags::KEEP_SIZE, self.end, Self::ROOM) {
            // Not every file system can.
            Err(Errno::OPNOTSUPP | Errno::NOSYS) => Ok(()),
            result => Ok(result?),
        }
    }

    /// Keeps others from writing it until it is released, and says what they did before.
    pub(crate) fn hold(&mut self) -> io::Result<Since> {
        if self.is_held || !self.is_shared {
            return Ok(Since::Nothing);
        }
        if self.is_deleted()? {
            return Err(io::Error::other("its file was deleted; SIGHUP makes the log go on in a new one"));
        }
        lock(&self.file)?;
        self.is_held = true;
        let since = self.since();
        if since.is_err() {
            self.release();
        }
        since
    }

    fn since(&mut self) -> io::Result<Since> {
        let length = self.file.metadata()?.len();
        let since = match length.checked_sub(self.end) {
            Some(0) => Since::Nothing,
            Some(added @ ..=Self::MOST_ADDED) => Since::Added(self.read(self.end, added)?),
            Some(_) | None => Since::Strange,
        };
        self.end = length;
        Ok(since)
    }

    /// Lets others write it.
    pub(crate) fn release(&mut self) {
        if std::mem::take(&mut self.is_held)
            && let Err(error) = self.file.unlock()
        {
            tracing::error!(%error, "the lock of the audit file can't be given back");
        }
    }

    /// Whether it is a file with nothing in it.
    pub(crate) fn is_empty(&self) -> bool {
        self.is_shared && self.end == 0
    }

    /// Whether the last byte of a file is none that ends a line.
    pub(crate) fn ends_within_a_line(&mut self) -> bool {
        let last = self.end.checked_sub(1).and_then(|start| self.read(start, 1).ok());
        last.is_some_and(|last| last != b"\n")
    }

    fn read(&mut self, start: u64, length: u64) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.file.seek(SeekFrom::Start(start))?;
        (&self.file).take(length).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// Writes `bytes` with one call, unless the system takes only a part of them. How many it took, and why not all.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> (usize, io::Result<()>) {
        let mut written = 0;
        let mut result = Ok(());
        while written < bytes.len() {
            match self.file.write(&bytes[written..]) {
                Ok(0) => {
                    result = Err(ErrorKind::WriteZero.into());
                    break;
                }
                Ok(count) => written += count,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => {
                    result = Err(error);
                    break;
                }
            }
        }
        self.end += written as u64;
        (written, result)
    }

    pub(crate) fn sync(&self) -> io::Result<()> {
        if self.is_regular { self.file.sync_data() } else { Ok(()) }
    }
}

#[cfg(test)]
impl Sink {
    pub(crate) fn over(file: File) -> Self {
        Self { is_regular: true, ..Self::stream(file, None) }
    }

    pub(crate) fn at(file: File, path: PathBuf) -> Self {
        Self { path: Some(path), ..Self::over(file) }
    }

    /// Takes what was added for its own.
    pub(crate) fn look(&mut self) {
        self.end = self.file.metadata().map_or(0, |metadata| metadata.len());
    }
}

fn make_folder(file: &Path) -> io::Result<()> {
    match file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        Some(folder) => DirBuilder::new().recursive(true).mode(0o700).create(folder),
        None => Ok(()),
    }
}

fn open(path: &Path, create: bool) -> io::Result<File> {
    OpenOptions::new().read(true).append(true).create(create).mode(0o600).open(path)
}

/// Whether `path` names this file.
fn names(path: &Path, file: &File) -> io::Result<bool> {
    let ours = file.metadata()?;
    match std::fs::metadata(path) {
        Ok(theirs) => Ok((theirs.dev(), theirs.ino()) == (ours.dev(), ours.ino())),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
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

/// Keeps lines of two processes apart.
fn lock(file: &File) -> io::Result<()> {
    wait(|| try_lock(file))?.ok_or_else(|| {
        io::Error::new(ErrorKind::WouldBlock, "another process keeps it locked and does not go on")
    })
}

/// Two services would not hear of the same SIGHUP, and each move the file away from under the other.
fn lock_for_a_service(file: &Path) -> io::Result<File> {
    let path = lock_file(file);
    let open = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&path);
    let lock = open.map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))?;
    // A command that looks whether there is a service holds it for a moment.
    let locked = wait(|| try_lock(&lock))?;
    locked.ok_or_else(|| io::Error::new(ErrorKind::WouldBlock, "another process is writing it"))?;
    Ok(lock)
}

/// Whether there is a service that writes `file`.
fn is_served(file: &Path) -> io::Result<bool> {
    let lock = match OpenOptions::new().write(true).open(lock_file(file)) {
        Ok(lock) => lock,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    match lock.try_lock_shared() {
        Ok(()) => Ok(false),
        Err(TryLockError::WouldBlock) => Ok(true),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

fn lock_file(file: &Path) -> PathBuf {
    let mut path = OsString::from(file);
    path.push(".lock");
    path.into()
}

fn try_lock(file: &File) -> io::Result<Option<()>> {
    match file.try_lock() {
        Ok(()) => Ok(Some(())),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Tries until there is something, or it took too long.
fn wait<T>(mut attempt: impl FnMut() -> io::Result<Option<T>>) -> io::Result<Option<T>> {
    let steps = PATIENCE.as_millis() / STEP.as_millis();
    for _ in 0..steps {
        if let Some(found) = attempt()? {
            return Ok(Some(found));
        }
        std::thread::sleep(STEP);
    }
    attempt()
}
