//! What a user takes back.

use futures::future::join_all;
use serde_json::json;

use super::{DIALECTS, Place, asked_by, asks, consent};
use crate::admin::{get, post};
use crate::support::payloads::{USER, login};

const CONSENTS: &str = "/admin/users/12345678/consents";
const WITHDRAW: &str = "/admin/users/12345678/consents/withdraw";

/// A login that this application asks for.
fn asked_by_client(operation: &str, id: &str) -> String {
    asked_by(&login(operation), &format!(r#"{{"id":"{id}","extras":{{"_requestedScopes":["aisp"]}}}}"#))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_consent_that_is_withdrawn_by_a_command_asks_anew_through_every_instance() {
    let place = Place::new();
    let (first, second) = futures::join!(place.builder().start(), place.beside().start());
    consent(&first, "", USER, &asked_by_client("op", "shop")).await;
    consent(&first, "", USER, &asked_by_client("op", "bank")).await;
    for prefix in DIALECTS {
        assert!(!asks(&second, prefix, USER, &asked_by_client("op 2", "shop")).await);
    }
    let withdraw = ["consent", "withdraw", USER, "--form", "login", "--client", "shop"];
    assert_eq!(place.command(&withdraw).await, "1 consent is withdrawn.\n");
    assert_eq!(place.command(&withdraw).await, "there was no consent to withdraw.\n");
    for adapter in [&first, &second] {
        for prefix in DIALECTS {
            assert!(asks(adapter, prefix, USER, &asked_by_client("op 3", "shop")).await);
            assert!(
                !asks(adapter, prefix, USER, &asked_by_client("op 3", "bank")).await,
                "to another client"
            );
        }
    }
    consent(&second, "", USER, &asked_by_client("op 4", "shop")).await;
    assert!(!asks(&first, "", USER, &asked_by_client("op 5", "shop")).await, "it was given again");
    let all = ["consent", "withdraw", USER];
    assert_eq!(place.command(&all).await, "2 consents are withdrawn.\n");
    let lines = place.lines("consent_withdrawn");
    let told = lines.iter().map(|line| {
        assert!(line["operator"]["uid"].is_u64(), "{line}");
        format!(
            "{} {} {} {} {}",
            line["outcome"], line["reason"], line["form"], line["client"], line["count"]
        )
    });
    assert_eq!(
        told.collect::<Vec<_>>(),
        [
            r#""succeeded" null "login" "shop" 1"#,
            r#""failed" "no_consent" "login" "shop" null"#,
            r#""succeeded" null null null 2"#,
        ]
    );
}

#[tokio::test]
async fn a_consent_that_an_operator_withdraws_stays_on_record_with_its_withdrawal() {
    let place = Place::new();
    let adapter = place.builder().start().await;
    consent(&adapter, "", USER, &asked_by_client("op", "shop")).await;
    consent(&adapter, "", USER, &asked_by_client("op 2", "bank")).await;
    let withdrawn = post(&adapter, WITHDRAW, json!({"clientId": "shop"})).await;
    assert_eq!((withdrawn.status, withdrawn.text.as_str()), (200, r#"{"withdrawn":1}"#));
    let again = post(&adapter, WITHDRAW, json!({"clientId": "shop"})).await;
    assert_eq!((again.status, again.text.as_str()), (200, r#"{"withdrawn":0}"#));
    assert!(asks(&adapter, "", USER, &asked_by_client("op 3", "shop")).await);
    assert!(!asks(&adapter, "", USER, &asked_by_client("op 3", "bank")).await);
    let listed = get(&adapter, CONSENTS).await.json();
    let consents = listed["consents"].as_array().expect("a list");
    let told = consents.iter().map(|consent| {
        assert!(consent["rememberedUntil"].is_string(), "{consent}");
        (consent["clientId"].as_str().expect("an id"), consent["withdrawnAt"].is_string())
    });
    assert_eq!(told.collect::<Vec<_>>(), [("shop", true), ("bank", false)]);
    let exported = place.export().await;
    assert_eq!((&exported["userId"], &exported["consents"]), (&json!(USER), &listed["consents"]));
    let text = place.command(&["consent", "list", "--format", "csv"]).await;
    assert_eq!(text.lines().count(), 3, "{text}");
    let lines = place.lines("consent_withdrawn");
    let told = lines.iter().map(|line| (&line["outcome"], &line["caller"], &line["user"], &line["client"]));
    let (succeeded, failed) = (json!("succeeded"), json!("failed"));
    let (ann, user, shop) = (json!("ann"), json!(USER), json!("shop"));
    assert_eq!(told.collect::<Vec<_>>(), [(&succeeded, &ann, &user, &shop), (&failed, &ann, &user, &shop)]);
    let looked = place.lines("viewed");
    let looked = looked.iter().map(|line| (line["view"].as_str(), line["operator"].is_object()));
    assert_eq!(looked.collect::<Vec<_>>(), [(Some("consents"), false), (Some("consents"), true)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_login_that_begins_after_a_withdrawal_relies_on_what_was_withdrawn() {
    let place = Place::new();
    let (first, second) = futures::join!(place.builder().start(), place.beside().start());
    for round in 0..10 {
        consent(&first, "", USER, &login(&format!("given {round}"))).await;
        let logins = (0..20).map(async |number: usize| {
            let adapter = if number.is_multiple_of(2) { &first } else { &second };
            asks(adapter, "", USER, &login(&format!("op {round} {number}"))).await
        });
        let (withdrawn, _) = futures::join!(post(&second, WITHDRAW, json!({})), join_all(logins));
        assert_eq!(withdrawn.json()["withdrawn"], 1, "{}", withdrawn.text);
        for adapter in [&first, &second] {
            assert!(asks(adapter, "", USER, &login(&format!("after {round}"))).await);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_withdrawals_at_once_through_two_instances_each_consent_is_withdrawn_once() {
    let place = Place::new();
    let (first, second) = futures::join!(place.builder().start(), place.beside().start());
    for number in 0..5 {
        consent(&first, "", USER, &login(&format!("op {number}"))).await;
    }
    let withdrawals = (0..20).map(async |number: usize| {
        let adapter = if number.is_multiple_of(2) { &first } else { &second };
        post(adapter, WITHDRAW, json!({})).await.json()["withdrawn"].as_u64().expect("a number")
    });
    assert_eq!(join_all(withdrawals).await.into_iter().sum::<u64>(), 5);
}
