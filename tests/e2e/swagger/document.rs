//! What the document says.

use std::collections::BTreeMap;
use std::fs::DirEntry;
use std::path::Path;

use serde_json::Value;

use super::{PAGES, document, examples, operation, printed, untouched};
use crate::contract::path_of;
use crate::support::contains::missing;
use crate::support::payloads::{
    AUTHENTICATE, CONSENT_CREATE, CONSENT_INIT, CONSENT_SAVE, CONSENT_VALIDATE, DECORATE, FORMDATA_CHANGE,
    LOOKUP, OPERATION_CHANGE, SERVICE_STATUS, SMS_CREATE, SMS_VERIFY, valid_requests,
};
use crate::support::{Answer, DataAdapter, shared};

#[tokio::test]
async fn the_files_of_the_repository_are_what_the_program_prints() {
    let written = tempfile::tempdir().unwrap();
    let folder = written.path().join("documents");
    assert_eq!(printed(untouched().arg(format!("--folder={}", folder.display()))).await, "");
    let (new, known) = (files(&folder), files(concat!(env!("CARGO_MANIFEST_DIR"), "/../swagger").as_ref()));
    assert!(new.keys().eq(known.keys()), "other documents than in `swagger`: run `make swagger`");
    for (name, text) in &new {
        assert!(text == &known[name], "{name} has changed: run `make swagger`");
    }
    for (name, builder) in [
        ("data-adapter.openapi.json", untouched()),
        ("data-adapter.openapi.json", untouched().arg("--api=web-flow")),
        ("data-adapter-1.openapi.json", untouched().arg("--dialect=1")),
    ] {
        assert!(printed(builder).await == new[name], "{name} is not what is printed");
    }
}

/// The texts of a folder, by name.
fn files(folder: &Path) -> BTreeMap<String, String> {
    let files = std::fs::read_dir(folder).expect("a folder").map(|file| file.expect("a file"));
    let file = |file: DirEntry| {
        let text = std::fs::read_to_string(file.path()).expect("a text");
        (file.file_name().to_string_lossy().into_owned(), text)
    };
    files.map(file).collect()
}

#[tokio::test]
async fn an_api_that_there_is_not_is_told_with_those_that_there_are() {
    let exit = untouched().arg("--api=another").spawn_failing().await;
    assert_eq!(exit.status, Some(2), "{exit:?}");
    assert!(exit.stderr.contains("web-flow"), "{}", exit.stderr);
}

#[tokio::test]
async fn a_dialect_that_is_not_served_is_not_printed() {
    let builder = untouched().env("DATA_ADAPTER__WEB_FLOW__OTHER_CONTEXT_PATH", "");
    let exit = builder.arg("--dialect=1").spawn_failing().await;
    assert_eq!(exit.status, Some(78), "{exit:?}");
    assert!(exit.stderr.contains("web_flow.other_context_path"), "{}", exit.stderr);
}

#[tokio::test]
async fn every_example_of_the_contract_is_in_it_as_it_stands() {
    let document: Value = serde_json::from_str(&printed(untouched()).await).unwrap();
    for name in shared::list("data-adapter", ".request.json") {
        let path = format!("/api/{}", path_of(&name));
        let expected: Value =
            serde_json::from_str(&shared::read(&format!("data-adapter/{name}.request.json"))).unwrap();
        let known = examples(&operation(&document, &path)["requestBody"]);
        assert_eq!(known.first(), Some(&&expected), "{name}: what is filled in at first");
    }
    for name in shared::list("data-adapter", ".response.json") {
        // `error` is a pattern with words in place of values.
        let Some(operation_name) = name.split('.').next().filter(|_| name != "error") else { continue };
        let path = if operation_name == "service-status" {
            SERVICE_STATUS.to_owned()
        } else {
            format!("/api/{}", path_of(operation_name))
        };
        let methods = document["paths"][&path].as_object().expect("a path");
        let responses =
            methods.values().flat_map(|method| method["responses"].as_object().expect("answers").values());
        let expected: Value =
            serde_json::from_str(&shared::read(&format!("data-adapter/{name}.response.json"))).unwrap();
        // More may be in it, such as the member without which Web Flow skips a consent.
        let shown = responses.flat_map(examples).any(|known| missing(known, &expected, &[]).is_empty());
        assert!(shown, "{name} is not among the answers of {path}");
    }
}

#[tokio::test]
async fn every_operation_is_in_it_with_every_error() {
    let adapter = DataAdapter::start().await;
    let document = document(&adapter, PAGES[0]).await;
    let paths: Vec<_> = valid_requests().map(|(path, _)| path).into();
    assert_eq!(
        document["paths"].as_object().expect("paths").len(),
        paths.len() + 1,
        "one more for the status"
    );
    for path in paths {
        let responses = operation(&document, path)["responses"].as_object().expect(path);
        for status in ["200", "400", "408", "413", "415", "500", "503"] {
            assert!(responses.contains_key(status), "{path} does not say {status}");
        }
    }
}

#[tokio::test]
async fn it_shows_the_lengths_that_are_in_force() {
    let adapter = DataAdapter::builder()
        .env("DATA_ADAPTER__WEB_FLOW__LIMITS__USERNAME", "17")
        .env("DATA_ADAPTER__SERVER__MAX_BODY_BYTES", "54321")
        .start()
        .await;
    let document = document(&adapter, PAGES[0]).await;
    assert_eq!(document["components"]["schemas"]["Username"]["maxLength"], 17);
    assert_eq!(document["components"]["schemas"]["UserId"]["maxLength"], 40);
    assert!(document["info"]["description"].as_str().expect("a text").contains("at most 54321 bytes"));
}

/// Sends what is filled in for `POST` at these paths under this name, with the members that a person would put in, and another
/// operation than before.
async fn send_example(
    adapter: &DataAdapter,
    document: &Value,
    path: &str,
    (name, operation_id): (&str, &str),
    typed: &[(&str, &str)],
) -> Answer {
    let examples = &operation(document, path)["requestBody"]["content"]["application/json"]["examples"];
    let mut request = examples[name]["value"].clone();
    for (member, value) in typed {
        request["requestObject"][member] = (*value).into();
    }
    if request["requestObject"]["operationContext"].is_object() {
        request["requestObject"]["operationContext"]["id"] = operation_id.into();
    }
    let answer = adapter.post(path, request.to_string()).await;
    assert_eq!(answer.status, 200, "{path} with the example {name}: {}", answer.text);
    answer
}

#[tokio::test]
async fn the_journeys_in_its_text_can_be_made_with_what_is_filled_in() {
    let adapter = DataAdapter::start().await;
    let document = document(&adapter, PAGES[0]).await;
    let before_code: [(&str, &[&str]); 2] = [
        ("login", &[LOOKUP, AUTHENTICATE]),
        ("authorize_payment", &[LOOKUP, AUTHENTICATE, DECORATE, FORMDATA_CHANGE]),
    ];
    let consent = [CONSENT_INIT, CONSENT_CREATE, CONSENT_VALIDATE, CONSENT_SAVE];
    let after_code: [&[&str]; 2] = [&[OPERATION_CHANGE], &[&consent[..], &[OPERATION_CHANGE]].concat()];
    for ((name, before), after) in before_code.into_iter().zip(after_code) {
        // Twice, since who tries does so more than once.
        for time in ["first", "second"] {
            let operation = format!("{name}, the {time} time");
            let example = (name, operation.as_str());
            for path in before {
                send_example(&adapter, &document, path, example, &[]).await;
            }
            let message =
                send_example(&adapter, &document, SMS_CREATE, example, &[]).await.member("messageId");
            let code = adapter.code_for(&message).await;
            let typed = [("messageId", message.as_str()), ("authorizationCode", code.as_str())];
            let answer = send_example(&adapter, &document, SMS_VERIFY, example, &typed).await;
            assert_eq!(
                answer.object()["smsAuthorizationResult"],
                "VERIFIED_SUCCEEDED",
                "{name}: {}",
                answer.text
            );
            for path in after {
                send_example(&adapter, &document, path, example, &[]).await;
            }
        }
    }
}
