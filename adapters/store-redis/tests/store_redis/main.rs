//! Codes and counters in servers that the tests start.

mod cluster;
mod contract;
mod faults;
mod losses;
mod named;
mod sentinel;
mod support;
