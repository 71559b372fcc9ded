//! A server under measurement, in a process of its own.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Error, Read as _, Result};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::http::Connection;
use crate::requests;

/// A running server; it is killed when this is dropped.
pub(crate) struct Server {
    child: Child,
    address: SocketAddr,
    log: PathBuf,
    ready_after: Duration,
}

impl Server {
    /// Starts a program that logs to a file where it listens, and waits until it answers.
    ///
    /// `log` is made anew. A file is what a service manager gives it, or a pipe, which costs the same.
    pub(crate) async fn start(mut command: Command, log: PathBuf) -> Result<Self> {
        let written = File::options().create(true).append(true).open(&log)?;
        written.set_len(0)?;
        let started = Instant::now();
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(written).spawn()?;
        let unready = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut server = Self { child, address: unready, log, ready_after: Duration::ZERO };
        server.address = server.find_address()?;
        let mut connection = Connection::open(server.address).await?;
        connection.send(&requests::get(requests::READY)).await?;
        server.ready_after = started.elapsed();
        Ok(server)
    }

    /// Looks into the log until it names the address.
    fn find_address(&mut self) -> Result<SocketAddr> {
        let patience = Instant::now() + Duration::from_secs(120);
        while Instant::now() < patience {
            let log = BufReader::new(File::open(&self.log)?);
            let found = log.lines().map_while(Result::ok).find_map(|line| {
                let (_, address) = line.split_once("listening on http://")?;
                address.split_whitespace().next()?.parse().ok()
            });
            if let Some(address) = found {
                return Ok(address);
            }
            if self.child.try_wait()?.is_some() {
                break;
            }
            std::thread::sleep(Duration::from_micros(200));
        }
        let log = std::fs::read_to_string(&self.log)?;
        Err(Error::other(format!("a server does not start:\n{log}")))
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Asks it to stop, and waits until it has.
    pub(crate) fn end(&mut self) -> Result<()> {
        Command::new("kill").arg(self.child.id().to_string()).status()?;
        self.child.wait().map(drop)
    }

    /// How long it took from its start to its first answer.
    pub(crate) fn ready_after(&self) -> Duration {
        self.ready_after
    }

    /// Throws away what it has logged, so that the disk does not fill up.
    pub(crate) fn empty_log(&self) -> Result<()> {
        File::options().write(true).open(&self.log)?.set_len(0)
    }

    /// The processor time that it has taken so far.
    pub(crate) fn cpu(&self) -> Result<Duration> {
        let mut nanoseconds = 0;
        for thread in std::fs::read_dir(self.proc("task"))? {
            let mut schedstat = String::new();
            // A thread may end between the two.
            if let Ok(mut file) = File::open(thread?.path().join("schedstat")) {
                file.read_to_string(&mut schedstat)?;
            }
            nanoseconds += schedstat.split(' ').next().and_then(|text| text.parse::<u64>().ok()).unwrap_or(0);
        }
        Ok(Duration::from_nanos(nanoseconds))
    }

    /// The memory that it holds now, in bytes.
    pub(crate) fn resident_bytes(&self) -> Result<u64> {
        let status = std::fs::read_to_string(self.proc("status"))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok());
        kilobytes.map(|kilobytes| kilobytes * 1024).ok_or_else(|| Error::other("the process is gone"))
    }

    fn proc(&self, entry: &str) -> PathBuf {
        Path::new("/proc").join(self.child.id().to_string()).join(entry)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
