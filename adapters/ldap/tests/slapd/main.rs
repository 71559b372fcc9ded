//! The back end over real servers from Debian's packages, started by each test: `slapd`, `ns-slapd` and `samba`.

mod accounts;
mod binds;
mod contract;
mod dead;
mod directories;
mod docs;
mod failover;
mod faults;
mod gatekeeper;
mod impostor;
mod injection;
mod logs;
mod names;
mod passwords;
mod people;
mod presets;
mod restricted;
mod states;
mod support;
mod tls;
