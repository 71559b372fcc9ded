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
use super::{Arguments, USERS};
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
}

const OPERATIONS: [Operation; 2] = [Operation::Lookup, Operation::Authenticate];
/// Measures what is wanted: with all connections, where the ratio counts, and with one, where nothing queues and the added
/// latency is that of the way alone.
pub(super) async fn measure(house: &House, rounds: &Rounds, arguments: &Arguments) -> Result<Vec<Detour>> {
    let wanted = |behind| OPERATIONS.into_iter().filter(move |it| arguments.wants(&[it.name(), behind]));
    let mut detours = Vec::new();
    if wanted("rest").next().is_some() {
        let upstream = House::build(&house.file("behind"), USERS, CHEAP_HASH)?.start("memory:").await?;
        let front =
            house.start_in_front_of("rest", &format!("url = \"http://{}\"", upstream.address())).await?;
        for (operation, rounds) in wanted("rest").flat_map(|operation| rounds.busy_and_calm(operation)) {
            let measured = rounds.measure(operation, &[("direct", &upstream), ("through", &front)]).await?;
            detours.extend(Detour::new("rest", rounds.connections, measured));
        }
    }
    for behind in ["ldap", "ldaps"] {
        if wanted(behind).next().is_none() {
            continue;
        }
        let Some(slapd) = directory::start(USERS) else {
            println!("\nNOT MEASURED: LDAP, since slapd is not installed (.ci/install installs it)");
            return Ok(detours);
        };
        let url = if behind == "ldap" { slapd.url() } else { slapd.tls_url() };
        let settings =
            format!("ca_file = {:?}\n{}", slapd.ca_file(), Slapd::settings(std::slice::from_ref(&url)));
        let front = house.start_in_front_of("ldap", &settings).await?;
        let direct = Direct::new(url, slapd.ca_file())?;
        for (operation, rounds) in wanted(behind).flat_map(|operation| rounds.busy_and_calm(operation)) {
            let measured = beside_ldap(&rounds, operation, &direct, &front).await?;
            detours.extend(Detour::new(behind, rounds.connections, measured));
        }
    }
    Ok(detours)
}

async fn beside_ldap(
    rounds: &Rounds,
    operation: Operation,
    direct: &Direct,
    front: &Server,
) -> Result<Vec<Measured>> {
    let numbers = Cell::new(1);
    let turn = async |index: usize, into: &mut Measured| match index {
        0 => direct.round(rounds, operation, into).await,
        _ => rounds.round(operation, ("through", front), into, &numbers).await,
    };
    rounds.in_turn(operation, &["direct", "through"], turn).await
}

impl Detour {
    /// Takes what came out directly and through the Data Adapter, in this order.
    fn new(behind: &'static str, connections: usize, measured: Vec<Measured>) -> Option<Self> {
        let [direct, through] = measured.try_into().ok()?;
        Some(Self { behind, connections, direct, through })
    }
}

impl Rounds {
    fn busy_and_calm(&self, operation: Operation) -> [(Operation, Self); 2] {
        [self.connections, 1].map(|connections| (operation, Self { connections, ..*self }))
    }
}
