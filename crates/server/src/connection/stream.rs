use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use actix_tls::accept::rustls_0_23::TlsStream;
use actix_web::rt::net::TcpStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep};

use super::{Connection, Connections};
use crate::tls::ClientCertificate;

/// A connection that ends by itself when nothing comes of it.
///
/// The HTTP server has a time-out for the first head on a connection and for one that is idle, but none for the rest: a later
/// head that never ends, a body that nobody reads, an answer that the client does not fetch. And it keeps more of a head than
/// there is any use for.
pub(crate) struct Stream {
    transport: Transport,
    connection: Arc<Connection>,
    /// When to look at the patience again; `None` as long as nobody waits.
    alarm: Option<Pin<Box<Sleep>>>,
    /// Whether the HTTP server had a look at what it has, since it is too much.
    was_looked_at: bool,
}

enum Transport {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

impl Stream {
    pub(crate) fn plain(tcp: TcpStream, connections: &Arc<Connections>) -> Self {
        Self::new(Transport::Plain(tcp), connections.open(None))
    }

    pub(crate) fn tls(
        tls: TlsStream<TcpStream>,
        connections: &Arc<Connections>,
        certificate: Option<ClientCertificate>,
    ) -> Self {
        Self::new(Transport::Tls(Box::new(tls)), connections.open(certificate))
    }

    fn new(transport: Transport, connection: Arc<Connection>) -> Self {
        Self { transport, connection, alarm: None, was_looked_at: false }
    }

    /// What requests read of it.
    pub(crate) fn connection(&self) -> Arc<Connection> {
        Arc::clone(&self.connection)
    }

    /// Ready when it is time to hang up.
    fn poll_patience(&mut self, context: &mut Context<'_>) -> Poll<()> {
        self.connection.waiting.register(context.waker());
        loop {
            let patience = self.connection.patience();
            if patience.is_zero() {
                return Poll::Ready(());
            }
            let until = Instant::now() + patience;
            let alarm = self.alarm.get_or_insert_with(|| Box::pin(sleep(patience)));
            // Later is for the alarm to find out, so that a request does not have to move it.
            if alarm.deadline() > until || alarm.is_elapsed() {
                alarm.as_mut().reset(until);
            }
            ready!(alarm.as_mut().poll(context));
        }
    }

    fn writes<T>(&mut self, context: &mut Context<'_>, written: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if written.is_pending() && self.poll_patience(context).is_ready() {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        written
    }
}

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

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        // As if the client had hung up, which is how the HTTP server stops without a word in the log.
        let end = Poll::Ready(Ok(()));
        // Also when more is to read: it may be a body without an end.
        if this.connection.patience().is_zero() {
            return end;
        }
        if this.connection.is_too_much() {
            if this.connection.is_busy() || this.was_looked_at {
                return end;
            }
            // It reads all that there is before it looks: there may be a whole head, and a body behind it.
            this.was_looked_at = true;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        this.was_looked_at = false;
        let before = buffer.filled().len();
        let read = transport!(this, io => io.poll_read(context, buffer));
        this.connection.receive(buffer.filled().len().saturating_sub(before));
        if read.is_pending() && this.poll_patience(context).is_ready() {
            return end;
        }
        read
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = transport!(this, io => io.poll_write(context, bytes));
        this.writes(context, written)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let flushed = transport!(this, io => io.poll_flush(context));
        this.writes(context, flushed)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let shut = transport!(this, io => io.poll_shutdown(context));
        this.writes(context, shut)
    }
}
