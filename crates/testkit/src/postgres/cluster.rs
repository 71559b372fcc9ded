//! The files and processes of a server, which refuses to run as root.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::server::{Certificates, run};

/// Who runs the server where the tests are run by root.
const OWNER: &str = "postgres";
/// Who may do everything in it.
pub(crate) const ADMIN: &str = "postgres";
/// The folder of the cluster.
pub(crate) const DATA: &str = "data";
/// The authority of the server's certificate.
pub(crate) const CA: &str = "ca.pem";

/// Local users are believed; others have to show their password.
const ACCESS: &str =
    "local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\nhost all all ::1/128 scram-sha-256\n";

/// The folder of the newest server that Debian has installed.
pub(crate) fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").ok()?.flatten();
    let newest = versions.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok()).max()?;
    Some(PathBuf::from(format!("/usr/lib/postgresql/{newest}/bin")))
}

/// Runs a program as somebody who is not root, in a folder that everybody may see.
pub(crate) fn command(program: &Path) -> Command {
    let mut command = if is_root() { Command::new("setpriv") } else { Command::new(program) };
    if is_root() {
        command.args(["--reuid", OWNER, "--regid", OWNER, "--clear-groups"]).arg(program);
    }
    command.current_dir("/");
    command
}

/// Gives a folder, with all that is in it, to whoever runs the server.
pub(crate) fn give(folder: &Path) {
    if is_root() {
        run(Command::new("chown").args(["-R", OWNER]).arg(folder));
    }
}

fn is_root() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    status.lines().any(|line| line.split_whitespace().take(2).eq(["Uid:", "0"]))
}

/// Makes a cluster in a folder, with a certificate for `localhost`.
pub(crate) fn make(programs: &Path, folder: &Path) {
    let data = folder.join(DATA);
    give(folder);
    let mut initdb = command(&programs.join("initdb"));
    initdb.arg("-D").arg(&data).args([
        "-U",
        "postgres",
        "-E",
        "UTF8",
        "--locale=C",
        "--auth=trust",
        "--no-sync",
    ]);
    run(&mut initdb);
    let Certificates { authority, certificate, key } = Certificates::new(&[]);
    let write = |name: &Path, text: &str| fs::write(name, text).expect("a file can be written");
    write(&folder.join(CA), &authority);
    write(&data.join("server.crt"), &certificate);
    write(&data.join("server.key"), &key);
    write(&data.join("pg_hba.conf"), ACCESS);
    let sockets = folder.display();
    // What tests kill are processes, and the kernel keeps what those have written.
    let configuration = format!(
        "listen_addresses = '127.0.0.1'\nunix_socket_directories = '{sockets}'\nmax_connections = 600\nssl = on\n\
         fsync = off\nlog_destination = 'stderr'\nlogging_collector = off\nlog_line_prefix = '%u '\n"
    );
    write(&data.join("postgresql.auto.conf"), &configuration);
    run(Command::new("chmod").arg("600").arg(data.join("server.key")));
    give(folder);
}

/// The processes that a process has started, and that run.
pub(crate) fn children(parent: u32) -> Vec<u32> {
    let entries = fs::read_dir("/proc").expect("processes can be listed").flatten();
    let processes = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    processes.filter(|process| parent_and_state(*process).is_some_and(|(its, _)| its == parent)).collect()
}

/// Whether a process runs.
fn runs(process: u32) -> bool {
    parent_and_state(process).is_some_and(|(_, state)| state != "Z")
}

fn parent_and_state(process: u32) -> Option<(u32, String)> {
    let status = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let mut words = status.rsplit(')').next()?.split_whitespace();
    let state = words.next()?.to_owned();
    Some((words.next()?.parse().ok()?, state))
}

/// Ends processes at once, as `kill -9` does, and waits until they have.
///
/// # Panics
///
/// When they do not end.
pub(crate) fn kill(processes: &[u32]) {
    processes.iter().for_each(|process| signal(*process, "KILL"));
    let start = Instant::now();
    while processes.iter().any(|process| runs(*process)) {
        assert!(start.elapsed() < Duration::from_secs(60), "PostgreSQL does not end");
        sleep(Duration::from_millis(10));
    }
}

/// Runs statements as an administrator over the Unix socket in a folder, each by itself, and gives what they print: a line for each
/// row, with `|` between columns; or what is wrong with them.
pub(crate) fn psql(folder: &Path, port: u16, database: &str, statements: &str) -> Result<String, String> {
    let psql = programs().map_or_else(|| PathBuf::from("psql"), |programs| programs.join("psql"));
    let mut command = Command::new(psql);
    command.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-U", ADMIN, "-d", database]);
    command.arg("-h").arg(folder).arg("-p").arg(port.to_string()).arg("-c").arg(statements);
    let output = command.stdin(Stdio::null()).output().expect("psql can be run");
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    if output.status.success() { Ok(said(&output.stdout)) } else { Err(said(&output.stderr)) }
}

/// Sends a signal to a process that may have ended by itself.
pub(crate) fn signal(process: u32, name: &str) {
    let mut kill = Command::new("kill");
    kill.arg(format!("-{name}")).arg(process.to_string()).stdout(Stdio::null()).stderr(Stdio::null());
    drop(kill.status());
}
