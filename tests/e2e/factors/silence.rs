//! A provider of pushes that takes calls and never answers one.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::io::AsyncReadExt as _;
use tokio::net::TcpListener;

use crate::support::{Builder, PATIENCE};

pub(super) struct Silence {
    url: String,
    calls: Arc<AtomicUsize>,
}

impl Silence {
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}/", listener.local_addr().expect("it is bound"));
        let calls = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&calls);
        tokio::spawn(async move {
            let mut held = Vec::new();
            while let Ok((mut stream, _)) = listener.accept().await {
                if matches!(stream.read(&mut [0; 1024]).await, Ok(read) if read > 0) {
                    counted.fetch_add(1, Ordering::SeqCst);
                }
                held.push(stream);
            }
        });
        Self { url, calls }
    }

    /// A service that pushes through it.
    pub(super) fn pushing(&self, builder: Builder) -> Builder {
        let secret = "YW4gZXhhbXBsZSwgbm90IGEga2V5OiBtYWtlIHlvdXIgb3du";
        builder.env("DATA_ADAPTER__PUSH__URL", &self.url).env("DATA_ADAPTER__PUSH__CALLBACK__SECRET", secret)
    }

    /// How often it was called.
    pub(super) fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }

    /// Waits until it was called so often.
    pub(super) async fn called(&self, calls: usize) {
        let deadline = Instant::now() + PATIENCE;
        while self.calls() < calls {
            assert!(Instant::now() < deadline, "it was called {} times", self.calls());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}
