//! The back end over real servers: `slapd` from Debian's packages, started by each test.

mod accounts;
mod contract;
mod docs;
mod failover;
mod faults;
mod injection;
mod logs;
mod passwords;
mod people;
mod relay;
mod support;
mod tls;
