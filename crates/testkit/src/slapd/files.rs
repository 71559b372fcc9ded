use std::fs::{create_dir, write as write_file};
use std::path::Path;
use std::process::Command;

use super::{Slapd, SlapdBuilder};
use crate::server::{Certificates, run};

pub(super) const CONFIGURATION: &str = "slapd.conf";
pub(super) const LOG: &str = "slapd.log";
pub(super) const CA: &str = "ca.pem";

/// Writes everything that a server needs into its folder.
pub(super) fn write(folder: &Path, builder: &SlapdBuilder) {
    let put = |name: &str, text: &str| write_file(folder.join(name), text).expect("a file");
    let certificates =
        if builder.has_expired_certificate { Certificates::expired() } else { Certificates::new(&[]) };
    put(CA, &certificates.authority);
    put("certificate.pem", &certificates.certificate);
    put("key.pem", &certificates.key);
    put("bank.schema", include_str!("bank.schema"));
    put("bank.ldif", &format!("{}\n{}", include_str!("bank.ldif"), builder.entries));
    put(CONFIGURATION, &configuration(&folder.display().to_string(), builder));
    create_dir(folder.join("database")).expect("a folder");
    let mut load = Command::new("/usr/sbin/slapadd");
    run(load.arg("-f").arg(folder.join(CONFIGURATION)).arg("-l").arg(folder.join("bank.ldif")));
}

fn configuration(folder: &str, builder: &SlapdBuilder) -> String {
    let SlapdBuilder { global, database, access, .. } = builder;
    let (base, service) = (Slapd::BASE, Slapd::SERVICE_DN);
    let (admin, password) = (Slapd::ADMIN_DN, Slapd::ADMIN_PASSWORD);
    format!(
        "include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
include /etc/ldap/schema/nis.schema
include {folder}/bank.schema
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload ppolicy
TLSCACertificateFile {folder}/{CA}
TLSCertificateFile {folder}/certificate.pem
TLSCertificateKeyFile {folder}/key.pem
{global}
database mdb
suffix {base}
rootdn {admin}
rootpw {password}
directory {folder}/database
dbnosync
{access}
access to attrs=userPassword by anonymous auth by * none
access to * by dn.base={service} read by * none
overlay ppolicy
ppolicy_default cn=default,ou=policies,{base}
{database}
"
    )
}
