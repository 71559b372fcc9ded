//! What is at `/` for someone who explores: what it lists, to whom, and when it is not there.

use std::collections::BTreeSet;

use reqwest::Url;
use reqwest::header::HOST;

use crate::bad_input::case::unified_body_complaint;
use crate::callers;
use crate::support::payloads::{CONTEXT_PATH, LOOKUP, USERNAME, lookup};
use crate::support::{Answer, Builder, DataAdapter};

/// What the page loads.
const FILES: [(&str, &str); 5] = [
    ("/start/page.css", "text/css"),
    ("/start/web-flow/page.mjs", "text/javascript"),
    ("/start/web-flow/walks.mjs", "text/javascript"),
    ("/start/web-flow/requests.mjs", "text/javascript"),
    ("/start/web-flow/json.mjs", "text/javascript"),
];

/// Everything comes from a system behind, so that the sandbox is off.
fn without_sandbox(swagger_ui: bool) -> Builder {
    DataAdapter::builder().config(format!(
        "swagger_ui.enabled = {swagger_ui}\n[capabilities]\nusers = \"core\"\nauthentication = \"core\"\n\
         operations = \"core\"\nsms_otp = \"core\"\nconsent = \"core\"\n[backends.core]\nkind = \"rest\"\n\
         url = \"http://127.0.0.1:9\"\n"
    ))
}

fn header<'a>(answer: &'a Answer, name: &str) -> &'a str {
    answer.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// The values of an attribute, wherever it stands.
fn values<'a>(html: &'a str, attribute: &str) -> Vec<&'a str> {
    let start = format!(" {attribute}=\"");
    html.split(start.as_str()).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

/// What the page leads to on this machine, as paths.
fn links(adapter: &DataAdapter, html: &str) -> BTreeSet<String> {
    let page = Url::parse(&adapter.url("/")).expect("a URL");
    let links = [values(html, "href"), values(html, "src")].concat();
    let links = links.into_iter().filter(|link| !link.starts_with("data:"));
    // What a template escapes is what a browser reads back.
    let links = links.map(|link| page.join(&link.replace("&#x2f;", "/")).expect("a link"));
    links.map(|link| link.path().to_owned()).collect()
}

async fn with_host(adapter: &DataAdapter, path: &str, host: &str) -> Answer {
    adapter.send(adapter.client().get(adapter.url(path)).header(HOST, host)).await
}

#[tokio::test]
async fn it_lists_what_the_demo_serves_and_each_link_leads_somewhere() {
    let adapter = DataAdapter::start().await;
    let page = adapter.get("/").await;
    assert_eq!(page.status, 200, "{}", page.text);
    assert!(header(&page, "content-type").starts_with("text/html"), "{:?}", page.headers);
    let links = links(&adapter, &page.text);
    for path in [
        "/powerauth-data-adapter/swagger-ui/",
        "/powerauth-data-adapter/swagger-ui/data-adapter.openapi.json",
        "/powerauth-data-adapter-1/swagger-ui/",
        "/powerauth-data-adapter-1/swagger-ui/data-adapter-1.openapi.json",
        "/sandbox/inbox",
        "/admin/",
        "/api/service/status",
        "/health/live",
        "/health/ready",
        "/metrics",
    ] {
        assert!(links.contains(path), "{path}: {links:?}");
    }
    for link in &links {
        assert_eq!(adapter.get(link).await.status, 200, "{link}");
    }
    for shown in ["Web Flow 0.22", "Web Flow 0.23 to 1.10", "This is a sandbox", "s3cret", "user1234"] {
        assert!(page.text.contains(shown), "{shown}: {}", page.text);
    }
}

#[tokio::test]
async fn the_dialect_and_the_paths_that_are_configured_are_the_ones_that_the_walk_uses() {
    let apis = |html: &str| -> Vec<(String, String)> {
        let paths = values(html, "value").into_iter().filter(|value| value.starts_with("&#x2f;"));
        let paths = paths.map(|path| path.replace("&#x2f;", "/"));
        paths.zip(values(html, "data-dialect").into_iter().map(str::to_owned)).collect()
    };
    let pair = |path: &str, dialect: &str| (path.to_owned(), dialect.to_owned());
    let page = DataAdapter::start().await.get("/").await.text;
    assert_eq!(apis(&page), [pair(CONTEXT_PATH, "0.22"), pair("/powerauth-data-adapter-1", "1")]);
    let later = DataAdapter::builder()
        .env("DATA_ADAPTER__WEB_FLOW__DIALECT", "1")
        .env("DATA_ADAPTER__WEB_FLOW__CONTEXT_PATH", "")
        .env("DATA_ADAPTER__WEB_FLOW__OTHER_CONTEXT_PATH", "/a/b");
    let adapter = later.start().await;
    let page = adapter.get("/").await.text;
    assert_eq!(apis(&page), [pair("/", "1"), pair("/a/b", "0.22")]);
    for link in links(&adapter, &page) {
        assert_eq!(adapter.get(&link).await.status, 200, "{link}");
    }
}

#[tokio::test]
async fn it_and_its_files_run_nothing_inline_and_load_nothing_from_elsewhere() {
    let adapter = DataAdapter::start().await;
    let page = adapter.get("/").await;
    for (path, kind) in FILES.into_iter().chain([("/", "text/html")]) {
        let answer = adapter.get(path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        assert!(header(&answer, "content-type").starts_with(kind), "{path}: {:?}", answer.headers);
        assert_eq!(header(&answer, "x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header(&answer, "referrer-policy"), "no-referrer", "{path}");
        assert_eq!(header(&answer, "cache-control"), "no-store", "{path}");
        assert_eq!(
            header(&answer, "content-security-policy"),
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; \
             base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            "{path}"
        );
    }
    let html = page.text.to_ascii_lowercase();
    for script in html.split("<script").skip(1) {
        let (attributes, rest) = script.split_once('>').expect("a script has an end");
        assert!(attributes.contains(" src=\"start/"), "{attributes}");
        assert!(rest.starts_with("</script>"), "{rest}");
    }
    for link in [values(&html, "href"), values(&html, "src")].concat() {
        assert!(
            !link.starts_with(['/', '&']),
            "{link}: relative, so that it leads there behind a proxy as well"
        );
    }
    for inline in ["<style", " style=", "javascript:", "http://", "https://", "//cdn"] {
        assert!(!html.contains(inline), "{inline}: {html}");
    }
    let words = html.split_whitespace();
    let handlers = words.filter(|word| word.starts_with("on") && word.contains('='));
    assert_eq!(handlers.collect::<Vec<_>>(), Vec::<&str>::new());
}

#[tokio::test]
async fn it_is_only_read_and_only_at_the_root() {
    let adapter = DataAdapter::start().await;
    for path in ["/", "/start/web-flow/page.mjs"] {
        let head = adapter.send(adapter.client().head(adapter.url(path))).await;
        assert_eq!((head.status, head.text.as_str()), (200, ""), "{path}");
        assert_eq!(
            header(&head, "content-length"),
            adapter.get(path).await.text.len().to_string(),
            "{path}: a HEAD tells what a GET has"
        );
        let post = adapter.post(path, "{}").await;
        assert_eq!((post.status, header(&post, "allow")), (405, "GET, HEAD"), "{path}");
        assert_eq!(unified_body_complaint(&post.json()), None, "{path}: {}", post.text);
        let elsewhere = adapter.get(&format!("{CONTEXT_PATH}{path}")).await;
        assert_eq!(elsewhere.status, 404, "{path}: {}", elsewhere.text);
    }
    for path in ["/start", "/start/", "/start/page.html", "/start/x.js"] {
        let answer = adapter.get(path).await;
        assert_eq!(answer.status, 404, "{path}: {}", answer.text);
        assert_eq!(unified_body_complaint(&answer.json()), None, "{path}: {}", answer.text);
    }
}

#[tokio::test]
async fn with_swagger_ui_alone_it_is_there_and_says_that_there_is_no_inbox() {
    let adapter = without_sandbox(true).start().await;
    let page = adapter.get("/").await;
    assert_eq!(page.status, 200, "{}", page.text);
    assert!(page.text.contains("there is no inbox"), "{}", page.text);
    assert!(!page.text.contains("sandbox/") && !page.text.contains("This is a sandbox"), "{}", page.text);
    assert!(links(&adapter, &page.text).contains("/powerauth-data-adapter/swagger-ui/"), "{}", page.text);
    // It holds nothing that a page of someone else could be after.
    assert_eq!(with_host(&adapter, "/", "adapter.bank.example").await.status, 200);
}

#[tokio::test]
async fn without_sandbox_and_swagger_ui_there_is_nothing_at_the_root() {
    let adapter = without_sandbox(false).start().await;
    for path in ["/"].into_iter().chain(FILES.map(|(path, _)| path)) {
        let answer = adapter.get(path).await;
        assert_eq!((answer.status, answer.message().as_str()), (404, "error.notFound"), "{path}");
        assert_eq!(unified_body_complaint(&answer.json()), None, "{path}: {}", answer.text);
    }
    assert!(!adapter.terminate().await.stderr.contains("in a browser"));
}

#[tokio::test]
async fn what_is_off_is_not_listed() {
    let adapter = DataAdapter::builder()
        .env("DATA_ADAPTER__SWAGGER_UI__ENABLED", "false")
        .env("DATA_ADAPTER__METRICS__ENABLED", "false")
        .env("DATA_ADAPTER__WEB_FLOW__OTHER_CONTEXT_PATH", "");
    let adapter = adapter.start().await;
    let page = adapter.get("/").await;
    assert_eq!(page.status, 200, "{}", page.text);
    for absent in ["wagger", "openapi", "metrics", "0.23"] {
        assert!(!page.text.contains(absent), "{absent}: {}", page.text);
    }
}

#[tokio::test]
async fn users_of_a_bank_have_neither_a_name_nor_a_password_filled_in() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("users.toml");
    std::fs::write(&file, include_str!("../../docs/users.example.toml")).expect("a file");
    let users =
        format!("sandbox.enabled = true\nbackends.memory.users_file = {:?}\n", file.display().to_string());
    let adapter = DataAdapter::builder().config(users).start().await;
    let page = adapter.get("/").await;
    assert_eq!(page.status, 200, "{}", page.text);
    for absent in ["user1234", "s3cret", "RETAIL"] {
        assert!(!page.text.contains(absent), "{absent}: {}", page.text);
    }
    let password = page.text.split("name=\"password\"").nth(1).and_then(|rest| rest.split('>').next());
    assert!(password.is_some_and(|rest| rest.contains("type=\"password\"") && rest.contains("value=\"\"")));
    assert!(!page.text.contains("name=\"token\""), "nobody is asked for a token: {}", page.text);
}

#[tokio::test]
async fn where_passwords_come_encrypted_only_it_says_what_the_walk_cannot_do() {
    let adapter = DataAdapter::start().await;
    assert!(!adapter.get("/").await.text.contains("encrypted passwords only"));
    let adapter = DataAdapter::builder().env("DATA_ADAPTER__PASSWORD__ALLOW_CLEAR", "false").start().await;
    let page = adapter.get("/").await;
    assert!(page.text.contains("encrypted passwords only"), "{}", page.text);
}

#[tokio::test]
async fn it_needs_no_token_but_asks_for_one_for_the_walk() {
    let adapter = DataAdapter::builder().config(callers::configuration()).start().await;
    let page = adapter.get("/").await;
    assert_eq!(page.status, 200, "{}", page.text);
    assert!(page.text.contains("name=\"token\" type=\"password\""), "{}", page.text);
    for secret in [callers::TOKEN, callers::TEXTING] {
        assert!(!page.text.contains(secret));
    }
    for (path, _) in FILES {
        assert_eq!(adapter.get(path).await.status, 200, "{path}");
    }
    for path in
        ["/start", "/start/", "/start/x.js", "/start/web-flow/page.mjs/x", "/start/%2e%2e/sandbox/messages"]
    {
        assert_eq!(adapter.get(path).await.status, 401, "{path}");
    }
    assert_eq!(adapter.post(LOOKUP, lookup(USERNAME)).await.status, 401);
}

#[tokio::test]
async fn a_page_of_someone_else_cannot_use_it_by_pointing_its_name_here() {
    let adapter = DataAdapter::start().await;
    for path in ["/", "/start/web-flow/page.mjs"] {
        for host in ["evil.example", "evil.example:8080", "localhost.evil.example", "127.0.0.1.evil.example"]
        {
            let answer = with_host(&adapter, path, host).await;
            assert_eq!(answer.status, 403, "{path} for {host}: {}", answer.text);
            assert_eq!(unified_body_complaint(&answer.json()), None, "{path} for {host}: {}", answer.text);
        }
        for host in ["localhost", "localhost:8080", "127.0.0.1:9", "[::1]:8080"] {
            assert_eq!(with_host(&adapter, path, host).await.status, 200, "{path} for {host}");
        }
    }
    let config = "sandbox.enabled = true\nsandbox.hosts = [\"explore.bank.example\"]\nbackends.memory.demo_users = true\n";
    let adapter = DataAdapter::builder().config(config).start().await;
    assert_eq!(with_host(&adapter, "/", "explore.bank.example:8080").await.status, 200);
    assert_eq!(with_host(&adapter, "/", "evil.example").await.status, 403);
}

#[tokio::test]
async fn a_context_path_of_the_same_name_hides_neither() {
    let adapter = DataAdapter::builder().env("DATA_ADAPTER__WEB_FLOW__CONTEXT_PATH", "/start").start().await;
    assert_eq!(adapter.get("/start/web-flow/page.mjs").await.status, 200);
    assert_eq!(adapter.post(&format!("/start{LOOKUP}"), lookup(USERNAME)).await.status, 200);
}
