//! The Data Adapter as its callers see it: the real binary, over HTTP.

#![expect(clippy::panic, reason = "the helpers of a test say by a panic what went wrong")]

mod admin;
mod anti_fraud;
mod audit;
mod backend_check;
mod bad_input;
mod bank;
mod book;
mod callers;
mod certificates;
mod cli;
mod codes;
mod contract;
mod dead_connections;
mod durability;
mod factors;
mod floods;
mod framing;
mod health;
mod journeys;
mod ldap;
mod lifecycle;
mod limits;
mod metrics;
mod one_user;
mod passwords;
mod pressure;
mod proxies;
mod races;
mod recorded;
mod rest;
mod sandbox;
mod secrets;
mod security;
mod send_limits;
mod sending;
mod sms_texts;
mod spellings;
mod start_page;
mod strangers;
mod support;
mod swagger;
mod telemetry;
mod texts;
mod tls;
