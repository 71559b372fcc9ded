#!/usr/bin/env bash
# precis-profiles 0.2.0 (Rust) refuses a password with the sign of the rouble, U+20BD, under RFC 8265's OpaqueString, and takes those
# of the Turkish lira and the Indian rupee.
# Guessed before: that it takes all signs of currencies, since the profile allows symbols. But its tables are those that IANA has
# published, of Unicode 6.3; the rouble's sign came with 7.0 in 2014, the lari's with 8.0, and both are on keyboards of their
# countries. What is unassigned in the tables is disallowed (RFC 8264, 8). Whoever prepares passwords with it needs a way for
# those that it refuses.
# Needs Cargo. Exit code 0 while it is as described.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >Cargo.toml <<'MANIFEST'
[package]
name = "finding"
version = "1.0.0"
edition = "2021"

[dependencies]
precis-core = "=0.2.0"
precis-profiles = "=0.2.0"
MANIFEST
mkdir src
cat >src/main.rs <<'PROGRAM'
use precis_core::profile::PrecisFastInvocation;
use precis_profiles::OpaqueString;

fn main() {
    for (currency, sign) in [("lira", '\u{20ba}'), ("rupee", '\u{20b9}'), ("rouble", '\u{20bd}'), ("lari", '\u{20be}')] {
        let is_taken = OpaqueString::prepare(format!("a password with {sign}")).is_ok();
        print!("{currency} {} ", if is_taken { "taken" } else { "refused" });
    }
}
PROGRAM
seen=$(cargo run --quiet)
echo "precis-profiles 0.2.0: $seen"
[ "$seen" = 'lira taken rupee taken rouble refused lari refused ' ]
