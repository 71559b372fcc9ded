//! What stands between a client and a server, and breaks the connections.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::Instant;

/// Passes bytes on to a server, and ends when it is dropped.
pub struct Relay {
    scheme: String,
    address: SocketAddr,
    fate: watch::Sender<Fate>,
    /// How many connections are passed on.
    active: Arc<AtomicUsize>,
    accepted: Arc<AtomicUsize>,
    is_silent: Arc<AtomicBool>,
    task: JoinHandle<()>,
}

/// What becomes of the connections that there are.
#[derive(Clone, Copy)]
enum Fate {
    PassedOn,
    Forgotten,
    Swallowed,
}

impl Relay {
    /// To the server at a URL such as `ldap://127.0.0.1:389`.
    ///
    /// # Panics
    ///
    /// When no port is free, or `url` has no address.
    pub async fn start(url: &str) -> Self {
        Self::slow(url, Duration::ZERO).await
    }

    /// The same, over a way that each answer takes so long to come back.
    ///
    /// # Panics
    ///
    /// When no port is free, or `url` has no address.
    pub async fn slow(url: &str, delay: Duration) -> Self {
        let (scheme, server) = url.split_once("://").expect("a URL");
        let server = server.split('/').next().expect("an address").to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let address = listener.local_addr().expect("it listens");
        let (fate, changed) = watch::channel(Fate::PassedOn);
        let (active, accepted) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let is_silent = Arc::new(AtomicBool::new(false));
        let (counter, total, hold) = (Arc::clone(&active), Arc::clone(&accepted), Arc::clone(&is_silent));
        let task = tokio::spawn(async move {
            let mut held = Vec::new();
            while let Ok((client, _)) = listener.accept().await {
                total.fetch_add(1, Ordering::SeqCst);
                if hold.load(Ordering::SeqCst) {
                    held.push(client);
                    continue;
                }
                // A client of a server that is down finds the connection closed.
                let Ok(server) = TcpStream::connect(&server).await else { continue };
                let mut changed = changed.clone();
                changed.mark_unchanged();
                counter.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(pass_on(client, server, delay, changed, Arc::clone(&counter)));
            }
        });
        Self { scheme: scheme.to_owned(), address, fate, active, accepted, is_silent, task }
    }

    /// Where it listens, with the scheme of the server.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}://{}", self.scheme, self.address)
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many connections came so far.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.accepted.load(Ordering::SeqCst)
    }

    /// Whether new connections get no answer; those that there are go on.
    pub fn be_silent(&self, is_silent: bool) {
        self.is_silent.store(is_silent, Ordering::SeqCst);
    }

    /// Forgets the connections that there are: whoever uses one finds it closed.
    pub async fn forget(&self) {
        self.end_all(Fate::Forgotten).await;
    }

    /// Swallows what is said on the connections that there are, as a firewall does that dropped them while they were idle:
    /// whoever uses one waits.
    pub async fn swallow(&self) {
        self.end_all(Fate::Swallowed).await;
    }

    async fn end_all(&self, fate: Fate) {
        self.fate.send_replace(fate);
        while self.active.load(Ordering::SeqCst) > 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
}

async fn pass_on(
    mut client: TcpStream,
    mut server: TcpStream,
    delay: Duration,
    mut fate: watch::Receiver<Fate>,
    active: Arc<AtomicUsize>,
) {
    let became = tokio::select! {
        () = converse(&mut client, &mut server, delay) => Fate::PassedOn,
        _ = fate.changed() => *fate.borrow(),
    };
    active.fetch_sub(1, Ordering::SeqCst);
    match became {
        Fate::PassedOn => {}
        Fate::Forgotten => drop(client.read(&mut [0; 1]).await),
        Fate::Swallowed => while client.read(&mut [0; 1024]).await.is_ok_and(|read| read > 0) {},
    }
}

async fn converse(client: &mut TcpStream, server: &mut TcpStream, delay: Duration) {
    if delay.is_zero() {
        let _ = copy_bidirectional(client, server).await;
        return;
    }
    let ((mut from_client, mut to_client), (mut from_server, mut to_server)) =
        (client.split(), server.split());
    let (on_the_way, mut arriving) = mpsc::unbounded_channel();
    let depart = async move {
        let mut bytes = [0; 16 * 1024];
        while let Ok(read @ 1..) = from_server.read(&mut bytes).await {
            let _ = on_the_way.send((Instant::now() + delay, bytes[..read].to_vec()));
        }
    };
    let arrive = async {
        while let Some((time, bytes)) = arriving.recv().await {
            tokio::time::sleep_until(time).await;
            if to_client.write_all(&bytes).await.is_err() {
                return;
            }
        }
    };
    tokio::select! {
        _ = copy(&mut from_client, &mut to_server) => {}
        ((), ()) = async { tokio::join!(depart, arrive) } => {}
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.task.abort();
    }
}
