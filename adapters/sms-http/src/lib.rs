//! SMS through a gateway that is called over HTTP, and that calls back when it knows what became of a message. What the gateway wants
//! to read and what it says is configuration, which a [`Preset`] fills in for those that are known: no gateway has code here.
//!
//! - [`HttpSmsGateway`] makes a call from templates, makes it, and judges the answer.
//! - [`HttpReceipts`] reads what comes back, once it is known whose it is.
//!
//! A message whose call may have arrived is never sent again, but for a gateway that tells a repeated call by a key.

mod answer;
mod content;
mod fields;
mod gateway;
mod own;
mod pointer;
mod preset;
mod receipts;
mod request;
mod settings;

pub use data_adapter_http_call::SettingError as SmsSettingsError;
pub use gateway::HttpSmsGateway;
pub use preset::Preset;
pub use receipts::HttpReceipts;
pub use settings::{
    AnswerSettings, Form, HttpSmsSettings, ReceiptSettings, ReportSettings, RequestSettings, Verification,
};
