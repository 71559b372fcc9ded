//! What the pages for people show of the APIs.

use std::net::SocketAddr;
use std::sync::Arc;

use data_adapter_server::{Access, Overview, Parts, StartPage, SwaggerUi};
use serde_json::{Value, json};

use crate::bench::{Made, OTHER, ROOT, WITHIN, ask, parts, settings, somebody, start};

async fn serve(apis: impl IntoIterator<Item = Made>) -> SocketAddr {
    let parts = parts(apis);
    let ui = SwaggerUi::new(&parts.apis, Access::default(), false, 16);
    let start_page = StartPage::new(Overview {
        apis: parts.apis.clone(),
        has_swagger_ui: true,
        version: "0.0.0",
        sandbox: None,
        has_metrics: false,
        has_open_metrics: false,
        access: Access::default(),
    });
    let callers = Arc::new(somebody());
    let (swagger_ui, start_page) = (Some(Arc::new(ui)), Some(Arc::new(start_page.expect("a page"))));
    start(settings(), Parts { swagger_ui, start_page, callers, ..parts }).await
}

/// What the script of the page at `path` lists.
async fn listed(address: SocketAddr, path: &str) -> Value {
    let script = ask(address, "GET", &format!("{path}/swagger-ui/page.js"), "", "").await;
    let list =
        script.body.split_once("urls: ").and_then(|(_, rest)| rest.split_once(",\n")).expect("a list").0;
    serde_json::from_str(list).expect("JSON")
}

/// Where the document `file` of the page at `path` says that its API is.
async fn server(address: SocketAddr, path: &str, file: &str) -> String {
    let document = ask(address, "GET", &format!("{path}/swagger-ui/{file}"), "", "").await;
    let document: Value = serde_json::from_str(&document.body).expect("JSON");
    document["servers"][0]["url"].as_str().expect("a URL").to_owned()
}

#[actix_web::test]
async fn each_page_lists_every_mounted_api_its_own_first() {
    let address = serve([ROOT, OTHER, WITHIN]).await;
    let entry = |name: &str| json!({"name": format!("The {name} API"), "url": format!("{name}.json")});
    for (path, names) in [
        ("", ["root", "other", "within"]),
        ("/other", ["other", "root", "within"]),
        ("/other/within", ["within", "root", "other"]),
    ] {
        assert_eq!(listed(address, path).await, json!(names.map(entry)), "{path}");
        let page = ask(address, "GET", &format!("{path}/swagger-ui/"), "", "").await;
        assert!(page.body.contains(r#"<a href="within.json">The within API</a>"#), "{path}: {page:?}");
    }
    assert_eq!(server(address, "/other", "other.json").await, "..");
    assert_eq!(server(address, "/other", "root.json").await, "../..");
    assert_eq!(server(address, "/other", "within.json").await, "../../other/within");
    assert_eq!(server(address, "", "within.json").await, "../other/within");
}

#[actix_web::test]
async fn the_page_at_the_root_is_there_without_an_api_beside_it() {
    let address = serve([OTHER]).await;
    assert_eq!(listed(address, "").await, json!([{"name": "The other API", "url": "other.json"}]));
    assert_eq!(server(address, "", "other.json").await, "../other");
    assert_eq!(ask(address, "GET", "/elsewhere/swagger-ui/", "", "").await.status, 401, "and nowhere else");
}

#[actix_web::test]
async fn the_start_page_shows_every_mounted_api_and_the_walks_of_those_that_have_one() {
    let address = serve([ROOT, OTHER, WITHIN]).await;
    let page = ask(address, "GET", "/", "", "").await;
    assert_eq!(page.status, 200, "{page:?}");
    for shown in [
        "The root API",
        "<code>&#x2f;other</code>",
        r#"href="other&#x2f;within&#x2f;swagger-ui&#x2f;within.json""#,
        "<p>other has an inbox: false</p>",
        "<p>within has an inbox: false</p>",
        r#"src="start/within&#x2f;walk.mjs""#,
    ] {
        assert!(page.body.contains(shown), "{shown}: {}", page.body);
    }
    assert!(!page.body.contains("root has an inbox"), "{}", page.body);
    assert_eq!(ask(address, "GET", "/start/other/walk.mjs", "", "").await.body, "/* a walk */");
    assert_eq!(ask(address, "GET", "/start/root/walk.mjs", "", "").await.status, 401, "it is not there");
}
