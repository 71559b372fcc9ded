//! How what is over leaves.

use data_adapter_sca::{Maintenance as _, Retention};
use data_adapter_store_postgres::PostgresStore;
use data_adapter_testkit::{Postgres, at};
use jiff::SignedDuration;
use sqlx::postgres::PgConnection;

use crate::support::{beside, left_out, run, settings_at};

const RETENTION: Retention = Retention {
    challenges: SignedDuration::ZERO,
    counters: SignedDuration::ZERO,
    shown_forms: SignedDuration::ZERO,
    ended_operations: SignedDuration::ZERO,
    revoked_tokens: SignedDuration::ZERO,
    sessions: SignedDuration::ZERO,
    idempotency: SignedDuration::ZERO,
    deliveries: SignedDuration::ZERO,
    early_receipts: SignedDuration::ZERO,
};

/// More than go in one transaction.
const TOKENS: u64 = 1_234;

/// A store with many tokens that are over, and a connection beside it.
async fn with_tokens(server: &Postgres) -> (PostgresStore, String, PgConnection) {
    let user = server.user();
    let store = PostgresStore::open(&settings_at(server.url(&user))).await.expect("a fresh store opens");
    server.run(&format!(
        "INSERT INTO {user}.revoked_tokens SELECT 'token ' || number, 0 FROM generate_series(1, {TOKENS}) AS number"
    ));
    let connection = beside(server, &user).await;
    (store, user, connection)
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_leave_in_batches_and_are_counted_once_by_instances_at_once() {
    let Some(server) = Postgres::shared() else { return left_out("PostgreSQL") };
    let (one, user, _) = with_tokens(&server).await;
    let other = PostgresStore::open(&settings_at(server.url(&user))).await.expect("it opens");
    let (by_one, by_other) = tokio::join!(one.purge(at(0), RETENTION), other.purge(at(0), RETENTION));
    let rest = one.purge(at(0), RETENTION).await.expect("it is purged");
    let removed = by_one.expect("it is purged") + by_other.expect("it is purged") + rest;
    assert_eq!(removed, TOKENS);
    assert_eq!(server.run(&format!("SELECT count(*) FROM {user}.revoked_tokens")), "0");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_is_locked_is_left_and_not_waited_for() {
    let Some(server) = Postgres::shared() else { return left_out("PostgreSQL") };
    let (store, _, mut holder) = with_tokens(&server).await;
    run(&mut holder, "BEGIN; SELECT 1 FROM revoked_tokens WHERE token_id = 'token 7' FOR UPDATE").await;
    assert_eq!(store.purge(at(0), RETENTION).await.ok(), Some(TOKENS - 1));
    run(&mut holder, "ROLLBACK").await;
    assert_eq!(store.purge(at(0), RETENTION).await.ok(), Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_instance_purges_at_a_time() {
    let Some(server) = Postgres::shared() else { return left_out("PostgreSQL") };
    let (store, _, mut holder) = with_tokens(&server).await;
    run(&mut holder, "BEGIN; SELECT 1 FROM chores WHERE name = 'purge' FOR UPDATE").await;
    assert_eq!(store.purge(at(0), RETENTION).await.ok(), Some(0), "another one is at it");
    run(&mut holder, "ROLLBACK").await;
    assert_eq!(store.purge(at(0), RETENTION).await.ok(), Some(TOKENS));
}
