//! Every kind of bad input on every path, over one connection that is kept alive.

use std::collections::BTreeSet;
use std::io::ErrorKind;

use serde_json::Value;

use super::case::{Case, Sending};
use super::form_kinds::form_kinds;
use super::framework_kinds::framework_kinds;
use super::member_kinds::member_kinds;
use super::paths::{Path, paths, payment};
use super::raw::{Connection, RawAnswer, RawRequest};
use crate::support::DataAdapter;

const PASSWORD: &str = "s3cret";
const USERNAME: &str = "user1234";

/// A good request that costs little.
fn probe() -> RawRequest {
    let body = r#"{"requestObject":{"userId":"12345678","organizationId":"RETAIL"}}"#;
    RawRequest::json("/api/auth/user/info", body)
}

/// Sends one case and then a good request over the same connection; what is wrong with either.
async fn complaints(adapter: &DataAdapter, connection: &mut Connection, case: &Case) -> Vec<String> {
    let mut complaints = Vec::new();
    let closed = match case.run(connection).await {
        Ok(answer) => {
            complaints.extend(case.complaint(&answer));
            if answer.body.contains(PASSWORD) {
                complaints.push(format!("{}: the answer holds the password", case.name()));
            }
            answer.closes()
                || (answer.status == 413 && closed_silently(connection, case, &mut complaints).await)
        }
        Err(error) => {
            complaints.push(format!("{}: no answer: {error}", case.name()));
            true
        }
    };
    if closed {
        let may_close = matches!(case.sending, Sending::Announced(_)) || case.request.body.len() > 64 * 1024;
        if !may_close {
            complaints.push(format!("{}: the server closed the connection", case.name()));
        }
        *connection = Connection::open(adapter.address()).await;
    }
    match connection.send(&probe()).await {
        Ok(RawAnswer { status: 200, .. }) => {}
        Ok(answer) => complaints.push(format!("{}: then status {}", case.name(), answer.status)),
        Err(error) => {
            complaints.push(format!("{}: then no answer: {error}", case.name()));
            *connection = Connection::open(adapter.address()).await;
        }
    }
    complaints
}

/// After 413 a server may close without saying so, while the rest of the body is on its way. What it may not do is
/// neither close nor answer.
async fn closed_silently(connection: &mut Connection, case: &Case, complaints: &mut Vec<String>) -> bool {
    match connection.send(&probe()).await {
        Ok(_) => false,
        Err(error) => {
            if error.kind() == ErrorKind::TimedOut {
                complaints.push(format!("{}: then it neither answers nor closes", case.name()));
            }
            true
        }
    }
}

/// The code and the phone number of a message that was really sent, to look for in the log.
async fn sent_secrets(adapter: &DataAdapter) -> [String; 2] {
    let mut request = serde_json::json!({"userId": "12345678", "organizationId": "RETAIL", "lang": "en"});
    request["operationContext"] = payment();
    let body = serde_json::json!({ "requestObject": request }).to_string();
    let answer = adapter.post("/api/auth/sms/create", body).await;
    let message = answer.member("messageId");
    let code = adapter.code_for(&message).await;
    let inbox = adapter.messages().await;
    let phone = inbox[0]["to"].as_str().expect("a message has a number").to_owned();
    [code, phone]
}

async fn sweep(kinds: fn(&Path) -> Vec<Case>) {
    let adapter = DataAdapter::start().await;
    let secrets = sent_secrets(&adapter).await;
    // The demo tells its password when it starts.
    let welcome = adapter.log();
    let mut connection = Connection::open(adapter.address()).await;
    let mut wrong = Vec::new();
    let mut count = 0;
    for path in paths() {
        for case in kinds(&path) {
            count += 1;
            wrong.extend(complaints(&adapter, &mut connection, &case).await);
        }
    }
    let exit = adapter.terminate().await;
    let log = exit.stderr.lines().chain(exit.stdout.lines()).filter(|line| !welcome.contains(line));
    let log = log.collect::<Vec<_>>();
    assert!(log.len() > count, "every request leaves a line");
    for secret in secrets.iter().map(String::as_str).chain([PASSWORD, USERNAME, "panicked"]) {
        if let Some(line) = log.iter().find(|line| line.contains(secret)) {
            wrong.push(format!("the log holds {secret}: {line}"));
        }
    }
    assert!(count > 0, "there is something to send");
    assert!(wrong.is_empty(), "{} of {count} cases:\n{}", wrong.len(), wrong.join("\n"));
}

#[tokio::test]
async fn what_is_no_request_at_all_is_refused_on_every_path_and_the_connection_goes_on() {
    sweep(framework_kinds).await;
}

#[tokio::test]
async fn members_that_are_wrong_are_refused_on_every_path_and_the_connection_goes_on() {
    sweep(member_kinds).await;
}

#[tokio::test]
async fn form_data_that_no_code_can_be_bound_to_is_refused_for_codes_and_passes_elsewhere() {
    sweep(form_kinds).await;
}

#[tokio::test]
async fn the_requests_that_the_bad_ones_are_made_from_are_good() {
    let adapter = DataAdapter::start().await;
    let mut wrong = Vec::new();
    for path in paths() {
        let answer = adapter.post(path.path, path.good()).await;
        if answer.status != 200 || answer.json()["status"] != "OK" {
            wrong.push(format!("{}: {} {}", path.path, answer.status, answer.text));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn there_are_at_least_sixteen_kinds_for_each_of_the_nineteen_paths() {
    let paths = paths();
    let distinct = paths.iter().map(|path| path.path).collect::<BTreeSet<_>>();
    assert_eq!(distinct.len(), 19);
    for path in &paths {
        let cases = [framework_kinds(path), member_kinds(path), form_kinds(path)];
        let kinds = cases.iter().flatten().map(|case| case.kind).collect::<BTreeSet<_>>();
        assert!(kinds.len() >= 16, "{}: {kinds:?}", path.path);
        assert!(serde_json::from_str::<Value>(&path.good()).is_ok());
    }
}
