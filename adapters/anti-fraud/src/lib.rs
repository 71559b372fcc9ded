//! Who judges how risky a step is, for [`AntiFraud`](data_adapter_core::AntiFraud):
//!
//! - [`RuleBook`]: rules of the configuration, of which the first that fits decides.
//! - [`HttpAntiFraud`]: an anti-fraud system that is asked over HTTP.
//!
//! No answer of either asks for no factor at all: Web Flow would approve the step, a login included, without asking for
//! anything. `docs/anti-fraud.md` describes the settings and the JSON.

mod amount;
mod http;
mod rule;
mod rule_book;
mod settings;

pub use amount::ExactAmount;
pub use http::{HttpAntiFraud, HttpSettings};
pub use rule_book::RuleBook;
pub use settings::{DefaultSettings, RuleError, RuleSettings};

/// The longest label, in characters, and the longest extras, in bytes: Next Step keeps no more of either.
const LONGEST: usize = 256;
