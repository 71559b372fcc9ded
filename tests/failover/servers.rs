//! What the instances keep their state in: servers of which one may die.

use data_adapter_testkit::{Patroni, Postgres};

/// Servers with primaries that are killed, and others that take their place.
pub(crate) trait Servers: Send {
    /// What an instance is told of them, by the names of variables.
    fn settings(&self) -> Vec<(&'static str, String)>;

    /// Waits until every primary has others that can take its place.
    fn wait_until_whole(&self);

    /// Kills a primary, the one whose turn it is in the kill of this number, and says what it killed.
    fn kill(&mut self, number: usize) -> String;

    /// Starts again what does not start by itself.
    fn mend(&mut self);
}

/// Three PostgreSQL servers. Each third time the primary dies with its Patroni, as a machine does.
pub(crate) struct ThreePostgres {
    servers: Patroni,
    dead: Option<usize>,
}

impl ThreePostgres {
    /// `None` where something of it is not installed.
    pub(crate) fn start() -> Option<Self> {
        Patroni::start().map(|servers| Self { servers, dead: None })
    }
}

impl Servers for ThreePostgres {
    fn settings(&self) -> Vec<(&'static str, String)> {
        vec![
            ("DATA_ADAPTER__STORE__URL", self.servers.url()),
            ("DATA_ADAPTER__STORE__PASSWORD", Postgres::PASSWORD.to_owned()),
        ]
    }

    fn wait_until_whole(&self) {
        let _ = self.servers.primary_when_whole();
    }

    fn kill(&mut self, number: usize) -> String {
        let primary = self.servers.primary_when_whole();
        let name = self.servers.name(primary).to_owned();
        if !number.is_multiple_of(3) {
            self.servers.kill(primary);
            return name;
        }
        self.servers.kill_machine(primary);
        self.dead = Some(primary);
        format!("{name} and its Patroni")
    }

    fn mend(&mut self) {
        if let Some(dead) = self.dead.take() {
            self.servers.start_again(dead);
        }
    }
}
