//! A server that ends, hangs, moves, or is busy.

use std::sync::Arc;
use std::time::Duration;

use data_adapter_core::{AdapterError, OperationId};
use data_adapter_sca::Store;
use data_adapter_store_postgres::PostgresSettings;
use data_adapter_testkit::{Postgres, at, challenge, step};
use sqlx::postgres::PgConnection;

use crate::support::{beside, left_out, open, run, settings, settings_at};

/// Longer than anything here takes; only a hang reaches it.
const PATIENCE: Duration = Duration::from_secs(120);

/// Whether an operation is ended, which goes through everything that a change goes through.
async fn end(store: &Arc<dyn Store>, operation: &str) -> Result<u64, AdapterError> {
    let operation = OperationId::new(operation);
    tokio::time::timeout(PATIENCE, store.end_operation(&operation, at(0))).await.expect("a call ends")
}

fn why<T>(refused: Result<T, AdapterError>) -> String {
    match refused {
        Err(AdapterError::Remote(why)) => why,
        Err(other) => panic!("another error: {other}"),
        Ok(_) => panic!("it is done"),
    }
}

/// Goes on asking until the store answers.
async fn end_at_last(store: &Arc<dyn Store>, operation: &str) {
    let asking = async {
        while end(store, operation).await.is_err() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(PATIENCE, asking).await.expect("the store answers again");
}

fn quick(settings: PostgresSettings) -> PostgresSettings {
    PostgresSettings { acquire_timeout_ms: 1_000, statement_timeout_ms: 1_000, ..settings }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_killed_is_used_again_when_it_is_back_and_has_lost_nothing() {
    let Some(mut server) = Postgres::start() else { return left_out("PostgreSQL") };
    let store = open(&settings(&server)).await;
    store.open(challenge("m", &step("op", "login", Some("1")), at(0)), &[]).await.expect("it is kept");
    server.stop();
    let refused = why(end(&store, "other").await);
    assert!(refused.starts_with("the PostgreSQL store: "), "{refused}");
    server.start_again();
    assert_eq!(end(&store, "op").await.ok(), Some(1), "what was answered is there");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_hangs_holds_nobody_up_for_ever() {
    let Some(server) = Postgres::start() else { return left_out("PostgreSQL") };
    let store = open(&quick(settings(&server))).await;
    end_at_last(&store, "first").await;
    server.freeze();
    why(end(&store, "second").await);
    why(end(&store, "third").await);
    server.thaw();
    end_at_last(&store, "fourth").await;
}

/// A server that is given first, and another one, with a user and the tables in both; and the URL of both.
async fn two_servers() -> Option<(Postgres, Postgres, String, String)> {
    let (one, other) = (Postgres::start()?, Postgres::start()?);
    let user = one.user();
    assert_eq!(user, other.user());
    for server in [&one, &other] {
        open(&settings_at(server.url(&user))).await.close().await;
    }
    let hosts = [one.port(), other.port()].map(|port| format!("127.0.0.1:{port}")).join(",");
    let url = format!("postgres://{user}@{hosts}/{}", Postgres::DATABASE);
    Some((one, other, user, url))
}

/// How many operations a server knows as ended.
fn ended(server: &Postgres, user: &str) -> String {
    server.run(&format!("SELECT count(*) FROM {user}.ended_operations"))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_that_can_be_written_is_used_and_looked_for_again_when_it_moves() {
    let Some((other, mut one, user, url)) = two_servers().await else { return left_out("PostgreSQL") };
    other.run(&format!("ALTER ROLE {user} SET default_transaction_read_only = on"));
    let store = open(&settings_at(url)).await;
    assert_eq!(end(&store, "op").await.ok(), Some(0));
    assert_eq!((ended(&one, &user), ended(&other, &user)), ("1".to_owned(), "0".to_owned()));
    one.stop();
    why(end(&store, "lost").await);
    other.run(&format!("ALTER ROLE {user} RESET default_transaction_read_only"));
    end_at_last(&store, "op").await;
    assert_eq!(ended(&other, &user), "1", "it has moved");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_goes_on_when_another_one_has_become_the_primary_is_left_for_that() {
    let Some((one, other, user, url)) = two_servers().await else { return left_out("PostgreSQL") };
    let store = open(&quick(settings_at(url))).await;
    // Nobody follows it any more, and without that it answers no change.
    one.run("ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
    one.run("SELECT pg_reload_conf()");
    let answering = async {
        for number in 0.. {
            if end(&store, &format!("first {number}")).await.is_err() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, answering).await.expect("it answers as if it were followed");
    end_at_last(&store, "second").await;
    assert_eq!(ended(&other, &user), "1", "the other one has it");
}

/// A connection beside the store, within a transaction that holds a table.
async fn holding(server: &Postgres, user: &str) -> PgConnection {
    let mut connection = beside(server, user).await;
    run(&mut connection, "BEGIN; LOCK TABLE ended_operations IN ACCESS EXCLUSIVE MODE").await;
    connection
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_that_takes_too_long_is_given_up_and_its_connection_is_good() {
    let Some(server) = Postgres::shared() else { return left_out("PostgreSQL") };
    let user = server.user();
    let one_connection = PostgresSettings { pool_size: 1, ..settings_at(server.url(&user)) };
    let store = open(&PostgresSettings { statement_timeout_ms: 500, ..one_connection }).await;
    let mut holder = holding(&server, &user).await;
    let refused = why(end(&store, "op").await);
    assert!(refused.contains("statement timeout"), "the server says so itself: {refused}");
    run(&mut holder, "ROLLBACK").await;
    end_at_last(&store, "op").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_waits_for_any_more_is_undone_and_its_connection_is_good() {
    let Some(server) = Postgres::shared() else { return left_out("PostgreSQL") };
    let user = server.user();
    let store = open(&PostgresSettings { pool_size: 1, ..settings_at(server.url(&user)) }).await;
    let mut holder = holding(&server, &user).await;
    let ending = tokio::spawn({
        let store = Arc::clone(&store);
        async move { end(&store, "given up").await }
    });
    let waits = format!(
        "SELECT count(*) FROM pg_stat_activity WHERE usename = '{user}' AND wait_event_type = 'Lock'"
    );
    let waiting = async {
        while server.run(&waits) != "1" {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.expect("the call waits for the table");
    ending.abort();
    assert!(ending.await.expect_err("nobody waits for it").is_cancelled());
    run(&mut holder, "ROLLBACK").await;
    let given_up = OperationId::new("given up");
    assert_eq!(store.is_over(&given_up).await.ok(), Some(false), "it is undone, over the only connection");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_is_closed_answers_nothing_and_says_so() {
    let Some(server) = Postgres::shared() else { return left_out("PostgreSQL") };
    let user = server.user();
    let store = open(&settings_at(server.url(&user))).await;
    end_at_last(&store, "op").await;
    store.close().await;
    assert!(why(end(&store, "other").await).contains("closed"));
    let connections = format!("SELECT count(*) FROM pg_stat_activity WHERE usename = '{user}'");
    let gone = async {
        while server.run(&connections) != "0" {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, gone).await.expect("it lets go of its connections");
}
