//! SMS through an SMSC over SMPP 3.4, with delivery receipts.
//!
//! - [`SmppGateway`] holds one session as a transceiver: it binds, binds again when the session breaks, sees by `enquire_link`
//!   whether the SMSC is there, and has no more `submit_sm` under way than its window.
//! - What is written is made by `rusmpp` 0.4.0, the codec. Its client, `rusmppc` 0.4.0, is not used: it wants a resolver with
//!   open advisories, logs what it sends, and does not tell a message that never left from one that nobody answered.
//! - What is read is read here, in what this service needs of it: SMSCs send receipts that the codec refuses whole, such as with
//!   an id that does not end in a zero, or a date that is shorter than the standard has it.
//! - The default alphabet of the SMSC has to be GSM 7-bit, unpacked, which is what `data_coding` 0 is nearly everywhere. Where it
//!   is Latin-1 or ASCII, this gateway can't be used.

mod address;
mod composer;
mod connector;
mod delivery;
mod gateway;
mod link;
mod message_id;
mod outcome;
mod session;
mod settings;
mod supervisor;

pub use gateway::SmppGateway;
pub use message_id::ReceiptIds;
pub use settings::{LongMessages, SmppSettings, SmppSettingsError};
