//! How much memory it holds, idle and at work.

use std::io::{Error, Result};
use std::time::{Duration, Instant};

use futures::future::try_join_all;
use serde::Serialize;

use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use super::Bench;
use super::operation::Operation;
use super::stores::Store;
use crate::house::House;
use crate::http::Connection;
use crate::server::Server;

/// What a store makes of it, in bytes.
#[derive(Serialize)]
pub(crate) struct Held {
    /// The store, and which build.
    pub(crate) store: &'static str,
    /// A second after the start.
    pub(crate) idle: u64,
    /// The most while all connections are busy with lookups, decorations and codes.
    pub(crate) loaded: u64,
    /// A second later, with all connections open.
    pub(crate) after: u64,
    /// With many connections of which half have said nothing yet, and half have begun a request.
    pub(crate) waiting: u64,
    /// The most with these, and as many busy ones as before.
    pub(crate) crowded: u64,
}

/// Busy ones.
const CONNECTIONS: usize = 256;
/// Those that do nothing.
const WAITING: usize = 9_000;
/// How a request begins.
const BEGINNING: &[u8] =
    b"POST /api/auth/user/lookup HTTP/1.1\r\nhost: localhost\r\naccept: application/json\r\n";

/// Looks at the demo over each store, and then at the Data Adapter at work. That in memory holds the codes themselves as well.
pub(super) async fn measure(bench: &Bench<'_>) -> Result<Vec<Held>> {
    rlimit::increase_nofile_limit(2 * WAITING as u64)?;
    let length = bench.rounds.length * 5;
    let mut held = Vec::new();
    for store in [Store::Sqlite, Store::Memory, Store::Postgres] {
        let builds = [(store.name(), Some(&bench.house)), (store.name_of_other(), bench.other.as_ref())];
        for (name, house) in builds {
            let urls = ["idle", "loaded", "crowded"].map(|name| store.url(name, bench.postgres.as_ref()));
            let (Some(house), [Some(idle), Some(loaded), Some(crowded)]) = (house, urls) else { continue };
            if house.knows(&idle) {
                eprintln!("resident: {name}");
                let (waiting, crowded) = crowd(&house.start(&crowded).await?, length).await?;
                let (loaded, after) = at_work(&house.start(&loaded).await?, length).await?;
                held.push(Held {
                    store: name,
                    idle: idle_bytes(house, &idle).await?,
                    loaded,
                    after,
                    waiting,
                    crowded,
                });
            }
        }
    }
    Ok(held)
}

async fn idle_bytes(house: &House, store: &str) -> Result<u64> {
    let server = house.start_demo(store).await?;
    tokio::time::sleep(Duration::from_secs(1)).await;
    server.resident_bytes()
}

/// The most at work, and what is left of it a second later.
async fn at_work(server: &Server, length: Duration) -> Result<(u64, u64)> {
    let connections = (0..CONNECTIONS).map(|_| Connection::open(server.address()));
    let mut connections = try_join_all(connections).await?;
    let loaded = under_load(server, &mut connections, length).await?;
    tokio::time::sleep(Duration::from_secs(1)).await;
    Ok((loaded, server.resident_bytes()?))
}

/// With those that do nothing, and the most with busy ones beside them.
async fn crowd(server: &Server, length: Duration) -> Result<(u64, u64)> {
    let mut waiting = Vec::with_capacity(WAITING);
    for number in 0..WAITING {
        let mut connection = TcpStream::connect(server.address()).await?;
        if number % 2 == 0 {
            connection.write_all(BEGINNING).await?;
        }
        waiting.push(connection);
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    let resident = server.resident_bytes()?;
    let (most, _) = at_work(server, length).await?;
    Ok((resident, most))
}

async fn under_load(server: &Server, connections: &mut [Connection], length: Duration) -> Result<u64> {
    let until = Instant::now() + length;
    let work = connections.iter_mut().enumerate().map(async |(index, connection)| {
        let operations = [Operation::Lookup, Operation::Decorate, Operation::SmsCreate];
        let mut requests = operations.map(|operation| operation.request(index));
        for number in (index..).step_by(CONNECTIONS) {
            if Instant::now() > until {
                break;
            }
            connection.expect_ok(requests[number / CONNECTIONS % 3].about(number)).await?;
        }
        Ok::<_, Error>(())
    });
    let watch = async {
        let mut most = 0;
        while Instant::now() < until {
            most = most.max(server.resident_bytes()?);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(most)
    };
    Ok(futures::try_join!(try_join_all(work), watch)?.1)
}
