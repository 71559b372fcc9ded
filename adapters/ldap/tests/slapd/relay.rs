//! What stands where a server should: something that is no LDAP server, or something between that breaks connections.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// What is done with a connection.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Manner {
    /// Nothing is ever said.
    Silent,
    /// It is closed at once.
    Closing,
    /// Something is said that is not LDAP.
    Babbling,
    /// An LDAP message is sent that holds nothing it should.
    Hollow,
}

/// A listener of that manner, which ends when it is dropped.
pub(crate) struct Impostor {
    port: u16,
    connections: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl Impostor {
    pub(crate) async fn start(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let port = listener.local_addr().expect("it listens").port();
        let connections = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&connections);
        let task = tokio::spawn(async move {
            let mut held = Vec::new();
            while let Ok((mut stream, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::Relaxed);
                let said: &[u8] = match manner {
                    Manner::Silent => b"",
                    Manner::Closing => continue,
                    Manner::Babbling => b"HTTP/1.1 400 Bad Request\r\n\r\n",
                    // The answer to message 1, a bind, of no parts.
                    Manner::Hollow => &[0x30, 0x05, 0x02, 0x01, 0x01, 0x61, 0x00],
                };
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
                drop(stream.write_all(said).await);
                held.push(stream);
            }
        });
        Self { port, connections, task }
    }

    pub(crate) fn url(&self) -> String {
        format!("ldap://127.0.0.1:{}", self.port)
    }

    /// How many connections there were.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }
}

impl Drop for Impostor {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Passes bytes on to a server, and ends when it is dropped.
pub(crate) struct Relay {
    port: u16,
    generation: watch::Sender<usize>,
    /// How many connections are passed on.
    active: Arc<AtomicUsize>,
    is_silent: Arc<AtomicBool>,
    task: JoinHandle<()>,
}

impl Relay {
    pub(crate) async fn start(server: &str) -> Self {
        let server = server.trim_start_matches("ldap://").to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let port = listener.local_addr().expect("it listens").port();
        let (generation, changed) = watch::channel(0);
        let active = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&active);
        let is_silent = Arc::new(AtomicBool::new(false));
        let hold = Arc::clone(&is_silent);
        let task = tokio::spawn(async move {
            let mut held = Vec::new();
            while let Ok((client, _)) = listener.accept().await {
                if hold.load(Ordering::SeqCst) {
                    held.push(client);
                    continue;
                }
                let server = TcpStream::connect(&server).await.expect("the server takes connections");
                let mut changed = changed.clone();
                changed.mark_unchanged();
                counter.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(pass_on(client, server, changed, Arc::clone(&counter)));
            }
        });
        Self { port, generation, active, is_silent, task }
    }

    pub(crate) fn url(&self) -> String {
        format!("ldap://127.0.0.1:{}", self.port)
    }

    /// Whether new connections get no answer; those that there are go on.
    pub(crate) fn be_silent(&self, is_silent: bool) {
        self.is_silent.store(is_silent, Ordering::SeqCst);
    }

    /// Forgets the connections that there are, as a firewall does with idle ones: whoever uses one finds it closed.
    pub(crate) async fn forget(&self) {
        self.generation.send_modify(|generation| *generation += 1);
        while self.active.load(Ordering::SeqCst) > 0 {
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
    }
}

async fn pass_on(
    mut client: TcpStream,
    mut server: TcpStream,
    mut forgotten: watch::Receiver<usize>,
    active: Arc<AtomicUsize>,
) {
    let is_forgotten = tokio::select! {
        _ = copy_bidirectional(&mut client, &mut server) => false,
        _ = forgotten.changed() => true,
    };
    active.fetch_sub(1, Ordering::SeqCst);
    if is_forgotten {
        drop(client.read(&mut [0; 1]).await);
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.task.abort();
    }
}
