//! Stands between a back end and a server, sees which connections are bound how often, and has its own mind about the second
//! bind on one.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustix::net::{SendFlags, Shutdown, send, shutdown};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy};
use tokio::net::tcp::OwnedReadHalf;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What becomes of a bind on a connection that was bound before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SecondBind {
    /// The server answers it.
    PassedOn,
    /// The answer is 53, unwilling to perform, and the server does not learn of it.
    Refused,
    /// The same, if it is somebody's; those of nobody in particular are passed on.
    RefusedToUsers,
    /// The connection ends, and the server does not learn of it.
    Ended,
    /// The server answers it, and the connection ends with the answer.
    AnsweredAtLast,
    /// The connection ends when the server has got it, if it is somebody's.
    LostOfUsers,
    /// The server gets it, and its answer is swallowed, if it is somebody's.
    SwallowedOfUsers,
}

impl SecondBind {
    /// Whether it is so for a bind that is a user's, or nobody's in particular.
    fn concerns(self, is_users: bool) -> bool {
        match self {
            Self::PassedOn => false,
            Self::Refused | Self::Ended | Self::AnsweredAtLast => true,
            Self::RefusedToUsers | Self::LostOfUsers | Self::SwallowedOfUsers => is_users,
        }
    }
}

/// A bind that was seen: on which connection, counted from 0, and whether it was somebody's.
pub(crate) type Seen = (usize, bool);

/// Ends when it is dropped.
pub(crate) struct Gatekeeper {
    port: u16,
    seen: Arc<Mutex<Vec<Seen>>>,
    task: JoinHandle<()>,
}

impl Gatekeeper {
    /// To the server at a URL such as `ldap://127.0.0.1:389`.
    pub(crate) async fn start(url: &str, second: SecondBind) -> Self {
        let server = url.strip_prefix("ldap://").expect("a URL of LDAP without TLS");
        let server = if server.contains(':') { server.to_owned() } else { format!("{server}:389") };
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let port = listener.local_addr().expect("it listens").port();
        let seen = Arc::new(Mutex::default());
        let all = Arc::clone(&seen);
        let task = tokio::spawn(async move {
            for connection in 0.. {
                let Ok((client, _)) = listener.accept().await else { return };
                let server = TcpStream::connect(&server).await.expect("the server takes connections");
                tokio::spawn(pass_on(client, server, second, connection, Arc::clone(&all)));
            }
        });
        Self { port, seen, task }
    }

    pub(crate) fn url(&self) -> String {
        format!("ldap://127.0.0.1:{}", self.port)
    }

    /// The binds so far, but for those on connections that the service is bound on.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        lock(&self.seen).clone()
    }

    /// How often users were bound so far.
    pub(crate) fn users(&self) -> usize {
        self.seen().iter().filter(|(_, is_somebody)| *is_somebody).count()
    }

    /// How many connections there were for that.
    pub(crate) fn connections(&self) -> usize {
        let mut connections: Vec<_> = self.seen().iter().map(|(connection, _)| *connection).collect();
        connections.sort_unstable();
        connections.dedup();
        connections.len()
    }
}

impl Drop for Gatekeeper {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn lock(seen: &Mutex<Vec<Seen>>) -> MutexGuard<'_, Vec<Seen>> {
    seen.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn pass_on(
    client: TcpStream,
    server: TcpStream,
    second: SecondBind,
    connection: usize,
    seen: Arc<Mutex<Vec<Seen>>>,
) {
    let ((mut from_client, mut to_client), (mut from_server, mut to_server)) =
        (client.into_split(), server.into_split());
    let mut binds = 0;
    loop {
        let message = tokio::select! {
            message = message(&mut from_client) => message,
            _ = copy(&mut from_server, &mut to_client) => return,
        };
        let Some(message) = message else { return };
        let is_somebody = bound_as(&message);
        if let Some(is_somebody) = is_somebody.filter(|_| !is_of_service(&message)) {
            lock(&seen).push((connection, is_somebody));
            binds += 1;
        }
        let is_second = is_somebody.is_some() && binds > 1;
        if !is_second || !second.concerns(is_somebody == Some(true)) {
            drop(to_server.write_all(&message).await);
            continue;
        }
        match second {
            SecondBind::PassedOn | SecondBind::Ended => return,
            SecondBind::Refused | SecondBind::RefusedToUsers => {
                drop(to_client.write_all(&refusal(&message)).await);
            }
            SecondBind::AnsweredAtLast => {
                let mut answer = [0; 1024];
                drop(to_server.write_all(&message).await);
                let read = from_server.read(&mut answer).await.unwrap_or_default();
                last_words(to_client.as_ref(), &answer[..read]);
                return;
            }
            SecondBind::LostOfUsers => {
                drop(to_server.write_all(&message).await);
                drop(from_server.read(&mut [0; 1]).await);
                return;
            }
            SecondBind::SwallowedOfUsers => {
                drop(to_server.write_all(&message).await);
                drop(copy(&mut from_client, &mut to_server).await);
                return;
            }
        }
    }
}

/// Says something and ends the connection, in one segment: whoever has read the one knows of the other.
fn last_words(stream: &TcpStream, words: &[u8]) {
    let said = send(stream, words, SendFlags::MORE | SendFlags::NOSIGNAL);
    assert_eq!(said, Ok(words.len()));
    assert_eq!(shutdown(stream, Shutdown::Write), Ok(()));
}

/// The next message as it came; `None` at the end. Those of these tests are shorter than 64 KiB.
async fn message(from: &mut OwnedReadHalf) -> Option<Vec<u8>> {
    let mut message = vec![from.read_u8().await.ok()?, from.read_u8().await.ok()?];
    let mut length = usize::from(message[1]);
    for _ in 0..length.saturating_sub(0x80) {
        message.push(from.read_u8().await.ok()?);
    }
    if length > 0x80 {
        length = message[2..].iter().fold(0, |sum, octet| sum << 8 | usize::from(*octet));
    }
    let head = message.len();
    message.resize(head + length, 0);
    from.read_exact(&mut message[head..]).await.ok()?;
    Some(message)
}

/// Whether a bind is somebody's; `None` where it is another request.
fn bound_as(message: &[u8]) -> Option<bool> {
    const VERSION: [u8; 4] = [0x02, 0x01, 0x03, 0x04];
    let version = message.windows(VERSION.len()).position(|window| window == VERSION)?;
    let is_bind = message[..version].contains(&0x60);
    is_bind.then(|| message[version + VERSION.len()] > 0)
}

fn is_of_service(message: &[u8]) -> bool {
    message.windows(15).any(|window| window == b"cn=data-adapter")
}

/// The answer 53 to a bind whose id is below 128.
fn refusal(message: &[u8]) -> [u8; 14] {
    let head = if message[1] > 0x80 { 3 } else { 2 };
    let id = message[head + 2];
    [0x30, 0x0c, 0x02, 0x01, id, 0x61, 0x07, 0x0a, 0x01, 53, 0x04, 0x00, 0x04, 0x00]
}
