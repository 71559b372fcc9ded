//! What PostgreSQL does without the Data Adapter: `pgbench` over the same tables.

use std::io::{Error, Result};
use std::path::PathBuf;

use data_adapter_testkit::Postgres;

use super::crowd::nanoseconds;
use super::round::Measured;
use crate::house::House;

/// The transactions of a code and of the right answer to it, as the store in PostgreSQL has them.
const SCRIPT: &str = include_str!("create_then_verify.sql");

/// Runs the two transactions over as many connections as the Data Adapter has.
pub(crate) struct PgBench<'a> {
    server: &'a Postgres,
    user: String,
    script: PathBuf,
}

impl<'a> PgBench<'a> {
    pub(crate) const NAME: &'static str = "pgbench";
    /// `store.pool_size` where it is not set.
    const CONNECTIONS: &'static str = "16";

    /// Has the Data Adapter make the tables.
    pub(super) async fn new(server: &'a Postgres, house: &House) -> Result<Self> {
        let user = server.user();
        drop(house.start(&server.socket_url(&user)).await?);
        let script = house.file("create_then_verify.sql");
        std::fs::write(&script, SCRIPT)?;
        Ok(Self { server, user, script })
    }

    /// Its turn, a second, which is the shortest that it knows. The two transactions are two requests.
    pub(super) fn round(&self, into: &mut Measured) -> Result<()> {
        let now = nanoseconds(self.server);
        let mut command = self.server.client("pgbench", &self.user);
        command.args(["--no-vacuum", "--protocol=prepared", "--time=1", "--client", Self::CONNECTIONS]);
        command
            .arg(format!("--define=now={now}"))
            .arg("--define=number=1000000")
            .arg("--file")
            .arg(&self.script);
        let said = command.output()?;
        let text = String::from_utf8_lossy(&said.stdout);
        let rate = text.lines().find_map(|line| line.strip_prefix("tps = ")?.split(' ').next()?.parse().ok());
        let rate: f64 = rate.filter(|_| said.status.success()).ok_or_else(|| {
            Error::other(format!("pgbench fails: {}", String::from_utf8_lossy(&said.stderr)))
        })?;
        into.rates.push(rate * 2.0);
        Ok(())
    }
}
