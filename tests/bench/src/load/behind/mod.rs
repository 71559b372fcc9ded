//! What the Data Adapter adds to a server that it asks for users and passwords: the same through it and directly, turn by
//! turn.

mod directory;

use std::cell::Cell;
use std::io::Result;

use data_adapter_testkit::Slapd;
use serde::Serialize;

use self::directory::Direct;
use super::operation::{CHEAP_HASH, Operation};
use super::round::{Measured, Rounds};
use super::{Bench, USERS};
use crate::house::House;
use crate::server::Server;

/// An operation through the Data Adapter, beside the same one without it.
#[derive(Serialize)]
pub(crate) struct Detour {
    /// What is behind.
    pub(crate) behind: &'static str,
    /// How many ask at once.
    pub(crate) connections: usize,
    /// Without the Data Adapter; there is no processor time of it.
    pub(crate) direct: Measured,
    /// Through it; the processor time is its own.
    pub(crate) through: Measured,
    /// Through the other build of it.
    pub(crate) through_other: Option<Measured>,
}

const OPERATIONS: [Operation; 2] = [Operation::Lookup, Operation::Authenticate];
/// What the rows are called until they are a [`Detour`].
const NAMES: [&str; 3] = ["direct", "through", "through other"];

/// Measures what is wanted: with all connections, where the ratio counts, and with one, where nothing queues and the added
/// latency is that of the way alone.
pub(super) async fn measure(bench: &Bench<'_>) -> Result<Vec<Detour>> {
    let mut detours = bench.beside_rest().await?;
    for behind in ["ldap", "ldaps"] {
        if bench.operations_behind(behind).next().is_none() {
            continue;
        }
        let Some(slapd) = directory::start(USERS) else {
            println!("\nNOT MEASURED: LDAP, since slapd is not installed (.ci/install installs it)");
            return Ok(detours);
        };
        detours.extend(bench.beside_ldap(behind, &slapd).await?);
    }
    Ok(detours)
}

impl Bench<'_> {
    fn operations_behind(&self, behind: &str) -> impl Iterator<Item = Operation> {
        OPERATIONS.into_iter().filter(move |it| self.arguments.wants(&[it.name(), behind]))
    }

    /// Each build in front of what these keys describe.
    async fn in_front_of(&self, kind: &str, keys: &str) -> Result<Vec<Server>> {
        let mut fronts = Vec::new();
        for house in std::iter::once(&self.house).chain(&self.other) {
            fronts.push(house.start_in_front_of(kind, keys).await?);
        }
        Ok(fronts)
    }

    async fn beside_rest(&self) -> Result<Vec<Detour>> {
        let mut detours = Vec::new();
        if self.operations_behind("rest").next().is_none() {
            return Ok(detours);
        }
        let upstream = House::build(&self.house.file("behind"), USERS, CHEAP_HASH)?.start("memory:").await?;
        let fronts = self.in_front_of("rest", &format!("url = \"http://{}\"", upstream.address())).await?;
        let servers = NAMES.into_iter().zip(std::iter::once(&upstream).chain(&fronts));
        let servers: Vec<_> = servers.collect();
        for operation in self.operations_behind("rest") {
            for rounds in self.rounds.busy_and_calm() {
                let measured = rounds.measure(operation, &servers).await?;
                detours.extend(Detour::new("rest", rounds.connections, measured));
            }
        }
        Ok(detours)
    }

    async fn beside_ldap(&self, behind: &'static str, slapd: &Slapd) -> Result<Vec<Detour>> {
        let url = if behind == "ldap" { slapd.url() } else { slapd.tls_url() };
        let settings =
            format!("ca_file = {:?}\n{}", slapd.ca_file(), Slapd::settings(std::slice::from_ref(&url)));
        let fronts = self.in_front_of("ldap", &settings).await?;
        let direct = Direct::new(url, slapd.ca_file())?;
        let mut detours = Vec::new();
        for operation in self.operations_behind(behind) {
            for rounds in self.rounds.busy_and_calm() {
                let measured = beside_ldap(&rounds, operation, &direct, &fronts).await?;
                detours.extend(Detour::new(behind, rounds.connections, measured));
            }
        }
        Ok(detours)
    }
}

async fn beside_ldap(
    rounds: &Rounds,
    operation: Operation,
    direct: &Direct,
    fronts: &[Server],
) -> Result<Vec<Measured>> {
    let numbers = Cell::new(1);
    let turn = async |index: usize, into: &mut Measured| match index.checked_sub(1) {
        None => direct.round(rounds, operation, into).await,
        Some(front) => rounds.round(operation, (NAMES[index], &fronts[front]), into, &numbers).await,
    };
    rounds.in_turn(operation, &NAMES[..=fronts.len()], turn).await
}

impl Detour {
    /// Takes what came out directly, through the Data Adapter and through another build of it, in this order.
    fn new(behind: &'static str, connections: usize, measured: Vec<Measured>) -> Option<Self> {
        let mut measured = measured.into_iter();
        let (direct, through) = (measured.next()?, measured.next()?);
        Some(Self { behind, connections, direct, through, through_other: measured.next() })
    }
}

impl Rounds {
    fn busy_and_calm(&self) -> [Self; 2] {
        [self.connections, 1].map(|connections| Self { connections, ..*self })
    }
}
