//! What a request takes, in instructions of the program and in allocations: the same on a busy machine as on a quiet one.
//!
//! Each program is run twice under callgrind, with one worker and one connection, once for few requests and once for many
//! more. What the second run took more, by what it was asked more, is a request's.

mod callgrind;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Error, Result};
use std::path::{Path, PathBuf};

use clap::Args;
use serde::{Deserialize, Serialize};

use crate::house::House;
use crate::http::Connection;
use crate::load::operation::{CHEAP_HASH, Operation, codes, is_verified, message_id};
use crate::requests::{SMS_VERIFY, post, sms_verify};
use callgrind::{Callgrind, Taken};

/// How the instructions are counted.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Only this operation: `lookup`, `authenticate`, `decorate`, `create` or `verify`
    #[arg(long)]
    only: Option<String>,
    /// Requests that are counted
    #[arg(long, default_value_t = 2000)]
    requests: usize,
    /// Results of another commit, as `--output` has them, to compare with
    #[arg(long)]
    against: Option<PathBuf>,
    /// Where the results go, as JSON
    #[arg(long, default_value = "target/bench/instructions.json")]
    output: PathBuf,
}

/// What one request takes, by operation.
type Results = BTreeMap<String, Row>;

#[derive(Serialize, Deserialize)]
struct Row {
    /// The program.
    program: Taken,
    /// A handler that checks that the same body is JSON and answers the same bytes.
    bare: Taken,
}

const USERS: usize = 100;
/// Enough for everything that is done once.
const WARM_UP: usize = 200;
/// As many as the inbox shows.
const BATCH: usize = 64;
const ORDER: [&str; 5] = ["lookup", "authenticate", "decorate", "create", "verify"];

pub(crate) async fn run(arguments: &Arguments) -> Result<()> {
    let before = arguments.against.as_deref().map(read).transpose()?;
    let home = tempfile::TempDir::new()?;
    let house = House::build(home.path(), USERS, CHEAP_HASH)?;
    let count = Count { house: &house, callgrind: Callgrind::find()?, requests: arguments.requests };
    let mut results = Results::new();
    for name in ORDER {
        if arguments.only.as_deref().is_none_or(|only| only == name) {
            eprintln!("{name}");
            results.insert(name.to_owned(), count.row(name).await?);
        }
    }
    print(&results, before.as_ref());
    if let Some(folder) = arguments.output.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(&arguments.output, serde_json::to_vec_pretty(&results)?)
}

struct Count<'a> {
    house: &'a House,
    callgrind: Callgrind,
    requests: usize,
}

/// What is asked of a server.
#[derive(Clone, Copy)]
enum Work {
    /// The same operation over and over.
    Requests(Operation, usize),
    /// So many batches of codes, which are looked up in the inbox where there is one, and answered or not.
    Codes { batches: usize, are_answered: bool, has_inbox: bool },
}

impl Count<'_> {
    async fn row(&self, name: &str) -> Result<Row> {
        if name == "verify" {
            return self.verify().await;
        }
        let operation = match name {
            "lookup" => Operation::Lookup,
            "authenticate" => Operation::Authenticate,
            "decorate" => Operation::Decorate,
            _ => Operation::SmsCreate,
        };
        let [few, many] =
            [WARM_UP, WARM_UP + self.requests].map(|requests| Work::Requests(operation, requests));
        self.difference(operation, few, many, self.requests).await
    }

    async fn verify(&self) -> Result<Row> {
        let batches = self.requests.div_ceil(BATCH);
        let codes = |are_answered| Work::Codes { batches, are_answered, has_inbox: true };
        self.difference(Operation::SmsCreateThenVerify, codes(false), codes(true), batches * BATCH).await
    }

    /// What a request takes by which `many` is more than `few`.
    async fn difference(&self, operation: Operation, few: Work, many: Work, requests: usize) -> Result<Row> {
        let answers = operation.answers(&self.house.start("memory:").await?).await?;
        let [mut program, mut bare] = [Vec::new(), Vec::new()];
        for work in [few, many] {
            program.push(self.callgrind.count(self.house, self.house.one_worker("memory:"), work).await?);
            bare.push(
                self.callgrind.count(self.house, self.house.bare(&answers, 1)?, work.without_inbox()).await?,
            );
        }
        let taken = |of: &[Taken]| of[1].minus(of[0]).by(requests);
        Ok(Row { program: taken(&program), bare: taken(&bare) })
    }
}

impl Work {
    fn without_inbox(self) -> Self {
        match self {
            Self::Codes { batches, are_answered, .. } => {
                Self::Codes { batches, are_answered, has_inbox: false }
            }
            requests @ Self::Requests(..) => requests,
        }
    }

    async fn run(self, connection: &mut Connection) -> Result<()> {
        match self {
            Self::Requests(operation, requests) => {
                let mut request = operation.request(0);
                for number in 0..requests {
                    operation.check(connection.expect_ok(request.about(number)).await?)?;
                }
                Ok(())
            }
            Self::Codes { batches, are_answered, has_inbox } => {
                for batch in 0..batches {
                    answer_codes(connection, batch, are_answered, has_inbox).await?;
                }
                Ok(())
            }
        }
    }
}

async fn answer_codes(
    connection: &mut Connection,
    batch: usize,
    are_answered: bool,
    has_inbox: bool,
) -> Result<()> {
    let mut request = Operation::SmsCreate.request(0);
    let mut messages = Vec::with_capacity(BATCH);
    for number in batch * BATCH..(batch + 1) * BATCH {
        let body = connection.expect_ok(request.about(number)).await?;
        messages.push((number, message_id(body)?.to_owned()));
    }
    let codes: BTreeMap<String, String> =
        if has_inbox { codes(connection).await?.into_iter().collect() } else { BTreeMap::new() };
    if !are_answered {
        return Ok(());
    }
    for (number, message) in messages {
        let code = codes.get(&message).map_or("00000000", String::as_str);
        let answer = post(SMS_VERIFY, &sms_verify(&message, code, number));
        if !is_verified(connection.expect_ok(&answer).await?) {
            return Err(Error::other("a right code is refused"));
        }
    }
    Ok(())
}

fn read(file: &Path) -> Result<Results> {
    Ok(serde_json::from_reader(File::open(file)?)?)
}

fn print(results: &Results, before: Option<&Results>) {
    println!(
        "\n{:14}{:>14}{:>10}{:>8}{:>14}{:>10}",
        "a request", "instructions", "bare", "ratio", "allocations", "bare"
    );
    for (name, Row { program, bare }) in ordered(results) {
        let ratio = program.instructions / bare.instructions;
        println!(
            "{name:14}{:>14.0}{:>10.0}{ratio:>8.2}{:>14.1}{:>10.1}",
            program.instructions, bare.instructions, program.allocations, bare.allocations
        );
    }
    let Some(before) = before else { return };
    println!("\n{:14}{:>14}{:>14}", "to before", "instructions", "allocations");
    for (name, row) in ordered(results) {
        let Some(old) = before.get(name) else { continue };
        let (new, old) = (&row.program, &old.program);
        let [instructions, allocations] =
            [new.instructions / old.instructions, new.allocations / old.allocations];
        println!("{name:14}{instructions:>14.3}{allocations:>14.3}");
    }
}

fn ordered(results: &Results) -> impl Iterator<Item = (&'static str, &Row)> {
    ORDER.into_iter().filter_map(|name| Some((name, results.get(name)?)))
}
