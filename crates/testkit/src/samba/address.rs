use std::net::{Ipv4Addr, SocketAddr, TcpListener};

/// A loopback address that no other server of a test has: Samba takes LDAP's own ports only.
///
/// A port that the kernel gave out stands for it, and is kept as long as the address.
pub(super) struct Address {
    _port: TcpListener,
    ip: Ipv4Addr,
}

impl Address {
    pub(super) fn new() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
        let port = listener.local_addr().expect("it listens").port();
        let [high, low] = port.to_be_bytes();
        Self { _port: listener, ip: Ipv4Addr::new(127, 77, high, low) }
    }

    pub(super) fn ip(&self) -> Ipv4Addr {
        self.ip
    }

    /// Where LDAP and LDAP over TLS are spoken.
    pub(super) fn sockets(&self) -> [SocketAddr; 2] {
        [389, 636].map(|port| SocketAddr::from((self.ip, port)))
    }
}
