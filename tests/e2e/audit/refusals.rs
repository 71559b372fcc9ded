//! Who is refused leaves a line, and a flood of them leaves few.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures::StreamExt as _;
use reqwest::header::AUTHORIZATION;

use super::{Folder, told};
use crate::callers::configuration;
use crate::support::payloads::{LOOKUP, USERNAME, lookup};
use crate::support::{Answer, DataAdapter};

const WRONG: &str = "MARKED-wrong-token-9Fq2";
const TEXTING: &str = "another-token-for-the-one-who-texts";

async fn post(adapter: &DataAdapter, path: &str, authorization: &str) -> Answer {
    let request = adapter.client().post(adapter.url(path)).header("content-type", "application/json");
    adapter.send(request.header(AUTHORIZATION, authorization).body(lookup(USERNAME))).await
}

#[tokio::test]
async fn a_refusal_tells_who_asked_for_what_from_where_and_never_the_token() {
    let folder = Folder::new();
    let adapter = folder.builder().config(configuration()).start().await;
    let basic = STANDARD.encode(format!("web-flow:{WRONG}"));
    let unauthorized = post(&adapter, LOOKUP, &format!("Bearer {WRONG}")).await;
    let nowhere = post(&adapter, &format!("/nowhere/{WRONG}"), &format!("Basic {basic}")).await;
    let forbidden = post(&adapter, LOOKUP, &format!("Bearer {TEXTING}")).await;
    let log = adapter.terminate().await.stderr;
    let lines = folder.lines();
    assert_eq!(told(&lines), ["caller_refused failed"; 3]);
    for (line, answer, status, reason, caller, path) in [
        (&lines[0], unauthorized, 401, "unauthorized", None, Some(LOOKUP)),
        (&lines[1], nowhere, 401, "unauthorized", None, None),
        (&lines[2], forbidden, 403, "forbidden", Some("texting"), Some(LOOKUP)),
    ] {
        assert_eq!(answer.status, status, "{}", answer.text);
        assert_eq!(line["reason"], reason, "{line}");
        assert_eq!(line["caller"].as_str(), caller, "{line}");
        assert_eq!(line["path"].as_str(), path, "{line}");
        assert_eq!(line["peer"], "127.0.0.1", "{line}");
        assert_eq!(line["count"].to_string(), "1", "{line}");
        assert_eq!(line["requestId"], answer.headers["x-request-id"].to_str().expect("a text"), "{line}");
    }
    for text in [&folder.text(), &log] {
        for secret in [WRONG, TEXTING, &basic] {
            assert!(!text.contains(secret), "{secret}: {text}");
        }
    }
    let requests: Vec<_> = log.lines().filter(|line| line.contains("status=40")).collect();
    assert_eq!(requests.len(), 3, "{log}");
    assert!(requests.iter().all(|line| line.contains("peer=127.0.0.1:")), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_wrong_tokens_is_counted_to_the_last_one_in_few_lines() {
    const FLOOD: u64 = 2_000;
    let folder = Folder::new();
    let adapter = folder.builder().env("DATA_ADAPTER__AUDIT__SYNC", "true").config(configuration());
    let adapter = adapter.start().await;
    let flood = futures::stream::iter(0..FLOOD).map(|number| {
        let adapter = &adapter;
        async move { post(adapter, LOOKUP, &format!("Bearer {number}")).await.status }
    });
    let statuses: Vec<_> = flood.buffer_unordered(32).collect().await;
    assert!(statuses.iter().all(|status| *status == 401));
    adapter.terminate().await;
    let lines = folder.lines();
    // One at once, one at the end, and one more for each minute that it takes.
    assert!((2..10).contains(&lines.len()), "{:?}", told(&lines));
    let count = |line: &serde_json::Value| line["count"].to_string().parse::<u64>().expect("a number");
    assert_eq!(lines.iter().map(count).sum::<u64>(), FLOOD);
    folder.verified().await;
}
