//! A real Active Directory domain controller for tests: Debian's `samba`, with a folder, an address and certificates of its
//! own.

mod domain;
mod server;

use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;

use server::Server;
use tempfile::TempDir;

use crate::server::is_installed;

/// What a domain is made from; a package of its own.
const PROVISION: &str = "/usr/share/samba/setup/provision.ldif";

/// A domain controller on this machine with the people of a bank; it ends when it is dropped.
///
/// | `sAMAccountName` | `employeeID` | organization | password | the account |
/// |---|---|---|---|---|
/// | `user1234` | `12345678` | `RETAIL` | `s3cret` | |
/// | `locked` | `20000001` | `RETAIL` | `s3cret` | locked after wrong passwords, until an administrator unlocks it |
/// | `strict` | `20000002` | `RETAIL` | `s3cret` | is locked after three wrong passwords |
/// | `disabled` | `20000003` | `RETAIL` | `s3cret` | disabled |
/// | `expired` | `20000004` | `RETAIL` | `s3cret` | has a password that expired |
/// | `must-change` | `20000005` | `RETAIL` | `s3cret` | has to change the password |
/// | `over` | `20000006` | `RETAIL` | `s3cret` | ended in 2020 |
/// | `hours` | `20000007` | `RETAIL` | `s3cret` | may log in at no hour of the week |
/// | `company1234` | `30000001` | `SME` | `other-s3cret` | |
///
/// The organization is in `company`, too. A user is `CN=Must Change,OU=people,DC=bank,DC=test` or the like.
pub struct Samba {
    server: Server,
    _folder: TempDir,
}

/// What a server is to be like, beside the bank that every one has.
#[derive(Clone, Debug, Default)]
pub struct SambaBuilder {
    entries: String,
    global: String,
    has_own_certificate: bool,
}

impl SambaBuilder {
    /// With more entries, in LDIF. `userPassword` is the password of an account, when it is added or changed.
    #[must_use]
    pub fn entries(mut self, ldif: &str) -> Self {
        self.entries += ldif;
        self
    }

    /// With more lines in the global part of `smb.conf`. The later of two about the same counts.
    #[must_use]
    pub fn global(mut self, lines: &str) -> Self {
        self.global += &format!("{lines}\n");
        self
    }

    /// With the certificate that Samba makes by itself, which names no host.
    #[must_use]
    pub fn own_certificate(mut self) -> Self {
        self.has_own_certificate = true;
        self
    }

    /// Starts it; `None` where it is not installed, or this is not root, who alone may have LDAP's own ports.
    ///
    /// # Panics
    ///
    /// When it does not start, or is not installed although `CI` is `true`: there no test is left out.
    #[must_use]
    pub fn start(self) -> Option<Samba> {
        let is_root = std::fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0);
        (is_installed(&[server::PROGRAM, PROVISION]) && is_root).then(|| Samba::new(&self))
    }
}

impl Samba {
    /// What all entries are under.
    pub const BASE: &str = "dc=bank,dc=test";
    /// Who may read the entries.
    pub const SERVICE_DN: &str = "cn=data-adapter,ou=services,dc=bank,dc=test";
    /// The password of the service.
    pub const SERVICE_PASSWORD: &str = "service-s3cret";

    /// A server with the bank and nothing else.
    #[must_use]
    pub fn builder() -> SambaBuilder {
        SambaBuilder::default()
    }

    fn new(builder: &SambaBuilder) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        domain::copy_to(folder.path());
        let server = Server::new(folder.path(), builder);
        if !builder.entries.is_empty() {
            server.change(&builder.entries);
        }
        Self { server, _folder: folder }
    }

    /// `ldap://`, on an address of this machine. On it everything is answered, as by a domain controller without
    /// `ldap server require strong auth`.
    #[must_use]
    pub fn url(&self) -> String {
        self.server.url("ldap")
    }

    /// `ldaps://` with an address that the certificate is for.
    #[must_use]
    pub fn tls_url(&self) -> String {
        self.server.url("ldaps")
    }

    /// The authority of the server's certificate, in PEM.
    #[must_use]
    pub fn ca_file(&self) -> PathBuf {
        self.server.ca_file()
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
            attributes.id = "employeeID"
            organizations.RETAIL.base = "ou=people,{base}"
            organizations.RETAIL.filter = "(&(objectCategory=person)(objectClass=user)(sAMAccountName={{username}}))"
            organizations.SME.base = "ou=companies,{base}"
            organizations.SME.filter = "(&(objectCategory=person)(objectClass=user)(sAMAccountName={{username}}))"
            "#
        )
    }

    /// Starts it again at the same address, after [`stop`](Self::stop).
    ///
    /// # Panics
    ///
    /// When it does not start.
    pub fn start_again(&mut self) {
        self.server.start();
    }

    /// Ends it at once, as a crash would.
    pub fn stop(&mut self) {
        self.server.process.stop();
    }

    /// Lets it hang: connections are taken, and nothing is answered.
    ///
    /// # Panics
    ///
    /// When it can't be stopped.
    pub fn freeze(&self) {
        self.server.process.freeze();
    }

    /// Ends the hanging.
    ///
    /// # Panics
    ///
    /// When it can't be continued.
    pub fn thaw(&self) {
        self.server.process.thaw();
    }

    /// Changes entries as an administrator, by LDIF.
    ///
    /// # Panics
    ///
    /// When it can't be done.
    pub fn change(&self, ldif: &str) {
        self.server.change(ldif);
    }

    /// Who bound so far, and with what outcome: in lines with `"type": "Authentication"`.
    #[must_use]
    pub fn log(&self) -> String {
        self.server.process.log()
    }
}
