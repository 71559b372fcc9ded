# `make` alone explains the targets: it prints each target with the comment after `##`.

# For the program that is run: make run ARGS='--port 8081'
ARGS ?=
# For the program that is built: make build FEATURES=opentelemetry
FEATURES ?=

# For the clients that are generated: make clients LANGUAGES='typescript python'; without it all five
LANGUAGES ?=

# For `make failover`: whose primary is killed (postgres or redis-cluster), how often, and in how many seconds requests have to be answered again
SERVERS ?= postgres
KILLS ?= 10
WITHIN ?= 15

.DEFAULT_GOAL := help
.PHONY: help run test lint format build deb image sbom packages-test reproducible swagger schemathesis openapi-rules clients browser-test pictures interop docs book readme-check bench instructions timing failover toolchain

help: ## Print this list
	@echo "Usage: make TARGET"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

run: toolchain ## Run the demo on http://localhost:8080; flags go in ARGS='...'
	cargo run --package data-adapter -- $(ARGS)

test: toolchain ## Run all tests, end to end ones included (they read ../shared)
	@.ci/install
	cargo build --package data-adapter
	cargo test --workspace

lint: toolchain ## Check the formatting, and clippy with warnings as errors
	@cargo fmt --version >/dev/null 2>&1 || rustup component add rustfmt
	@cargo clippy --version >/dev/null 2>&1 || rustup component add clippy
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	cargo clippy --package data-adapter --all-targets --features opentelemetry -- -D warnings

format: toolchain ## Format the sources
	@cargo fmt --version >/dev/null 2>&1 || rustup component add rustfmt
	cargo fmt --all

build: toolchain ## Build the program for real use: target/release/data-adapter
	@FEATURES='$(FEATURES)' .ci/build

deb: build ## Make a package for Debian, into target/packages (installs cargo-deb and cargo-cyclonedx into target/tools)
	@.ci/install packages
	FEATURES='$(FEATURES)' .ci/deb

image: build ## Make an OCI image, into target/packages, without a network or a daemon (on Debian)
	@.ci/install packages
	FEATURES='$(FEATURES)' .ci/image

sbom: toolchain ## Write what the program is made of, in CycloneDX: target/packages/data-adapter.cdx.json
	FEATURES='$(FEATURES)' .ci/sbom target/packages/data-adapter.cdx.json

packages-test: toolchain ## Install, start, upgrade and purge the packages on a Debian of their own (root; from Debian and PyPI)
	@.ci/install packages
	cargo build --package data-adapter
	.ci/packages-test

reproducible: toolchain ## Build the last commit twice, in two folders, and compare the bytes (minutes)
	.ci/reproducible

swagger: toolchain ## Write the OpenAPI documents of all APIs into swagger
	cargo build --package data-adapter
	target/debug/data-adapter openapi --folder swagger

schemathesis: toolchain ## Test the API against its own OpenAPI document (Python from PyPI)
	@.ci/install
	cargo build --package data-adapter
	.ci/schemathesis

openapi-rules: toolchain ## Hold the OpenAPI documents against the rules of redocly and spectral (from npm)
	@.ci/install
	cargo build --package data-adapter
	.ci/openapi-rules

clients: toolchain ## Generate clients in five languages and let them pay; LANGUAGES='python go' for some (registries, Maven, Go)
	@.ci/install
	cargo build --package data-adapter
	PYTHONDONTWRITEBYTECODE=1 python3 tests/clients/run.py $(LANGUAGES)

browser-test: toolchain ## Use the start page, Swagger UI and the inbox in Chromium; pictures go to target/screenshots
	@.ci/install
	cargo build --package data-adapter
	cd tests/browser && npm ci --no-audit --no-fund && npm test

pictures: toolchain ## Make the pictures of the book anew, docs/pictures, from the operator's page in Chromium
	@.ci/install
	cargo build --package data-adapter
	cd tests/browser && npm ci --no-audit --no-fund && node pictures.mjs

interop: toolchain ## Let the published clients of Web Flow use the API (Maven and Java 17; from Maven Central)
	@command -v mvn >/dev/null || { echo "mvn is missing: install Maven and a JDK, 17 or newer" >&2; exit 1; }
	cargo build --package data-adapter
	mvn --batch-mode --no-transfer-progress --file tests/web-flow-client/pom.xml test

docs: toolchain ## Write the reference of the settings, docs/configuration.md, and the table of docs/reload.md
	UPDATE_DOCS=1 cargo test --package data-adapter --lib reference

book: toolchain ## Make pages of docs: target/book/index.html (installs mdbook into target/tools)
	@.ci/book

bench: toolchain ## Measure its speed beside a bare handler, then its pieces; ARGS='--quick' for a first idea
	cargo build --release --package data-adapter
	cargo build --release --package data-adapter-bench
	target/release/data-adapter-bench load $(ARGS)
	cargo bench --package data-adapter-bench

instructions: toolchain ## Count the instructions and allocations of a request (valgrind); ARGS='--against FILE' compares
	cargo build --release --package data-adapter
	cargo build --release --package data-adapter-bench
	target/release/data-adapter-bench instructions $(ARGS)

timing: toolchain ## Test whether the time of an answer tells a secret; ARGS='--store sqlite:FILE' with that store
	cargo build --release --package data-adapter
	cargo build --release --package data-adapter-bench
	target/release/data-adapter-bench timing $(ARGS)

failover: toolchain ## Kill primaries under load, KILLS=10 times, of SERVERS=postgres (under Debian's patroni) or redis-cluster
	@.ci/install failover
	cargo build --workspace --example failover
	target/debug/examples/failover --servers $(SERVERS) --kills $(KILLS) --within $(WITHIN)

readme-check: toolchain ## Run the README's requests against `make run` and compare the answers (port 8080)
	.ci/readme-check

toolchain:
	@command -v cargo >/dev/null || \
		{ echo "cargo is missing: install a Rust toolchain, 1.95 or newer" >&2; exit 1; }
	@command -v cc >/dev/null || \
		{ echo "a C compiler (cc) is missing: on Debian, apt-get install gcc libc6-dev" >&2; exit 1; }
