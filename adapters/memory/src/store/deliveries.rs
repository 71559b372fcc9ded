use std::collections::HashMap;

use async_trait::async_trait;
use data_adapter_core::{AdapterError, MessageId};
use data_adapter_sca::{
    Delivery, DeliveryStatus, DeliveryStore, MOST_EARLY_RECEIPTS, NewDelivery, Receipt, Receipted, Retention,
    of_parts,
};
use jiff::Timestamp;

use super::challenges::is_older;
use super::{MemoryStore, bring_back};

/// A gateway, and what it calls a part.
type PartKey = (String, String);

#[derive(Default)]
pub(super) struct Deliveries {
    messages: HashMap<MessageId, Message>,
    parts: HashMap<PartKey, Part>,
    /// How many parts have no message.
    early: usize,
}

struct Message {
    delivery: Delivery,
    parts: Vec<PartKey>,
    kept_at: Timestamp,
}

struct Part {
    /// `None` where it was reported before its message was kept.
    message: Option<MessageId>,
    status: DeliveryStatus,
    reason: Option<String>,
    kept_at: Timestamp,
}

impl Deliveries {
    fn hand_over(&mut self, new: &NewDelivery, now: Timestamp) -> Delivery {
        let NewDelivery { message, gateway, references } = new;
        for part in self.messages.remove(message).map(|older| older.parts).unwrap_or_default() {
            if self.parts.get(&part).is_some_and(|known| known.message.as_ref() == Some(message)) {
                self.parts.remove(&part);
            }
        }
        let parts: Vec<_> = references.iter().map(|reference| (gateway.clone(), reference.clone())).collect();
        for key in &parts {
            let early = self.parts.remove(key).filter(|part| part.message.is_none());
            self.early -= usize::from(early.is_some());
            let (status, reason) =
                early.map_or((DeliveryStatus::HandedOver, None), |part| (part.status, part.reason));
            let part = Part { message: Some(message.clone()), status, reason, kept_at: now };
            self.parts.insert(key.clone(), part);
        }
        let (status, reason) = self.whole(message, &parts);
        let delivery = Delivery { message: message.clone(), gateway: gateway.clone(), status, reason };
        let kept = Message { delivery: delivery.clone(), parts, kept_at: now };
        self.messages.insert(message.clone(), kept);
        delivery
    }

    /// A part may be of a later message by now, with the same reference.
    fn whole(&self, message: &MessageId, parts: &[PartKey]) -> (DeliveryStatus, Option<String>) {
        let parts = parts.iter().filter_map(|key| self.parts.get(key));
        let parts = parts.filter(|part| part.message.as_ref() == Some(message));
        let known: Vec<_> = parts.map(|part| (part.status, part.reason.clone())).collect();
        of_parts(&known)
    }

    fn keep_receipt(&mut self, receipt: &Receipt, now: Timestamp) -> Receipted {
        let Receipt { gateway, reference, status, reason } = receipt;
        let key = (gateway.clone(), reference.clone());
        let Some(part) = self.parts.get_mut(&key) else {
            if self.early < MOST_EARLY_RECEIPTS {
                self.early += 1;
                let part = Part { message: None, status: *status, reason: reason.clone(), kept_at: now };
                self.parts.insert(key, part);
            }
            return Receipted::NoMessage;
        };
        let is_news = part.status < *status;
        if is_news {
            part.status = *status;
            part.reason.clone_from(reason);
        }
        let Some(message) = part.message.clone() else { return Receipted::NoMessage };
        if is_news { self.update(&message) } else { Receipted::Known }
    }

    /// What is known of a message, a part of which has changed.
    fn update(&mut self, message: &MessageId) -> Receipted {
        let Some(known) = self.messages.get(message) else { return Receipted::Part };
        let (status, reason) = self.whole(message, &known.parts);
        match self.messages.get_mut(message) {
            Some(known) if known.delivery.status != status => {
                known.delivery = Delivery { status, reason, ..known.delivery.clone() };
                Receipted::Changed(known.delivery.clone())
            }
            Some(_) | None => Receipted::Part,
        }
    }

    pub(super) fn purge(&mut self, now: Timestamp, retention: Retention) -> usize {
        let before = self.messages.len() + self.parts.len();
        self.messages.retain(|_, message| !is_older(message.kept_at, retention.deliveries, now));
        self.parts.retain(|_, part| {
            let age = if part.message.is_some() { retention.deliveries } else { retention.early_receipts };
            !is_older(part.kept_at, age, now)
        });
        self.early = self.parts.values().filter(|part| part.message.is_none()).count();
        before - self.messages.len() - self.parts.len()
    }

    pub(super) fn rewind(&mut self, now: Timestamp) -> usize {
        let messages = self.messages.values_mut().map(|message| &mut message.kept_at);
        let parts = self.parts.values_mut().map(|part| &mut part.kept_at);
        messages.chain(parts).map(|kept_at| bring_back(kept_at, now)).sum()
    }
}

#[async_trait]
impl DeliveryStore for MemoryStore {
    async fn hand_over(&self, delivery: &NewDelivery, now: Timestamp) -> Result<Delivery, AdapterError> {
        Ok(self.state().deliveries.hand_over(delivery, now))
    }

    async fn keep_receipt(&self, receipt: &Receipt, now: Timestamp) -> Result<Receipted, AdapterError> {
        Ok(self.state().deliveries.keep_receipt(receipt, now))
    }

    async fn deliveries(&self, messages: &[MessageId]) -> Result<Vec<Delivery>, AdapterError> {
        let state = self.state();
        let known = messages.iter().filter_map(|message| state.deliveries.messages.get(message));
        Ok(known.map(|message| message.delivery.clone()).collect())
    }
}
