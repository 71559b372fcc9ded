use std::net::{Ipv4Addr, SocketAddr, TcpListener};

/// A loopback address that no other server of a test has, so that each of its ports is free: before a server takes it, after
/// that has ended, and until it is started again.
///
/// A port that the kernel gave out stands for it, and is kept as long as the address.
pub struct OwnAddress {
    _port: TcpListener,
    ip: Ipv4Addr,
}

impl OwnAddress {
    /// One that is free.
    ///
    /// # Panics
    ///
    /// When this machine has no port left.
    #[must_use]
    pub fn new() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
        let port = listener.local_addr().expect("it listens").port();
        let [high, low] = port.to_be_bytes();
        Self { _port: listener, ip: Ipv4Addr::new(127, 77, high, low) }
    }

    /// The address.
    #[must_use]
    pub fn ip(&self) -> Ipv4Addr {
        self.ip
    }

    /// One of its ports.
    #[must_use]
    pub fn port(&self, port: u16) -> SocketAddr {
        SocketAddr::from((self.ip, port))
    }
}

impl Default for OwnAddress {
    fn default() -> Self {
        Self::new()
    }
}
