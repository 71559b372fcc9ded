use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// A server that is started may take this long until it answers.
const PATIENCE: Duration = Duration::from_secs(120);

/// How a server says that it is up.
#[derive(Clone, Copy)]
pub(crate) enum Ready<'a> {
    /// By a line of its log.
    Line(&'a str),
    /// By a file that it makes.
    #[cfg(feature = "slapd")]
    File(&'a Path),
}

/// A server in the foreground, whose log is a file; it ends when this is dropped.
pub(crate) struct Process {
    child: Option<Child>,
    log: PathBuf,
}

impl Process {
    /// One that is not started yet.
    pub(crate) fn new(log: PathBuf) -> Self {
        Self { child: None, log }
    }

    /// Runs `command`. Whether it says that it is up now, and takes connections at `addresses`: it does not where somebody
    /// else has its port.
    pub(crate) fn start(
        &mut self,
        command: &mut Command,
        ready: Ready<'_>,
        addresses: &[SocketAddr],
    ) -> bool {
        let before = self.times(ready);
        let log = std::fs::File::options().create(true).append(true).open(&self.log);
        let log = log.expect("the log can be written");
        let copy = log.try_clone().expect("the log can be written");
        let child = command.stdin(Stdio::null()).stdout(copy).stderr(log).spawn();
        self.child = Some(child.expect("the server can be run"));
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            if self.times(ready) > before
                && addresses.iter().all(|address| TcpStream::connect(address).is_ok())
            {
                return true;
            }
            let child = self.child.as_mut().expect("it was started");
            if child.try_wait().expect("it can be waited for").is_some() {
                return false;
            }
            sleep(Duration::from_millis(10));
        }
        self.stop();
        false
    }

    /// How often it has said that it is up.
    fn times(&self, ready: Ready<'_>) -> usize {
        match ready {
            Ready::Line(line) => self.log().matches(line).count(),
            #[cfg(feature = "slapd")]
            Ready::File(file) => usize::from(file.exists()),
        }
    }

    /// Ends it at once, as a crash would.
    pub(crate) fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            // It may have ended by itself.
            drop(child.kill());
            drop(child.wait());
        }
    }

    /// The number of its process, while it runs.
    #[cfg(feature = "postgres")]
    pub(crate) fn id(&self) -> Option<u32> {
        self.child.as_ref().map(Child::id)
    }

    /// Ends it as an administrator does, and waits until it has.
    #[cfg(feature = "slapd")]
    pub(crate) fn end(&mut self) {
        self.signal("TERM");
        let child = self.child.take();
        drop(child.expect("it runs").wait());
    }

    /// Lets it hang: connections are taken, and nothing is answered.
    pub(crate) fn freeze(&self) {
        self.signal("STOP");
        let start = Instant::now();
        while !self.is_frozen() {
            assert!(start.elapsed() < PATIENCE, "the server does not stop");
            sleep(Duration::from_millis(1));
        }
    }

    /// Ends the hanging.
    pub(crate) fn thaw(&self) {
        self.signal("CONT");
    }

    pub(crate) fn log(&self) -> String {
        std::fs::read(&self.log).map(|log| String::from_utf8_lossy(&log).into_owned()).unwrap_or_default()
    }

    /// Whether every thread is stopped.
    fn is_frozen(&self) -> bool {
        let child = self.child.as_ref().expect("it runs");
        let threads =
            std::fs::read_dir(format!("/proc/{}/task", child.id())).expect("the threads can be listed");
        threads.flatten().all(|thread| {
            let status = std::fs::read_to_string(thread.path().join("stat")).unwrap_or_default();
            status.rsplit(')').next().is_some_and(|state| state.trim_start().starts_with('T'))
        })
    }

    fn signal(&self, name: &str) {
        let child = self.child.as_ref().expect("it runs");
        let sent = Command::new("kill").arg(format!("-{name}")).arg(child.id().to_string()).status();
        assert!(sent.expect("kill can be run").success(), "the signal {name} could not be sent");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Whether a server is installed.
///
/// # Panics
///
/// When it is not although `CI` is `true`: there no test is left out.
pub(crate) fn is_installed(files: &[&str]) -> bool {
    let missing = files.iter().find(|file| !Path::new(file).exists());
    let is_needed = std::env::var_os("CI").is_some_and(|ci| ci == "true");
    assert!(missing.is_none() || !is_needed, "{missing:?} is missing; .ci/install installs it");
    missing.is_none()
}

/// Runs a tool to its end, and panics with what it said when it fails.
pub(crate) fn run(command: &mut Command) {
    let output = command.stdin(Stdio::null()).output().expect("the tool can be run");
    let said = [output.stdout, output.stderr].concat();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&said));
}
