//! Connections to single servers.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use data_adapter_reach::refused_certificate;
use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Cmd, Pipeline, RedisConnectionInfo, RedisError, RedisResult, Value};
use rustls_pki_types::ServerName;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::ClientConfig;

/// A server.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Node {
    /// A name or an address, an IPv6 address without brackets.
    pub(crate) host: String,
    pub(crate) port: u16,
}

impl Node {
    /// Reads `host:port`, or `host` where the port is the usual one.
    pub(crate) fn parse(text: &str, port: u16) -> Option<Self> {
        let (host, rest) = match text.strip_prefix('[') {
            Some(rest) => rest.split_once(']')?,
            None => text.split_at(text.rfind(':').unwrap_or(text.len())),
        };
        let port = match rest.strip_prefix(':') {
            Some(port) => port.parse().ok()?,
            None if rest.is_empty() => port,
            None => return None,
        };
        (!host.is_empty()).then(|| Self { host: host.to_owned(), port })
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, port } = self;
        if host.contains(':') { write!(f, "[{host}]:{port}") } else { write!(f, "{host}:{port}") }
    }
}

/// Who is said to connect.
#[derive(Clone)]
pub(crate) struct Login {
    /// `None` for the user that is there without being made.
    pub(crate) user: Option<String>,
    pub(crate) password: SecretString,
}

/// How servers are spoken to.
#[derive(Clone)]
pub(crate) struct Access {
    login: Option<Login>,
    tls: Option<TlsConnector>,
    /// How long connecting may take.
    patience: Duration,
}

impl Access {
    pub(crate) fn new(login: Option<Login>, tls: Option<ClientConfig>, patience: Duration) -> Self {
        Self { login, tls: tls.map(|config| TlsConnector::from(Arc::new(config))), patience }
    }

    /// Connects to a server and logs in.
    pub(crate) async fn connect(&self, node: &Node) -> Result<Link, String> {
        // What shakes hands is large, and whoever makes a call need not be.
        match timeout(self.patience, Box::pin(self.connected(node))).await {
            Ok(connected) => connected.map_err(|error| {
                format!("{node}: {}", refused_certificate(&error).unwrap_or_else(|| error.to_string()))
            }),
            Err(_) => Err(format!("{node}: no connection within {} ms", self.patience.as_millis())),
        }
    }

    async fn connected(&self, node: &Node) -> io::Result<Link> {
        let stream = TcpStream::connect((node.host.as_str(), node.port)).await?;
        stream.set_nodelay(true)?;
        let Some(tls) = &self.tls else { return self.log_in(stream).await };
        let name = ServerName::try_from(node.host.clone()).map_err(io::Error::other)?;
        self.log_in(tls.connect(name, stream).await?).await
    }

    async fn log_in(&self, stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) -> io::Result<Link> {
        let mut info = RedisConnectionInfo::default().set_skip_set_lib_name();
        if let Some(Login { user, password }) = &self.login {
            info = info.set_password(password.expose_secret());
            if let Some(user) = user {
                info = info.set_username(user);
            }
        }
        // Deadlines are those of calls.
        let config = AsyncConnectionConfig::new().set_response_timeout(None);
        let opened = MultiplexedConnection::new_with_config(&info, stream, config).await;
        let (connection, driver) = opened.map_err(|error| io::Error::other(told(&error)))?;
        Ok(Link { connection, driver: tokio::spawn(driver), is_clean: true })
    }
}

/// What a server says, without what was sent to it.
pub(crate) fn told(error: &RedisError) -> String {
    match error.code() {
        Some(code) => format!("{code} {}", error.detail().unwrap_or_default()),
        None => error.to_string(),
    }
}

/// A connection that is lent to one caller at a time: what waits for replicas holds up all that comes after it.
pub(crate) struct Link {
    connection: MultiplexedConnection,
    driver: JoinHandle<()>,
    /// Whether nothing is under way on it.
    pub(crate) is_clean: bool,
}

impl Link {
    /// What the server answers to each of several commands, which go to it at once. What it refuses is an answer.
    pub(crate) async fn ask_all(&mut self, commands: &Pipeline) -> RedisResult<Vec<Value>> {
        self.is_clean = false;
        let answers = self.connection.send_packed_commands(commands, 0, commands.len()).await?;
        self.is_clean = true;
        Ok(answers)
    }

    /// What the server answers.
    pub(crate) async fn ask(&mut self, command: &Cmd) -> RedisResult<Value> {
        self.is_clean = false;
        let answer = self.connection.send_packed_command(command).await;
        self.is_clean = answer.as_ref().err().is_none_or(|error| !error.is_connection_dropped());
        answer?.extract_error()
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_is_read_as_it_is_shown() {
        for (text, shown) in [
            ("redis.bank.test:7000", "redis.bank.test:7000"),
            ("127.0.0.1", "127.0.0.1:6379"),
            ("[2001:db8::1]:7000", "[2001:db8::1]:7000"),
            ("[::1]", "[::1]:6379"),
        ] {
            assert_eq!(Node::parse(text, 6379).map(|node| node.to_string()).as_deref(), Some(shown));
        }
        for text in ["", ":6379", "host:", "host:none", "[::1", "[::1]6379", "host:65536"] {
            assert_eq!(Node::parse(text, 6379), None, "`{text}`");
        }
    }

    #[test]
    fn an_address_that_a_cluster_tells_may_be_one_of_ipv6_without_brackets() {
        let node = Node::parse("2001:db8::1:7000", 0).expect("it is a node");
        assert_eq!((node.host.as_str(), node.port), ("2001:db8::1", 7000));
    }
}
