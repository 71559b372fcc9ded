//! Where `data-adapter reload` asks the service that runs: a Unix socket. Whoever connects asks for a reload, and reads what came of it.

use std::fs::{Permissions, remove_file, set_permissions};
use std::io::{ErrorKind, Read as _};
use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _};
use std::os::unix::net::UnixStream as BlockingStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use data_adapter_audit::Operator;
use nix::unistd::Uid;
use tokio::io::AsyncWriteExt as _;
use tokio::net::{UnixListener, UnixStream};
use tokio::time::{sleep, timeout};

use super::Report;
use crate::failure::Failure;
use crate::operator;

/// The socket, until it is dropped.
pub(crate) struct Control {
    listener: UnixListener,
    path: PathBuf,
}

/// Somebody who asks.
pub(super) struct Asking {
    stream: UnixStream,
    pub(super) operator: Operator,
}

impl Control {
    /// Takes the path. What a process left there that did not end by itself is taken away.
    pub(crate) fn listen(path: &Path) -> Result<Self, Failure> {
        let unusable = |why: &dyn std::fmt::Display| {
            Failure::Failed(format!("`server.control_socket` {} can't be used: {why}", path.display()))
        };
        if BlockingStream::connect(path).is_ok() {
            return Err(unusable(&"another process listens there"));
        }
        if path.symlink_metadata().is_ok_and(|found| found.file_type().is_socket()) {
            remove_file(path).map_err(|error| unusable(&error))?;
        }
        let listener = UnixListener::bind(path).map_err(|error| unusable(&error))?;
        set_permissions(path, Permissions::from_mode(0o600)).map_err(|error| unusable(&error))?;
        Ok(Self { listener, path: path.to_owned() })
    }

    async fn accept(&self) -> Asking {
        /// As long as there are no files for a connection.
        const PAUSE: Duration = Duration::from_secs(1);
        loop {
            match self.listener.accept().await {
                Ok((stream, _)) => {
                    if let Some(asking) = Asking::new(stream) {
                        return asking;
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, "who asks at the control socket can't be heard");
                    sleep(PAUSE).await;
                }
            }
        }
    }
}

impl Drop for Control {
    fn drop(&mut self) {
        // It may be gone with its folder.
        let _ = remove_file(&self.path);
    }
}

/// Waits for the next who asks; for ever where there is no socket.
pub(super) async fn next(control: Option<&Control>) -> Asking {
    match control {
        Some(control) => control.accept().await,
        None => std::future::pending().await,
    }
}

impl Asking {
    /// `None` for a user who may not ask: neither the one of this process nor root.
    fn new(stream: UnixStream) -> Option<Self> {
        let peer = stream.peer_cred().ok()?;
        let uid = peer.uid();
        if uid != Uid::effective().as_raw() && uid != 0 {
            tracing::warn!(uid, "a user who may not asked for the configuration to be read again");
            return None;
        }
        Some(Self { stream, operator: operator::of(uid, peer.pid().unwrap_or_default()) })
    }

    /// Says what came of it. Who asked may have gone.
    pub(super) async fn answer(mut self, report: &Report) {
        const PATIENCE: Duration = Duration::from_secs(5);
        let text = serde_json::to_string(report).unwrap_or_default();
        let answer = async {
            self.stream.write_all(text.as_bytes()).await?;
            self.stream.shutdown().await
        };
        if !matches!(timeout(PATIENCE, answer).await, Ok(Ok(()))) {
            tracing::warn!("who asked for the configuration to be read again has not heard what came of it");
        }
    }
}

/// Asks the service that listens at `path`, and waits until it has read its configuration.
#[expect(clippy::wildcard_enum_match_arm, reason = "the kinds of I/O errors are open-ended")]
pub(crate) fn ask(path: &Path) -> Result<Report, Failure> {
    /// Longer than reading takes, on a machine that is busy.
    const PATIENCE: Duration = Duration::from_secs(300);
    let fail = |why: &str| Err(Failure::Failed(format!("{why} at {}", path.display())));
    let mut stream = match BlockingStream::connect(path) {
        Ok(stream) => stream,
        Err(error) => {
            return match error.kind() {
                ErrorKind::NotFound | ErrorKind::ConnectionRefused => fail("no service listens"),
                ErrorKind::PermissionDenied => fail("this user may not ask the service that listens"),
                _ => fail(&format!("the service can't be asked ({error})")),
            };
        }
    };
    let mut text = String::new();
    let read = stream.set_read_timeout(Some(PATIENCE)).and_then(|()| stream.read_to_string(&mut text));
    match read {
        Ok(_) => serde_json::from_str(&text).or_else(|_| {
            fail("the service did not say what came of it, or this user may not ask; its log says more")
        }),
        Err(error) => fail(&format!("the service did not say what came of it ({error})")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> Report {
        Report::Done { changed: vec!["otp.tries".to_owned()], needs_restart: Vec::new() }
    }

    #[tokio::test]
    async fn who_asks_is_known_and_hears_what_came_of_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("control");
        let control = Control::listen(&path).unwrap();
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        let at = path.clone();
        let asked = tokio::task::spawn_blocking(move || ask(&at));
        let asking = next(Some(&control)).await;
        assert_eq!(asking.operator.uid, Uid::effective().as_raw());
        asking.answer(&report()).await;
        assert_eq!(asked.await.unwrap().unwrap(), report());
        drop(control);
        assert!(!path.exists(), "it is left behind");
    }

    #[tokio::test]
    async fn one_process_listens_and_takes_the_place_of_one_that_is_gone_but_of_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("control");
        let first = Control::listen(&path).unwrap();
        assert!(Control::listen(&path).is_err(), "two would listen");
        drop(first);
        // As a process leaves it that is killed.
        drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
        drop(Control::listen(&path).expect("nobody listens there"));
        std::fs::write(&path, "a file").unwrap();
        assert!(Control::listen(&path).is_err());
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "a file");
    }

    #[tokio::test]
    async fn where_nobody_listens_that_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("control");
        let why = ask(&path).unwrap_err().to_string();
        assert_eq!(why, format!("no service listens at {}", path.display()));
    }
}
