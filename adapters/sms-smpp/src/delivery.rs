use data_adapter_sca::{DeliveryStatus, Receipt};

use crate::message_id::{ReceiptIds, is_id};

mod report;
mod tlvs;

use report::Report;
use tlvs::{Reader, Tlvs};

/// The bits of `esm_class` that say what a message is, and their value for a receipt (SMPP 3.4, 5.2.12).
const KIND: u8 = 0x3c;
const RECEIPT: u8 = 0x04;

/// What an SMSC delivers by `deliver_sm` or `data_sm`. The text may quote the message that it is about, its code included, and
/// goes no further.
pub(crate) struct Delivery {
    is_receipt: bool,
    text: Vec<u8>,
    tlvs: Tlvs,
}

impl Delivery {
    /// Reads the body of a `deliver_sm` (SMPP 3.4, 4.6.1); `None` where it ends too early.
    pub(crate) fn of_deliver_sm(body: &[u8]) -> Option<Self> {
        let mut body = Reader::new(body);
        let esm_class = body.up_to_esm_class()?;
        // `protocol_id` and `priority_flag`.
        body.octets(2)?;
        // `schedule_delivery_time` and `validity_period`.
        body.c_string()?;
        body.c_string()?;
        // `registered_delivery`, `replace_if_present_flag`, `data_coding` and `sm_default_msg_id`.
        body.octets(4)?;
        let length = body.octet()?;
        let text = body.octets(length.into())?.to_vec();
        Some(Self::new(esm_class, text, body))
    }

    /// Reads the body of a `data_sm` (SMPP 3.4, 4.7.1); `None` where it ends too early.
    pub(crate) fn of_data_sm(body: &[u8]) -> Option<Self> {
        let mut body = Reader::new(body);
        let esm_class = body.up_to_esm_class()?;
        // `registered_delivery` and `data_coding`.
        body.octets(2)?;
        Some(Self::new(esm_class, Vec::new(), body))
    }

    fn new(esm_class: u8, text: Vec<u8>, rest: Reader<'_>) -> Self {
        let mut tlvs = Tlvs::read(rest);
        let text = tlvs.payload.take().unwrap_or(text);
        let is_receipt = esm_class & KIND == RECEIPT || tlvs.message_id.is_some();
        Self { is_receipt, text, tlvs }
    }

    /// Whether it is about a message that was sent, and not one from a phone.
    pub(crate) fn is_receipt(&self) -> bool {
        self.is_receipt
    }

    /// What it says of a message that was sent; `None` where that is no end, such as that it is on its way, or can't be told.
    pub(crate) fn receipt(&self, gateway: &str, ids: ReceiptIds) -> Option<Receipt> {
        let text = String::from_utf8_lossy(&self.text);
        let report = Report::read(&text);
        let by_tlv = self.tlvs.message_id.as_deref().map(|id| ids.of_answer(id));
        let reference = by_tlv.or_else(|| report.id.map(|id| ids.of_receipt(id)));
        let reference = reference.filter(|id| is_id(id))?;
        let state = self.tlvs.state.and_then(report::state_of_number);
        let state = state.or_else(|| report.state.map(str::to_ascii_uppercase))?;
        let status = report::status(&state)?;
        let reason = (status == DeliveryStatus::Undelivered).then(|| report.reason(&state));
        Some(Receipt { gateway: gateway.to_owned(), reference, status, reason })
    }
}

#[cfg(test)]
mod tests;
