//! The consents of a user, a page at a time.

use data_adapter_core::{Language, OperationId, OperationName, OptionChoice, UserId};
use data_adapter_memory::MemoryStore;
use data_adapter_sca::{ConsentRecord, ConsentStore as _};
use data_adapter_testkit::at;
use serde_json::json;

use crate::bench::Bench;

const USER: &str = "12345678";

async fn consent(store: &MemoryStore, user: &str, number: usize) {
    let record = ConsentRecord {
        user: UserId::new(user),
        operation: OperationId::new(format!("op-{number}")),
        form: OperationName::new("login"),
        version: "1".to_owned(),
        language: Language::new("en"),
        options: vec![OptionChoice { id: "CONSENT_LOGIN".to_owned(), checked: true }],
        given_at: at(0),
    };
    store.add_consent(record).await.expect("it is kept");
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
        let answered = service.get(&format!("/admin/consents?user={USER}{query}")).await;
        let consents = answered.with(200)["consents"].as_array().expect("a list").clone();
        assert!(consents.iter().all(|consent| consent["userId"] == USER));
        let numbers: Vec<_> = consents.iter().map(|consent| consent["number"].to_string()).collect();
        (numbers.first().cloned(), numbers.len(), answered.body["next"].as_u64())
    };
    let first = || Some("1".to_owned());
    assert_eq!(page("").await, (first(), 100, Some(100)));
    assert_eq!(page("&after=100").await, (Some("101".to_owned()), 5, None));
    assert_eq!(page("&limit=2&after=1").await, (Some("2".to_owned()), 2, Some(3)));
    assert_eq!(page("&limit=105").await, (first(), 105, None));
    assert_eq!(page("&limit=1000&after=105").await, (None, 0, None));
    assert_eq!(page(&format!("&after={}", usize::MAX)).await, (None, 0, None));
    let one = service.get(&format!("/admin/consents?user={USER}&limit=1")).await;
    assert_eq!(
        one.body["consents"],
        json!([{
            "number": 1, "userId": USER, "operationId": "op-1", "form": "login", "version": "1", "language": "en",
            "givenAt": format!("{:.3}", at(0)), "options": [{"id": "CONSENT_LOGIN", "checked": true}]
        }])
    );
}

#[actix_web::test]
async fn a_list_without_a_user_or_with_a_page_that_is_none_is_refused() {
    let bench = Bench::new();
    let service = bench.serve().await;
    for (query, member) in [
        ("", "user"),
        ("?user=", "user"),
        ("?user=a&user=b", "user"),
        ("?user=a&limit=0", "limit"),
        ("?user=a&limit=1001", "limit"),
        ("?user=a&limit=x", "limit"),
        ("?user=a&limit=", "limit"),
        ("?user=a&limit=%2B1", "limit"),
        ("?user=a&after=-1", "after"),
        ("?user=a&after=1&after=2", "after"),
    ] {
        assert_eq!(service.get(&format!("/admin/consents{query}")).await.invalid(), [member], "{query}");
    }
}
