use std::future::poll_fn;
use std::io;
use std::mem::MaybeUninit;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use actix_tls::accept::rustls_0_23::TlsStream;
use actix_web::rt::net::TcpStream;
use rustix::net::RecvFlags;
use tokio::io::{AsyncRead, AsyncWrite, Interest, ReadBuf};
use tokio::time::{Instant, Sleep, sleep, sleep_until, timeout};

use super::framing::{Framing, MOST_HEADERS, Next};
use super::refusal::{self, LastAnswer};
use super::{Connection, Connections};
use crate::proxies::Arrived;
use crate::refusal::Refusal;
use crate::tls::{ClientCertificate, Shaken};

/// Runs a method of whichever transport there is.
macro_rules! transport {
    ($stream:expr, $io:ident => $call:expr) => {
        match &mut $stream.transport {
            Transport::Plain(io) => {
                let $io = Pin::new(io);
                $call
            }
            Transport::Tls(io) => {
                let $io = Pin::new(io.as_mut());
                $call
            }
        }
    };
}

/// A connection that ends by itself when nothing comes of it, and hands on one request at a time.
///
/// The HTTP server has no time-out for a later head that never ends, a body that nobody reads, an answer that the client does
/// not fetch. What it takes at once is bounded here too ([`Framing`]).
pub(crate) struct Stream {
    transport: Transport,
    connection: Arc<Connection>,
    /// When to look at the patience again; `None` as long as nobody waits.
    alarm: Option<Pin<Box<Sleep>>>,
    framing: Framing,
    /// Whether the client does not fetch what is there for it. Until it does, no further request begins.
    is_blocked: bool,
    /// How long the client may still take to hang up, once it was told something that is not to get lost.
    linger: Option<Pin<Box<Sleep>>>,
    /// What the client is told instead of a request's answer; `None` as long as there is nothing to tell.
    refusal: Option<LastAnswer>,
}

enum Transport {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

impl Stream {
    /// How soon it is noticed that the patience has become shorter.
    const LOOK_AGAIN: Duration = Duration::from_secs(2);
    /// Bytes that are read at once.
    const AT_ONCE: usize = 8 * 1024;
    /// How long a client may take to hang up after it was refused.
    const LINGER: Duration = Duration::from_secs(1);

    pub(crate) fn plain(Arrived { tcp, announced }: Arrived, connections: &Arc<Connections>) -> Self {
        Self::new(Transport::Plain(tcp), connections.open(announced, None))
    }

    pub(crate) fn tls(tls: Shaken, connections: &Arc<Connections>) -> Self {
        let chain = tls.stream.get_ref().1.peer_certificates();
        let certificate = chain.and_then(<[_]>::first).map(ClientCertificate::read);
        let connection = connections.open(tls.announced, certificate);
        Self::new(Transport::Tls(Box::new(tls.stream)), connection)
    }

    fn new(transport: Transport, connection: Arc<Connection>) -> Self {
        Self {
            transport,
            connection,
            alarm: None,
            framing: Framing::new(),
            is_blocked: false,
            linger: None,
            refusal: None,
        }
    }

    /// What requests read of it.
    pub(crate) fn connection(&self) -> Arc<Connection> {
        Arc::clone(&self.connection)
    }

    /// Waits until the head of the first request is there, or is too long: false when it does not come in time. Until then it
    /// stays in the kernel: the HTTP server has buffers for each of its connections. What is encrypted can't be looked at.
    pub(crate) async fn first_head(&self) -> bool {
        let Transport::Plain(tcp) = &self.transport else { return true };
        let is_there = async {
            while tcp.ready(Interest::READABLE).await.is_ok_and(|ready| !ready.is_read_closed()) {
                let peeked = tcp.try_io(Interest::READABLE, || peek_head(tcp));
                // What went wrong shows again when it is read.
                if !peeked.is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock) {
                    break;
                }
            }
        };
        timeout(self.connection.patience(), is_there).await.is_ok()
    }

    /// Tells who has sent no request in time, and hangs up. The HTTP server would have buffers for each of them, at one moment
    /// where many came at one.
    pub(crate) async fn give_up(mut self) {
        let _ = self.hang_up(Refusal::TooSlow);
        let _ = poll_fn(|context| Pin::new(&mut self).poll_shutdown(context)).await;
    }

    /// Ready when it is time to hang up.
    fn poll_patience(&mut self, context: &mut Context<'_>) -> Poll<()> {
        self.connection.waiting.register(context.waker());
        loop {
            let patience = self.connection.patience();
            if patience.is_zero() {
                return Poll::Ready(());
            }
            let until = Instant::now() + patience.min(Self::LOOK_AGAIN);
            let alarm = self.alarm.get_or_insert_with(|| Box::pin(sleep_until(until)));
            // Later is for the alarm to find out, so that a request does not have to move it.
            if alarm.deadline() > until || alarm.is_elapsed() {
                alarm.as_mut().reset(until);
            }
            ready!(alarm.as_mut().poll(context));
        }
    }

    /// As if the client had hung up, which is how the HTTP server stops without a word in the log. The client reads why.
    fn hang_up(&mut self, why: Refusal) -> Poll<io::Result<()>> {
        if self.connection.owes_a_reason() {
            self.fetch_first_head();
            let (answer, id) = self.connection.all.refuser.refuse(self.framing.head(), why);
            self.refuse(answer, &id);
        }
        Poll::Ready(Ok(()))
    }

    /// What to do next with what came.
    fn next(&mut self) -> Next {
        if self.connection.is_ending() {
            // It is thrown away.
            self.framing.give_up();
        }
        let next = self.framing.next(self.connection.is_busy() || self.is_blocked);
        // A head that waits for the client to fetch an answer is not late.
        if self.framing.has_more() && !self.is_blocked {
            self.connection.receive();
        }
        next
    }

    /// Reads some bytes ahead.
    fn poll_more(&mut self, room: usize, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut bytes = [MaybeUninit::uninit(); Self::AT_ONCE];
        let mut read = ReadBuf::uninit(&mut bytes[..room.min(Self::AT_ONCE)]);
        ready!(transport!(self, io => io.poll_read(context, &mut read)))?;
        self.framing.take(read.filled());
        Poll::Ready(Ok(()))
    }

    /// Reads what [`first_head`](Self::first_head) left in the kernel, for whoever words why it is not waited for any longer.
    fn fetch_first_head(&mut self) {
        let Transport::Plain(tcp) = &self.transport else { return };
        let mut bytes = [0; Self::AT_ONCE];
        if !self.framing.has_more()
            && let Ok((length, _)) = rustix::net::recv(tcp, &mut bytes, RecvFlags::empty())
        {
            self.framing.take(&bytes[..length]);
        }
    }

    /// Waits until the client hangs up: were the connection closed while there is more to read, the system would tell the
    /// client to throw away what it has not read yet, an answer included.
    fn poll_linger(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let linger = self.linger.get_or_insert_with(|| Box::pin(sleep(Self::LINGER)));
        if linger.as_mut().poll(context).is_ready() {
            return Poll::Ready(Ok(()));
        }
        loop {
            let mut bytes = [MaybeUninit::uninit(); Self::AT_ONCE];
            let mut thrown_away = ReadBuf::uninit(&mut bytes);
            let read = ready!(transport!(self, io => io.poll_read(context, &mut thrown_away)));
            if read.is_err() || thrown_away.filled().is_empty() {
                return Poll::Ready(Ok(()));
            }
        }
    }

    /// The last words to whom nothing was answered. `request_id` is in them.
    fn refuse(&mut self, answer: LastAnswer, request_id: &str) {
        if self.refusal.is_none() {
            let status = answer.status().as_u16();
            let peer = self.connection.announced().or_else(|| self.peer()).map(tracing::field::display);
            tracing::info!(status, peer, request_id, "bytes that are no request");
            metrics::counter!("data_adapter_requests_unreadable_total").increment(1);
            self.refusal = Some(answer);
        }
    }

    /// The other end of the connection.
    pub(crate) fn peer(&self) -> Option<SocketAddr> {
        let tcp = match &self.transport {
            Transport::Plain(tcp) => tcp,
            Transport::Tls(tls) => tls.get_ref().0,
        };
        tcp.peer_addr().ok()
    }

    fn poll_refusal(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let Some(refusal) = &mut self.refusal else { return Poll::Ready(Ok(())) };
        let written = match &mut self.transport {
            Transport::Plain(tcp) => refusal.poll_write(tcp, context),
            Transport::Tls(tls) => refusal.poll_write(tls.as_mut(), context),
        };
        self.writes(context, written)
    }

    fn writes<T>(&mut self, context: &mut Context<'_>, written: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if written.is_pending() && self.poll_patience(context).is_ready() {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        written
    }
}

/// Ready when there is more to do than to wait for the rest of a head.
fn peek_head(tcp: &TcpStream) -> io::Result<()> {
    let mut bytes = [0; Framing::LONGEST_HEAD];
    let (length, _) = rustix::net::recv(tcp, &mut bytes, RecvFlags::PEEK)?;
    let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let parsed = httparse::Request::new(&mut headers).parse(&bytes[..length]);
    let is_partial = (1..bytes.len()).contains(&length) && matches!(parsed, Ok(httparse::Status::Partial));
    if is_partial { Err(io::ErrorKind::WouldBlock.into()) } else { Ok(()) }
}

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        // Also when more is to read: it may be a body without an end. But not when it may be a request after all.
        let is_idle = this.connection.is_idle() && !this.connection.is_ending();
        if !is_idle && this.connection.patience().is_zero() {
            return this.hang_up(Refusal::TooSlow);
        }
        loop {
            let read = match this.next() {
                Next::HandOn { begins } => {
                    this.framing.hand_on(buffer);
                    if begins {
                        this.connection.begin();
                    }
                    return Poll::Ready(Ok(()));
                }
                Next::End => return Poll::Ready(Ok(())),
                Next::TooLong => return this.hang_up(Refusal::HeadTooLarge),
                Next::Read(room) => this.poll_more(room, context)?,
                Next::Wait => Poll::Pending,
            };
            if read.is_pending() {
                this.connection.has_more.store(this.framing.has_more(), Ordering::Relaxed);
                return match this.poll_patience(context) {
                    Poll::Ready(()) => this.hang_up(Refusal::TooSlow),
                    Poll::Pending => Poll::Pending,
                };
            }
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let bytes = match refusal::find(bytes) {
            Some((0, refusal)) => {
                let (answer, id) = this.connection.all.refuser.refuse(this.framing.last_head(), refusal);
                this.refuse(answer, &id);
                return this.poll_refusal(context).map_ok(|()| bytes.len());
            }
            Some((answers, _)) => &bytes[..answers],
            None => bytes,
        };
        let written = transport!(this, io => io.poll_write(context, bytes));
        let was_blocked = std::mem::replace(&mut this.is_blocked, written.is_pending());
        if was_blocked && !this.is_blocked {
            // The next request may begin.
            context.waker().wake_by_ref();
        }
        this.writes(context, written)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let flushed = transport!(this, io => io.poll_flush(context));
        this.writes(context, flushed)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.poll_refusal(context))?;
        if this.linger.is_none() {
            let shut = transport!(this, io => io.poll_shutdown(context));
            ready!(this.writes(context, shut))?;
        }
        let has_more = this.framing.has_more() || this.framing.is_broken();
        if this.refusal.is_some() || has_more { this.poll_linger(context) } else { Poll::Ready(Ok(())) }
    }
}
