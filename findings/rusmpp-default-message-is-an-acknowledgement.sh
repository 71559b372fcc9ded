#!/usr/bin/env bash
# rusmpp 0.4.0 makes a `submit_sm` whose `esm_class` is 0x08, a delivery acknowledgement (SMPP 3.4, 5.2.12), where nobody names one.
# Guessed before: 0x00, a message in the default mode, as the defaults of its other fields are what the standard has for "nothing
# said". An SMSC may refuse it with ESME_RINVESMCLASS or deliver something that no phone shows; `EsmClass::from(0)` is a message.
# Needs Rust. Exit code 0 while it is as described.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mkdir src
cat >Cargo.toml <<'MANIFEST'
[package]
name = "finding"
version = "0.0.0"
edition = "2024"

[dependencies]
rusmpp = { version = "=0.4.0", default-features = false, features = ["tokio-codec"] }
MANIFEST
cat >src/main.rs <<'PROGRAM'
use rusmpp::pdus::SubmitSm;
use rusmpp::values::EsmClass;

fn main() {
    let submit = SubmitSm::builder().build();
    println!("{:#04x} {:#04x}", u8::from(submit.esm_class), u8::from(EsmClass::from(0)));
}
PROGRAM
found=$(cargo run --quiet)
echo "$found"
[ "$found" = "0x08 0x00" ]
