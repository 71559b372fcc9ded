use std::collections::HashMap;
use std::io::{Error, Result};
use std::path::Path;
use std::process::Command;

use serde::{Deserialize, Serialize};

use super::Work;
use crate::house::House;
use crate::http::Connection;
use crate::server::Server;

/// Valgrind's tool that counts.
pub(super) struct Callgrind;

/// What something took.
#[derive(Clone, Copy, Default, Serialize, Deserialize)]
pub(super) struct Taken {
    /// Instructions of the process, without those of the kernel for it.
    pub(super) instructions: f64,
    /// Calls of the system's allocator for memory, or for more of it.
    pub(super) allocations: f64,
}

impl Taken {
    pub(super) fn minus(self, other: Self) -> Self {
        Self {
            instructions: self.instructions - other.instructions,
            allocations: self.allocations - other.allocations,
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "a few thousand requests")]
    pub(super) fn by(self, requests: usize) -> Self {
        let requests = requests as f64;
        Self { instructions: self.instructions / requests, allocations: self.allocations / requests }
    }
}

impl Callgrind {
    pub(super) fn find() -> Result<Self> {
        let found = Command::new("valgrind").arg("--version").output();
        let missing = |_| Error::other("valgrind is missing: install the package of that name");
        found.map_err(missing).map(|_| Self)
    }

    /// Starts a server, has it do the work, ends it, and says what all of it took.
    pub(super) async fn count(&self, house: &House, server: Command, work: Work) -> Result<Taken> {
        let profile = house.file("callgrind.out");
        let mut command = Command::new("valgrind");
        command.args(["--quiet", "--tool=callgrind"]);
        command.arg(format!("--callgrind-out-file={}", profile.display()));
        command.arg(server.get_program()).args(server.get_args());
        for (name, value) in server.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        if let Some(folder) = server.get_current_dir() {
            command.current_dir(folder);
        }
        let mut server = Server::start(command, house.file("callgrind.log")).await?;
        let mut connection = Connection::open(server.address()).await?;
        work.run(&mut connection).await?;
        drop(connection);
        server.end()?;
        read(&profile)
    }
}

/// Reads a profile, which names each function once and has a number for it from then on.
fn read(profile: &Path) -> Result<Taken> {
    const ALLOCATORS: [&str; 5] = ["malloc", "calloc", "realloc", "posix_memalign", "aligned_alloc"];
    let mut taken = Taken::default();
    let mut names: HashMap<String, String> = HashMap::new();
    let mut called = String::new();
    for line in std::fs::read_to_string(profile)?.lines() {
        if let Some(total) = line.strip_prefix("totals: ") {
            taken.instructions = total.trim().parse().map_err(Error::other)?;
        } else if let Some((kind @ ("fn" | "cfn"), function)) = line.split_once('=') {
            let (number, name) = function.split_once(' ').unwrap_or((function, ""));
            if !name.is_empty() {
                names.insert(number.to_owned(), name.to_owned());
            }
            if kind == "cfn" {
                called = names.get(number).cloned().unwrap_or_default();
            }
        } else if let Some(calls) = line.strip_prefix("calls=")
            && ALLOCATORS.contains(&called.as_str())
        {
            let count = calls.split(' ').next().and_then(|count| count.parse::<f64>().ok());
            taken.allocations += count.unwrap_or_default();
        }
    }
    if taken.instructions > 0.0 { Ok(taken) } else { Err(Error::other("valgrind counted nothing")) }
}
