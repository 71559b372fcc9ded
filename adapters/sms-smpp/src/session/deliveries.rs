use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use data_adapter_core::AdapterError;
use data_adapter_sca::{Receipt, Receipts};
use futures::future::BoxFuture;
use futures::stream::FuturesUnordered;
use futures::{FutureExt as _, StreamExt as _};
use rusmpp::pdus::{DataSmResp, DeliverSmResp};
use rusmpp::{Command, CommandId, CommandStatus, Pdu};

use super::frame::Frame;
use crate::delivery::Delivery;
use crate::message_id::ReceiptIds;

/// So many receipts may be on their way into the store. The SMSC repeats the others.
const MOST: usize = 256;

/// What the SMSC delivers: each is answered when it is kept.
pub(crate) struct Deliveries {
    gateway: String,
    ids: ReceiptIds,
    receipts: Arc<dyn Receipts>,
    /// Ends with the answer.
    under_way: FuturesUnordered<BoxFuture<'static, Command>>,
}

impl Deliveries {
    pub(crate) fn new(gateway: String, ids: ReceiptIds, receipts: Arc<dyn Receipts>) -> Self {
        Self { gateway, ids, receipts, under_way: FuturesUnordered::new() }
    }

    /// The next answer to give; `None` when none is under way.
    pub(crate) async fn next(&mut self) -> Option<Command> {
        self.under_way.next().await
    }

    /// Begins to keep what was delivered, or says what to answer at once.
    pub(crate) fn take(&mut self, frame: &Frame) -> Option<Command> {
        let delivery = if frame.id == CommandId::DataSm {
            Delivery::of_data_sm(&frame.body)
        } else {
            Delivery::of_deliver_sm(&frame.body)
        };
        let (id, sequence) = (frame.id, frame.sequence);
        let answer = |status| Some(answer(id, sequence, status));
        let Some(delivery) = delivery else {
            tracing::warn!(gateway = self.gateway, "the SMSC delivered something that can't be read");
            return answer(CommandStatus::EsmeRxRAppn);
        };
        let Some(receipt) = delivery.receipt(&self.gateway, self.ids).filter(|_| delivery.is_receipt())
        else {
            let kind = if delivery.is_receipt() { "a receipt that is no end" } else { "a message" };
            tracing::debug!(gateway = self.gateway, "the SMSC delivered {kind}, which counts for nothing");
            return answer(CommandStatus::EsmeRok);
        };
        if self.under_way.len() >= MOST {
            return answer(CommandStatus::EsmeRxTAppn);
        }
        let receipts = Arc::clone(&self.receipts);
        self.under_way
            .push(Box::pin(async move { self::answer(id, sequence, keep(&receipts, &receipt).await) }));
        None
    }
}

/// Keeps a receipt, and says what to answer.
async fn keep(receipts: &Arc<dyn Receipts>, receipt: &Receipt) -> CommandStatus {
    // A panic of the side that keeps them would end the session, and all that is under way.
    let kept = AssertUnwindSafe(receipts.received(receipt)).catch_unwind().await;
    match kept.unwrap_or_else(|_| Err(AdapterError::Internal("it panicked".to_owned()))) {
        Ok(_) => CommandStatus::EsmeRok,
        Err(error) => {
            tracing::warn!(gateway = receipt.gateway, "a receipt could not be kept: {error}");
            CommandStatus::EsmeRxTAppn
        }
    }
}

fn answer(id: CommandId, sequence: u32, status: CommandStatus) -> Command {
    let pdu: Pdu =
        if id == CommandId::DataSm { DataSmResp::default().into() } else { DeliverSmResp::default().into() };
    Command::new(status, sequence, pdu)
}
