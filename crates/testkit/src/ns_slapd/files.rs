use std::fs::{copy, create_dir, read_to_string, write};
use std::path::Path;
use std::process::Command;

use super::{NsSlapd, NsSlapdBuilder};
use crate::server::{Certificates, run};

pub(super) const CA: &str = "ca.pem";
/// The configuration of a new instance, with `%names%` for what differs.
pub(super) const TEMPLATE: &str = "/usr/share/dirsrv/data/template-dse.ldif";

const FOLDERS: [&str; 10] = ["schema", "lock", "tmp", "cert", "ldif", "bak", "run", "inst", "log", "db"];

/// Writes everything that an instance needs into its folder, but its ports.
pub(super) fn write_all(folder: &Path) {
    for name in FOLDERS {
        create_dir(folder.join(name)).expect("a folder");
    }
    for (from, to) in [
        ("/etc/dirsrv/schema/99user.ldif", "schema/99user.ldif"),
        ("/etc/dirsrv/config/slapd-collations.conf", "slapd-collations.conf"),
        ("/etc/dirsrv/config/certmap.conf", "certmap.conf"),
    ] {
        copy(from, folder.join(to)).expect("a file of the package");
    }
    write(folder.join("schema/98bank.ldif"), include_str!("schema.ldif")).expect("a file");
    write_certificates(folder);
}

/// Puts the certificate where the server looks for one, a database of NSS.
fn write_certificates(folder: &Path) {
    let put = |name: &str, text: &str| write(folder.join(name), text).expect("a file");
    let certificates = Certificates::new(&[]);
    put(CA, &certificates.authority);
    put("certificate.pem", &certificates.certificate);
    put("key.pem", &certificates.key);
    let tool = |name: &str, arguments: &[&str]| run(Command::new(name).current_dir(folder).args(arguments));
    tool("certutil", &["-N", "-d", "cert", "--empty-password"]);
    tool("certutil", &["-A", "-d", "cert", "-n", "authority", "-t", "CT,,", "-a", "-i", CA]);
    tool(
        "openssl",
        &[
            "pkcs12",
            "-export",
            "-in",
            "certificate.pem",
            "-inkey",
            "key.pem",
            "-name",
            "Server-Cert",
            "-out",
            "certificate.p12",
            "-passout",
            "pass:",
        ],
    );
    tool("pk12util", &["-i", "certificate.p12", "-d", "cert", "-W", "", "-K", ""]);
}

/// Writes the configuration. The server rewrites it when it runs.
pub(super) fn write_configuration(folder: &Path, builder: &NsSlapdBuilder, (port, tls_port): (u16, u16)) {
    let own = format!(
        "dn: cn=config
nsslapd-listenhost: 127.0.0.1
nsslapd-securelistenhost: 127.0.0.1
nsslapd-security: on
nsslapd-securePort: {tls_port}
nsslapd-rootpwstoragescheme: CLEAR
nsslapd-pwpolicy-local: on
nsslapd-accesslog-logbuffering: off
{}",
        builder.config
    );
    let template = read_to_string(TEMPLATE).expect("a file of the package");
    let text = fill(&template, folder, port).replacen("dn: cn=config\n", &own, 1);
    let text = format!("{}\n\n{}", text.trim_end(), include_str!("backend.ldif"));
    // The server takes a comment for an entry without a name.
    let text: String =
        text.lines().filter(|line| !line.starts_with('#')).map(|line| format!("{line}\n")).collect();
    write(folder.join("dse.ldif"), text).expect("a file");
}

fn fill(template: &str, folder: &Path, port: u16) -> String {
    let user = Command::new("id").arg("-un").output().expect("id can be run").stdout;
    let user = String::from_utf8(user).expect("a name");
    let own = folder.display().to_string();
    let fixed = [
        ("ds_port", port.to_string().as_str()),
        ("ds_user", user.trim()),
        ("rootdn", NsSlapd::ADMIN_DN),
        ("ds_passwd", NsSlapd::ADMIN_PASSWORD),
        ("ds_suffix", NsSlapd::BASE),
        ("fqdn", "localhost"),
        ("config_dir", &own),
        ("db_home_dir", &format!("{own}/db")),
        ("db_lib", "bdb"),
        ("ldapi", &format!("{own}/run/ldapi")),
        ("ldapi_enabled", "off"),
        ("ldapi_autobind", "off"),
    ]
    .map(|(name, value)| (format!("%{name}%"), value.to_owned()));
    let folders = FOLDERS.map(|name| (format!("%{name}_dir%"), format!("{own}/{name}")));
    let values = fixed.into_iter().chain(folders);
    values.fold(template.to_owned(), |text, (name, value)| text.replace(&name, &value))
}
