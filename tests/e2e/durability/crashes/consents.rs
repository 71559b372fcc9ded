//! Consent forms that were shown, and consents that were given.

use serde_json::Value;

use super::Client;
use crate::codes::rent;
use crate::support::payloads::{CONSENT_CREATE, CONSENT_SAVE, TICKED, consent_create, consent_save};
use crate::support::{Builder, DataAdapter};

/// What the process answered about one consent before it was killed.
#[derive(Clone, Debug)]
pub(super) struct Consent {
    user: String,
    operation: String,
    saved: bool,
    /// A request whose answer nobody got may or may not have been kept.
    under_way: bool,
}

/// Shows forms and, two times out of three, saves the consent, until nobody answers any more.
pub(super) async fn run(client: Client) -> Vec<Consent> {
    let user = client.number.to_string();
    let mut consents = Vec::new();
    for turn in 0.. {
        let operation = client.operation("consent", turn);
        let context = rent(&operation);
        let shown = consent_create(&user, &context, "en");
        if client.post(CONSENT_CREATE, shown, &client.answers.consents).await.is_none() {
            break;
        }
        let mut consent = Consent { user: user.clone(), operation, saved: false, under_way: false };
        if turn % 3 != 0 {
            let given = consent_save(&user, &context, TICKED);
            consent.saved = client.post(CONSENT_SAVE, given, &client.answers.consents).await.is_some();
            consent.under_way = !consent.saved;
        }
        let under_way = consent.under_way;
        consents.push(consent);
        if under_way {
            break;
        }
    }
    consents
}

/// What was saved is on record once, and what was only shown can still be saved.
pub(super) async fn check(adapter: &DataAdapter, command: Builder, consents: &[Consent]) {
    let listed = command.arg("consent").arg("list").arg("--format").arg("json").spawn_failing().await;
    assert_eq!(listed.status, Some(0), "{listed:?}");
    let listed: Vec<Value> = serde_json::from_str(&listed.stdout).expect("a list");
    for consent in consents {
        let records = listed.iter().filter(|record| record["operation"] == consent.operation.as_str());
        let records = records.count();
        assert!(
            records == usize::from(consent.saved) || (consent.under_way && records == 1),
            "{records} records: {consent:?}"
        );
        if records == 0 {
            let given = consent_save(&consent.user, &rent(&consent.operation), TICKED);
            let answer = adapter.post(CONSENT_SAVE, given).await;
            assert_eq!(
                answer.object()["saveSucceeded"],
                true,
                "the form was lost: {consent:?}: {}",
                answer.text
            );
        }
    }
}
