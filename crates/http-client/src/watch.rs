use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use reqwest::Response;
use tokio::task_local;
use tower::util::MapRequestLayer;

task_local! {
    /// Whether the request that this task sends has asked for a new connection.
    static CONNECTS: Arc<AtomicBool>;
}

/// A request under way, and whether it goes over a new connection.
pub(crate) struct Watched<'a> {
    pub(crate) answer: Pin<Box<dyn Future<Output = reqwest::Result<Response>> + Send + 'a>>,
    connects: Arc<AtomicBool>,
}

impl<'a> Watched<'a> {
    pub(crate) fn new(sent: impl Future<Output = reqwest::Result<Response>> + Send + 'a) -> Self {
        let connects = Arc::new(AtomicBool::new(false));
        Self { answer: Box::pin(CONNECTS.scope(Arc::clone(&connects), sent)), connects }
    }

    /// A request asks for a new connection when none that was kept is free. Should one become free before, then it has just
    /// been of use to somebody.
    pub(crate) fn is_over_new_connection(&self) -> bool {
        self.connects.load(Ordering::Relaxed)
    }
}

/// Goes around whatever makes connections, in the task of the request that asks for one.
pub(crate) fn layer<R>() -> MapRequestLayer<fn(R) -> R> {
    MapRequestLayer::new(noticed as fn(R) -> R)
}

fn noticed<R>(request: R) -> R {
    // Nobody watches when a request is sent for the second time.
    let _ = CONNECTS.try_with(|connects| connects.store(true, Ordering::Relaxed));
    request
}
