//! The connections that are open: how many, whose, and whether anything comes of them.

mod stream;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

pub(crate) use stream::Stream;

use crate::tls::ClientCertificate;

/// All connections of a server.
pub(crate) struct Connections {
    open: AtomicUsize,
    max: usize,
    /// How long a connection may go without a request.
    patience: Duration,
    since: Instant,
}

/// One connection, for as long as it is open.
pub(crate) struct Connection {
    all: Arc<Connections>,
    is_surplus: bool,
    certificate: Option<ClientCertificate>,
    under_way: AtomicUsize,
    /// Whether the last answer said that nothing follows.
    is_ending: AtomicBool,
    /// When the last answer was made, or else the connection, in milliseconds since `Connections::since`.
    quiet_since: AtomicU64,
}

/// A request under way, until it is dropped.
pub(crate) struct Busy<'a>(&'a Connection);

impl Connections {
    /// Those over `max` are surplus. `patience` has to be longer than an idle connection is kept.
    pub(crate) fn new(max: usize, patience: Duration) -> Arc<Self> {
        Arc::new(Self { open: AtomicUsize::new(0), max, patience, since: Instant::now() })
    }

    /// Takes note of a connection that was made.
    fn open(self: &Arc<Self>, certificate: Option<ClientCertificate>) -> Arc<Connection> {
        Arc::new(Connection {
            all: Arc::clone(self),
            is_surplus: self.open.fetch_add(1, Ordering::Relaxed) >= self.max,
            certificate,
            under_way: AtomicUsize::new(0),
            is_ending: AtomicBool::new(false),
            quiet_since: AtomicU64::new(self.now()),
        })
    }

    fn now(&self) -> u64 {
        u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

impl Connection {
    /// How long a client may take to fetch an answer that is the last.
    const ENDING: Duration = Duration::from_secs(2);

    /// Whether there are too many with this one.
    pub(crate) fn is_surplus(&self) -> bool {
        self.is_surplus
    }

    /// What the client showed, verified; `None` without TLS, and when it showed nothing.
    pub(crate) fn certificate(&self) -> Option<&ClientCertificate> {
        self.certificate.as_ref()
    }

    /// Takes note of a request.
    pub(crate) fn busy(&self) -> Busy<'_> {
        self.under_way.fetch_add(1, Ordering::Relaxed);
        Busy(self)
    }

    /// Takes note that the answer to it is the last.
    pub(crate) fn end(&self) {
        self.is_ending.store(true, Ordering::Relaxed);
    }

    /// How long the client may still go without a request; zero when that has been too long.
    fn patience(&self) -> Duration {
        let is_ending = self.is_ending.load(Ordering::Relaxed);
        let patience = if is_ending { Self::ENDING } else { self.all.patience };
        if self.under_way.load(Ordering::Acquire) > 0 {
            return patience;
        }
        let quiet = self.all.now().saturating_sub(self.quiet_since.load(Ordering::Relaxed));
        patience.saturating_sub(Duration::from_millis(quiet))
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.all.open.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        self.0.quiet_since.store(self.0.all.now(), Ordering::Relaxed);
        self.0.under_way.fetch_sub(1, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_over_the_limit_are_surplus_until_others_close() {
        let connections = Connections::new(1, Duration::from_secs(1));
        let first = connections.open(None);
        assert!(!first.is_surplus() && connections.open(None).is_surplus());
        drop(first);
        assert!(!connections.open(None).is_surplus(), "it is gone when it is dropped");
    }

    #[test]
    fn patience_ends_only_while_nothing_is_under_way() {
        let connections = Connections::new(1, Duration::ZERO);
        let connection = connections.open(None);
        assert_eq!(connection.patience(), Duration::ZERO);
        let patient = Connections::new(1, Duration::from_secs(60)).open(None);
        assert!(patient.patience() > Duration::from_secs(50));
        patient.end();
        assert!(patient.patience() <= Connection::ENDING, "an answer that is the last is fetched quickly");
        patient.quiet_since.store(0, Ordering::Relaxed);
        std::thread::sleep(Duration::from_millis(2));
        let left = patient.patience();
        let busy = patient.busy();
        assert_eq!(patient.patience(), Connection::ENDING, "all of it: {left:?}");
        drop(busy);
    }
}
