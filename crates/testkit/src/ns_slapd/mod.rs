//! A real 389 Directory Server for tests: Debian's `ns-slapd`, with a folder, ports and certificates of its own.

mod files;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::Command;

use tempfile::TempDir;

use crate::ldap_server::Administrator;
use crate::server::{Process, Ready, free_ports, is_installed};

/// Where Debian puts it.
const PROGRAM: &str = "/usr/sbin/ns-slapd";

/// A directory server on this machine with the people of a bank; it ends when it is dropped.
///
/// | user | id | organization | password | the account |
/// |---|---|---|---|---|
/// | `user1234` | `12345678` | `RETAIL` | `s3cret` | |
/// | `locked` | `20000001` | `RETAIL` | `s3cret` | locked after wrong passwords, until 2038 |
/// | `strict` | `20000002` | `RETAIL` | `s3cret` | is locked after three wrong passwords |
/// | `disabled` | `20000003` | `RETAIL` | `s3cret` | inactivated |
/// | `expired` | `20000004` | `RETAIL` | `s3cret` | has a password that expired |
/// | `must-change` | `20000005` | `RETAIL` | `s3cret` | has to change the password, which the help desk set |
/// | `user1234` | `30000001` | `SME` | `other-s3cret` | |
///
/// Nobody but [`SERVICE_DN`](Self::SERVICE_DN) may read anything.
pub struct NsSlapd {
    process: Process,
    folder: TempDir,
    ports: (u16, u16),
}

/// What a server is to be like, beside the bank that every one has.
#[derive(Clone, Debug, Default)]
pub struct NsSlapdBuilder {
    entries: String,
    config: String,
}

impl NsSlapdBuilder {
    /// With more entries, in LDIF.
    #[must_use]
    pub fn entries(mut self, ldif: &str) -> Self {
        self.entries += ldif;
        self
    }

    /// With more attributes of `cn=config`.
    #[must_use]
    pub fn config(mut self, lines: &str) -> Self {
        self.config += &format!("{lines}\n");
        self
    }

    /// Starts it; `None` where it is not installed.
    ///
    /// # Panics
    ///
    /// When it does not start, or is not installed although `CI` is `true`: there no test is left out.
    #[must_use]
    pub fn start(self) -> Option<NsSlapd> {
        is_installed(&[PROGRAM, files::TEMPLATE]).then(|| NsSlapd::new(&self))
    }
}

impl NsSlapd {
    /// What all entries are under.
    pub const BASE: &str = "dc=bank,dc=test";
    /// Who may read the entries.
    pub const SERVICE_DN: &str = "cn=data-adapter,ou=services,dc=bank,dc=test";
    /// The password of the service.
    pub const SERVICE_PASSWORD: &str = "service-s3cret";
    const ADMIN_DN: &str = "cn=admin";
    const ADMIN_PASSWORD: &str = "admin-s3cret";

    /// A server with the bank and nothing else.
    #[must_use]
    pub fn builder() -> NsSlapdBuilder {
        NsSlapdBuilder::default()
    }

    fn new(builder: &NsSlapdBuilder) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        files::write_all(folder.path());
        let process = Process::new(folder.path().join("log/errors"));
        let mut server = Self { process, folder, ports: (0, 0) };
        // Somebody else may take a free port before the server does.
        let is_up = (0..5).any(|_| {
            server.ports = free_ports();
            files::write_configuration(server.folder.path(), builder, server.ports);
            server.try_start()
        });
        assert!(is_up, "ns-slapd does not start:\n{}", server.process.log());
        server.change(include_str!("bank.ldif"));
        if !builder.entries.is_empty() {
            server.change(&builder.entries);
        }
        server
    }

    /// `ldap://`, on an address of this machine.
    #[must_use]
    pub fn url(&self) -> String {
        format!("ldap://127.0.0.1:{}", self.ports.0)
    }

    /// `ldaps://` with a name that the certificate is for.
    #[must_use]
    pub fn tls_url(&self) -> String {
        format!("ldaps://localhost:{}", self.ports.1)
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
        assert!(self.try_start(), "ns-slapd does not start again:\n{}", self.process.log());
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

    /// Changes entries, by LDIF.
    ///
    /// # Panics
    ///
    /// When it can't be done.
    pub fn change(&self, ldif: &str) {
        let url = self.tls_url();
        let (dn, password) = (Self::ADMIN_DN, Self::ADMIN_PASSWORD);
        Administrator { url: &url, dn, password }.change(ldif);
    }

    /// Who connected, bound and searched so far.
    #[must_use]
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log/access")).unwrap_or_default()
    }

    fn try_start(&mut self) -> bool {
        let folder = self.folder.path();
        let up = folder.join("run/pid");
        // It is there after a crash.
        drop(std::fs::remove_file(&up));
        let mut command = Command::new(PROGRAM);
        // A level of logging that has nothing is what keeps it in the foreground.
        command.arg("-D").arg(folder).arg("-i").arg(&up).args(["-d", "0"]);
        let addresses =
            [self.ports.0, self.ports.1].map(|port| SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
        self.process.start(&mut command, Ready::File(&up), &addresses)
    }
}
