//! Whether the time of an answer tells what the answer itself keeps secret.

mod pairs;
mod partner;
mod welch;

use std::io::{Error, Result};
use std::time::{Duration, Instant};

use pairs::Pair;
use welch::Samples;

use crate::house::House;
use crate::http::Connection;
use crate::server::Server;

/// How much.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Answers of each kind
    #[arg(long, default_value_t = 20_000, value_parser = clap::value_parser!(u32).range(10_000..=1_000_000))]
    samples: u32,
    /// The store: `memory:` or `sqlite:FILE`
    #[arg(long, default_value = "memory:")]
    store: String,
    /// Only the pair with this name, such as `padding`
    #[arg(long)]
    only: Option<String>,
}

/// The cheapest Argon2id there is, so that many answers take minutes, and what Argon2 itself takes hides nothing. No password
/// has this hash.
const HASH: &str =
    "$argon2id$v=19$m=8,t=1,p=1$nHZghWRdhohP40GFHBq92w$hZK1Xs9e1aPljOsg+J1mSsIX4Uf5JUwt6DyhhrHxVk0";
/// Answers before the first that counts.
const WARM_UP: u32 = 500;

/// Times every pair and says which ones can be told apart.
pub(crate) async fn run(arguments: &Arguments) -> Result<()> {
    let home = tempfile::tempdir()?;
    let users = usize::try_from(2 * (arguments.samples + WARM_UP)).map_err(Error::other)?;
    let house = House::build(home.path(), users, HASH)?.with_partners(users, HASH)?;
    println!("{} answers of each kind, interleaved; store {}\n", arguments.samples, arguments.store);
    println!("{:50}{:>12}{:>12}{:>10}{:>10}", "", "difference", "noticeable", "t", "t of 90 %");
    let mut told_apart = Vec::new();
    for pair in Pair::ALL {
        if arguments.only.as_ref().is_some_and(|only| only != pair.name()) {
            continue;
        }
        // Each begins with a store of its own, in which nobody is blocked.
        let store = arguments.store.replace("FILE", pair.name());
        let samples = compare(&house.start(&store).await?, pair, arguments.samples).await?;
        let (all, fast) = (samples.welch(), samples.without_slowest_tenth().welch());
        println!(
            "{:50}{:9.0} ns{:9.0} ns{:10.2}{:10.2}",
            pair.title(),
            fast.difference,
            welch::LIMIT * fast.error,
            all.t(),
            fast.t()
        );
        if all.t().abs().max(fast.t().abs()) >= welch::LIMIT {
            told_apart.push(pair.name());
        }
    }
    if told_apart.is_empty() {
        println!("\nno |t| reaches {}: nothing can be told apart", welch::LIMIT);
        return Ok(());
    }
    Err(Error::other(format!("can be told apart by time: {}", told_apart.join(", "))))
}

/// Asks for both kinds again and again, in random order.
async fn compare(server: &Server, pair: Pair, count: u32) -> Result<Samples> {
    let mut connection = Connection::open(server.address()).await?;
    let partner = pair.partner(&mut connection).await?;
    let mut samples = Samples::default();
    for number in 0..count + WARM_UP {
        let requests = pair.requests(&mut connection, partner.as_ref(), number as usize).await?;
        let first = usize::from(rand::random::<bool>());
        for kind in [first, 1 - first] {
            let (took, body) = time(&mut connection, &requests[kind]).await?;
            pair.check(&body)?;
            if number >= WARM_UP {
                samples.add(kind, took);
            }
        }
    }
    Ok(samples)
}

async fn time(connection: &mut Connection, request: &[u8]) -> Result<(Duration, Vec<u8>)> {
    let started = Instant::now();
    let answer = connection.send(request).await?;
    Ok((started.elapsed(), answer.body.to_vec()))
}
