//! What the real LDAP servers for tests have in common.

use std::io::Write as _;
use std::process::{Command, Stdio};

/// Somebody who may change anything.
pub(crate) struct Administrator<'a> {
    pub(crate) url: &'a str,
    pub(crate) dn: &'a str,
    pub(crate) password: &'a str,
}

impl Administrator<'_> {
    /// Changes entries, by LDIF: those without a `changetype` are added.
    ///
    /// # Panics
    ///
    /// When it can't be done.
    pub(crate) fn change(&self, ldif: &str) {
        let mut command = Command::new("ldapmodify");
        // It is a server of our own, whatever its certificate says.
        command.env("LDAPTLS_REQCERT", "never");
        command.args(["-a", "-x", "-H", self.url, "-D", self.dn, "-w", self.password]);
        let child = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
        let mut child = child.expect("ldapmodify can be run");
        let mut stdin = child.stdin.take().expect("its input is a pipe");
        stdin.write_all(ldif.as_bytes()).expect("it reads");
        drop(stdin);
        let output = child.wait_with_output().expect("it ends");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}
