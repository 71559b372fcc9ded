//! How a store is opened, and what is refused.

use std::sync::Arc;

use data_adapter_core::MessageId;
use data_adapter_sca::Maintenance as _;
use data_adapter_store_postgres::{Pooler, PostgresSettings, PostgresStore};
use data_adapter_testkit::{PgBouncer, Postgres, at, challenge, step};
use futures::future::join_all;

use crate::support::{left_out, open, pooled_settings, refusal, settings, settings_at};

#[tokio::test(flavor = "multi_thread")]
async fn five_instances_that_start_at_once_make_one_schema() {
    let Some(server) = Postgres::shared() else { return left_out("PostgreSQL") };
    let settings = settings(&server);
    let stores = join_all((0..5).map(|_| PostgresStore::open(&settings))).await;
    for store in stores {
        store.expect("each of them opens").probe().await.expect("and can be used");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schema_of_a_newer_version_is_refused() {
    let Some(server) = Postgres::shared() else { return left_out("PostgreSQL") };
    let user = server.user();
    let settings = settings_at(server.url(&user));
    open(&settings).await.close().await;
    server.run(&format!("UPDATE {user}.schema_version SET version = 99"));
    let why = refusal(&settings).await;
    assert!(why.contains("version 99 by a newer program"), "{why}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_only_read_and_write_can_use_a_schema_that_is_there() {
    let Some(server) = Postgres::shared() else { return left_out("PostgreSQL") };
    let (owner, user) = (server.user(), server.user());
    open(&settings_at(server.url(&owner))).await.close().await;
    server.run(&format!(
        "GRANT USAGE ON SCHEMA {owner} TO {user};
         GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {owner} TO {user};
         ALTER ROLE {user} SET search_path = {owner}"
    ));
    let store = open(&settings_at(server.url(&user))).await;
    store.open(challenge("m", &step("op", "login", Some("1")), at(0)), &[]).await.expect("it can be used");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_who_may_not_make_tables_is_told_so() {
    let Some(server) = Postgres::shared() else { return left_out("PostgreSQL") };
    let user = server.user();
    server.run(&format!("DROP SCHEMA {user}; REVOKE CREATE ON SCHEMA public FROM {user}"));
    let why = refusal(&settings_at(server.url(&user))).await;
    assert!(why.contains("the right to make tables"), "{why}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_is_opened_over_a_unix_socket_and_over_tls() {
    let Some(server) = Postgres::shared() else { return left_out("PostgreSQL") };
    let user = server.user();
    open(&settings_at(server.socket_url(&user))).await.probe().await.expect("it can be used");
    let over_tls = settings_at(server.tls_url(&user));
    let trusted = PostgresSettings { ca_file: Some(server.ca_file()), ..over_tls.clone() };
    let store = open(&trusted).await;
    store.probe().await.expect("it can be used");
    let encrypted = server.run(&format!(
        "SELECT DISTINCT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE usename = '{user}' AND client_port > 0"
    ));
    assert_eq!(encrypted, "t", "over TLS");
    let why = refusal(&over_tls).await;
    assert!(why.contains("can't be reached"), "nobody knows who the server is: {why}");
    let other_name = over_tls.url.replace("localhost", "127.0.0.1");
    let why = refusal(&PostgresSettings { url: other_name, ..trusted }).await;
    assert!(why.contains("can't be reached"), "the certificate is for another name: {why}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_is_refused_and_not_told() {
    let Some(server) = Postgres::shared() else { return left_out("PostgreSQL") };
    let password = Some("hush".to_owned().into());
    let why = refusal(&PostgresSettings { password, ..settings(&server) }).await;
    assert!(why.contains("can't be reached") && why.contains("password") && !why.contains("hush"), "{why}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pooler_that_nobody_told_of_is_refused() {
    let Some(server) = Postgres::shared() else { return left_out("PostgreSQL") };
    let Some(pgbouncer) = PgBouncer::start(&server, 4) else { return left_out("PgBouncer") };
    let settings = pooled_settings(&server, &pgbouncer);
    let why = refusal(&PostgresSettings { pooler: Pooler::None, ..settings.clone() }).await;
    assert!(why.contains("store.pooler = \"transaction\""), "{why}");
    open(&settings).await.probe().await.expect("it can be used once it is told of");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schema_is_made_through_a_pooler_where_there_is_no_other_way() {
    let Some(server) = Postgres::shared() else { return left_out("PostgreSQL") };
    let Some(pgbouncer) = PgBouncer::start(&server, 4) else { return left_out("PgBouncer") };
    let settings = PostgresSettings { migrations_url: None, ..pooled_settings(&server, &pgbouncer) };
    open(&settings).await.probe().await.expect("it can be used");
}

/// Behind a pooler the statement of another client would answer without an error, if one were outside of a transaction.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_answer_through_a_pooler_is_that_of_its_own_question() {
    let Some(server) = Postgres::shared() else { return left_out("PostgreSQL") };
    let Some(pgbouncer) = PgBouncer::start(&server, 3) else { return left_out("PgBouncer") };
    let settings = pooled_settings(&server, &pgbouncer);
    let stores = [open(&settings).await, open(&settings).await];
    for number in 0..40 {
        let (message, user) = (format!("m{number}"), format!("u{number}"));
        let new = challenge(&message, &step(&format!("op{number}"), "login", Some(&user)), at(0));
        stores[0].open(new, &[]).await.expect("it is kept");
    }
    let asked = (0..2_000).map(|number| {
        let (store, of) = (Arc::clone(&stores[number % 2]), number % 40);
        async move { (of, store.step(&MessageId::new(format!("m{of}"))).await) }
    });
    for (of, answer) in join_all(asked).await {
        let step = answer.expect("the store answers").expect("it is known");
        assert_eq!(step.operation.as_str(), format!("op{of}"));
    }
}
