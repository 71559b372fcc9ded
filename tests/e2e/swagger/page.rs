//! The page that shows the document, as a browser would fetch it.

use reqwest::Url;
use serde_json::Value;

use super::{PAGES, document};
use crate::bad_input::case::unified_body_complaint;
use crate::callers;
use crate::support::DataAdapter;
use crate::support::payloads::{CONTEXT_PATH, LOOKUP, USERNAME, lookup};

/// What the page needs.
const FILES: [&str; 5] =
    ["page.js", "page.css", "swagger-ui.css", "swagger-ui-bundle.js", "swagger-ui-standalone-preset.js"];

/// Other names of the page.
const NAMES: [&str; 4] = [
    "/swagger-ui",
    "/swagger-ui.html",
    "/powerauth-data-adapter/swagger-ui",
    "/powerauth-data-adapter/swagger-ui.html",
];

async fn off() -> DataAdapter {
    DataAdapter::builder().env("DATA_ADAPTER__SWAGGER_UI__ENABLED", "false").start().await
}

#[tokio::test]
async fn it_and_its_files_are_at_both_places_and_may_load_nothing_from_elsewhere() {
    let adapter = DataAdapter::start().await;
    for page in PAGES {
        let answer = adapter.get(page).await;
        assert!(answer.text.contains("<title>API · Data Adapter</title>"), "{}", answer.text);
        for file in FILES {
            assert!(answer.text.contains(file) || file == "page.js", "the page does not ask for {file}");
            let answer = adapter.get(&format!("{page}{file}")).await;
            assert_eq!(answer.status, 200, "{page}{file}");
            let header = |name| answer.headers.get(name).and_then(|value| value.to_str().ok()).expect(file);
            let kind = if file.ends_with("css") { "text/css" } else { "text/javascript" };
            assert!(header("content-type").starts_with(kind), "{file}: {}", header("content-type"));
            assert_eq!(header("x-content-type-options"), "nosniff", "{file}");
            let policy = header("content-security-policy");
            assert!(policy.starts_with("default-src 'none'; script-src 'self'"), "{file}: {policy}");
            assert!(!policy.contains("unsafe") && !policy.contains("http"), "{file}: {policy}");
        }
    }
}

#[tokio::test]
async fn its_other_names_lead_to_it_by_a_relative_path() {
    let adapter = DataAdapter::start().await;
    for name in NAMES {
        let client = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
        let answer = adapter.send(client.build().unwrap().get(adapter.url(name))).await;
        assert_eq!(answer.status, 302, "{name}");
        assert_eq!(answer.headers["location"], "swagger-ui/", "{name}");
        assert!(adapter.get(name).await.text.contains("API · Data Adapter"), "{name}");
    }
}

#[tokio::test]
async fn its_document_leads_to_the_api_and_the_inbox_from_both_places() {
    let adapter = DataAdapter::start().await;
    for page in PAGES {
        let page_url = Url::parse(&adapter.url(page)).unwrap();
        let document = document(&adapter, page).await;
        let api = page_url.join(document["servers"][0]["url"].as_str().expect("a server")).unwrap();
        let lookup_url = format!("{}{LOOKUP}", api.as_str().trim_end_matches('/'));
        let request = adapter.client().post(&lookup_url).header("content-type", "application/json");
        assert_eq!(adapter.send(request.body(lookup(USERNAME))).await.status, 200, "{lookup_url}");
        assert_eq!(lookup_url.contains(CONTEXT_PATH), page.contains(CONTEXT_PATH), "{lookup_url}");
        let text = document["info"]["description"].as_str().expect("a text");
        let (_, link) = text.split_once("[inbox](").expect("a link to the inbox");
        let inbox = page_url.join(link.split(')').next().expect("a link")).unwrap();
        assert!(adapter.get(inbox.path()).await.text.contains("Sandbox inbox"), "{inbox}");
    }
}

#[tokio::test]
async fn it_needs_no_token_but_what_it_asks_for_does() {
    let adapter = DataAdapter::builder().config(callers::configuration()).start().await;
    for page in PAGES {
        assert_eq!(adapter.get(page).await.status, 200, "{page}");
        for file in FILES.iter().chain(&["data-adapter.openapi.json"]) {
            assert_eq!(adapter.get(&format!("{page}{file}")).await.status, 200, "{page}{file}");
        }
        for other in ["unknown.js", "../api/service/status", "%2e%2e/api/service/status", "page.js/x"] {
            // reqwest resolves what it can.
            let status = adapter.get(&format!("{page}{other}")).await.status;
            assert_eq!(status, 401, "{page}{other}");
        }
    }
    for name in NAMES {
        assert_eq!(adapter.get(name).await.status, 200, "{name}");
    }
    assert_eq!(adapter.post(LOOKUP, lookup(USERNAME)).await.status, 401);
    assert_eq!(adapter.get("/sandbox/inbox").await.status, 401);
}

#[tokio::test]
async fn it_is_only_read() {
    let adapter = DataAdapter::start().await;
    for path in [PAGES[0], "/swagger-ui.html", "/swagger-ui/page.js"] {
        let answer = adapter.post(path, "{}").await;
        assert_eq!((answer.status, answer.headers["allow"].to_str().unwrap()), (405, "GET, HEAD"), "{path}");
        assert_eq!(unified_body_complaint(&answer.json()), None, "{path}: {}", answer.text);
    }
}

#[tokio::test]
async fn it_can_be_turned_off() {
    let adapter = off().await;
    for path in PAGES.iter().chain(&NAMES) {
        let answer = adapter.get(path).await;
        assert_eq!(answer.status, 404, "{path}: {}", answer.text);
    }
}

/// The names and files that the script at this page lists.
async fn listed(adapter: &DataAdapter, page: &str) -> Vec<(String, String)> {
    let script = adapter.get(&format!("{page}page.js")).await.text;
    let list = script.split_once("urls: ").and_then(|(_, rest)| rest.split_once("]")).expect("a list").0;
    let list: Value = serde_json::from_str(&format!("{list}]")).expect("it is JSON");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let entries = list.as_array().expect("a list").iter();
    entries.map(|entry| (text(&entry["name"]), text(&entry["url"]))).collect()
}

#[tokio::test]
async fn each_page_lists_its_own_dialect_first_then_the_other_one_where_it_is_served_then_other_apis() {
    let earlier = ("Web Flow 0.22".to_owned(), "data-adapter.openapi.json".to_owned());
    let later = ("Web Flow 0.23 to 1.10".to_owned(), "data-adapter-1.openapi.json".to_owned());
    let security = ("Security API V2".to_owned(), "security.openapi.json".to_owned());
    let factors = ("Additional Factors".to_owned(), "factors.openapi.json".to_owned());
    let admin = ("Admin API".to_owned(), "admin.openapi.json".to_owned());
    let adapter = DataAdapter::start().await;
    for page in PAGES {
        let all = [earlier.clone(), later.clone(), security.clone(), factors.clone(), admin.clone()];
        assert_eq!(listed(&adapter, page).await, all, "{page}");
    }
    let at_later = "/powerauth-data-adapter-1/swagger-ui/";
    assert_eq!(listed(&adapter, at_later).await[..2], [later.clone(), earlier.clone()]);
    let alone = DataAdapter::builder()
        .env("DATA_ADAPTER__SECURITY__ENABLED", "false")
        .env("DATA_ADAPTER__FACTORS__ENABLED", "false")
        .env("DATA_ADAPTER__ADMIN__ENABLED", "false")
        .env("DATA_ADAPTER__WEB_FLOW__OTHER_CONTEXT_PATH", "")
        .env("DATA_ADAPTER__WEB_FLOW__DIALECT", "1");
    assert_eq!(listed(&alone.start().await, PAGES[0]).await, [later]);
}

#[tokio::test]
async fn the_document_of_the_other_dialect_leads_to_where_it_is_served() {
    let adapter = DataAdapter::start().await;
    let base = |page: &str| Url::parse(&adapter.url(page)).expect("a URL");
    for (page, file, api) in [
        (PAGES[0], "data-adapter-1.openapi.json", "/powerauth-data-adapter-1"),
        (PAGES[1], "data-adapter-1.openapi.json", "/powerauth-data-adapter-1"),
        ("/powerauth-data-adapter-1/swagger-ui/", "data-adapter.openapi.json", "/powerauth-data-adapter"),
    ] {
        let document = adapter.get(&format!("{page}{file}")).await.json();
        let server = document["servers"][0]["url"].as_str().expect("a URL");
        assert_eq!(base(page).join(server).expect("it can be resolved").path(), api, "{page}");
        let mapping = document["paths"]["/api/operation/mapping"].is_object();
        assert_eq!(mapping, file.contains("-1"), "{page}: {file}");
    }
}
