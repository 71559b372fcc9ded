//! Calls to providers over HTTP whose form is configuration: what every adapter that makes some would have to get right, once.
//!
//! - A [`Template`] names what there is and nothing else, which is found at the start. What it makes is filled in as it is: escapes
//!   are for its filters.
//! - A call goes by TLS or to this machine ([`service_url`]), with headers that are not for the connection to say ([`header_name`]) and
//!   [`Credentials`] that no `Debug` shows.
//! - Whoever waits for an answer learns whether the call may have arrived ([`Lost`]).
//! - [`StandardWebhooks`] checks the signatures of what providers call back.

mod call;
mod credentials;
mod header;
mod json;
mod setting;
mod template;
mod url;
mod webhook;

pub use call::{CallClient, Connection, Lost};
pub use credentials::Credentials;
pub use header::{header_name, header_value};
pub use json::{check_json, is_json};
pub use setting::SettingError;
pub use template::Template;
pub use url::{proxy_url, service_url};
pub use webhook::StandardWebhooks;
