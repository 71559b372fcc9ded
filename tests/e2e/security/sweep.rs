//! Every member of every operation, at its limits and beyond.

use serde_json::json;

use super::fields::{Field, Kind, MARKER, with};
use super::operations::{OPERATIONS, Operation};
use super::partner::{AUTHORIZE, DEREGISTER, LOGOUT, Partner, REGENERATE};
use super::stage::{OWNER, Stage, register_device};
use super::{builder, errors_complaint};
use crate::durability::users_file;

/// Somebody with the least number, somebody with the greatest, and those who are asked for elsewhere.
fn users() -> impl Iterator<Item = String> {
    [1, i32::MAX, super::CONSUMER, OWNER].into_iter().map(|user| user.to_string())
}

/// What the operation answers when nothing is wrong with the request.
fn expected(operation: &Operation) -> &'static str {
    if matches!(operation.path, AUTHORIZE | REGENERATE) { "903" } else { "000" }
}

/// Asks with this value in a member; what is wrong with the answer, if anything.
async fn right_complaint(
    stage: &Stage,
    operation: &Operation,
    field: &Field,
    value: Option<serde_json::Value>,
) -> Option<String> {
    let body = match operation.path {
        DEREGISTER => {
            let owner = value.as_ref().filter(|_| matches!(field.kind, Kind::Consumer));
            let owner = owner.and_then(|owner| i32::try_from(owner.as_i64()?).ok()).unwrap_or(OWNER);
            json!({"ConsumerID": owner, "SDKDeviceReferenceID": register_device(&stage.adapter, owner).await})
        }
        path => Stage::harmless(path),
    };
    let partner = match operation.path {
        LOGOUT => Partner::login(&stage.adapter).await,
        _ => stage.partner.clone(),
    };
    let what = format!("{} | {} | {value:?}", operation.path, field.name);
    let answer = partner.call(&stage.adapter, operation.path, &with(&body, field.name, value)).await;
    let fits = answer.status == 200 && answer.json()["ResponseCode"] == expected(operation);
    (!fits).then(|| format!("{what}: {} {}", answer.status, answer.text))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_member_may_hold_what_its_limits_allow() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("users.toml");
    std::fs::write(&file, users_file(users())).expect("a file");
    let file = file.display().to_string();
    let stage = Stage::start_with(
        builder()
            .env("DATA_ADAPTER__BACKENDS__MEMORY__USERS_FILE", file)
            .env("DATA_ADAPTER__BACKENDS__MEMORY__DEMO_USERS", "false"),
    );
    let stage = stage.await;
    let mut wrong = Vec::new();
    for operation in &OPERATIONS {
        for field in operation.fields {
            for value in field.right() {
                wrong.extend(right_complaint(&stage, operation, field, value).await);
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_member_may_hold_is_refused_by_its_name_and_nothing_is_done() {
    let stage = Stage::start().await;
    let mut wrong = Vec::new();
    let mut count = 0;
    for operation in &OPERATIONS {
        let body = stage.costly(operation.path);
        for field in operation.fields {
            for value in field.wrong() {
                count += 1;
                let what = format!("{} | {} | {value:?}", operation.path, field.name);
                let changed = with(&body, field.name, value);
                let answer = stage.partner.call(&stage.adapter, operation.path, &changed).await;
                let complaint = errors_complaint(answer.status, &answer.text, field.name, MARKER);
                wrong.extend(complaint.map(|complaint| format!("{what}: {complaint}")));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {count} cases:\n{}", wrong.len(), wrong.join("\n"));
    stage.assert_untouched().await;
    let log = stage.adapter.terminate().await.stderr;
    assert!(!log.contains(MARKER) && !log.contains("panicked"), "{log}");
}
