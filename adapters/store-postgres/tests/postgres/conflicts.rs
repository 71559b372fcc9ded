//! Transactions that others were in the way of.

use std::sync::Arc;
use std::time::Duration;

use data_adapter_core::UserId;
use data_adapter_sca::ConsentFilter;
use data_adapter_testkit::{Postgres, at};

use crate::support::{beside, left_out, open, run, settings_at};

/// Longer than anything here takes; only a hang reaches it.
const PATIENCE: Duration = Duration::from_secs(120);

#[tokio::test(flavor = "multi_thread")]
async fn a_consent_that_is_erased_while_it_is_withdrawn_is_gone_and_no_error() {
    let Some(server) = Postgres::shared() else { return left_out("PostgreSQL") };
    let user = server.user();
    let store = open(&settings_at(server.url(&user))).await;
    server.run(&format!(
        "INSERT INTO {user}.consents (user_id, operation_id, form, version, language, options, given_at)
         VALUES ('1', 'op', 'login', '1', 'en', '[]', 0)"
    ));
    let mut eraser = beside(&server, &user).await;
    run(&mut eraser, "BEGIN; DELETE FROM consents").await;
    let withdrawing = tokio::spawn({
        let store = Arc::clone(&store);
        async move { store.withdraw_consents(&UserId::new("1"), &ConsentFilter::default(), at(0)).await }
    });
    let waits = format!(
        "SELECT count(*) FROM pg_stat_activity WHERE usename = '{user}' AND wait_event_type = 'Lock'"
    );
    let waiting = async {
        while server.run(&waits) != "1" {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.expect("it waits for the consent");
    run(&mut eraser, "COMMIT").await;
    let withdrawn = withdrawing.await.expect("it ends");
    assert_eq!(withdrawn.ok(), Some(0), "there is none any more");
}
