//! The head of the PROXY protocol, which comes before anything else on a connection, before TLS too
//! (<https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt>).

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use actix_service::{ServiceFactory, fn_service};
use actix_web::rt::net::TcpStream;
use proxy_header::{Error, ParseConfig, ProxyHeader};
use rustix::net::RecvFlags;
use thiserror::Error;
use tokio::io::Interest;
use tokio::time::timeout;

use super::Proxies;

/// The longest head that is read, in bytes. The addresses take 232 at most; the rest is what else a proxy likes to tell.
const LONGEST: usize = 4096;

/// A connection of which nothing but the head was read.
pub(crate) struct Arrived {
    pub(crate) tcp: TcpStream,
    /// Whom a trusted proxy says that it speaks for; `None` without one, and where it speaks for itself.
    pub(crate) announced: Option<SocketAddr>,
}

/// A head, as it waits to be taken from the connection.
struct Head {
    announced: Option<SocketAddr>,
    length: usize,
}

/// Why a connection is closed.
#[derive(Debug, Error)]
enum Refusal {
    #[error("it does not begin with the PROXY protocol, as `server.proxy_protocol` wants it")]
    Other,
    #[error("it ends in the head of the PROXY protocol")]
    Cut,
    #[error("no whole head of the PROXY protocol came in time")]
    Late,
    /// Those who only look whether the port is open do so.
    #[error("nothing came")]
    Nothing,
    #[error("it can't be read: {0}")]
    Unreadable(#[from] io::Error),
}

/// Connections as they come, each with whom it is for. A trusted proxy may take `patience` for the head, if it has to send one.
pub(crate) fn arrivals(
    proxies: &Proxies,
    patience: Duration,
) -> impl ServiceFactory<TcpStream, Config = (), Response = Arrived, Error = io::Error, InitError = ()> + use<>
{
    let proxies = proxies.clone();
    fn_service(move |tcp: TcpStream| {
        let announces = proxies.proxy_protocol && tcp.peer_addr().is_ok_and(|peer| proxies.trust(peer.ip()));
        async move {
            if !announces {
                return Ok(Arrived { tcp, announced: None });
            }
            match timeout(patience, take_head(&tcp)).await.unwrap_or(Err(Refusal::Late)) {
                Ok(announced) => Ok(Arrived { tcp, announced }),
                Err(why) => Err(refuse(&tcp, &why)),
            }
        }
    })
}

fn refuse(tcp: &TcpStream, why: &Refusal) -> io::Error {
    if !matches!(why, Refusal::Nothing) {
        let peer = tcp.peer_addr().ok().map(tracing::field::display);
        tracing::warn!(peer, "a connection of a trusted proxy is closed: {why}");
    }
    io::ErrorKind::InvalidData.into()
}

/// Takes the head from the connection, and not a byte more.
async fn take_head(tcp: &TcpStream) -> Result<Option<SocketAddr>, Refusal> {
    loop {
        let has_ended = tcp.ready(Interest::READABLE).await?.is_read_closed();
        match tcp.try_io(Interest::READABLE, || peek(tcp)) {
            Ok(Ok(head)) => {
                drop_bytes(tcp, head.length)?;
                return Ok(head.announced);
            }
            Ok(Err(why)) => return Err(why),
            Err(error) if error.kind() != io::ErrorKind::WouldBlock => return Err(error.into()),
            Err(_) if has_ended => return Err(Refusal::Cut),
            Err(_) => {}
        }
    }
}

/// What stands at the beginning; [`io::ErrorKind::WouldBlock`] while more of it has to come.
fn peek(tcp: &TcpStream) -> io::Result<Result<Head, Refusal>> {
    let mut bytes = [0; LONGEST];
    let (length, _) = rustix::net::recv(tcp, &mut bytes, RecvFlags::PEEK)?;
    let config = ParseConfig { include_tlvs: false, ..ParseConfig::default() };
    match ProxyHeader::parse(&bytes[..length], config) {
        Ok((head, length)) => {
            let announced = head.proxied_address().map(|addresses| addresses.source);
            Ok(Ok(Head { announced, length }))
        }
        Err(_) if length == 0 => Ok(Err(Refusal::Nothing)),
        Err(Error::BufferTooShort) if length < LONGEST => Err(io::ErrorKind::WouldBlock.into()),
        Err(_) => Ok(Err(Refusal::Other)),
    }
}

/// Takes bytes from the connection that are there.
fn drop_bytes(tcp: &TcpStream, length: usize) -> io::Result<()> {
    let mut bytes = [0; LONGEST];
    let mut left = &mut bytes[..length];
    while !left.is_empty() {
        let (read, _) = rustix::net::recv(tcp, &mut *left, RecvFlags::empty())?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        left = &mut left[read..];
    }
    Ok(())
}
