//! The consents of a user, a page at a time, and their withdrawal.

use data_adapter_core::{
    ConsentClient, Language, OperationId, OperationName, OptionChoice, OrganizationId, UserId,
};
use data_adapter_memory::MemoryStore;
use data_adapter_sca::{ConsentRecord, ConsentStore as _};
use data_adapter_testkit::at;
use serde_json::json;

use crate::bench::Bench;

const USER: &str = "12345678";

async fn consent(store: &MemoryStore, user: &str, number: usize) {
    give(store, record(user, number)).await;
}

async fn give(store: &MemoryStore, record: ConsentRecord) {
    store.add_consent(record).await.expect("it is kept");
}

fn record(user: &str, number: usize) -> ConsentRecord {
    ConsentRecord {
        user: UserId::new(user),
        organization: None,
        operation: OperationId::new(format!("op-{number}")),
        client: None,
        form: OperationName::new("login"),
        version: "1".to_owned(),
        language: Language::new("en"),
        options: vec![OptionChoice { id: "CONSENT_LOGIN".to_owned(), checked: true }],
        given_at: at(0),
        remembered_until: None,
    }
}

#[actix_web::test]
async fn consents_come_oldest_first_and_each_page_tells_where_the_next_begins() {
    let bench = Bench::new();
    for number in 1..=105 {
        consent(&bench.store, USER, number).await;
        consent(&bench.store, "another", number).await;
    }
    let service = bench.serve().await;
    let page = async |query: &str| {
        let answered = service.get(&format!("/admin/users/{USER}/consents{query}")).await;
        let consents = answered.with(200)["consents"].as_array().expect("a list").clone();
        assert!(consents.iter().all(|consent| consent["userId"] == USER));
        let numbers: Vec<_> = consents.iter().map(|consent| consent["number"].to_string()).collect();
        (numbers.first().cloned(), numbers.len(), answered.body["next"].as_u64())
    };
    let first = || Some("1".to_owned());
    assert_eq!(page("").await, (first(), 100, Some(100)));
    assert_eq!(page("?after=100").await, (Some("101".to_owned()), 5, None));
    assert_eq!(page("?limit=2&after=1").await, (Some("2".to_owned()), 2, Some(3)));
    assert_eq!(page("?limit=105").await, (first(), 105, None));
    assert_eq!(page("?limit=1000&after=105").await, (None, 0, None));
    assert_eq!(page("?after=1000000000").await, (None, 0, None));
    let one = service.get(&format!("/admin/users/{USER}/consents?limit=1")).await;
    assert_eq!(
        one.body["consents"],
        json!([{
            "number": 1, "userId": USER, "operationId": "op-1", "form": "login", "version": "1", "language": "en",
            "givenAt": format!("{:.3}", at(0)), "options": [{"id": "CONSENT_LOGIN", "checked": true}]
        }])
    );
}

#[actix_web::test]
async fn a_page_that_is_none_is_refused() {
    let bench = Bench::new();
    let service = bench.serve().await;
    for (query, member) in [
        ("limit=0", "limit"),
        ("limit=1001", "limit"),
        ("limit=x", "limit"),
        ("limit=", "limit"),
        ("limit=%2B1", "limit"),
        ("after=-1", "after"),
        ("after=1&after=2", "after"),
    ] {
        let path = format!("/admin/users/{USER}/consents?{query}");
        assert_eq!(service.get(&path).await.invalid(), [member], "{query}");
    }
}

#[actix_web::test]
async fn a_consent_is_shown_with_who_asked_until_when_it_stands_and_when_it_was_withdrawn() {
    let bench = Bench::new();
    let scopes = ["pisp", "aisp"].map(str::to_owned).into();
    let given = ConsentRecord {
        organization: Some(OrganizationId::new("RETAIL")),
        client: Some(ConsentClient { id: "shop".to_owned(), scopes }),
        remembered_until: Some(at(60)),
        ..record(USER, 1)
    };
    give(&bench.store, given).await;
    let service = bench.serve().await;
    let path = format!("/admin/users/{USER}/consents");
    let before = service.get(&path).await.with(200)["consents"][0].clone();
    assert_eq!(
        before,
        json!({
            "number": 1, "userId": USER, "organizationId": "RETAIL", "operationId": "op-1", "clientId": "shop",
            "scopes": ["aisp", "pisp"], "form": "login", "version": "1", "language": "en",
            "givenAt": format!("{:.3}", at(0)), "options": [{"id": "CONSENT_LOGIN", "checked": true}],
            "rememberedUntil": format!("{:.3}", at(60))
        })
    );
    assert_eq!(service.ask(&format!("{path}/withdraw")).await.with(200), &json!({"withdrawn": 1}));
    let mut withdrawn = before;
    withdrawn["withdrawnAt"] = format!("{:.3}", at(0)).into();
    assert_eq!(service.get(&path).await.with(200)["consents"], json!([withdrawn]));
}

#[actix_web::test]
async fn consents_are_withdrawn_by_form_and_client_and_each_once() {
    let bench = Bench::new();
    for (form, client) in [("login", "shop"), ("login", "bank"), ("account", "shop"), ("account", "bank")] {
        let client = Some(ConsentClient { id: client.to_owned(), scopes: [].into() });
        give(&bench.store, ConsentRecord { form: OperationName::new(form), client, ..record(USER, 1) }).await;
    }
    consent(&bench.store, "another", 1).await;
    let service = bench.serve().await;
    let path = format!("/admin/users/{USER}/consents/withdraw");
    for (body, withdrawn) in [
        (json!({"form": "login", "clientId": "shop"}), 1),
        (json!({"form": "login", "clientId": "shop"}), 0),
        (json!({"clientId": "shop"}), 1),
        (json!({"form": "account", "clientId": null}), 1),
        (json!({}), 1),
        (json!({}), 0),
    ] {
        let answered = service.post(&path, body.clone()).await;
        assert_eq!(answered.with(200), &json!({"withdrawn": withdrawn}), "{body}");
    }
    let others = service.get("/admin/users/another/consents").await;
    assert_eq!(others.with(200)["consents"][0].get("withdrawnAt"), None, "another user's");
}

#[actix_web::test]
async fn the_consents_of_somebody_whom_nobody_knows_are_not_withdrawn() {
    let bench = Bench::new();
    let service = bench.serve().await;
    service.ask("/admin/users/nobody/consents/withdraw").await.problem(404);
    consent(&bench.store, "left behind", 1).await;
    let answered = service.ask("/admin/users/left%20behind/consents/withdraw").await;
    assert_eq!(answered.with(200), &json!({"withdrawn": 1}));
    for (body, member) in [
        (json!({"form": ""}), "form"),
        (json!({"form": 7}), "form"),
        (json!({"clientId": "x".repeat(257)}), "clientId"),
        (json!({"clientId": ["shop"]}), "clientId"),
    ] {
        let answered = service.post(&format!("/admin/users/{USER}/consents/withdraw"), body.clone()).await;
        assert_eq!(answered.invalid(), [member], "{body}");
    }
}
