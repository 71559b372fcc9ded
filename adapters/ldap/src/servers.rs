use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use url::Url;

/// A server that could not be used is left alone this long while another one is well.
const DOWN: Duration = Duration::from_secs(5);
/// A server that refused the service is not asked again this long: wrong passwords may lock the account of the service.
const REFUSED: Duration = Duration::from_secs(10);

/// A server that takes one bind on a connection only is not asked for a second one this long.
const SINGLE_BINDS: Duration = Duration::from_secs(60);

/// The servers and what is known of each, so that a request does not begin with one that failed a moment ago.
pub(crate) struct Servers(Vec<Server>);

struct Server {
    url: Url,
    health: Mutex<Health>,
}

#[derive(Default)]
struct Health {
    /// Counts what ended connections; those from before are not used again.
    epoch: u64,
    /// Until when the server is left alone; it stays set, and others come first, until the server answers.
    down_until: Option<Instant>,
    refused_until: Option<Instant>,
    /// Until when there is one bind on a connection; it stays set until a second one went well.
    single_binds_until: Option<Instant>,
}

impl Servers {
    pub(crate) fn new(urls: Vec<Url>) -> Self {
        Self(urls.into_iter().map(|url| Server { url, health: Mutex::default() }).collect())
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn url(&self, server: usize) -> &Url {
        &self.0[server].url
    }

    /// The servers in the order to try them: as configured, but those that are down last, the one that failed longest ago
    /// first, and without those that refused the service.
    pub(crate) fn order(&self) -> Vec<usize> {
        let mut order: Vec<_> =
            self.that_let_in().map(|server| (self.health(server).down_until, server)).collect();
        order.sort_unstable();
        order.into_iter().map(|(_, server)| server).collect()
    }

    /// The servers that are down and that it is time to try again, while another one is well, so that nobody has to wait for
    /// them. Whoever asks tries them, within `patience`, and nobody else does meanwhile.
    pub(crate) fn due(&self, patience: Duration) -> Vec<usize> {
        if self.order().first().is_none_or(|first| self.health(*first).down_until.is_some()) {
            return Vec::new();
        }
        let now = Instant::now();
        let due = self.that_let_in().filter(|server| {
            let down_until = &mut self.health(*server).down_until;
            let is_due = down_until.is_some_and(|time| time <= now);
            if is_due {
                *down_until = Some(now + patience + DOWN);
            }
            is_due
        });
        due.collect()
    }

    /// Those that did not refuse the service a moment ago.
    fn that_let_in(&self) -> impl Iterator<Item = usize> {
        let now = Instant::now();
        (0..self.0.len())
            .filter(move |server| self.health(*server).refused_until.is_none_or(|time| time <= now))
    }

    /// What a connection that is made now is marked with.
    pub(crate) fn epoch(&self, server: usize) -> u64 {
        self.health(server).epoch
    }

    /// Whether a connection of that epoch may still be used.
    pub(crate) fn is_current(&self, server: usize, epoch: u64) -> bool {
        self.health(server).epoch == epoch
    }

    /// Changes whenever connections to one of the servers were lost.
    pub(crate) fn generation(&self) -> u64 {
        (0..self.0.len()).map(|server| self.health(server).epoch).sum()
    }

    /// A connection of that epoch broke: others of it may have, too. `false` where that was known.
    pub(crate) fn lost(&self, server: usize, epoch: u64) -> bool {
        let mut health = self.health(server);
        let is_news = health.epoch == epoch;
        health.epoch += u64::from(is_news);
        is_news
    }

    /// The server could not be connected to, or does not answer.
    pub(crate) fn down(&self, server: usize, why: &str) {
        if self.leave(server) {
            tracing::warn!(server = %self.url(server), "a server of the directory is down: {why}");
        }
    }

    /// The server is there, and its certificate is refused.
    pub(crate) fn untrusted(&self, server: usize, why: &str) {
        if self.leave(server) {
            tracing::error!(server = %self.url(server), "a server of the directory can't be trusted: {why}");
        }
    }

    /// Whether others come first from now on, and did not before.
    fn leave(&self, server: usize) -> bool {
        let mut health = self.health(server);
        let is_news = health.down_until.replace(Instant::now() + DOWN).is_none();
        health.epoch += u64::from(is_news);
        is_news
    }

    /// The server does not let the service in.
    pub(crate) fn refused(&self, server: usize, why: &str) {
        self.health(server).refused_until = Some(Instant::now() + REFUSED);
        tracing::error!(server = %self.url(server), "a server of the directory refuses the service: {why}");
    }

    /// The server answers.
    pub(crate) fn up(&self, server: usize) {
        if self.health(server).down_until.take().is_some() {
            tracing::info!(server = %self.url(server), "a server of the directory answers again");
        }
    }

    /// Whether a connection may be bound again, as far as is known.
    pub(crate) fn takes_second_binds(&self, server: usize) -> bool {
        self.health(server).single_binds_until.is_none_or(|time| time <= Instant::now())
    }

    /// A connection could not be bound again.
    pub(crate) fn refused_second_bind(&self, server: usize, why: &str) {
        let until = Instant::now() + SINGLE_BINDS;
        if self.health(server).single_binds_until.replace(until).is_none() {
            let server = self.url(server);
            tracing::info!(%server, "a server of the directory gets a new connection for each password: {why}");
        }
    }

    /// A connection was bound again.
    pub(crate) fn took_second_bind(&self, server: usize) {
        self.health(server).single_binds_until = None;
    }

    fn health(&self, server: usize) -> MutexGuard<'_, Health> {
        self.0[server].health.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn three() -> Servers {
        Servers::new(["ldap://a", "ldap://b", "ldap://c"].map(|url| Url::parse(url).unwrap()).into())
    }

    #[test]
    fn a_server_that_is_down_comes_last_until_it_answers() {
        let servers = three();
        assert_eq!(servers.order(), [0, 1, 2]);
        servers.down(0, "test");
        assert_eq!(servers.order(), [1, 2, 0]);
        servers.down(2, "test");
        assert_eq!(servers.order(), [1, 0, 2]);
        servers.up(0);
        assert_eq!(servers.order(), [0, 1, 2]);
    }

    #[test]
    fn a_server_that_is_down_is_tried_by_one_at_a_time_and_comes_last_meanwhile() {
        let servers = three();
        servers.down(0, "test");
        assert!(servers.due(Duration::ZERO).is_empty(), "it failed a moment ago");
        servers.health(0).down_until = Some(Instant::now());
        assert_eq!(servers.order(), [1, 2, 0]);
        assert_eq!(servers.due(Duration::ZERO), [0]);
        assert!(servers.due(Duration::ZERO).is_empty(), "somebody tries it");
        assert_eq!(servers.order(), [1, 2, 0]);
    }

    #[test]
    fn where_all_are_down_whoever_asks_tries_the_one_that_failed_longest_ago() {
        let servers = three();
        for server in [1, 2, 0] {
            servers.down(server, "test");
        }
        assert_eq!(servers.order(), [1, 2, 0]);
        servers.health(1).down_until = Some(Instant::now());
        assert!(servers.due(Duration::ZERO).is_empty());
        servers.down(1, "test");
        assert_eq!(servers.order(), [2, 0, 1]);
    }

    #[test]
    fn a_server_that_refused_the_service_is_not_tried_behind_its_back() {
        let servers = three();
        servers.health(0).down_until = Some(Instant::now());
        servers.refused(0, "test");
        assert!(servers.due(Duration::ZERO).is_empty());
    }

    #[test]
    fn a_server_that_refused_the_service_is_left_alone() {
        let servers = three();
        servers.refused(0, "test");
        servers.refused(1, "test");
        assert_eq!(servers.order(), [2]);
    }

    #[test]
    fn connections_from_before_a_failure_are_not_used_again() {
        let servers = three();
        let epoch = servers.epoch(0);
        assert!(servers.is_current(0, epoch));
        assert!(servers.lost(1, servers.epoch(1)));
        assert!(servers.is_current(0, epoch));
        let generation = servers.generation();
        assert!(servers.lost(0, epoch));
        assert!(!servers.is_current(0, epoch));
        assert_ne!(servers.generation(), generation);
    }

    #[test]
    fn a_connection_from_before_a_failure_takes_none_from_after_it_along() {
        let servers = three();
        let before = servers.epoch(0);
        servers.lost(0, before);
        let after = servers.epoch(0);
        assert!(!servers.lost(0, before), "the second one that broke");
        assert!(servers.is_current(0, after));
    }
}
