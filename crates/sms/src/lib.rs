//! Several SMS gateways as one.
//!
//! [`Routes`] asks them one after the other, each [`Route`] for the messages that it [takes](Takes): a gateway that does not have a
//! message gives the next one its turn, within one deadline for all. A message that may have been taken is never sent again.
//! A gateway that failed a few times in a row is asked after the others for a while.
//!
//! A [`Recorder`] keeps which gateway took a message, and is told by the gateways what became of it.

mod health;
mod record;
mod route;
mod routes;
mod takes;

pub use health::Patience;
pub use record::Recorder;
pub use route::{Route, RouteParts};
pub use routes::Routes;
pub use takes::Takes;
