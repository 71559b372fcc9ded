//! What the operator's page is made of, and to whom it is given.

use reqwest::Method;

use crate::support::{Answer, DataAdapter};

/// What the page loads, by what the page and its modules name.
async fn files(adapter: &DataAdapter) -> Vec<(String, Answer)> {
    let mut waiting = vec!["".to_owned()];
    let mut files: Vec<(String, Answer)> = Vec::new();
    while let Some(name) = waiting.pop() {
        if files.iter().any(|(known, _)| *known == name) {
            continue;
        }
        let answer = adapter.get(&format!("/admin/{name}")).await;
        let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder);
        for end in ["src=\"", "href=\"", " from \""] {
            let named = answer.text.split(end).skip(1).filter_map(|rest| rest.split('"').next());
            let named = named.filter(|file| file.ends_with(".mjs") || file.ends_with(".css"));
            waiting.extend(named.map(|file| match file.strip_prefix("../") {
                Some(file) => file.to_owned(),
                None => {
                    format!("{folder}/{}", file.trim_start_matches("./")).trim_start_matches('/').to_owned()
                }
            }));
        }
        files.push((name, answer));
    }
    files
}

#[tokio::test]
async fn the_page_and_its_files_are_given_to_everybody_and_run_nothing_but_themselves() {
    let adapter = DataAdapter::start().await;
    let files = files(&adapter).await;
    assert_eq!(files.len(), 14, "{:?}", files.iter().map(|(name, _)| name).collect::<Vec<_>>());
    for (name, answer) in &files {
        assert_eq!(answer.status, 200, "{name}");
        let policy = answer.headers["content-security-policy"].to_str().expect("text");
        for rule in [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "connect-src 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
        ] {
            assert!(policy.contains(rule), "{name}: {policy}");
        }
        assert!(!policy.contains("unsafe"), "{name}: {policy}");
        assert_eq!(answer.headers["x-content-type-options"], "nosniff");
        for inline in ["<style", " style=", " onclick=", "innerHTML", "javascript:"] {
            assert!(!answer.text.contains(inline), "{name} has {inline}");
        }
        let elsewhere =
            answer.text.split("http").filter(|rest| rest.starts_with("://") || rest.starts_with("s://"));
        assert_eq!(elsewhere.count(), 0, "{name} names another site");
    }
    let post = adapter.send(adapter.client().request(Method::POST, adapter.url("/admin/"))).await;
    assert_eq!((post.status, &post.headers["allow"]), (405, &"GET, HEAD".parse().expect("a header")));
}

#[tokio::test]
async fn without_the_page_there_is_the_api_alone() {
    let adapter = DataAdapter::builder().env("DATA_ADAPTER__ADMIN__PAGE", "false").start().await;
    for path in ["/admin/", "/admin/main.mjs"] {
        assert_eq!(adapter.get(path).await.status, 404, "{path}");
    }
    assert_eq!(super::get(&adapter, "/admin/blocks").await.status, 200);
    assert!(!adapter.get("/").await.text.contains("Operator"), "the start page does not lead there");
}
