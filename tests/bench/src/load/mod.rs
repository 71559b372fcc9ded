//! How fast it is, beside [`bare`](crate::bare), and what it takes.

mod behind;
mod memory;
pub(crate) mod operation;
mod passwords;
mod round;
mod start;
mod table;

use std::io::Result;
use std::path::PathBuf;
use std::time::Duration;

use operation::Operation;
pub(crate) use operation::message_id;
use round::{Measured, Rounds};

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
    /// Only the operation with this name, such as `lookup`, only with what is behind: `ldap`, `ldaps` or
    /// `rest`, or only the memory that `passwords` take
    #[arg(long)]
    only: Option<String>,
    /// Where the results go, as JSON
    #[arg(long, default_value = "target/bench")]
    output: PathBuf,
}

/// The Argon2id hash of everybody's password, [`operation::PASSWORD`], at the usual cost.
const HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$TURFeU16UTFOamM0T1dGaQ$mQaB4i0E/wQbnfiaKBweMvQ2IS81a7n910ifI3TXI8w";
/// So many that requests do not queue for one.
const USERS: usize = 1000;

/// Measures everything and prints it.
pub(crate) async fn run(arguments: &Arguments) -> Result<()> {
    std::fs::create_dir_all(&arguments.output)?;
    let home = tempfile::tempdir_in(&arguments.output)?;
    let house = House::build(home.path(), USERS, HASH)?;
    let (count, millis) = if arguments.quick { (3, 300) } else { (arguments.rounds, arguments.millis) };
    let rounds = Rounds {
        count,
        length: Duration::from_millis(millis),
        connections: arguments.connections.into(),
        users: USERS,
    };
    let mut rows = Vec::new();
    for operation in Operation::ALL {
        if arguments.wants(&[operation.name()]) {
            rows.extend(compare(&house, operation, &rounds).await?);
        }
    }
    if !rows.is_empty() {
        table::rates(&rows, &rounds);
        table::save(&arguments.output.join("load.json"), &rows)?;
    }
    let detours = behind::measure(&house, &rounds, arguments).await?;
    if !detours.is_empty() {
        table::detours(&detours, &rounds);
        table::save(&arguments.output.join("behind.json"), &detours)?;
    }
    if arguments.wants(&["passwords"]) {
        let checked =
            passwords::measure(&home.path().join("passwords"), if arguments.quick { 1_000 } else { 10_000 })
                .await?;
        table::passwords(&checked);
        table::save(&arguments.output.join("passwords.json"), &[checked])?;
    }
    if arguments.only.is_none() {
        let starts = start::measure(&house, if arguments.quick { 5 } else { 15 }).await?;
        table::starts(&starts);
        table::save(&arguments.output.join("start.json"), &starts)?;
        let held = memory::measure(&house, rounds.length * 5).await?;
        table::memory(&held);
        table::save(&arguments.output.join("memory.json"), &held)?;
    }
    Ok(())
}

impl Arguments {
    /// Whether what has these names is to be measured.
    fn wants(&self, names: &[&str]) -> bool {
        self.only.as_ref().is_none_or(|only| names.contains(&only.as_str()))
    }
}

/// The same operation on each store and on the bare handler, turn by turn.
async fn compare(house: &House, operation: Operation, rounds: &Rounds) -> Result<Vec<Measured>> {
    let memory = house.start("memory:").await?;
    let sqlite = house.start(&format!("sqlite:{}.db", operation.name())).await?;
    let bare = bare(house, operation.answers(&memory).await?).await?;
    rounds.measure(operation, &[("bare", &bare), ("memory", &memory), ("sqlite", &sqlite)]).await
}

async fn bare(house: &House, answers: Answers) -> Result<Server> {
    let command = house.bare(&answers, std::thread::available_parallelism()?.get())?;
    Server::start(command, house.file("bare.log")).await
}
