//! How much memory it holds after many passwords.

use std::io::{Error, Result};
use std::path::Path;
use std::time::Duration;

use futures::future::try_join_all;
use serde::Serialize;

use super::HASH;
use super::operation::Operation;
use crate::house::House;
use crate::http::Connection;

/// What is resident, in bytes.
#[derive(Serialize)]
pub(crate) struct Checked {
    /// Right passwords, of many users, that were checked in between.
    pub(crate) checks: usize,
    /// How many are checked at once.
    pub(crate) slots: usize,
    /// A second after the start.
    pub(crate) before: u64,
    /// A second after the last password, with all connections open.
    pub(crate) after: u64,
    /// What it may be: 25 MB, and one buffer for each slot.
    pub(crate) allowed: u64,
}

const CONNECTIONS: usize = 64;
/// Few enough that what is held of themselves does not show.
const USERS: usize = 100;
/// The memory of one hash at the usual cost.
const BUFFER: u64 = 19 * 1024 * 1024;

/// Checks so many passwords over the store in memory.
pub(crate) async fn measure(home: &Path, checks: usize) -> Result<Checked> {
    eprintln!("passwords: {checks}");
    let house = House::build(home, USERS, HASH)?;
    let slots = std::thread::available_parallelism()?.get();
    let server = house.start("memory:").await?;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let before = server.resident_bytes()?;
    let connections = (0..CONNECTIONS).map(|_| Connection::open(server.address()));
    let mut connections = try_join_all(connections).await?;
    check(&mut connections, checks).await?;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let allowed = 25_000_000 + slots as u64 * BUFFER;
    Ok(Checked { checks, slots, before, after: server.resident_bytes()?, allowed })
}

async fn check(connections: &mut [Connection], checks: usize) -> Result<()> {
    let work = connections.iter_mut().enumerate().map(async |(index, connection)| {
        for number in (index..checks).step_by(CONNECTIONS) {
            let mut request = Operation::Authenticate.request(number % USERS);
            let body = connection.expect_ok(request.about(number)).await?;
            Operation::Authenticate.check(body)?;
        }
        Ok::<_, Error>(())
    });
    try_join_all(work).await.map(drop)
}
