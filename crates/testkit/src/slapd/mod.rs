//! A real LDAP server for tests: Debian's `slapd`, with a folder, ports and certificates of its own.

mod files;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::Command;

use tempfile::TempDir;

use crate::ldap_server::Administrator;
use crate::server::{Process, Ready, free_ports, is_installed};

/// Where Debian puts it.
const PROGRAM: &str = "/usr/sbin/slapd";
/// The log line shortly after which connections are taken.
const IS_UP: &str = "slapd starting";

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
    process: Process,
    folder: TempDir,
    port: u16,
    tls_port: u16,
    log_level: &'static str,
}

/// What a server is to be like, beside the bank that every one has.
#[derive(Clone, Debug, Default)]
pub struct SlapdBuilder {
    pub(crate) entries: String,
    pub(crate) global: String,
    pub(crate) database: String,
    pub(crate) access: String,
    pub(crate) is_quiet: bool,
    pub(crate) has_expired_certificate: bool,
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

    /// With a certificate that was good until the year 2000.
    #[must_use]
    pub fn expired_certificate(mut self) -> Self {
        self.has_expired_certificate = true;
        self
    }

    /// Starts it; `None` where `slapd` is not installed.
    ///
    /// # Panics
    ///
    /// When it does not start, or is not installed although `CI` is `true`: there no test is left out.
    #[must_use]
    pub fn start(self) -> Option<Slapd> {
        is_installed(&[PROGRAM]).then(|| Slapd::new(&self))
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
        let process = Process::new(folder.path().join(files::LOG));
        let mut slapd = Self { process, folder, port: 0, tls_port: 0, log_level };
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
        self.process.stop();
    }

    /// Lets it hang: connections are taken, and nothing is answered.
    ///
    /// # Panics
    ///
    /// When it can't be stopped.
    pub fn freeze(&self) {
        self.process.freeze();
    }

    /// Ends the hanging.
    ///
    /// # Panics
    ///
    /// When it can't be continued.
    pub fn thaw(&self) {
        self.process.thaw();
    }

    /// Changes entries, by LDIF with `changetype`.
    ///
    /// # Panics
    ///
    /// When it can't be done.
    pub fn change(&self, ldif: &str) {
        let url = self.url();
        let (dn, password) = (Self::ADMIN_DN, Self::ADMIN_PASSWORD);
        Administrator { url: &url, dn, password }.change(ldif);
    }

    /// Who connected, bound and searched so far; nothing of it with [`quiet`](SlapdBuilder::quiet).
    #[must_use]
    pub fn log(&self) -> String {
        self.process.log()
    }

    fn try_start(&mut self) -> bool {
        let mut command = Command::new(PROGRAM);
        command
            .arg("-f")
            .arg(self.folder.path().join(files::CONFIGURATION))
            .arg("-h")
            .arg(format!("ldap://127.0.0.1:{} ldaps://127.0.0.1:{}", self.port, self.tls_port))
            .args(["-d", self.log_level]);
        let addresses = [self.port, self.tls_port].map(|port| SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
        self.process.start(&mut command, Ready::Line(IS_UP), &addresses)
    }
}
