//! Proxies in front, and whom they say they speak for.

mod head;
mod header;

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use actix_web::dev::ServiceRequest;
use actix_web::http::header::HeaderMap;
use ipnet::IpNet;

pub(crate) use head::{Arrived, arrivals};
pub use header::ForwardedHeader;

use crate::connection::Connection;

/// The proxies whose word is taken for the address of a caller, and how they say it. Nobody else's is.
#[derive(Clone, Debug, Default)]
pub struct Proxies {
    /// Where they are.
    pub trusted: Vec<IpNet>,
    /// The header in which they name whom they speak for; `None` where none is read.
    pub header: Option<ForwardedHeader>,
    /// Whether each of their connections begins with the head of the PROXY protocol, version 1 or 2.
    pub proxy_protocol: bool,
}

/// An address as somebody tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) ip: IpAddr,
    /// `None` where it is not told.
    port: Option<u16>,
}

/// Where a request comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    /// The caller, as far as those who are trusted know.
    pub(crate) caller: Address,
    /// The other end of the connection where that is a proxy that names somebody else.
    pub(crate) proxy: Option<SocketAddr>,
}

impl Proxies {
    /// Whether the word of this address is taken.
    #[must_use]
    pub fn trust(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.trusted.iter().any(|network| network.contains(&address))
    }

    /// Where a request comes from; `None` where not even the connection says so.
    pub(crate) fn origin(&self, request: &ServiceRequest) -> Option<Origin> {
        let peer = request.peer_addr()?;
        let announced = request.conn_data::<Arc<Connection>>().and_then(|connection| connection.announced());
        Some(self.origin_of(peer, announced, request.headers()))
    }

    /// Goes from one to the next, from here outwards, for as long as the one who names the next is trusted. `announced` is whom
    /// the PROXY protocol names.
    fn origin_of(&self, peer: SocketAddr, announced: Option<SocketAddr>, headers: &HeaderMap) -> Origin {
        let mut caller = Address::from(announced.unwrap_or(peer));
        let named = self.header.into_iter().flat_map(|header| header.named(headers));
        for next in named {
            match next.filter(|_| self.trust(caller.ip)) {
                Some(next) => caller = next,
                None => break,
            }
        }
        Origin { caller, proxy: (caller != peer.into()).then_some(peer) }
    }
}

impl From<SocketAddr> for Address {
    fn from(address: SocketAddr) -> Self {
        Self { ip: address.ip().to_canonical(), port: Some(address.port()) }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.port {
            Some(port) => SocketAddr::new(self.ip, port).fmt(f),
            None => self.ip.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests;
