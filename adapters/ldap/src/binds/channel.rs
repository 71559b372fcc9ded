use std::io::{self, Write as _};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use rustix::io::Errno;
use rustix::net::{RecvFlags, SendFlags, recv, send};
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use url::Url;

use super::message::{self, Answer, EXTENDED_RESPONSE};
use crate::connection::{BindAnswer, Connector};
use crate::failure::{Failure, refusal};
use crate::socket;

/// What requests and answers go over, one request at a time.
///
/// It is not that of the LDAP library, which keeps what it has written in a buffer until others take its place, passwords too.
pub(super) struct Channel {
    stream: Stream,
    /// What came and was not read yet.
    received: Vec<u8>,
    last_id: u32,
}

enum Stream {
    Plain(TcpStream),
    Encrypted(Box<TlsStream<TcpStream>>),
}

trait Bytes: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Bytes for T {}

impl Stream {
    fn bytes(&mut self) -> &mut dyn Bytes {
        match self {
            Self::Plain(stream) => stream,
            Self::Encrypted(stream) => stream,
        }
    }

    fn socket(&self) -> &TcpStream {
        match self {
            Self::Plain(stream) => stream,
            Self::Encrypted(stream) => stream.get_ref().0,
        }
    }
}

/// Writes what the system takes without waiting.
struct AtOnce<'a>(&'a TcpStream);

impl io::Write for AtOnce<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(send(self.0, bytes, SendFlags::DONTWAIT | SendFlags::NOSIGNAL)?)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Channel {
    /// One to a server, encrypted if the settings say so.
    pub(super) async fn open(connector: &Connector, url: &Url) -> Result<Self, Failure> {
        let mut stream = socket::connect(url, connector.keepalive).await?;
        let Some(tls) = &connector.tls else { return Ok(Self::over(Stream::Plain(stream))) };
        if url.scheme() == "ldap" {
            if !connector.start_tls {
                return Ok(Self::over(Stream::Plain(stream)));
            }
            stream = ready_for_tls(stream).await?;
        }
        let stream = encrypted(stream, tls, url.host_str().unwrap_or_default()).await?;
        Ok(Self::over(Stream::Encrypted(Box::new(stream))))
    }

    fn over(stream: Stream) -> Self {
        Self { stream, received: Vec::new(), last_id: 0 }
    }

    /// The answer to what `request` makes of an id. A channel on which this fails, or is given up, is of no more use: the
    /// answer may come later.
    pub(super) async fn exchange(
        &mut self,
        request: impl FnOnce(u32) -> Vec<u8>,
        expected: u8,
    ) -> Result<Answer, Failure> {
        let id = self.next_id();
        let stream = self.stream.bytes();
        stream.write_all(&request(id)).await?;
        stream.flush().await?;
        let answer = self.receive().await?;
        if answer.id == id && answer.operation == expected {
            return Ok(answer);
        }
        let why = if answer.id == 0 { "it ended the connection" } else { "it answered something else" };
        Err(Failure::Lost(why.to_owned()))
    }

    async fn receive(&mut self) -> Result<Answer, Failure> {
        loop {
            if let Some(length) = message::length(&self.received)?
                && length <= self.received.len()
            {
                let message: Vec<u8> = self.received.drain(..length).collect();
                return message::answer(&message);
            }
            self.received.reserve(1024);
            if self.stream.bytes().read_buf(&mut self.received).await? == 0 {
                return Err(Failure::Lost("it ended the connection before it answered".to_owned()));
            }
        }
    }

    /// Whether nothing has come, neither the end of the connection nor anything that nobody asked for.
    pub(super) fn is_quiet(&self) -> bool {
        let peeked = recv(self.stream.socket(), &mut [0; 1], RecvFlags::PEEK | RecvFlags::DONTWAIT);
        self.received.is_empty() && peeked.is_err_and(|error| error == Errno::WOULDBLOCK)
    }

    /// Whether the runtime is still there that looks after its socket: that of a thread goes with it, when the program ends, while
    /// other threads have something to answer.
    pub(super) fn is_looked_after(&self) -> bool {
        let nobody = &mut Context::from_waker(Waker::noop());
        !matches!(self.stream.socket().poll_write_ready(nobody), Poll::Ready(Err(_)))
    }

    /// Says goodbye, as far as the system takes it at once: a few bytes. It needs no runtime, which may have ended.
    pub(super) fn close(&mut self) {
        let goodbye = message::unbind(self.next_id());
        match &mut self.stream {
            Stream::Plain(stream) => drop(AtOnce(stream).write_all(&goodbye)),
            Stream::Encrypted(stream) => {
                let (socket, session) = stream.get_mut();
                if session.writer().write_all(&goodbye).is_ok() {
                    session.send_close_notify();
                }
                while session.wants_write() && session.write_tls(&mut AtOnce(socket)).is_ok() {}
            }
        }
    }

    fn next_id(&mut self) -> u32 {
        self.last_id += 1;
        self.last_id
    }
}

/// Changes over to TLS (RFC 4511, 4.14). What a server says in clear after that would be taken for something that TLS
/// protects.
async fn ready_for_tls(stream: TcpStream) -> Result<TcpStream, Failure> {
    let mut channel = Channel::over(Stream::Plain(stream));
    let answer = channel.exchange(message::start_tls, EXTENDED_RESPONSE).await?;
    match (answer.code, channel.stream) {
        (BindAnswer::RIGHT, Stream::Plain(stream)) if channel.received.is_empty() => Ok(stream),
        (BindAnswer::RIGHT, _) => Err(Failure::Lost("it goes on in clear where TLS begins".to_owned())),
        (code, _) => Err(Failure::Lost(refusal("the wish for TLS", code))),
    }
}

async fn encrypted(
    stream: TcpStream,
    tls: &Arc<ClientConfig>,
    host: &str,
) -> Result<TlsStream<TcpStream>, Failure> {
    let name = ServerName::try_from(host.to_owned());
    let name = name.map_err(|error| Failure::Lost(error.to_string()))?;
    Ok(TlsConnector::from(Arc::clone(tls)).connect(name, stream).await?)
}
