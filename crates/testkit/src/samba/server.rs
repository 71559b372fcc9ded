use std::fs::{create_dir_all, write};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::SambaBuilder;
use crate::OwnAddress;
use crate::ldap_server::Administrator;
use crate::server::{Certificates, Process, Ready};

/// Where Debian puts it.
pub(super) const PROGRAM: &str = "/usr/sbin/samba";
pub(super) const CONFIGURATION: &str = "smb.conf";
pub(super) const ADMIN: &str = "administrator@bank.test";
pub(super) const ADMIN_PASSWORD: &str = "Admin-s3cret";
/// The log line shortly before connections are taken.
const IS_UP: &str = "using 'single' process model";

/// One that runs with the files of a folder.
pub(super) struct Server {
    pub(super) process: Process,
    folder: PathBuf,
    address: OwnAddress,
    has_own_certificate: bool,
}

impl Server {
    /// Starts it with the domain that is in the folder.
    pub(super) fn new(folder: &Path, builder: &SambaBuilder) -> Self {
        let address = OwnAddress::new();
        write_files(folder, &address, builder);
        let mut server = Self {
            process: Process::new(folder.join("samba.log")),
            folder: folder.to_owned(),
            address,
            has_own_certificate: builder.has_own_certificate,
        };
        server.start();
        server
    }

    pub(super) fn start(&mut self) {
        let mut command = Command::new(PROGRAM);
        command.args(["--interactive", "--model=single", "--debug-stdout", "--configfile"]);
        command.arg(self.folder.join(CONFIGURATION));
        let is_up = self.process.start(
            &mut command,
            Ready::Line(IS_UP),
            &[389, 636].map(|port| self.address.port(port)),
        );
        assert!(is_up, "samba does not start:\n{}", self.process.log());
    }

    pub(super) fn url(&self, scheme: &str) -> String {
        format!("{scheme}://{}", self.address.ip())
    }

    pub(super) fn ca_file(&self) -> PathBuf {
        self.folder.join(if self.has_own_certificate { "private/tls/ca.pem" } else { "ca.pem" })
    }

    pub(super) fn change(&self, ldif: &str) {
        let url = self.url("ldaps");
        Administrator { url: &url, dn: ADMIN, password: ADMIN_PASSWORD }.change(ldif);
    }
}

fn write_files(folder: &Path, address: &OwnAddress, builder: &SambaBuilder) {
    let put = |name: &str, text: &str| {
        let path = folder.join(name);
        write(&path, text).expect("a file");
        path
    };
    let ip = address.ip().to_string();
    let certificates = Certificates::new(&[&ip]);
    put("ca.pem", &certificates.authority);
    put("certificate.pem", &certificates.certificate);
    let key = put("key.pem", &certificates.key);
    only_for_the_owner(&key);
    for name in ["cache", "lock", "run"] {
        create_dir_all(folder.join(name)).expect("a folder");
    }
    put(CONFIGURATION, &configuration(&folder.display().to_string(), &ip, builder));
}

/// Samba takes no key that others can read.
fn only_for_the_owner(file: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o600)).expect("it is ours");
}

fn configuration(folder: &str, ip: &str, builder: &SambaBuilder) -> String {
    let certificate = format!(
        "tls certfile = {folder}/certificate.pem
tls keyfile = {folder}/key.pem
tls cafile = {folder}/ca.pem"
    );
    let certificate = if builder.has_own_certificate { "" } else { &certificate };
    let global = &builder.global;
    format!(
        "[global]
realm = BANK.TEST
workgroup = BANK
netbios name = DC
server role = active directory domain controller
server services = ldap
dcerpc endpoint servers =
interfaces = {ip}/8
bind interfaces only = yes
ldap server require strong auth = no
log level = 1 auth_audit:3
log file = {folder}/log
private dir = {folder}/private
state directory = {folder}/state
cache directory = {folder}/cache
lock directory = {folder}/lock
pid directory = {folder}/run
ncalrpc dir = {folder}/run/ncalrpc
winbindd socket directory = {folder}/run/winbindd
ntp signd socket directory = {folder}/run/ntp
{certificate}
{global}
[sysvol]
path = {folder}/state/sysvol
"
    )
}
