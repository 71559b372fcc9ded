use std::sync::Arc;
use std::time::Duration;

use backon::{BackoffBuilder as _, ExponentialBackoff, ExponentialBuilder};
use data_adapter_sca::Receipts;
use metrics::Gauge;
use tokio::sync::watch;
use tokio::time::{Instant, sleep};

use crate::connector::Connector;
use crate::link::Link;
use crate::message_id::ReceiptIds;
use crate::session::{Deliveries, End};

/// The first wait before the next bind, and the longest.
const SHORTEST: Duration = Duration::from_millis(500);
const LONGEST: Duration = Duration::from_secs(30);

/// Sees to it that there is a session, from the start to the stop.
pub(crate) struct Supervisor {
    pub(crate) gateway: String,
    pub(crate) connector: Arc<Connector>,
    pub(crate) link: Arc<Link>,
    pub(crate) receipt_ids: ReceiptIds,
    pub(crate) receipts: Arc<dyn Receipts>,
}

impl Supervisor {
    /// Binds, and binds again when a session ends, each time after a longer wait until one has lasted. It ends when it is stopped,
    /// or whoever could do that is gone.
    pub(crate) async fn run(self, mut stop: watch::Receiver<bool>) {
        let mut waits = waits();
        // So that there is one to see.
        self.gauge().increment(0.0);
        loop {
            let begin = Instant::now();
            let end = self.session(&mut stop).await;
            self.down(&end);
            if end == End::Stopped {
                return;
            }
            if begin.elapsed() > LONGEST {
                waits = self::waits();
            }
            tokio::select! {
                _ = stop.wait_for(|stop| *stop) => return,
                () = sleep(waits.next().unwrap_or(LONGEST)) => {}
            }
        }
    }

    /// One session, from the connection to its end.
    async fn session(&self, stop: &mut watch::Receiver<bool>) -> End {
        let bound = tokio::select! {
            _ = stop.wait_for(|stop| *stop) => Err(End::Stopped),
            bound = self.connector.bind() => bound,
        };
        let session = match bound {
            Ok(session) => session,
            Err(end) => return end,
        };
        let jobs = self.link.bound();
        let _shown = Shown::new(self.gauge());
        tracing::info!(gateway = self.gateway, "the SMSC is bound to");
        let deliveries = Deliveries::new(self.gateway.clone(), self.receipt_ids, Arc::clone(&self.receipts));
        session.run(jobs, deliveries, stop).await
    }

    fn down(&self, end: &End) {
        let is_news = self.link.unbound(end);
        let gateway = &self.gateway;
        if *end == End::Stopped {
            tracing::info!(gateway, "the SMSC is bound to no more");
        } else if !is_news {
            tracing::debug!(gateway, "the SMSC is still not bound to: {end}");
        } else if matches!(end, End::Refused(_)) {
            tracing::error!(gateway, "the SMSC is not bound to: {end}");
        } else {
            tracing::warn!(gateway, "the SMSC is not bound to: {end}");
        }
    }

    fn gauge(&self) -> Gauge {
        metrics::gauge!("data_adapter_smpp_bound", "gateway" => self.gateway.clone())
    }
}

/// Counts a session as long as it lasts: for a moment there are two of a gateway, when one follows another.
struct Shown(Gauge);

impl Shown {
    fn new(gauge: Gauge) -> Self {
        gauge.increment(1.0);
        Self(gauge)
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        self.0.decrement(1.0);
    }
}

/// How long to wait before each bind: twice as long as before, and up to as long again by chance, so that instances do not come
/// all at once.
fn waits() -> ExponentialBackoff {
    let waits = ExponentialBuilder::default().with_min_delay(SHORTEST).with_max_delay(LONGEST);
    waits.without_max_times().with_jitter().build()
}
