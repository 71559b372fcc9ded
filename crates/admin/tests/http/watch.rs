//! What was sent, what was recorded, and how everything is.

use std::time::Duration;

use data_adapter_core::{PartHealth, Trouble, UserId};
use data_adapter_sca::{ChainBreak, ChainCheck, TrailPage, TrailSearch};
use data_adapter_testkit::{Directory, at};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::bench::Bench;

#[actix_web::test]
async fn what_was_sent_is_shown_against_each_limit_until_its_window_is_over() {
    let bench = Bench::new();
    let service = bench.serve().await;
    let all = |minute: Value, day: Value| json!([{"scope": "all", "limits": [minute, day]}]);
    let limit =
        |limit: u32, window: i64, sent: u32| json!({"limit": limit, "windowSeconds": window, "sent": sent});
    let running = |limit: u32, window: i64, sent: u32| json!({"limit": limit, "windowSeconds": window, "sent": sent, "resetsAt": format!("{:.3}", at(window))});
    let nothing = json!({"counts": all(limit(1000, 60, 0), limit(5000, 86_400, 0)), "cut": false});
    assert_eq!(service.get("/admin/sent").await.with(200), &nothing);
    for consumer in [12_345_678, 20_000_002, 12_345_678] {
        let request = json!({"consumerId": consumer, "type": "otp", "title": "A limit"});
        assert_eq!(service.post("/admin/sca-requests", request).await.with(201)["delivered"], true);
    }
    let sent = service.get("/admin/sent").await.with(200).clone();
    let counts = sent["counts"].as_array().expect("a list");
    assert_eq!(Value::from(counts[..1].to_vec()), all(running(1000, 60, 3), running(5000, 86_400, 3)));
    assert_eq!(counts[1], json!({"scope": "country", "name": "CZ", "limits": [running(100, 60, 3)]}));
    let organizations =
        counts[2..].iter().map(|count| (count["scope"].as_str(), count["limits"][0]["sent"].as_u64()));
    let told: u64 = organizations
        .map(|(scope, sent)| {
            assert_eq!(scope, Some("organization"));
            sent.expect("a number")
        })
        .sum();
    assert_eq!(told, 3, "{sent}");
    let payer = Directory::PAYER;
    let of_payer = |minute: Value, day: Value| json!({"counts": [{"scope": "user", "name": payer, "limits": [minute, day]}], "cut": false});
    let path = format!("/admin/sent?user={payer}");
    assert_eq!(service.get(&path).await.with(200), &of_payer(running(100, 60, 2), running(5, 86_400, 2)));
    bench.clock.advance(SignedDuration::from_secs(60));
    assert_eq!(service.get(&path).await.with(200), &of_payer(limit(100, 60, 0), running(5, 86_400, 2)));
    let digit = service.get("/admin/sent?user=1").await;
    assert_eq!(digit.with(200)["counts"][0]["limits"][1]["sent"], 0, "the beginning of an id is another one");
    assert_eq!(service.get("/admin/sent?user=").await.invalid(), ["user"]);
}

fn search() -> TrailSearch {
    TrailSearch { user: None, operation: None, request: None, before: None, limit: 100 }
}

#[actix_web::test]
async fn lines_of_the_audit_log_are_shown_as_they_stand_with_how_the_chain_is() {
    let bench = Bench::new();
    let service = bench.serve().await;
    let line = r#"{"time":"2026-12-21T13:58:02.899Z","sequence":2,"amount":"100.50","user":"\u0161<b>"}"#;
    let chain = ChainCheck { lines: Some((1, 2)), ..ChainCheck::default() };
    let page =
        TrailPage { lines: vec![line.to_owned(), "no JSON".to_owned()], next: Some("x-1".to_owned()), chain };
    *bench.trail.page.lock().unwrap() = Some(page.clone());
    let answered = service.get("/admin/audit").await;
    assert_eq!(
        answered.with(200),
        &json!({
            "lines": [serde_json::from_str::<Value>(line).unwrap()], "next": "x-1",
            "chain": {"whole": true, "first": 1, "last": 2, "breaks": [], "unread": []}
        })
    );
    assert!(answered.text.contains(line), "it is passed on as it is: {}", answered.text);
    let found =
        |after| ChainBreak { file: "audit.jsonl".to_owned(), after, why: "it was altered".to_owned() };
    let chain = ChainCheck { breaks: vec![found(Some(1)), found(None)], ..page.chain.clone() };
    *bench.trail.page.lock().unwrap() = Some(TrailPage { chain, ..page.clone() });
    let broken = service.get("/admin/audit").await.with(200)["chain"].clone();
    assert_eq!(broken["whole"], false);
    let entry = |after: Value| json!({"file": "audit.jsonl", "after": after, "why": "it was altered"});
    assert_eq!(broken["breaks"][0], entry(json!(1)));
    assert_eq!(broken["breaks"][1], json!({"file": "audit.jsonl", "why": "it was altered"}));
    let chain = ChainCheck { unread: vec!["audit.jsonl.1".to_owned()], ..page.chain.clone() };
    *bench.trail.page.lock().unwrap() = Some(TrailPage { chain, ..page });
    assert_eq!(service.get("/admin/audit").await.with(200)["chain"]["whole"], false, "nobody knows");
}

#[actix_web::test]
async fn lines_are_looked_for_by_user_operation_and_request_a_page_at_a_time() {
    let bench = Bench::new();
    let service = bench.serve().await;
    *bench.trail.page.lock().unwrap() = Some(TrailPage::default());
    service.get("/admin/audit").await.with(200);
    service.get("/admin/audit?user=a%2Fb&operation=op+1&request=r&before=x-1&limit=7").await.with(200);
    let all = TrailSearch {
        user: Some(UserId::new("a/b")),
        operation: Some("op 1".to_owned()),
        request: Some("r".to_owned()),
        before: Some("x-1".to_owned()),
        limit: 7,
    };
    assert_eq!(*bench.trail.asked.lock().unwrap(), [search(), all]);
    for (query, member) in [
        ("user=", "user"),
        ("operation=%07", "operation"),
        ("request=a&request=b", "request"),
        ("limit=0", "limit"),
        ("limit=1001", "limit"),
        ("before=", "before"),
    ] {
        assert_eq!(service.get(&format!("/admin/audit?{query}")).await.invalid(), [member], "{query}");
    }
    assert_eq!(bench.trail.asked.lock().unwrap().len(), 2, "what is not valid is not looked for");
    *bench.trail.page.lock().unwrap() = None;
    assert_eq!(service.get("/admin/audit?before=x-1").await.invalid(), ["before"]);
}

#[actix_web::test]
async fn without_a_file_there_is_no_audit_log_to_read() {
    let mut bench = Bench::new();
    bench.parts.trail = None;
    let answered = bench.serve().await.get("/admin/audit").await;
    answered.problem(409);
    assert_eq!(answered.body["reason"], "off");
}

#[actix_web::test]
async fn each_part_is_shown_with_since_when_and_what_is_wrong_in_sentences() {
    let bench = Bench::new();
    let service = bench.serve().await;
    assert_eq!(service.get("/admin/health").await.with(200), &json!({"parts": []}));
    bench.clock.advance(SignedDuration::from_secs(100));
    let part = |name: &str, is_needed, trouble| PartHealth {
        name: name.to_owned(),
        is_needed,
        lasts: Duration::from_secs(40),
        trouble,
        unknown_settings: Vec::new(),
    };
    *bench.system.0.lock().unwrap() = vec![
        part("store", true, None),
        part("audit", true, Some(Trouble::Failing)),
        PartHealth {
            unknown_settings: vec!["attributes.phone".to_owned()],
            ..part("backends.a.b", true, Some(Trouble::Unreachable))
        },
        part("sms.primary", false, Some(Trouble::Late)),
        part("sms.store", false, None),
    ];
    let answered = service.get("/admin/health").await.with(200).clone();
    let parts = answered["parts"].as_array().expect("a list");
    let told = |part: &Value| {
        ["kind", "name", "status"].map(|member| part[member].as_str().unwrap_or("-").to_owned()).join(" ")
    };
    assert_eq!(
        parts.iter().map(told).collect::<Vec<_>>(),
        ["store - ok", "audit - down", "backend a.b down", "gateway primary warning", "gateway store ok"]
    );
    assert!(parts.iter().all(|part| part["since"] == format!("{:.3}", at(60))), "{answered}");
    assert!(parts[0].get("why").is_none() && parts[4].get("why").is_none());
    assert!(parts[1]["why"].as_str().unwrap().starts_with("Lines can't be written"));
    assert!(parts[2]["why"].as_str().unwrap().contains("can't be reached"));
    assert!(
        parts[3]["why"]
            .as_str()
            .unwrap()
            .starts_with("It does not answer in time. Until that is over, other gateways")
    );
    assert_eq!(parts[2]["unknownSettings"], json!(["attributes.phone"]));
}
