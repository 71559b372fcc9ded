//! How the program starts, refuses to start, writes its log, and stops.

mod configuration;
mod draining;
mod logging;
mod rolling;
mod starting;
mod stopping;
