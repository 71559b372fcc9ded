//! One operation over each store, by this build and another one, turn by turn.

use std::io::Result;

use super::operation::Operation;
use super::pgbench::PgBench;
use super::round::Measured;
use super::stores::Store;
use super::{Bench, bare};
use crate::house::House;
use crate::server::Server;

/// What it is called in the table.
type Named = (&'static str, Server);

impl Bench<'_> {
    /// The same operation over each store that is wanted, and on the bare handler.
    pub(super) async fn side_by_side(&self, operation: Operation) -> Result<Vec<Measured>> {
        let mut servers = Vec::new();
        for store in Store::ALL {
            if self.arguments.wants(&[operation.name(), store.name()]) {
                servers.extend(self.over(store, operation).await?);
            }
        }
        let Some((_, first)) = servers.first() else { return Ok(Vec::new()) };
        let bare = bare(&self.house, operation.answers(first).await?).await?;
        let mut turns = vec![("bare", &bare)];
        turns.extend(servers.iter().map(|(name, server)| (*name, server)));
        let program = self.pgbench(operation, &servers).await?;
        self.rounds.measure_beside(operation, &turns, program.as_ref()).await
    }

    /// Each build that knows the store, over one of its own. Where nothing is kept, PostgreSQL is not asked.
    async fn over(&self, store: Store, operation: Operation) -> Result<Vec<Named>> {
        if store == Store::Postgres && !operation.is_about_codes() {
            return Ok(Vec::new());
        }
        let url = || store.url(operation.name(), self.postgres.as_ref());
        let mut servers = Vec::new();
        if let Some(url) = url() {
            servers.push((store.name(), self.house.start(&url).await?));
        }
        let knows = |other: &&House| url().is_some_and(|url| other.knows(&url));
        if let (Some(other), Some(url)) = (self.other.as_ref().filter(knows), url()) {
            servers.push((store.name_of_other(), other.start(&url).await?));
        }
        Ok(servers)
    }

    /// What PostgreSQL does by itself, beside codes that are kept in it and answered.
    async fn pgbench(&self, operation: Operation, servers: &[Named]) -> Result<Option<PgBench<'_>>> {
        let is_kept_there = servers.iter().any(|(name, _)| *name == Store::Postgres.name());
        match &self.postgres {
            Some(server) if is_kept_there && operation == Operation::SmsCreateThenVerify => {
                PgBench::new(server, &self.house).await.map(Some)
            }
            _ => Ok(None),
        }
    }
}
