use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use data_adapter_sca::DeliveryStatus;
use tokio::sync::Semaphore;

use super::*;

/// Keeps receipts when it may, and says what it is told to.
struct Kept {
    may: Semaphore,
    answers: Mutex<Vec<Result<bool, AdapterError>>>,
    receipts: Mutex<Vec<Receipt>>,
    calls: AtomicUsize,
}

impl Kept {
    fn new(may: usize, answers: Vec<Result<bool, AdapterError>>) -> Arc<Self> {
        Arc::new(Self {
            may: Semaphore::new(may),
            answers: Mutex::new(answers),
            receipts: Mutex::default(),
            calls: AtomicUsize::new(0),
        })
    }
}

#[async_trait::async_trait]
impl Receipts for Kept {
    async fn received(&self, receipt: &Receipt) -> Result<bool, AdapterError> {
        self.may.acquire().await.unwrap().forget();
        self.calls.fetch_add(1, Ordering::Relaxed);
        self.receipts.lock().unwrap().push(receipt.clone());
        self.answers.lock().unwrap().remove(0)
    }
}

/// The body of a `deliver_sm` with that text.
fn body(esm_class: u8, text: &str) -> Vec<u8> {
    let length = u8::try_from(text.len()).unwrap();
    let head =
        [b"\0\x01\x01420777123456\0\x05\0Bank\0".as_slice(), &[esm_class, 0, 0, 0, 0, 0, 0, 0, 0, length]];
    [&head.concat(), text.as_bytes()].concat()
}

const DELIVERED: &str = "id:a1 stat:DELIVRD err:000";

#[tokio::test(start_paused = true)]
async fn a_receipt_is_answered_when_it_is_kept_and_holds_nobody_up() {
    let kept = Kept::new(0, vec![Ok(true)]);
    let mut bound = Bound::new(1, kept.clone()).await;
    let delivery = Raw::request(Raw::DELIVER_SM, 40, &body(4, DELIVERED));
    bound.peer.write(delivery.clone()).await;
    let sent = bound.send();
    let submit = bound.peer.submit().await;
    bound.peer.accept(&submit, "a").await;
    assert_eq!(sent.await.unwrap(), Ok("a".to_owned()));
    kept.may.add_permits(1);
    assert_eq!(bound.peer.read().await, Raw::answer(&delivery, 0, b"\0"));
    let (gateway, reference) = ("primary".to_owned(), "a1".to_owned());
    let expected = Receipt { gateway, reference, status: DeliveryStatus::Delivered, reason: None };
    assert_eq!(*kept.receipts.lock().unwrap(), [expected]);
}

#[tokio::test(start_paused = true)]
async fn a_receipt_that_could_not_be_kept_is_to_come_again() {
    let kept = Kept::new(1, vec![Err(AdapterError::Internal("the disk is full".to_owned()))]);
    let mut bound = Bound::new(1, kept).await;
    let delivery = Raw::request(
        Raw::DATA_SM,
        40,
        b"\0\x01\x011\0\x05\0Bank\0\x04\0\0\0\x1e\0\x03a1\0\x04\x27\0\x01\x02",
    );
    bound.peer.write(delivery.clone()).await;
    assert_eq!(bound.peer.read().await, Raw::answer(&delivery, 0x64, b"\0"));
}

#[tokio::test(start_paused = true)]
async fn a_receipt_of_no_message_is_answered_at_once_and_not_to_come_again() {
    let kept = Kept::new(1, vec![Ok(false)]);
    let mut bound = Bound::new(1, kept).await;
    let delivery = Raw::request(Raw::DELIVER_SM, 40, &body(4, DELIVERED));
    let begin = Instant::now();
    bound.peer.write(delivery.clone()).await;
    assert_eq!(bound.peer.read().await, Raw::answer(&delivery, 0, b"\0"));
    assert_eq!(begin.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn who_panics_over_a_receipt_ends_no_session() {
    let kept = Kept::new(1, Vec::new());
    let mut bound = Bound::new(1, kept).await;
    let delivery = Raw::request(Raw::DELIVER_SM, 40, &body(4, DELIVERED));
    bound.peer.write(delivery.clone()).await;
    assert_eq!(bound.peer.read().await, Raw::answer(&delivery, 0x64, b"\0"));
    let sent = bound.send();
    let submit = bound.peer.submit().await;
    bound.peer.accept(&submit, "a").await;
    assert_eq!(sent.await.unwrap(), Ok("a".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn messages_from_phones_and_receipts_that_are_no_end_are_answered_and_left() {
    let kept = Kept::new(9, Vec::new());
    let mut bound = Bound::new(1, kept.clone()).await;
    for body in [body(0, "STOP"), body(4, "id:a1 stat:ENROUTE err:000"), body(0x20, DELIVERED)] {
        let delivery = Raw::request(Raw::DELIVER_SM, 41, &body);
        bound.peer.write(delivery.clone()).await;
        assert_eq!(bound.peer.read().await, Raw::answer(&delivery, 0, b"\0"));
    }
    assert_eq!(kept.calls.load(Ordering::Relaxed), 0);
}

#[tokio::test(start_paused = true)]
async fn what_can_not_be_read_is_not_to_come_again() {
    let mut bound = Bound::with_window(1).await;
    let delivery = Raw::request(Raw::DELIVER_SM, 42, b"\0\x01");
    bound.peer.write(delivery.clone()).await;
    assert_eq!(bound.peer.read().await, Raw::answer(&delivery, 0x66, b"\0"));
}

#[tokio::test(start_paused = true)]
async fn receipts_that_nobody_can_keep_up_with_are_to_come_again() {
    let kept = Kept::new(0, Vec::new());
    let mut bound = Bound::new(1, kept).await;
    for sequence in 1..=256 {
        bound.peer.write(Raw::request(Raw::DELIVER_SM, sequence, &body(4, DELIVERED))).await;
    }
    let delivery = Raw::request(Raw::DELIVER_SM, 257, &body(4, DELIVERED));
    bound.peer.write(delivery.clone()).await;
    assert_eq!(bound.peer.read().await, Raw::answer(&delivery, 0x64, b"\0"));
}
