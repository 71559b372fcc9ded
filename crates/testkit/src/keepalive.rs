use std::net::SocketAddr;
use std::time::Duration;

/// For each connection of this machine to a server: in how long the system probes whether the other side is still there;
/// `None` where it never will. From the table of the kernel (proc(5), `/proc/net/tcp`); IPv4 only.
///
/// # Panics
///
/// When there is no such table.
#[must_use]
pub fn keepalive_probes(server: SocketAddr) -> Vec<Option<Duration>> {
    const ESTABLISHED: &str = "01";
    let table = std::fs::read_to_string("/proc/self/net/tcp").expect("the table of connections");
    let rows = table.lines().skip(1).map(|row| row.split_whitespace().collect::<Vec<_>>());
    let remote = format!(":{:04X}", server.port());
    let to_server = rows.filter(|row| row[2].ends_with(&remote) && row[3] == ESTABLISHED);
    to_server.map(|row| probe(row[5])).collect()
}

/// `tr:tm->when`: which timer runs, and the hundredths of a second that are left of it.
fn probe(timer: &str) -> Option<Duration> {
    let left = timer.strip_prefix("02:")?;
    let left = u64::from_str_radix(left, 16).expect("a hexadecimal number");
    Some(Duration::from_millis(left * 10))
}
