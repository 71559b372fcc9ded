use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use data_adapter_server::{BodyLimits, ForwardedHeader, HttpSettings, Proxies};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use super::{check_range, refuse};
use crate::failure::Failure;

/// `[server]`: where and how to listen.
#[derive(Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ServerSettings {
    pub(crate) host: IpAddr,
    pub(crate) port: u16,
    /// Zero is one per core.
    workers: usize,
    max_body_bytes: usize,
    max_body_bytes_held: usize,
    /// Whether a proxy in front speaks TLS.
    pub(super) behind_proxy: bool,
    trusted_proxies: Vec<String>,
    forwarded_header: HeaderName,
    proxy_protocol: bool,
    max_connections: usize,
    max_idle_connections: usize,
    max_requests: usize,
    keep_alive_seconds: u64,
    header_timeout_seconds: u64,
    body_timeout_seconds: u64,
    drain_seconds: u64,
    shutdown_timeout_seconds: u64,
    /// Where the service is asked to read its configuration again; `None` for nowhere.
    control_socket: Option<PathBuf>,
}

/// The words for a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
enum HeaderName {
    None,
    Forwarded,
    XForwardedFor,
}

impl Default for ServerSettings {
    fn default() -> Self {
        Self {
            host: Ipv4Addr::LOCALHOST.into(),
            port: 8080,
            workers: 0,
            max_body_bytes: 128 * 1024,
            max_body_bytes_held: 32 * 1024 * 1024,
            behind_proxy: false,
            trusted_proxies: Vec::new(),
            forwarded_header: HeaderName::None,
            proxy_protocol: false,
            max_connections: 16_384,
            max_idle_connections: 4096,
            max_requests: 1024,
            keep_alive_seconds: 75,
            header_timeout_seconds: 5,
            body_timeout_seconds: 10,
            drain_seconds: 0,
            shutdown_timeout_seconds: 30,
            control_socket: None,
        }
    }
}

impl ServerSettings {
    pub(super) fn validate(&self) -> Result<(), Failure> {
        check_range("server.workers", self.workers as u64, 0..=1024)?;
        check_range("server.max_body_bytes", self.max_body_bytes as u64, 1024..=16 * 1024 * 1024)?;
        // One body has to fit in.
        let held = self.max_body_bytes as u64..=1024 * 1024 * 1024;
        check_range("server.max_body_bytes_held", self.max_body_bytes_held as u64, held)?;
        check_range("server.max_connections", self.max_connections as u64, 1..=1_000_000)?;
        let idle = self.max_idle_connections as u64;
        check_range("server.max_idle_connections", idle, 1..=1_000_000)?;
        check_range("server.max_requests", self.max_requests as u64, 1..=1_000_000)?;
        check_range("server.keep_alive_seconds", self.keep_alive_seconds, 1..=3600)?;
        check_range("server.header_timeout_seconds", self.header_timeout_seconds, 1..=300)?;
        check_range("server.body_timeout_seconds", self.body_timeout_seconds, 1..=300)?;
        check_range("server.drain_seconds", self.drain_seconds, 0..=3600)?;
        check_range("server.shutdown_timeout_seconds", self.shutdown_timeout_seconds, 1..=3600)?;
        self.check_control_socket()?;
        self.proxies().map(drop)
    }

    /// A longer path is none for a socket (`man 7 unix`).
    fn check_control_socket(&self) -> Result<(), Failure> {
        const LONGEST: usize = 107;
        let length = self.control_socket.as_ref().map(|path| path.as_os_str().len());
        match length {
            Some(length) if !(1..=LONGEST).contains(&length) => {
                refuse("server.control_socket", &format!("has to be a path of 1 to {LONGEST} bytes"))
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Where the service is asked to read its configuration again.
    pub(crate) fn control_socket(&self) -> Option<&Path> {
        self.control_socket.as_deref()
    }

    /// Who is in front.
    pub(crate) fn proxies(&self) -> Result<Proxies, Failure> {
        const KEY: &str = "server.trusted_proxies";
        let trusted: Vec<IpNet> =
            self.trusted_proxies.iter().map(|text| network(KEY, text)).collect::<Result<_, _>>()?;
        let header = match self.forwarded_header {
            HeaderName::None => None,
            HeaderName::Forwarded => Some(ForwardedHeader::Forwarded),
            HeaderName::XForwardedFor => Some(ForwardedHeader::XForwardedFor),
        };
        match (trusted.is_empty(), header.is_some() || self.proxy_protocol) {
            (true, true) => refuse(
                KEY,
                "is missing beside `server.forwarded_header` or `server.proxy_protocol`: name the addresses of the \
                 proxies whose word is taken",
            ),
            (false, false) => refuse(
                KEY,
                "is set, but not how they name whom they speak for: set `server.forwarded_header` or \
                 `server.proxy_protocol`",
            ),
            _ => Ok(Proxies { trusted, header, proxy_protocol: self.proxy_protocol }),
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        (self.host, self.port).into()
    }

    /// What a body may take.
    pub(crate) fn bodies(&self) -> BodyLimits {
        BodyLimits { max: self.max_body_bytes, timeout: Duration::from_secs(self.body_timeout_seconds) }
    }

    pub(crate) fn http(&self) -> Result<HttpSettings, Failure> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Ok(HttpSettings {
            workers: if self.workers == 0 { cores } else { self.workers },
            keep_alive: Duration::from_secs(self.keep_alive_seconds),
            header_timeout: Duration::from_secs(self.header_timeout_seconds),
            drain: Duration::from_secs(self.drain_seconds),
            shutdown_timeout: Duration::from_secs(self.shutdown_timeout_seconds),
            max_connections: self.max_connections,
            max_idle_connections: self.max_idle_connections,
            max_requests: self.max_requests,
            max_body_bytes_held: self.max_body_bytes_held,
            proxies: self.proxies()?,
        })
    }
}

/// A network, or the one of a single address.
fn network(key: &str, text: &str) -> Result<IpNet, Failure> {
    match text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from)) {
        Ok(network) if network.prefix_len() == 0 => refuse(
            key,
            &format!("has `{text}`, which is everybody, so that anybody could say to be anywhere"),
        ),
        Ok(network) => Ok(network),
        Err(_) => {
            refuse(key, &format!("has `{text}`, which is no IP address, and no network such as 10.0.0.0/8"))
        }
    }
}
