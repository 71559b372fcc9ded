//! The connections that are open: how many, whose, and whether anything comes of them.

mod refusal;
mod stream;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

pub(crate) use stream::Stream;

use actix_web::http::StatusCode;
use futures::task::AtomicWaker;

use crate::tls::ClientCertificate;

/// All connections of a server.
pub(crate) struct Connections {
    open: AtomicUsize,
    max: usize,
    /// Over so many open ones, idle ones are closed soon.
    max_idle: usize,
    /// How long a connection may go without a request.
    patience: Duration,
    /// How long a head may take.
    head_patience: Duration,
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
    /// Who waits with a patience that the last answer shortens.
    waiting: AtomicWaker,
    /// When the last answer was made, or else the connection, in milliseconds since `Connections::since`.
    quiet_since: AtomicU64,
    /// When the head began to come, in the same way: with the first byte after that answer, or with the connection;
    /// `NOTHING` in between.
    head_since: AtomicU64,
    /// The bytes that came since the last request began or was answered.
    received: AtomicUsize,
    /// How many of those may come.
    allowed: AtomicUsize,
}

/// A request under way, until it is dropped.
pub(crate) struct Busy(Arc<Connection>);

impl Connections {
    /// Those over `max` are surplus. An idle connection is kept for `keep_alive`, by the HTTP server, but not for long while
    /// more than `max_idle` are open.
    pub(crate) fn new(
        max: usize,
        max_idle: usize,
        keep_alive: Duration,
        header_timeout: Duration,
    ) -> Arc<Self> {
        Arc::new(Self {
            open: AtomicUsize::new(0),
            max,
            max_idle,
            patience: keep_alive + header_timeout,
            head_patience: header_timeout,
            since: Instant::now(),
        })
    }

    /// Takes note of a connection that was made.
    fn open(self: &Arc<Self>, certificate: Option<ClientCertificate>) -> Arc<Connection> {
        Arc::new(Connection {
            all: Arc::clone(self),
            is_surplus: self.open.fetch_add(1, Ordering::Relaxed) >= self.max,
            certificate,
            under_way: AtomicUsize::new(0),
            is_ending: AtomicBool::new(false),
            waiting: AtomicWaker::new(),
            quiet_since: AtomicU64::new(self.now()),
            head_since: AtomicU64::new(self.now()),
            received: AtomicUsize::new(0),
            allowed: AtomicUsize::new(Connection::LONGEST_HEAD),
        })
    }

    pub(crate) fn open_now(&self) -> usize {
        self.open.load(Ordering::Relaxed)
    }

    pub(crate) fn max(&self) -> usize {
        self.max
    }

    fn are_too_many(&self) -> bool {
        self.open.load(Ordering::Relaxed) > self.max_idle
    }

    fn now(&self) -> u64 {
        u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

impl Connection {
    /// How long a client may take to fetch an answer that is the last.
    const ENDING: Duration = Duration::from_secs(2);
    /// How long an idle connection is kept while too many are open.
    const CROWDED: Duration = Duration::from_secs(5);
    /// The bytes of a head that is not complete. The HTTP server itself would keep eight times as many.
    const LONGEST_HEAD: usize = 16 * 1024;
    /// No byte came since the last answer.
    const NOTHING: u64 = u64::MAX;

    /// Whether there are too many with this one.
    pub(crate) fn is_surplus(&self) -> bool {
        self.is_surplus
    }

    /// What the client showed, verified; `None` without TLS, and when it showed nothing.
    pub(crate) fn certificate(&self) -> Option<&ClientCertificate> {
        self.certificate.as_ref()
    }

    /// Takes note of a request with a body of so many bytes; `None` when nobody knows.
    pub(crate) fn busy(self: Arc<Self>, body: Option<usize>) -> Busy {
        self.under_way.fetch_add(1, Ordering::Relaxed);
        // What comes after the body is the next head, which waits for its turn.
        let allowed = body.map_or(usize::MAX, |body| body.saturating_add(Self::LONGEST_HEAD));
        self.expect(allowed, Self::NOTHING);
        Busy(self)
    }

    fn expect(&self, allowed: usize, head_since: u64) {
        self.received.store(0, Ordering::Relaxed);
        self.allowed.store(allowed, Ordering::Relaxed);
        self.head_since.store(head_since, Ordering::Relaxed);
    }

    fn is_busy(&self) -> bool {
        self.under_way.load(Ordering::Acquire) > 0
    }

    /// Whether nothing of another request came since the last answer.
    fn is_idle(&self) -> bool {
        !self.is_busy() && self.head_since.load(Ordering::Relaxed) == Self::NOTHING
    }

    /// Takes note of bytes that came.
    fn receive(&self, bytes: usize) {
        self.received.fetch_add(bytes, Ordering::Relaxed);
        if bytes > 0 && !self.is_busy() && self.head_since.load(Ordering::Relaxed) == Self::NOTHING {
            self.head_since.store(self.all.now(), Ordering::Relaxed);
        }
    }

    /// Whether more came than is kept. What comes after the last answer is not kept.
    fn is_too_much(&self) -> bool {
        let is_over = self.received.load(Ordering::Relaxed) > self.allowed.load(Ordering::Relaxed);
        is_over && !self.is_ending.load(Ordering::Relaxed)
    }

    /// What to tell a client who sent part of a head and no more in time, or more than is read; `None` when it sent nothing
    /// since the last answer, or was told already.
    fn refusal(&self) -> Option<StatusCode> {
        if self.is_idle() || self.is_busy() || self.is_ending.load(Ordering::Relaxed) {
            return None;
        }
        let too_much = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
        Some(if self.is_too_much() { too_much } else { StatusCode::REQUEST_TIMEOUT })
    }

    /// Takes note that the answer to it is the last.
    pub(crate) fn end(&self) {
        self.is_ending.store(true, Ordering::Relaxed);
        self.waiting.wake();
    }

    /// How long the client may still go without a request; zero when that has been too long.
    fn patience(&self) -> Duration {
        let is_ending = self.is_ending.load(Ordering::Relaxed);
        let patience = if is_ending { Self::ENDING } else { self.all.patience };
        if self.is_busy() {
            return patience;
        }
        let patience = if self.all.are_too_many() { patience.min(Self::CROWDED) } else { patience };
        let left = |patience: Duration, since: u64| {
            patience.saturating_sub(Duration::from_millis(self.all.now().saturating_sub(since)))
        };
        match self.head_since.load(Ordering::Relaxed) {
            since if since != Self::NOTHING && !is_ending => left(self.all.head_patience, since),
            _ => left(patience, self.quiet_since.load(Ordering::Relaxed)),
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.all.open.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.expect(Connection::LONGEST_HEAD, Connection::NOTHING);
        self.0.quiet_since.store(self.0.all.now(), Ordering::Relaxed);
        self.0.under_way.fetch_sub(1, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_over_the_limit_are_surplus_until_others_close() {
        let connections = Connections::new(1, 16, Duration::from_secs(1), Duration::ZERO);
        let first = connections.open(None);
        assert!(!first.is_surplus() && connections.open(None).is_surplus());
        drop(first);
        assert!(!connections.open(None).is_surplus(), "it is gone when it is dropped");
    }

    #[test]
    fn patience_ends_only_while_nothing_is_under_way() {
        let connections = Connections::new(1, 16, Duration::ZERO, Duration::ZERO);
        let connection = connections.open(None);
        assert_eq!(connection.patience(), Duration::ZERO);
        let patient = answered(16);
        assert!(patient.patience() > Duration::from_secs(500));
        patient.end();
        assert!(patient.patience() <= Connection::ENDING, "an answer that is the last is fetched quickly");
        patient.quiet_since.store(0, Ordering::Relaxed);
        std::thread::sleep(Duration::from_millis(2));
        let left = patient.patience();
        let busy = Arc::clone(&patient).busy(None);
        assert_eq!(patient.patience(), Connection::ENDING, "all of it: {left:?}");
        drop(busy);
    }

    /// A connection that had an answer, with 604 s to wait for the next request and 9 s for its head.
    fn answered(max_idle: usize) -> Arc<Connection> {
        let all = Connections::new(1, max_idle, Duration::from_secs(595), Duration::from_secs(9));
        let connection = all.open(None);
        drop(Arc::clone(&connection).busy(Some(0)));
        connection
    }

    #[test]
    fn patience_with_a_head_begins_with_the_connection_and_later_with_its_first_byte() {
        let first = Connections::new(1, 16, Duration::from_secs(595), Duration::from_secs(5)).open(None);
        assert!(first.patience() <= Duration::from_secs(5));
        assert_eq!(first.refusal(), Some(StatusCode::REQUEST_TIMEOUT));
        let later = answered(16);
        assert!(later.patience() > Duration::from_secs(500), "the connection is idle");
        later.receive(0);
        assert!(later.patience() > Duration::from_secs(500), "nothing came");
        assert_eq!(later.refusal(), None, "there is nothing to refuse");
        later.receive(1);
        assert!(later.patience() <= Duration::from_secs(9));
        assert_eq!(later.refusal(), Some(StatusCode::REQUEST_TIMEOUT));
        later.receive(Connection::LONGEST_HEAD);
        assert_eq!(later.refusal(), Some(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE));
        let _busy = Arc::clone(&later).busy(None);
        assert!(later.patience() > Duration::from_secs(500), "the head was complete");
        assert_eq!(later.refusal(), None);
    }

    #[test]
    fn patience_with_an_idle_connection_is_short_while_too_many_are_open() {
        let connection = answered(1);
        assert!(connection.patience() > Duration::from_secs(500));
        let other = connection.all.open(None);
        assert!(connection.patience() <= Connection::CROWDED);
        assert!(other.patience() > Connection::CROWDED, "its head is on the way");
        drop(other);
        assert!(connection.patience() > Duration::from_secs(500));
    }

    #[test]
    fn too_much_is_more_than_a_head_beyond_the_body_of_the_request_under_way() {
        let connection = Connections::new(1, 16, Duration::ZERO, Duration::ZERO).open(None);
        connection.receive(Connection::LONGEST_HEAD);
        assert!(!connection.is_too_much());
        connection.receive(1);
        assert!(connection.is_too_much());
        let busy = Arc::clone(&connection).busy(Some(1000));
        connection.receive(1000 + Connection::LONGEST_HEAD);
        assert!(!connection.is_too_much());
        connection.receive(1);
        assert!(connection.is_too_much());
        drop(busy);
        assert!(!connection.is_too_much(), "an answer begins anew");
        let busy = Arc::clone(&connection).busy(None);
        connection.receive(1 << 20);
        assert!(!connection.is_too_much(), "nobody knows how long the body is");
        drop(busy);
        connection.receive(1 << 20);
        assert!(connection.is_too_much());
        connection.end();
        assert!(!connection.is_too_much(), "what comes after the last answer is thrown away");
    }
}
