use std::sync::atomic::{AtomicU16, Ordering};

use data_adapter_core::{Random, SystemRandom};
use data_adapter_sca::{GatewayError, SmsMessage};
use data_adapter_sms_encoding::{Alphabet, Split, gsm7, split, ucs2};
use rusmpp::pdus::SubmitSm;
use rusmpp::tlvs::MessageSubmissionRequestTlvValue as Tlv;
use rusmpp::types::{AnyOctetString, COctetString, EmptyOrFullCOctetString, OctetString};
use rusmpp::values::{DataCoding, EsmClass, MessagePayload, Npi, RegisteredDelivery, ServiceType, Ton};
use secrecy::ExposeSecret as _;

use crate::address::Address;
use crate::settings::{LongMessages, SmppSettings, SmppSettingsError};

/// `esm_class` of a message (SMPP 3.4, 5.2.12). The codec's default is another one, that of an acknowledgement.
const PLAIN: u8 = 0x00;
/// The same where the text begins with a header of its own.
const WITH_HEADER: u8 = 0x40;
/// A receipt is wanted when the message is delivered or given up (SMPP 3.4, 5.2.17).
const FINAL_RECEIPT: u8 = 0x01;

/// Makes `submit_sm` of messages.
pub(crate) struct Composer {
    service_type: ServiceType,
    priority: u8,
    validity: EmptyOrFullCOctetString<17>,
    long_messages: LongMessages,
    short_code: (Ton, Npi),
    /// What the parts of the last message were put together by.
    reference: AtomicU16,
}

impl Composer {
    pub(crate) fn new(settings: &SmppSettings) -> Result<Self, SmppSettingsError> {
        let service_type = COctetString::from_string(settings.service_type.clone());
        let service_type = service_type
            .map_err(|_| SmppSettingsError::new("service_type", "has to be at most 5 characters of ASCII"))?;
        Ok(Self {
            service_type: ServiceType::new(service_type),
            priority: settings.priority,
            validity: validity(settings.validity_seconds)?,
            long_messages: settings.long_messages,
            short_code: (settings.short_code_ton.into(), settings.short_code_npi.into()),
            // Two instances, or one that starts again, must not give the same one to a phone at once.
            reference: AtomicU16::new(u16::from_be_bytes((&SystemRandom as &dyn Random).bytes())),
        })
    }

    /// What is sent for a message, in its order. At least one.
    pub(crate) fn submits(&self, message: &SmsMessage) -> Result<Vec<SubmitSm>, GatewayError> {
        let refuse = |why: &str| GatewayError::Refused(why.to_owned());
        let to = Address::of_number(&message.to).map_err(refuse)?;
        let from = Address::of_sender(message.sender.as_deref(), self.short_code).map_err(refuse)?;
        let split = split(message.text.expose_secret());
        let encoded = self.encoded(&split, message.text.expose_secret()).map_err(refuse)?;
        Ok(encoded.into_iter().map(|part| self.submit(&from, &to, split.alphabet, part)).collect())
    }

    fn encoded(&self, split: &Split, text: &str) -> Result<Vec<Part>, &'static str> {
        let encode = |text: &str| octets(split.alphabet, text);
        let [text_alone] = split.parts.as_slice() else {
            let Ok(count) = u8::try_from(split.parts.len()) else {
                return Err("the text takes more than 255 parts");
            };
            let reference = self.reference.fetch_add(1, Ordering::Relaxed);
            return match self.long_messages {
                LongMessages::Payload => Ok(vec![Part::payload(encode(text)?)]),
                LongMessages::Udh => {
                    let parts = (1..=count).zip(&split.parts);
                    parts.map(|(number, text)| Part::udh(reference, count, number, &encode(text)?)).collect()
                }
                LongMessages::Sar => {
                    let parts = (1..=count).zip(&split.parts);
                    parts.map(|(number, text)| Part::sar(reference, count, number, encode(text)?)).collect()
                }
            };
        };
        Ok(vec![Part::alone(encode(text_alone)?)?])
    }

    fn submit(&self, from: &Address, to: &Address, alphabet: Alphabet, part: Part) -> SubmitSm {
        SubmitSm::builder()
            .service_type(self.service_type.clone())
            .source_addr_ton(from.ton)
            .source_addr_npi(from.npi)
            .source_addr(from.text.clone())
            .dest_addr_ton(to.ton)
            .dest_addr_npi(to.npi)
            .destination_addr(to.text.clone())
            .esm_class(EsmClass::from(part.esm_class))
            .priority_flag(self.priority.into())
            .validity_period(self.validity.clone())
            .registered_delivery(RegisteredDelivery::from(FINAL_RECEIPT))
            .data_coding(match alphabet {
                Alphabet::Gsm7 => DataCoding::McSpecific,
                Alphabet::Ucs2 => DataCoding::Ucs2,
            })
            .short_message(part.text)
            .tlvs(part.tlvs)
            .build()
    }
}

/// What differs between the parts of a message.
struct Part {
    esm_class: u8,
    text: OctetString<0, 255>,
    tlvs: Vec<Tlv>,
}

impl Part {
    fn alone(text: Vec<u8>) -> Result<Self, &'static str> {
        let text = OctetString::from_vec(text).map_err(|_| "the text is longer than a part may be")?;
        Ok(Self { esm_class: PLAIN, text, tlvs: Vec::new() })
    }

    /// With the header of 3GPP TS 23.040, 9.2.3.24.1: its length, what it is, its length, and a reference of 8 bits.
    fn udh(reference: u16, count: u8, number: u8, text: &[u8]) -> Result<Self, &'static str> {
        let [_, reference] = reference.to_be_bytes();
        let part = Self::alone([&[5, 0, 3, reference, count, number], text].concat())?;
        Ok(Self { esm_class: WITH_HEADER, ..part })
    }

    fn sar(reference: u16, count: u8, number: u8, text: Vec<u8>) -> Result<Self, &'static str> {
        let part = Self::alone(text)?;
        let tlvs =
            vec![Tlv::SarMsgRefNum(reference), Tlv::SarTotalSegments(count), Tlv::SarSegmentSeqnum(number)];
        Ok(Self { tlvs, ..part })
    }

    fn payload(text: Vec<u8>) -> Self {
        let payload = MessagePayload::new(AnyOctetString::from_vec(text));
        Self { esm_class: PLAIN, text: OctetString::empty(), tlvs: vec![Tlv::MessagePayload(payload)] }
    }
}

fn octets(alphabet: Alphabet, text: &str) -> Result<Vec<u8>, &'static str> {
    match alphabet {
        Alphabet::Gsm7 => gsm7(text).ok_or("the text has a character that its alphabet has not"),
        Alphabet::Ucs2 => Ok(ucs2(text)),
    }
}

/// A relative time (SMPP 3.4, 7.1.1.2), at most a day; nothing for 0.
fn validity(seconds: u32) -> Result<EmptyOrFullCOctetString<17>, SmppSettingsError> {
    if seconds == 0 {
        return Ok(EmptyOrFullCOctetString::empty());
    }
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    let text = format!("0000{days:02}{hours:02}{minutes:02}{:02}000R", seconds % 60);
    EmptyOrFullCOctetString::from_string(text)
        .map_err(|_| SmppSettingsError::new("validity_seconds", "is longer than a relative time can be"))
}

#[cfg(test)]
mod tests;
