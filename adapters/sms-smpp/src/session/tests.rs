mod deliveries;
mod ends;
mod peer;
mod submits;

use std::sync::Arc;

use data_adapter_core::AdapterError;
use data_adapter_sca::{GatewayError, Receipt, Receipts};
use rusmpp::pdus::SubmitSm;
use tokio::io::{DuplexStream, duplex};
use tokio::task::JoinHandle;

use super::*;
use crate::link::Link;
use crate::message_id::ReceiptIds;
use crate::settings::SmppSettings;
use peer::{Pdu as Raw, Peer};

const PATIENCE: Patience = Patience { answer: Duration::from_secs(3), silence: Duration::from_secs(30) };
const PAUSE: Duration = Duration::from_millis(800);
const SECOND: Duration = Duration::from_secs(1);

/// A side that keeps nothing.
struct Nobody;

#[async_trait::async_trait]
impl Receipts for Nobody {
    async fn received(&self, _: &Receipt) -> Result<bool, AdapterError> {
        Err(AdapterError::Internal("nobody keeps it".to_owned()))
    }
}

/// A session that has bound, whoever sends over it, and the SMSC that the test is.
struct Bound {
    link: Arc<Link>,
    peer: Peer,
    stop: watch::Sender<bool>,
    session: JoinHandle<End>,
}

impl Bound {
    async fn new(window: usize, receipts: Arc<dyn Receipts>) -> Self {
        let (session, peer) = bound(64 * 1024).await;
        let link = Arc::new(Link::new(window, PAUSE));
        let jobs = link.bound();
        let (stop, mut stopped) = watch::channel(false);
        let deliveries = Deliveries::new("primary".to_owned(), ReceiptIds::Same, receipts);
        let session = tokio::spawn(async move { session.run(jobs, deliveries, &mut stopped).await });
        Self { link, peer, stop, session }
    }

    async fn with_window(window: usize) -> Self {
        Self::new(window, Arc::new(Nobody)).await
    }

    /// Sends a message, which has a second to leave and three to be answered.
    fn send(&self) -> JoinHandle<Result<String, GatewayError>> {
        let link = Arc::clone(&self.link);
        let now = Instant::now();
        tokio::spawn(
            async move { link.submit(SubmitSm::default(), now + SECOND, now + PATIENCE.answer).await },
        )
    }

    async fn end(self) -> End {
        self.session.await.unwrap()
    }
}

fn credentials() -> Credentials {
    let settings = SmppSettings {
        system_id: "bank".to_owned(),
        password: Some("s3cret".to_owned().into()),
        ..SmppSettings::default()
    };
    Credentials::new(&settings).unwrap()
}

/// A session that has bound over a connection that holds that many octets each way.
async fn bound(room: usize) -> (Session<DuplexStream>, Peer) {
    let (here, there) = duplex(room);
    let mut peer = Peer(there);
    let credentials = credentials();
    let accept = async {
        let bind = peer.read().await;
        assert_eq!(bind.id, Raw::BIND_TRANSCEIVER);
        peer.write(Raw::answer(&bind, 0, b"SMSC\0")).await;
    };
    let (session, ()) = tokio::join!(Session::bind(here, &credentials, PATIENCE), accept);
    (session.map_err(|end| end.to_string()).unwrap(), peer)
}

#[tokio::test(start_paused = true)]
async fn a_bind_says_who_it_is_and_that_it_speaks_smpp_3_4() {
    let (here, there) = duplex(1_024);
    let mut peer = Peer(there);
    let credentials = credentials();
    let bind = tokio::spawn(async move { Session::bind(here, &credentials, PATIENCE).await.map(drop) });
    let asked = peer.read().await;
    assert_eq!((asked.id, asked.sequence), (Raw::BIND_TRANSCEIVER, 1));
    assert_eq!(asked.body, b"bank\0s3cret\0\0\x34\0\0\0");
    peer.write(Raw::answer(&asked, 0, b"SMSC\0\x02\x10\0\x01\x34")).await;
    assert_eq!(bind.await.unwrap(), Ok(()));
}

#[tokio::test(start_paused = true)]
async fn a_bind_that_is_refused_is_none() {
    for (status, end) in [
        (0x0e, End::Refused(CommandStatus::EsmeRinvpaswd)),
        (0x0d, End::Refused(CommandStatus::EsmeRbindfail)),
    ] {
        let (here, there) = duplex(1_024);
        let mut peer = Peer(there);
        let credentials = credentials();
        let bind = tokio::spawn(async move { Session::bind(here, &credentials, PATIENCE).await.map(drop) });
        let asked = peer.read().await;
        // Without a body, as many SMSCs refuse.
        peer.write(Raw::answer(&asked, status, b"")).await;
        assert_eq!(bind.await.unwrap(), Err(end));
    }
}
