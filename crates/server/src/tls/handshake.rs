//! The TLS handshake of a connection, and what is told of one that fails.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use actix_service::{Service as _, ServiceFactory, apply_fn_factory};
use actix_tls::accept::TlsError;
use actix_tls::accept::rustls_0_23::{Acceptor, AcceptorService, TlsStream};
use actix_web::rt::net::TcpStream;
use rustls::ServerConfig;

use crate::proxies::Arrived;

use super::refused::{CertificateFault, RefusedCertificates};

/// Why a connection does not come to speak TLS.
pub(crate) type HandshakeError = TlsError<io::Error, Infallible>;

/// A connection that speaks TLS.
pub(crate) struct Shaken {
    pub(crate) stream: TlsStream<TcpStream>,
    /// Whom a trusted proxy says that it speaks for; `None` as in [`Arrived`].
    pub(crate) announced: Option<SocketAddr>,
}

/// Shakes hands within `timeout`. Client certificates that are refused go to `refused`; nothing is told of whoever speaks
/// something else, or a TLS that is too old.
pub(crate) fn handshakes(
    config: ServerConfig,
    timeout: Duration,
    refused: Arc<RefusedCertificates>,
) -> impl ServiceFactory<Arrived, Config = (), Response = Shaken, Error = HandshakeError, InitError = ()> {
    let mut acceptor = Acceptor::new(config);
    acceptor.set_handshake_timeout(timeout);
    apply_fn_factory::<_, _, _, _, Arrived, TcpStream, _, _>(
        acceptor,
        move |Arrived { tcp, announced }: Arrived, acceptor: &AcceptorService| {
            let (peer, refused) = (announced.or_else(|| tcp.peer_addr().ok()), Arc::clone(&refused));
            let accepted = acceptor.call(tcp);
            async move {
                let stream = accepted.await.inspect_err(|error| note(error, peer, &refused))?;
                Ok(Shaken { stream, announced })
            }
        },
    )
}

fn note(error: &HandshakeError, peer: Option<SocketAddr>, refused: &RefusedCertificates) {
    let TlsError::Tls(error) = error else { return };
    let error = error.get_ref().and_then(|error| error.downcast_ref::<rustls::Error>());
    if let Some(fault) = error.and_then(CertificateFault::of) {
        refused.add(fault, peer);
    }
}
