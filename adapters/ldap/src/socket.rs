use std::io;
use std::time::Duration;

use rustix::net::sockopt::{set_socket_keepalive, set_tcp_keepcnt, set_tcp_keepidle, set_tcp_keepintvl};
use tokio::net::TcpStream;
use url::Url;

/// How long after a probe without an answer the next one is sent.
const BETWEEN_PROBES: Duration = Duration::from_secs(15);
/// So many probes without an answer in a row end the connection.
const PROBES: u32 = 3;

/// The host and the port that a URL is for.
pub(crate) fn address(url: &Url) -> (&str, u16) {
    let port = url.port().unwrap_or(if url.scheme() == "ldaps" { 636 } else { 389 });
    (url.host_str().unwrap_or_default(), port)
}

/// Connects to a server. After `keepalive` without a word the system probes whether the other side is still there (RFC 9293,
/// 3.8.4), so that whatever is between sees that the connection is in use, and one that is dead is closed.
pub(crate) async fn connect(url: &Url, keepalive: Duration) -> io::Result<TcpStream> {
    let (host, port) = address(url);
    let stream = TcpStream::connect(format!("{host}:{port}")).await?;
    // What is written last of a handshake would hold the first request back until the server confirms it, after 40 ms.
    stream.set_nodelay(true)?;
    set_tcp_keepidle(&stream, keepalive)?;
    set_tcp_keepintvl(&stream, BETWEEN_PROBES)?;
    set_tcp_keepcnt(&stream, PROBES)?;
    set_socket_keepalive(&stream, true)?;
    Ok(stream)
}
