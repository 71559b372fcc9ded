//! What is refused, and what commands say.

use data_adapter_testkit::{PgBouncer, Postgres};

use super::{left_out, over};
use crate::codes::{rent, send};
use crate::support::payloads::USER;

/// The exit code of a configuration that can't be used.
const CONFIGURATION: Option<i32> = Some(78);

#[tokio::test]
async fn an_address_that_can_not_be_used_is_refused_in_a_sentence() {
    for (url, why) in [
        ("postgres://u:hush@localhost/d", "`store.url` has a password in it"),
        ("postgres://u@db.bank.test/d?sslmode=require", "neither `verify-full` nor `disable`"),
        (
            "postgres://u@db.bank.test/d?sslmode=disable",
            "`store.url` would send the password and everything else unencrypted",
        ),
    ] {
        let exit = over(url).arg("config").arg("check").spawn_failing().await;
        assert_eq!(exit.status, CONFIGURATION, "{url}: {}", exit.stderr);
        assert!(exit.stderr.contains(why) && !exit.stderr.contains("hush"), "{url}: {}", exit.stderr);
        assert!(exit.stderr.contains("DATA_ADAPTER__STORE__URL"), "the variable: {}", exit.stderr);
    }
}

#[tokio::test]
async fn the_password_is_not_shown() {
    let exit = over("postgres://u@localhost/d").arg("config").arg("show").spawn_failing().await;
    assert_eq!(exit.status, Some(0), "{}", exit.stderr);
    assert!(exit.stdout.contains("password = \"[redacted]\""), "{}", exit.stdout);
    assert!(!exit.stdout.contains(Postgres::PASSWORD), "{}", exit.stdout);
}

#[tokio::test]
async fn a_server_that_is_not_there_is_told_at_the_start() {
    let exit = over("postgres://u@127.0.0.1:1/d").spawn_failing().await;
    assert_eq!(exit.status, Some(1), "{}", exit.stderr);
    let why = "the PostgreSQL store can't be reached: no server of it can be used: 127.0.0.1:1: ";
    assert!(exit.stderr.contains(why), "{}", exit.stderr);
}

#[tokio::test]
async fn a_pooler_that_nobody_told_of_is_refused_at_the_start() {
    let Some(server) = Postgres::shared() else { return left_out("PostgreSQL") };
    let Some(pgbouncer) = PgBouncer::start(&server, 5) else { return left_out("PgBouncer") };
    let exit = over(&pgbouncer.url(&server.user())).spawn_failing().await;
    assert_eq!(exit.status, CONFIGURATION, "{}", exit.stderr);
    assert!(exit.stderr.contains("set `store.pooler = \"transaction\"`"), "{}", exit.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_see_the_store_of_a_service_that_runs() {
    let Some(server) = Postgres::shared() else { return left_out("PostgreSQL") };
    let url = server.url(&server.user());
    let adapter = over(&url).start().await;
    let sent = send(&adapter, USER, &rent("op")).await;
    let exit = over(&url).arg("challenge").arg("list").spawn_failing().await;
    assert_eq!(exit.status, Some(0), "{}", exit.stderr);
    assert!(exit.stdout.contains(&sent.message), "{}", exit.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_answers_before_a_change_is_where_it_stays_is_warned_of() {
    let Some(server) = Postgres::shared() else { return left_out("PostgreSQL") };
    let user = server.user();
    for (value, is_warned_of) in [("local", true), ("remote_write", true), ("on", false)] {
        server.run(&format!("ALTER ROLE {user} SET synchronous_commit = {value}"));
        let log = over(&server.url(&user)).start().await.terminate().await.stderr;
        let warning = format!("`synchronous_commit` of the PostgreSQL store is {value}: ");
        assert_eq!(log.contains(&warning), is_warned_of, "{log}");
    }
}
