//! The connections that are open: how many, whose, and whether anything comes of them.

mod framing;
mod head;
mod refusal;
mod stream;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

pub(crate) use refusal::Refuser;
pub(crate) use stream::Stream;

use futures::task::AtomicWaker;

use crate::tls::ClientCertificate;

/// All connections of a server.
pub(crate) struct Connections {
    open: AtomicUsize,
    max: usize,
    /// Over so many open ones, idle ones are closed soon.
    max_idle: usize,
    /// How long an idle connection is kept.
    keep_alive: Duration,
    /// How long a connection may go on without anything that comes of it.
    patience: Duration,
    /// How long a head may take.
    head_patience: Duration,
    since: Instant,
    refuser: Refuser,
}

/// One connection, for as long as it is open.
pub(crate) struct Connection {
    all: Arc<Connections>,
    is_surplus: bool,
    announced: Option<SocketAddr>,
    certificate: Option<ClientCertificate>,
    /// Whether a request was handed on, and is not answered yet.
    is_busy: AtomicBool,
    /// Whether something came that waits for that answer.
    has_more: AtomicBool,
    /// Whether the last answer said that nothing follows.
    is_ending: AtomicBool,
    /// Who waits for an answer, or with a patience that the last one shortens.
    waiting: AtomicWaker,
    /// When the last answer was made, or else the connection, in milliseconds since `Connections::since`.
    quiet_since: AtomicU64,
    /// When the head began to come, in the same way: with the first byte after that answer, or with the connection;
    /// `NOTHING` in between.
    head_since: AtomicU64,
}

/// A request under way, until it is dropped.
pub(crate) struct Busy(Arc<Connection>);

impl Connections {
    /// Those over `max` are surplus. An idle connection is kept for `keep_alive`, but not for long while more than `max_idle`
    /// are open.
    pub(crate) fn new(
        max: usize,
        max_idle: usize,
        keep_alive: Duration,
        header_timeout: Duration,
        refuser: Refuser,
    ) -> Arc<Self> {
        Arc::new(Self {
            open: AtomicUsize::new(0),
            max,
            max_idle,
            keep_alive,
            patience: keep_alive + header_timeout,
            head_patience: header_timeout,
            since: Instant::now(),
            refuser,
        })
    }

    /// Takes note of a connection that was made, of whom a trusted proxy announced on it, and of the certificate that was shown.
    fn open(
        self: &Arc<Self>,
        announced: Option<SocketAddr>,
        certificate: Option<ClientCertificate>,
    ) -> Arc<Connection> {
        Arc::new(Connection {
            all: Arc::clone(self),
            is_surplus: self.open.fetch_add(1, Ordering::Relaxed) >= self.max,
            announced,
            certificate,
            is_busy: AtomicBool::new(false),
            has_more: AtomicBool::new(false),
            is_ending: AtomicBool::new(false),
            waiting: AtomicWaker::new(),
            quiet_since: AtomicU64::new(self.now()),
            head_since: AtomicU64::new(self.now()),
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
    /// No byte came since the last answer.
    const NOTHING: u64 = u64::MAX;

    /// Whether there are too many with this one.
    pub(crate) fn is_surplus(&self) -> bool {
        self.is_surplus
    }

    /// Whom the proxy at the other end speaks for; `None` where it is none that is trusted, and where it did not say.
    pub(crate) fn announced(&self) -> Option<SocketAddr> {
        self.announced
    }

    /// What the client showed, verified; `None` without TLS, and when it showed nothing.
    pub(crate) fn certificate(&self) -> Option<&ClientCertificate> {
        self.certificate.as_ref()
    }

    /// Takes note of a request, which is under way until what it gets is dropped.
    pub(crate) fn busy(self: Arc<Self>) -> Busy {
        self.begin();
        Busy(self)
    }

    /// Takes note that the head of a request was complete.
    fn begin(&self) {
        self.is_busy.store(true, Ordering::Release);
        self.head_since.store(Self::NOTHING, Ordering::Relaxed);
    }

    fn is_busy(&self) -> bool {
        self.is_busy.load(Ordering::Acquire)
    }

    fn is_ending(&self) -> bool {
        self.is_ending.load(Ordering::Relaxed)
    }

    /// Whether nothing of another request came since the last answer.
    fn is_idle(&self) -> bool {
        !self.is_busy() && self.head_since.load(Ordering::Relaxed) == Self::NOTHING
    }

    /// Takes note that something of a head is there.
    fn receive(&self) {
        if self.is_idle() {
            self.head_since.store(self.all.now(), Ordering::Relaxed);
        }
    }

    /// Whether a client who is not answered any more has to be told why: it sent a part of a head, and was not told before.
    fn owes_a_reason(&self) -> bool {
        !self.is_idle() && !self.is_busy() && !self.is_ending()
    }

    /// Takes note that the answer to it is the last.
    pub(crate) fn end(&self) {
        self.is_ending.store(true, Ordering::Relaxed);
        self.waiting.wake();
    }

    /// How long the client may still go without a request; zero when that has been too long.
    fn patience(&self) -> Duration {
        let is_ending = self.is_ending();
        if self.is_busy() {
            return if is_ending { Self::ENDING } else { self.all.patience };
        }
        let left = |patience: Duration, since: u64| {
            patience.saturating_sub(Duration::from_millis(self.all.now().saturating_sub(since)))
        };
        let quiet = |patience| left(patience, self.quiet_since.load(Ordering::Relaxed));
        match self.head_since.load(Ordering::Relaxed) {
            _ if is_ending => quiet(Self::ENDING),
            Self::NOTHING if self.all.are_too_many() => quiet(self.all.keep_alive.min(Self::CROWDED)),
            Self::NOTHING => quiet(self.all.keep_alive),
            since => left(self.all.head_patience, since),
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
        let connection = &self.0;
        connection.head_since.store(Connection::NOTHING, Ordering::Relaxed);
        connection.quiet_since.store(connection.all.now(), Ordering::Relaxed);
        connection.is_busy.store(false, Ordering::Release);
        if connection.has_more.load(Ordering::Relaxed) {
            connection.waiting.wake();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::current::Current;

    fn refuser() -> Refuser {
        Refuser::new(Current::of_nothing())
    }

    #[test]
    fn connections_over_the_limit_are_surplus_until_others_close() {
        let connections = Connections::new(1, 16, Duration::from_secs(1), Duration::ZERO, refuser());
        let first = connections.open(None, None);
        assert!(!first.is_surplus() && connections.open(None, None).is_surplus());
        drop(first);
        assert!(!connections.open(None, None).is_surplus(), "it is gone when it is dropped");
    }

    #[test]
    fn patience_ends_only_while_nothing_is_under_way() {
        let connections = Connections::new(1, 16, Duration::ZERO, Duration::ZERO, refuser());
        let connection = connections.open(None, None);
        assert_eq!(connection.patience(), Duration::ZERO);
        let patient = answered(16);
        assert!(patient.patience() > Duration::from_secs(500));
        patient.end();
        assert!(patient.patience() <= Connection::ENDING, "an answer that is the last is fetched quickly");
        patient.quiet_since.store(0, Ordering::Relaxed);
        std::thread::sleep(Duration::from_millis(2));
        let left = patient.patience();
        let busy = Arc::clone(&patient).busy();
        assert_eq!(patient.patience(), Connection::ENDING, "all of it: {left:?}");
        drop(busy);
    }

    /// A connection that had an answer, with 595 s to wait for the next request and 9 s for its head.
    fn answered(max_idle: usize) -> Arc<Connection> {
        let all = Connections::new(1, max_idle, Duration::from_secs(595), Duration::from_secs(9), refuser());
        let connection = all.open(None, None);
        drop(Arc::clone(&connection).busy());
        connection
    }

    #[test]
    fn patience_with_a_head_begins_with_the_connection_and_later_with_its_first_byte() {
        let first = Connections::new(1, 16, Duration::from_secs(595), Duration::from_secs(5), refuser())
            .open(None, None);
        assert!(first.patience() <= Duration::from_secs(5));
        assert!(first.owes_a_reason());
        let later = answered(16);
        assert!(later.patience() > Duration::from_secs(500), "the connection is idle");
        assert!(!later.owes_a_reason(), "there is nothing to refuse");
        later.receive();
        assert!(later.patience() <= Duration::from_secs(9));
        assert!(later.owes_a_reason());
        later.begin();
        assert!(later.patience() > Duration::from_secs(500), "the head was complete");
        assert!(!later.owes_a_reason());
        let busy = Arc::clone(&later).busy();
        later.receive();
        drop(busy);
        assert!(later.patience() > Duration::from_secs(500), "what came before the answer is another matter");
    }

    #[test]
    fn patience_with_an_idle_connection_is_short_while_too_many_are_open() {
        let connection = answered(1);
        assert!(connection.patience() > Duration::from_secs(500));
        let other = connection.all.open(None, None);
        assert!(connection.patience() <= Connection::CROWDED);
        assert!(other.patience() > Connection::CROWDED, "its head is on the way");
        drop(other);
        assert!(connection.patience() > Duration::from_secs(500));
    }
}
