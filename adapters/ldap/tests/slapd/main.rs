//! The back end over real servers: `slapd` from Debian's packages, started by each test.

mod accounts;
mod contract;
mod dead;
mod docs;
mod failover;
mod faults;
mod impostor;
mod injection;
mod logs;
mod passwords;
mod people;
mod support;
mod tls;
