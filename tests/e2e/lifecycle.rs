//! How the program starts, refuses to start, writes its log, and stops.

mod configuration;
mod logging;
mod starting;
mod stopping;
