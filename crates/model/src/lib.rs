//! The protocol of codes, guesses, blocks and reservations, as a machine that is small enough to go through all of its states.
//!
//! [`Ledger`] is what a store promises, one call after the other. [`Protocol`] lets instances use it at once, and die at any point.
//! What a real store answered to calls at the same moment is held against the same ledger: it has to be what the ledger answers to
//! them in some order.

mod ledger;
mod properties;
mod protocol;
mod seen;

pub use ledger::{Answer, Call, Ledger, Limits};
pub use properties::{BLOCKS, BUDGET, ENDS, HAPPENS, ONCE, TAKEN};
pub use protocol::{Flaw, Instance, Protocol, Request, Stage, Step, Verdict, World};
pub use seen::Seen;
