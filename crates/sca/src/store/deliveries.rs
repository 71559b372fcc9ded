use async_trait::async_trait;
use data_adapter_core::{AdapterError, MessageId};
use jiff::Timestamp;

use crate::gateway::{DeliveryStatus, Receipt};

/// How many receipts without a message are kept at most: what comes while a store does not answer for a moment, and no more than
/// a gateway that reports what it likes may fill it with.
pub const MOST_EARLY_RECEIPTS: usize = 10_000;

/// What is known of the way of a message. It holds neither a number nor a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// The challenge that its code answers.
    pub message: MessageId,
    /// The gateway that took it last, by its id in the configuration.
    pub gateway: String,
    /// What became of it: [`Undelivered`](DeliveryStatus::Undelivered) as soon as one of its parts is, and
    /// [`Delivered`](DeliveryStatus::Delivered) when all of them are.
    pub status: DeliveryStatus,
    /// Why a part of it was not delivered, in the gateway's own short code; `None` where it was, or where the gateway says nothing.
    pub reason: Option<String>,
}

/// A message that a gateway took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDelivery {
    /// The challenge that its code answers.
    pub message: MessageId,
    /// The gateway, by its id in the configuration.
    pub gateway: String,
    /// What the gateway calls each part; empty where it reports nothing.
    pub references: Vec<String>,
}

/// What became of keeping a receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Receipted {
    /// What is known of its message has changed, to this.
    Changed(Delivery),
    /// It is news of a part, which says nothing new of the whole message.
    Part,
    /// Nothing new: that, or more, was known of the part.
    Known,
    /// There is no such message. It is kept for a while for one that [is about to be kept](DeliveryStore::hand_over), unless
    /// there are [too many](MOST_EARLY_RECEIPTS) like it.
    NoMessage,
}

/// Keeps what became of messages. A receipt may come before its message is kept, at another instance, twice, and after one that was
/// made later; what is known in the end is the same in any order: a phone that has a part has it, whatever else is said.
#[async_trait]
pub trait DeliveryStore: Send + Sync {
    /// Keeps that a gateway took a message, in place of an earlier one of the same challenge. Receipts of its parts that came
    /// before count, those of parts of other messages with the same references do not. Tells what is known of it then.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when it could not be kept: its receipts will be of no message.
    async fn hand_over(&self, delivery: &NewDelivery, now: Timestamp) -> Result<Delivery, AdapterError>;

    /// Keeps a receipt.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when it could not be kept.
    async fn keep_receipt(&self, receipt: &Receipt, now: Timestamp) -> Result<Receipted, AdapterError>;

    /// What is known of these messages, in any order; nothing of those that no gateway took.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when the store could not be asked.
    async fn deliveries(&self, messages: &[MessageId]) -> Result<Vec<Delivery>, AdapterError>;
}

/// What is known of a message, by what is known of each of its parts.
#[must_use]
pub fn of_parts(parts: &[(DeliveryStatus, Option<String>)]) -> (DeliveryStatus, Option<String>) {
    let lost = parts.iter().find(|(status, _)| *status == DeliveryStatus::Undelivered);
    let arrived = !parts.is_empty() && parts.iter().all(|(status, _)| *status == DeliveryStatus::Delivered);
    match lost {
        Some((status, reason)) => (*status, reason.clone()),
        None if arrived => (DeliveryStatus::Delivered, None),
        None => (DeliveryStatus::HandedOver, None),
    }
}
