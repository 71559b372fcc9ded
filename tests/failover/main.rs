//! Kills a primary again and again, of three PostgreSQL servers under Patroni or of a Redis Cluster of six, under load through two
//! instances of the binary, and looks that nothing is lost that was acknowledged, that no code is accepted twice, and that requests are answered again in time
//! without a restart. What users were told is held against the model of the protocol. `docs/many-machines.md` has what came out.

#![expect(clippy::print_stdout, reason = "its output is a report for people")]
#![expect(clippy::print_stderr, reason = "and its progress")]

mod bank;
mod history;
mod round;
mod servers;
mod visit;
mod watch;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::{Parser, ValueEnum};
use tokio::signal::unix::{SignalKind, signal};

use crate::bank::Bank;
use crate::round::{Killed, MOST_USERS, kill};
use crate::servers::{Servers, SixRedis, ThreePostgres};
use crate::visit::Tally;

#[derive(Parser)]
#[command(
    about = "Kills a primary again and again, under load through two instances, and looks that nothing is lost"
)]
struct Arguments {
    /// Whose
    #[arg(long, value_enum, default_value_t = Kind::Postgres)]
    servers: Kind,
    /// How often; a PostgreSQL each third time with its Patroni, as a machine that dies
    #[arg(long, default_value_t = 10)]
    kills: usize,
    /// Seconds until requests have to be answered again
    #[arg(long, default_value_t = 15)]
    within: u64,
    /// A folder for the logs of the instances
    #[arg(long)]
    logs: Option<PathBuf>,
}

/// Servers of which one is killed.
#[derive(Clone, Copy, ValueEnum)]
enum Kind {
    /// Three PostgreSQL servers under Patroni, for everything
    Postgres,
    /// Three Redis servers with a replica each, for codes and counters
    RedisCluster,
}

impl Kind {
    /// `None` where something of them is not installed.
    fn start(self) -> Option<Box<dyn Servers>> {
        match self {
            Self::Postgres => ThreePostgres::start().map(|servers| Box::new(servers) as Box<dyn Servers>),
            Self::RedisCluster => SixRedis::start().map(|servers| Box::new(servers) as Box<dyn Servers>),
        }
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let work = tokio::spawn(run(Arguments::parse()));
    let mut asked_to_stop = signal(SignalKind::terminate()).expect("signals can be waited for");
    tokio::select! {
        done = work => done.unwrap_or(ExitCode::FAILURE),
        _ = tokio::signal::ctrl_c() => ExitCode::FAILURE,
        _ = asked_to_stop.recv() => ExitCode::FAILURE,
    }
}

async fn run(Arguments { servers, kills, within, logs }: Arguments) -> ExitCode {
    eprintln!("starting the servers, and two instances");
    let Some(mut servers) = servers.start() else {
        eprintln!("they are not installed; `.ci/install failover` installs them");
        return ExitCode::FAILURE;
    };
    let bank = Arc::new(Bank::open(&servers.settings(), kills * MOST_USERS).await);
    let (mut all, mut longest) = (Tally::default(), Duration::ZERO);
    for number in 1..=kills {
        let killed = kill(servers.as_mut(), &bank, number).await;
        println!("kill {number} of {kills}: {}", report(&killed));
        longest = killed.again.into_iter().fold(longest, Duration::max);
        all.add(killed.tally);
    }
    if let Some(folder) = logs {
        keep(&bank.logs(), &folder);
    }
    println!("longest gap {:.1} s; {}", longest.as_secs_f64(), sums(&all));
    let is_late = longest > Duration::from_secs(within);
    if is_late {
        eprintln!("requests were not answered within {within} s");
    }
    let wrong = [&all.lost, &all.twice, &all.contradictions];
    wrong.iter().flat_map(|wrong| wrong.iter()).for_each(|wrong| eprintln!("{wrong}"));
    let is_right = all.challenges > 0 && wrong.iter().all(|wrong| wrong.is_empty());
    if is_right && !is_late { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn keep(logs: &[String; 2], folder: &Path) {
    for (number, log) in logs.iter().enumerate() {
        let file = folder.join(format!("instance-{number}.log"));
        std::fs::write(&file, log).unwrap_or_else(|error| eprintln!("{}: {error}", file.display()));
    }
}

fn report(Killed { what, again, tally }: &Killed) -> String {
    let [one, other] = again.map(|again| again.as_secs_f64());
    format!("{what}; answered again after {one:.1} s and {other:.1} s; {}", sums(tally))
}

fn sums(tally: &Tally) -> String {
    format!(
        "{} challenges were acknowledged ({} more are too old to tell), {} codes accepted, {} calls made, \
         {} of them without an answer; lost {}, accepted twice {}, told against the model {}",
        tally.challenges,
        tally.too_late,
        tally.accepted,
        tally.calls,
        tally.unknown,
        tally.lost.len(),
        tally.twice.len(),
        tally.contradictions.len()
    )
}
