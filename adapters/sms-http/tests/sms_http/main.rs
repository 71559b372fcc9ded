//! A gateway that is called over HTTP.

mod answers;
mod faults;
mod kannel;
mod presets;
mod receipts;
mod server;
mod settings;
mod support;
mod texts;
mod tls;
