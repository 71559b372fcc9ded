use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use url::Url;

/// A server that could not be used goes to the end of the line this long.
const DOWN: Duration = Duration::from_secs(5);
/// A server that refused the service is not asked again this long: wrong passwords may lock the account of the service.
const REFUSED: Duration = Duration::from_secs(10);

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
    /// Until when other servers come first; it stays set until the server answers.
    down_until: Option<Instant>,
    refused_until: Option<Instant>,
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

    /// The servers in the order to try them: as configured, but those that are down last, and without those that refused
    /// the service.
    pub(crate) fn order(&self) -> Vec<usize> {
        let now = Instant::now();
        let is_after = |time: Option<Instant>| time.is_some_and(|time| now < time);
        let mut order: Vec<_> = (0..self.0.len())
            .filter(|server| !is_after(self.health(*server).refused_until))
            .map(|server| (is_after(self.health(server).down_until), server))
            .collect();
        order.sort_unstable();
        order.into_iter().map(|(_, server)| server).collect()
    }

    /// What a connection to this server is marked with. Whoever asks tries the server: if it was down, others leave that
    /// to them for a while.
    pub(crate) fn try_now(&self, server: usize) -> u64 {
        let mut health = self.health(server);
        health.down_until = health.down_until.map(|_| Instant::now() + DOWN);
        health.epoch
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
        health.epoch += 1;
        health.down_until.replace(Instant::now() + DOWN).is_none()
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
    fn only_one_request_at_a_time_begins_with_a_server_that_was_down() {
        let servers = three();
        servers.health(0).down_until = Some(Instant::now());
        assert_eq!(servers.order(), [0, 1, 2]);
        servers.try_now(0);
        assert_eq!(servers.order(), [1, 2, 0]);
        servers.try_now(1);
        assert_eq!(servers.order(), [1, 2, 0], "trying a server that is up changes nothing");
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
        let epoch = servers.try_now(0);
        assert!(servers.is_current(0, epoch));
        assert!(servers.lost(1, servers.try_now(1)));
        assert!(servers.is_current(0, epoch));
        let generation = servers.generation();
        assert!(servers.lost(0, epoch));
        assert!(!servers.is_current(0, epoch));
        assert_ne!(servers.generation(), generation);
    }

    #[test]
    fn a_connection_from_before_a_failure_takes_none_from_after_it_along() {
        let servers = three();
        let before = servers.try_now(0);
        servers.lost(0, before);
        let after = servers.try_now(0);
        assert!(!servers.lost(0, before), "the second one that broke");
        assert!(servers.is_current(0, after));
    }
}
