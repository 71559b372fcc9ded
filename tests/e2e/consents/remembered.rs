//! What a consent stands for, and for how long.

use super::{DIALECTS, Place, asked_by, asks, configuration, consent, init};
use crate::support::DataAdapter;
use crate::support::payloads::{USER, login, payment};

const OTHER_USER: &str = "87654321";

#[tokio::test]
async fn a_consent_that_is_remembered_needs_no_form_in_either_dialect() {
    let adapter = DataAdapter::builder().config(configuration("1", "")).start().await;
    for prefix in DIALECTS {
        let shop = |id: &str, scopes: &str| {
            let members = match prefix {
                "" => format!(r#""extras":{{"applicationOwner":"x","_requestedScopes":{scopes}}}"#),
                _ => format!(r#""originalScopes":{scopes},"extras":{{"applicationOwner":"x"}}"#),
            };
            asked_by(
                &login("op"),
                &format!(r#"{{"id":"{id}{prefix}","name":"Shop","description":null,{members}}}"#),
            )
        };
        let given = shop("shop", r#"["aisp","pisp"]"#);
        assert!(asks(&adapter, prefix, USER, &given).await, "nothing was given");
        consent(&adapter, prefix, USER, &given).await;
        for same in
            [given.clone(), shop("shop", r#"["pisp","aisp","pisp"]"#), given.replace("\"op\"", "\"op 2\"")]
        {
            assert!(!asks(&adapter, prefix, USER, &same).await, "{same}");
        }
        for other in [
            shop("bank", r#"["aisp","pisp"]"#),
            shop("shop", r#"["aisp"]"#),
            shop("shop", r#"["aisp","pisp","cbpii"]"#),
            shop("shop", r#""aisp pisp""#),
            asked_by(&login("op"), "null"),
        ] {
            assert!(asks(&adapter, prefix, USER, &other).await, "{other}");
        }
        assert!(asks(&adapter, prefix, OTHER_USER, &given).await, "another user");
    }
}

#[tokio::test]
async fn a_consent_that_one_dialect_keeps_counts_in_the_other() {
    let adapter = DataAdapter::builder().config(configuration("1", "")).start().await;
    consent(&adapter, DIALECTS[0], USER, &login("op")).await;
    assert!(!asks(&adapter, DIALECTS[1], USER, &login("op 2")).await);
}

#[tokio::test]
async fn a_payment_asks_each_time_unless_its_form_says_by_name_that_it_does_not() {
    let pay = |operation: &str, amount: &str| payment(operation, amount, "CZK", "238400856/0300");
    let adapter = DataAdapter::builder().config(configuration("1", "")).start().await;
    let by_name = configuration("1", "remember_days = 1\nremember_payments = true");
    let remembering = DataAdapter::builder().config(by_name).start().await;
    for prefix in DIALECTS {
        for adapter in [&adapter, &remembering] {
            consent(adapter, prefix, USER, &login("op")).await;
        }
        assert!(asks(&adapter, prefix, USER, &pay("op", "100")).await, "a login is no payment");
        consent(&adapter, prefix, USER, &pay("op", "100")).await;
        assert!(asks(&adapter, prefix, USER, &pay("op 2", "100")).await);
    }
    consent(&remembering, DIALECTS[0], USER, &pay("op", "100")).await;
    for prefix in DIALECTS {
        assert!(!asks(&remembering, prefix, USER, &pay("op 2", "250")).await);
    }
    let unnamed = configuration("1", "remember_days = 1");
    let exit = DataAdapter::builder().config(unnamed).arg("config").arg("check").spawn_failing().await;
    assert_eq!(exit.status, Some(78), "{exit:?}");
    assert!(exit.stderr.contains("`consent.forms.authorize_payment.remember_days`"), "{exit:?}");
    assert!(exit.stderr.contains("`remember_payments = true`"), "{exit:?}");
}

#[tokio::test]
async fn a_consent_outlives_a_restart_and_another_version_of_the_form_asks_anew() {
    let place = Place::new();
    let adapter = place.builder().start().await;
    consent(&adapter, "", USER, &login("op")).await;
    adapter.terminate().await;
    let adapter = place.builder().start().await;
    assert!(!asks(&adapter, "", USER, &login("op 2")).await, "the same version");
    adapter.terminate().await;
    let adapter = place.with(configuration("2", "")).start().await;
    assert!(asks(&adapter, "", USER, &login("op 3")).await, "another version");
    consent(&adapter, "", USER, &login("op 3")).await;
    assert!(!asks(&adapter, "", USER, &login("op 4")).await, "it was given to the new version");
}

#[tokio::test]
async fn what_stands_for_a_consent_leaves_a_line_and_nothing_stands_for_one_that_leaves_none() {
    let place = Place::new();
    let adapter = place.builder().start().await;
    let context = asked_by(&login("op"), r#"{"id":"shop","originalScopes":["pisp","aisp"]}"#);
    consent(&adapter, "", USER, &context).await;
    assert!(!asks(&adapter, "", USER, &context.replace("\"op\"", "\"op 2\"")).await);
    adapter.terminate().await;
    let given = place.lines("consent");
    let [line] = given.as_slice() else { panic!("{given:?}") };
    assert_eq!((&line["client"], line["scopes"].to_string()), (&"shop".into(), r#"["aisp","pisp"]"#.into()));
    let remembered = place.lines("consent_remembered");
    let [line] = remembered.as_slice() else { panic!("{remembered:?}") };
    for (member, value) in [
        ("outcome", "succeeded"),
        ("user", USER),
        ("organization", "RETAIL"),
        ("operationId", "op 2"),
        ("operationName", "login"),
        ("form", "login"),
        ("formVersion", "1"),
        ("client", "shop"),
    ] {
        assert_eq!(line[member], value, "{member}");
    }
    let exported = place.export().await;
    assert_eq!(line["givenAt"], exported["consents"][0]["givenAt"], "{exported}");

    let full = place.builder().env("DATA_ADAPTER__AUDIT__FILE", "/dev/full");
    let adapter = full.env("DATA_ADAPTER__AUDIT__REQUIRED", "true").start().await;
    let answer = init(&adapter, "", USER, &context).await;
    assert_eq!((answer.status, answer.error_code().as_str()), (400, "REMOTE_ERROR"), "{}", answer.text);
}
