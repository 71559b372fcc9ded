//! What the real servers for tests have in common.

mod certificates;
mod process;

use std::net::TcpListener;

pub(crate) use certificates::Certificates;
pub(crate) use process::{Process, Ready, is_installed, run};

/// Two ports of this machine that nobody listens on.
pub(crate) fn free_ports() -> (u16, u16) {
    let listen = || TcpListener::bind(("127.0.0.1", 0)).expect("a port is free");
    let (one, other) = (listen(), listen());
    let port = |listener: &TcpListener| listener.local_addr().expect("it listens").port();
    (port(&one), port(&other))
}
