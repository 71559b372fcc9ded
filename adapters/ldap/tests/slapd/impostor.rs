//! What stands where a server should, and is no LDAP server.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;
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
