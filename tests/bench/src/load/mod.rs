//! How fast it is, beside [`bare`](crate::bare), and what it takes.

mod behind;
mod crowd;
mod memory;
pub(crate) mod operation;
mod passwords;
mod pgbench;
mod round;
mod side_by_side;
mod start;
mod stores;
mod table;

use std::io::Result;
use std::path::{Path, PathBuf};
use std::time::Duration;

use data_adapter_testkit::Postgres;
use operation::Operation;
pub(crate) use operation::message_id;
use round::Rounds;
use stores::Store;

use crate::bare::Answers;
use crate::house::House;
use crate::server::Server;

/// How long and how much.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Few and short rounds: a first idea in less than a minute
    #[arg(long)]
    quick: bool,
    /// How many times each server gets its turn
    #[arg(long, default_value_t = 9)]
    rounds: usize,
    /// How long a turn is, in milliseconds
    #[arg(long, default_value_t = 900)]
    millis: u64,
    /// Connections that are kept busy
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u16).range(1..=96))]
    connections: u16,
    /// Only the operation with this name, such as `lookup`, only over a store: `memory`, `sqlite` or `postgres`, only with what
    /// is behind: `ldap`, `ldaps` or `rest`, only verifying in a `crowd` of codes, the `start`, what is `resident`, or the memory
    /// that `passwords` take
    #[arg(long)]
    only: Option<String>,
    /// Another build of the program, to be measured in turn with this one
    #[arg(long, value_name = "FILE")]
    against: Option<PathBuf>,
    /// How many codes the `crowd` has
    #[arg(long, default_value_t = 10_000_000)]
    challenges: u64,
    /// Where the results go, as JSON
    #[arg(long, default_value = "target/bench")]
    output: PathBuf,
}

/// The Argon2id hash of everybody's password, [`operation::PASSWORD`], at the usual cost.
const HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$TURFeU16UTFOamM0T1dGaQ$mQaB4i0E/wQbnfiaKBweMvQ2IS81a7n910ifI3TXI8w";
/// So many that requests do not queue for one.
const USERS: usize = 1000;

/// What is measured.
struct Bench<'a> {
    arguments: &'a Arguments,
    house: House,
    /// The other build.
    other: Option<House>,
    /// The server that codes are kept in, where that is wanted and it is installed.
    postgres: Option<Postgres>,
    rounds: Rounds,
}

/// Measures everything and prints it.
pub(crate) async fn run(arguments: &Arguments) -> Result<()> {
    std::fs::create_dir_all(&arguments.output)?;
    let home = tempfile::tempdir_in(&arguments.output)?;
    let bench = Bench::new(arguments, home.path())?;
    bench.operations().await?;
    bench.behind().await?;
    bench.crowd().await?;
    bench.passwords(home.path()).await?;
    bench.start().await?;
    bench.resident().await
}

impl<'a> Bench<'a> {
    fn new(arguments: &'a Arguments, home: &Path) -> Result<Self> {
        let other = arguments.against.as_deref();
        let other = other.map(|program| House::of_another_build(program, &home.join("other"), USERS, HASH));
        let postgres = arguments.wants_postgres().then(Postgres::start).flatten();
        if arguments.wants_postgres() && postgres.is_none() {
            println!("\nNOT MEASURED: PostgreSQL, since it is not installed (.ci/install installs it)");
        }
        let (count, millis) = if arguments.quick { (3, 300) } else { (arguments.rounds, arguments.millis) };
        let rounds = Rounds {
            count,
            length: Duration::from_millis(millis),
            connections: arguments.connections.into(),
            users: USERS,
        };
        let house = House::build(&home.join("this"), USERS, HASH)?;
        Ok(Self { arguments, house, other: other.transpose()?, postgres, rounds })
    }

    async fn operations(&self) -> Result<()> {
        let mut rows = Vec::new();
        for operation in Operation::ALL {
            rows.extend(self.side_by_side(operation).await?);
        }
        if rows.is_empty() {
            return Ok(());
        }
        table::rates(&rows, &self.rounds);
        table::builds(&rows);
        table::save(&self.arguments.output.join("load.json"), &rows)
    }

    async fn behind(&self) -> Result<()> {
        let detours = behind::measure(self).await?;
        if detours.is_empty() {
            return Ok(());
        }
        table::detours(&detours, &self.rounds);
        table::save(&self.arguments.output.join("behind.json"), &detours)
    }

    async fn crowd(&self) -> Result<()> {
        let (Some(server), true) = (&self.postgres, self.arguments.wants_much("crowd")) else {
            return Ok(());
        };
        let rows = crowd::measure(&self.house, server, &self.rounds, self.arguments.challenges).await?;
        table::crowd(&rows, self.arguments.challenges);
        table::save(&self.arguments.output.join("crowd.json"), &rows)
    }

    async fn passwords(&self, home: &Path) -> Result<()> {
        if !self.arguments.wants(&["passwords"]) {
            return Ok(());
        }
        let checks = if self.arguments.quick { 1_000 } else { 10_000 };
        let checked = passwords::measure(&home.join("passwords"), checks).await?;
        table::passwords(&checked);
        table::save(&self.arguments.output.join("passwords.json"), &[checked])
    }

    async fn start(&self) -> Result<()> {
        if !self.arguments.wants(&["start"]) {
            return Ok(());
        }
        let starts = start::measure(&self.house, if self.arguments.quick { 5 } else { 15 }).await?;
        table::starts(&starts);
        table::save(&self.arguments.output.join("start.json"), &starts)
    }

    async fn resident(&self) -> Result<()> {
        if !self.arguments.wants(&["resident"]) {
            return Ok(());
        }
        let held = memory::measure(self).await?;
        table::memory(&held);
        table::save(&self.arguments.output.join("memory.json"), &held)
    }
}

impl Arguments {
    /// Whether what has these names is to be measured.
    fn wants(&self, names: &[&str]) -> bool {
        self.only.as_ref().is_none_or(|only| names.contains(&only.as_str()))
    }

    /// Whether what takes minutes is.
    fn wants_much(&self, name: &str) -> bool {
        self.wants(&[name]) && !(self.quick && self.only.is_none())
    }

    fn wants_postgres(&self) -> bool {
        let about_codes = Operation::ALL.into_iter().filter(|operation| operation.is_about_codes());
        let mut names: Vec<_> = about_codes.map(Operation::name).collect();
        names.extend([Store::Postgres.name(), "crowd", "resident"]);
        self.wants(&names)
    }
}

async fn bare(house: &House, answers: Answers) -> Result<Server> {
    let command = house.bare(&answers, std::thread::available_parallelism()?.get())?;
    Server::start(command, house.file("bare.log")).await
}
