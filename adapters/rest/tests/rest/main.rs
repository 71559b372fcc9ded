//! The back end against a second Data Adapter, and against servers that misbehave.

#![expect(clippy::panic, reason = "the helpers of a test say by a panic what went wrong")]

mod calls;
mod contract;
mod dead;
mod faults;
mod journeys;
mod later;
mod later_logins;
mod passing_on;
mod repeating;
mod scripted;
mod secrets;
mod tls;
mod words;
