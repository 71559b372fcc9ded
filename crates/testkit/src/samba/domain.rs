use std::fs::{File, create_dir_all, remove_dir_all, rename, write};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::SambaBuilder;
use super::server::{ADMIN_PASSWORD, CONFIGURATION, PROGRAM, Server};
use crate::server::run;

const BANK: &str = include_str!("bank.ldif");
const AGE: &str = include_str!("age.py");
/// Where Debian has the modules of Samba, whichever Python comes first elsewhere.
const PYTHON: &str = "/usr/bin/python3";
/// 2020-01-01, in 100 ns since 1601.
const LONG_AGO: &str = "dn: CN=Expired,OU=people,DC=bank,DC=test
changetype: modify
replace: pwdLastSet
pwdLastSet: 132223104000000000
";

/// Puts the files of a domain with the bank into a folder: copies of those that were made when they were first needed.
/// Making them takes seconds.
pub(super) fn copy_to(folder: &Path) {
    let template = template();
    run(Command::new("cp").arg("-a").arg(template.join(".")).arg(folder));
}

/// Beside the program that runs, so that what tells of a build goes with it.
fn template() -> PathBuf {
    let program = std::env::current_exe().expect("the program has a path");
    let folder = program.parent().expect("it is in a folder");
    let version = Command::new(PROGRAM).arg("--version").output().expect("samba can be run").stdout;
    let mut hasher = DefaultHasher::new();
    (BANK, AGE, version).hash(&mut hasher);
    let template = folder.join(format!("samba-domain-{:016x}", hasher.finish()));
    let lock = File::create(template.with_extension("lock")).expect("the lock can be made");
    lock.lock().expect("it is free at some time");
    if !template.exists() {
        let unfinished = template.with_extension("unfinished");
        drop(remove_dir_all(&unfinished));
        create_dir_all(&unfinished).expect("a folder");
        make(&unfinished);
        rename(&unfinished, &template).expect("the folder can be renamed");
    }
    template
}

fn make(folder: &Path) {
    let provision = folder.join("provision");
    let mut command = Command::new("/usr/bin/samba-tool");
    command.args(["domain", "provision", "--server-role=dc", "--dns-backend=NONE"]);
    command.args(["--realm=BANK.TEST", "--domain=BANK", "--host-name=dc", "--host-ip=127.0.0.1"]);
    command.arg(format!("--adminpass={ADMIN_PASSWORD}"));
    command.arg(format!("--targetdir={}", provision.display()));
    run(command.arg(format!("--option=log file={}", folder.join("provision.log").display())));
    for name in ["private", "state"] {
        rename(provision.join(name), folder.join(name)).expect("the folder is there");
    }
    remove_dir_all(provision).expect("the rest can be removed");
    fill(folder);
}

/// Adds the people, and locks one of them out.
fn fill(folder: &Path) {
    let mut samba = Server::new(folder, &SambaBuilder::default());
    samba.change(BANK);
    for _ in 0..3 {
        let mut bind = Command::new("ldapsearch");
        bind.args([
            "-x",
            "-H",
            &samba.url("ldap"),
            "-D",
            "cn=locked,ou=people,dc=bank,dc=test",
            "-w",
            "wrong",
        ]);
        let status = bind.stdout(Stdio::null()).stderr(Stdio::null()).status();
        assert_eq!(status.expect("ldapsearch can be run").code(), Some(49), "the password is wrong");
    }
    samba.process.end();
    write(folder.join("age.py"), AGE).expect("a file");
    let mut age = Command::new(PYTHON);
    run(age.arg(folder.join("age.py")).arg(folder.join(CONFIGURATION)).arg(LONG_AGO));
}
