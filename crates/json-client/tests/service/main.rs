//! Services in every condition, over TLS and without.

mod calls;
mod dead;
mod faults;
mod tls;
