//! Puts the time of the build into the program, for the service status. `SOURCE_DATE_EPOCH` makes it reproducible.

use std::time::{SystemTime, UNIX_EPOCH};

fn main() {
    println!("cargo::rerun-if-env-changed=SOURCE_DATE_EPOCH");
    println!("cargo::rerun-if-changed=../../Cargo.lock");
    println!("cargo::rerun-if-changed=src");
    let seconds = std::env::var("SOURCE_DATE_EPOCH").ok().and_then(|epoch| epoch.parse().ok());
    println!("cargo::rustc-env=BUILT_AT_SECONDS={}", seconds.unwrap_or_else(now));
}

#[expect(clippy::disallowed_methods, reason = "the time of the build is the time of the machine")]
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs())
}
