//! How the server stops: told to, it is not ready any more and answers for a while all the same, until whoever shares out requests
//! has noticed; then it takes no new ones, and finishes those under way.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use actix_web::rt::signal::unix::{Signal, SignalKind, signal};
use tokio::time::timeout;

/// Whether the server was told to stop. From then on nothing is ready, and each answer is the last one of its connection.
#[derive(Clone, Default)]
pub(crate) struct Stopping(Arc<AtomicBool>);

/// The signals to stop at the next good time, which are kept from the moment on in which this is made.
pub(crate) struct StopSignals {
    terminate: Signal,
    interrupt: Signal,
}

/// The signal to stop at once.
pub(crate) struct QuitSignal(Signal);

/// One of the signals, as people name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    Terminate,
    Interrupt,
}

impl Stopping {
    pub(crate) fn is_so(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    fn begin(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl StopSignals {
    /// # Errors
    ///
    /// When the system does not let the process handle its signals.
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    /// Waits until no new requests are to be taken: for so long after SIGTERM, until another signal at most. SIGINT, which somebody
    /// at a terminal sends, waits for nothing.
    pub(crate) async fn drained(mut self, drain: Duration, stopping: Stopping) {
        let told = self.told().await;
        stopping.begin();
        if told == Told::Terminate && !drain.is_zero() {
            let seconds = drain.as_secs();
            tracing::info!(
                seconds,
                "{told}: not ready any more, and requests are answered as before for a while"
            );
            match timeout(drain, self.told()).await {
                Ok(again) => tracing::info!("{again}: that while is over at once"),
                Err(_) => tracing::info!("that while is over"),
            }
        }
        tracing::info!(signal = %told, "stopping: requests under way are finished, and no others taken");
    }

    async fn told(&mut self) -> Told {
        tokio::select! {
            _ = self.terminate.recv() => Told::Terminate,
            _ = self.interrupt.recv() => Told::Interrupt,
        }
    }
}

impl QuitSignal {
    /// # Errors
    ///
    /// When the system does not let the process handle its signals.
    pub(crate) fn new() -> io::Result<Self> {
        signal(SignalKind::quit()).map(Self)
    }

    /// Waits for it.
    pub(crate) async fn sent(&mut self) {
        self.0.recv().await;
        tracing::warn!("SIGQUIT: stopping at once, whatever is under way");
    }
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Terminate => "SIGTERM",
            Self::Interrupt => "SIGINT",
        })
    }
}
