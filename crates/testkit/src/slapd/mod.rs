//! A real LDAP server for tests: Debian's `slapd`, with a folder, ports and certificates of its own.

mod certificates;
mod files;

use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// Where Debian puts it.
const PROGRAM: &str = "/usr/sbin/slapd";
/// The log line shortly after which connections are taken.
const IS_UP: &str = "slapd starting";
const PATIENCE: Duration = Duration::from_secs(20);

/// A directory server on this machine with the people of a bank; it ends when it is dropped.
///
/// | user | id | organization | password |
/// |---|---|---|---|
/// | `user1234` | `12345678` | `RETAIL` | `s3cret` |
/// | `locked`, whose account is locked | `20000001` | `RETAIL` | `s3cret` |
/// | `strict`, locked after three wrong passwords | `20000002` | `RETAIL` | `s3cret` |
/// | `user1234` | `30000001` | `SME` | `other-s3cret` |
///
/// Nobody but [`SERVICE_DN`](Self::SERVICE_DN) may read anything.
pub struct Slapd {
    folder: TempDir,
    port: u16,
    tls_port: u16,
    log_level: &'static str,
    child: Option<Child>,
}

/// What a server is to be like, beside the bank that every one has.
#[derive(Clone, Debug, Default)]
pub struct SlapdBuilder {
    pub(crate) entries: String,
    pub(crate) global: String,
    pub(crate) database: String,
    pub(crate) access: String,
    pub(crate) is_quiet: bool,
}

impl SlapdBuilder {
    /// With more entries, in LDIF.
    #[must_use]
    pub fn entries(mut self, ldif: &str) -> Self {
        self.entries += ldif;
        self
    }

    /// With more lines in the global part of `slapd.conf`.
    #[must_use]
    pub fn global(mut self, lines: &str) -> Self {
        self.global += &format!("{lines}\n");
        self
    }

    /// With more lines after the password-policy overlay of the database.
    #[must_use]
    pub fn database(mut self, lines: &str) -> Self {
        self.database += &format!("{lines}\n");
        self
    }

    /// With rules of access that come before the others.
    #[must_use]
    pub fn access(mut self, lines: &str) -> Self {
        self.access += &format!("{lines}\n");
        self
    }

    /// Without a log of who connects, binds and searches, as in production: writing it takes much of the server's time.
    #[must_use]
    pub fn quiet(mut self) -> Self {
        self.is_quiet = true;
        self
    }

    /// Starts it; `None` where `slapd` is not installed.
    ///
    /// # Panics
    ///
    /// When it does not start, or is not installed although `CI` is `true`: there no test is left out.
    #[must_use]
    pub fn start(self) -> Option<Slapd> {
        let is_here = Path::new(PROGRAM).exists();
        let is_needed = std::env::var_os("CI").is_some_and(|ci| ci == "true");
        assert!(is_here || !is_needed, "slapd is missing; .ci/install installs it");
        is_here.then(|| Slapd::new(&self))
    }
}

impl Slapd {
    /// What all entries are under.
    pub const BASE: &str = "dc=bank,dc=test";
    /// Who may read the entries.
    pub const SERVICE_DN: &str = "cn=data-adapter,ou=services,dc=bank,dc=test";
    /// The password of the service.
    pub const SERVICE_PASSWORD: &str = "service-s3cret";
    /// Who may change anything.
    pub(crate) const ADMIN_DN: &str = "cn=admin,dc=bank,dc=test";
    pub(crate) const ADMIN_PASSWORD: &str = "admin-s3cret";

    /// A server with the bank and nothing else.
    #[must_use]
    pub fn builder() -> SlapdBuilder {
        SlapdBuilder::default()
    }

    fn new(builder: &SlapdBuilder) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        files::write(folder.path(), builder);
        let log_level = if builder.is_quiet { "none" } else { "stats" };
        let mut slapd = Self { folder, port: 0, tls_port: 0, log_level, child: None };
        // Somebody else may take a free port before the server does.
        let is_up = (0..5).any(|_| {
            (slapd.port, slapd.tls_port) = free_ports();
            slapd.try_start()
        });
        assert!(is_up, "slapd does not start:\n{}", slapd.log());
        slapd
    }

    /// `ldap://`, on an address of this machine.
    #[must_use]
    pub fn url(&self) -> String {
        format!("ldap://127.0.0.1:{}", self.port)
    }

    /// `ldap://` with a name that the certificate is for.
    #[must_use]
    pub fn named_url(&self) -> String {
        format!("ldap://localhost:{}", self.port)
    }

    /// `ldaps://` with a name that the certificate is for.
    #[must_use]
    pub fn tls_url(&self) -> String {
        format!("ldaps://localhost:{}", self.tls_port)
    }

    /// The authority of the server's certificate, in PEM.
    #[must_use]
    pub fn ca_file(&self) -> PathBuf {
        self.folder.path().join(files::CA)
    }

    /// The keys of the LDAP back end for these servers, in TOML that needs no header or any.
    #[must_use]
    pub fn settings(urls: &[String]) -> String {
        let (base, dn, password) = (Self::BASE, Self::SERVICE_DN, Self::SERVICE_PASSWORD);
        format!(
            r#"
            urls = {urls:?}
            bind_dn = "{dn}"
            bind_password = "{password}"
            attributes.id = "bankId"
            organizations.RETAIL.base = "ou=people,{base}"
            organizations.RETAIL.filter = "(&(objectClass=person)(uid={{username}}))"
            organizations.SME.base = "ou=companies,{base}"
            organizations.SME.filter = "(&(objectClass=person)(uid={{username}}))"
            "#
        )
    }

    /// Starts it again on the same ports, after [`stop`](Self::stop).
    ///
    /// # Panics
    ///
    /// When it does not start.
    pub fn start_again(&mut self) {
        assert!(self.try_start(), "slapd does not start again:\n{}", self.log());
    }

    /// Ends it at once, as a crash would.
    pub fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            // It may have ended by itself.
            drop(child.kill());
            drop(child.wait());
        }
    }

    /// Lets it hang: connections are taken, and nothing is answered.
    ///
    /// # Panics
    ///
    /// When it can't be stopped.
    pub fn freeze(&self) {
        self.signal("STOP");
        let start = Instant::now();
        while !self.is_frozen() {
            assert!(start.elapsed() < PATIENCE, "slapd does not stop");
            sleep(Duration::from_millis(1));
        }
    }

    /// Ends the hanging.
    ///
    /// # Panics
    ///
    /// When it can't be continued.
    pub fn thaw(&self) {
        self.signal("CONT");
    }

    /// Changes entries, by LDIF with `changetype`.
    ///
    /// # Panics
    ///
    /// When it can't be done.
    pub fn change(&self, ldif: &str) {
        let mut command = Command::new("ldapmodify");
        command.args(["-x", "-H", &self.url(), "-D", Self::ADMIN_DN, "-w", Self::ADMIN_PASSWORD]);
        let child = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
        let mut child = child.expect("ldapmodify can be run");
        let mut stdin = child.stdin.take().expect("its input is a pipe");
        stdin.write_all(ldif.as_bytes()).expect("it reads");
        drop(stdin);
        let output = child.wait_with_output().expect("it ends");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    /// Who connected, bound and searched so far; nothing of it with [`quiet`](SlapdBuilder::quiet).
    #[must_use]
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join(files::LOG)).unwrap_or_default()
    }

    fn try_start(&mut self) -> bool {
        let log = self.folder.path().join(files::LOG);
        let before = self.log().matches(IS_UP).count();
        let log =
            std::fs::File::options().create(true).append(true).open(log).expect("the log can be written");
        let child = Command::new(PROGRAM)
            .arg("-f")
            .arg(self.folder.path().join(files::CONFIGURATION))
            .arg("-h")
            .arg(format!("ldap://127.0.0.1:{} ldaps://127.0.0.1:{}", self.port, self.tls_port))
            .args(["-d", self.log_level])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn();
        self.child = Some(child.expect("slapd can be run"));
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            if self.log().matches(IS_UP).count() > before && self.takes_connections() {
                return true;
            }
            let child = self.child.as_mut().expect("it was started");
            if child.try_wait().expect("it can be waited for").is_some() {
                return false;
            }
            sleep(Duration::from_millis(10));
        }
        false
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

    fn takes_connections(&self) -> bool {
        [self.port, self.tls_port].into_iter().all(|port| TcpStream::connect(("127.0.0.1", port)).is_ok())
    }

    fn signal(&self, name: &str) {
        let child = self.child.as_ref().expect("it runs");
        let sent = Command::new("kill").arg(format!("-{name}")).arg(child.id().to_string()).status();
        assert!(sent.expect("kill can be run").success(), "the signal {name} could not be sent");
    }
}

impl Drop for Slapd {
    fn drop(&mut self) {
        self.stop();
    }
}

fn free_ports() -> (u16, u16) {
    let listen = || TcpListener::bind(("127.0.0.1", 0)).expect("a port is free");
    let (one, other) = (listen(), listen());
    let port = |listener: &TcpListener| listener.local_addr().expect("it listens").port();
    (port(&one), port(&other))
}
