#!/usr/bin/env bash
# cargo-cyclonedx 0.5.9 lists in the SBOM of one member of a workspace what is built for another member only: features that this one's
# dependency has for the tests of a neighbour, with the crates behind them, which `cargo build` of the member never compiles. Guessed
# before: what `cargo tree --package app --edges normal` lists. An SBOM that names what is not inside raises alarms about it.
# Needs Rust. Exit code 0 while it is as described.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
CARGO_PROFILE_RELEASE_OPT_LEVEL=0 cargo install --quiet --locked --root tools cargo-cyclonedx@0.5.9

mkdir -p app/src neighbour/src
touch neighbour/src/lib.rs
echo 'fn main() {}' >app/src/main.rs
printf '[workspace]\nresolver = "2"\nmembers = ["app", "neighbour"]\n' >Cargo.toml
cat >app/Cargo.toml <<'MANIFEST'
[package]
name = "app"
version = "0.0.0"
edition = "2021"

[dependencies]
itoa = "=1.0.15"
indexmap = { version = "=2.10.0", default-features = false }
MANIFEST
cat >neighbour/Cargo.toml <<'MANIFEST'
[package]
name = "neighbour"
version = "0.0.0"
edition = "2021"

[dev-dependencies]
indexmap = { version = "=2.10.0", default-features = false, features = ["serde"] }
MANIFEST

built=$(cargo tree --quiet --package app --edges normal --prefix none)
tools/bin/cargo-cyclonedx cyclonedx --quiet --format json --manifest-path app/Cargo.toml
echo "built in:"
echo "$built"
echo "in the SBOM:"
grep -o '"purl": "pkg:cargo/[^"]*"' app/app.cdx.json | sort -u
! grep -q '^serde' <<<"$built"
grep -q 'pkg:cargo/serde' app/app.cdx.json
