//! How much memory it holds, idle and at work.

use std::io::{Error, Result};
use std::time::{Duration, Instant};

use futures::future::try_join_all;
use serde::Serialize;

use super::operation::Operation;
use crate::house::House;
use crate::http::Connection;
use crate::server::Server;

/// What a store makes of it, in bytes.
#[derive(Serialize)]
pub(crate) struct Held {
    /// The store.
    pub(crate) store: &'static str,
    /// A second after the start.
    pub(crate) idle: u64,
    /// The most while all connections are busy with lookups, decorations and codes.
    pub(crate) loaded: u64,
    /// A second later, with all connections open.
    pub(crate) after: u64,
}

const CONNECTIONS: usize = 256;

/// Looks at the demo with the SQLite store, and then at the one in memory, which holds the codes themselves as well.
pub(crate) async fn measure(house: &House, length: Duration) -> Result<Vec<Held>> {
    let mut held = Vec::new();
    for (store, url) in [("sqlite", "sqlite:memory.db"), ("memory", "memory:")] {
        eprintln!("memory: {store}");
        let idle = house.start_demo(url).await?;
        tokio::time::sleep(Duration::from_secs(1)).await;
        let idle = idle.resident_bytes()?;
        let server = house.start(url).await?;
        let connections = (0..CONNECTIONS).map(|_| Connection::open(server.address()));
        let mut connections = try_join_all(connections).await?;
        let loaded = under_load(&server, &mut connections, length).await?;
        tokio::time::sleep(Duration::from_secs(1)).await;
        held.push(Held { store, idle, loaded, after: server.resident_bytes()? });
    }
    Ok(held)
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
