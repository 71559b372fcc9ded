//! Lines that can't be written, and settings that can't be meant.

use super::{FILE, Folder, REQUIRED, TARGET, auditing, told};
use crate::codes::{rent, send, verify as guess};
use crate::support::payloads::{
    AUTHENTICATE, CONSENT_CREATE, CONSENT_SAVE, OPERATION_CHANGE, PASSWORD, SMS_CREATE, SMS_VERIFY, TICKED,
    USER, authenticate, consent_create, consent_save, operation_change, sms_create, sms_verify,
};
use crate::support::{DataAdapter, Outcome};

/// A file that can be opened, and takes nothing.
const FULL: &str = "/dev/full";
const REMOTE: Outcome = Outcome::Error(400, "REMOTE_ERROR", "error.remote");

#[tokio::test]
async fn where_lines_are_required_nothing_is_accepted_that_leaves_none() {
    let store = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite:{}", store.path().join("store.db").display());
    let with_store = |builder: crate::support::Builder| builder.env("DATA_ADAPTER__STORE__URL", &url);
    let context = rent("op");
    // A code from a time when all was well, under a key that outlives a restart.
    let before = with_store(DataAdapter::builder()).start().await;
    let sent = send(&before, USER, &context).await;
    before.post(CONSENT_CREATE, consent_create(USER, &context, "en")).await;
    before.terminate().await;

    let adapter = with_store(auditing(FULL.as_ref())).env(REQUIRED, "true").start().await;
    for (path, body) in [
        (CONSENT_SAVE, consent_save(USER, &context, TICKED)),
        (SMS_VERIFY, sms_verify(&sent.message, &sent.code, USER, &context)),
        (AUTHENTICATE, authenticate(USER, PASSWORD)),
        (SMS_CREATE, sms_create(USER, &context)),
        (OPERATION_CHANGE, operation_change(USER, "DONE", &context)),
    ] {
        REMOTE.assert(&adapter.post(path, body).await, path);
    }
    assert!(adapter.messages().await.is_empty(), "no code was sent");
    let log = adapter.terminate().await.stderr;
    assert!(log.contains("audit log can't be written"), "{log}");

    // The requests were turned away before they did anything: all can be had once lines can be written.
    let folder = Folder::new();
    let after = with_store(folder.builder()).env(REQUIRED, "true").start().await;
    let answer = guess(&after, &sent.message, &sent.code, USER, &context).await;
    assert_eq!(answer.object()["smsAuthorizationResult"], "VERIFIED_SUCCEEDED", "{}", answer.text);
    let saved = after.post(CONSENT_SAVE, consent_save(USER, &context, TICKED)).await;
    assert_eq!(saved.object()["saveSucceeded"], true, "{}", saved.text);
    let consents = with_store(DataAdapter::builder()).arg("consent").arg("list").arg("--format").arg("json");
    let listed = consents.spawn_failing().await.stdout;
    let listed: serde_json::Value = serde_json::from_str(&listed).expect("JSON");
    assert_eq!(listed.as_array().map(Vec::len), Some(1), "{listed}");
    after.terminate().await;
    let expected = ["code_verification succeeded", "consent requested", "consent succeeded"];
    assert_eq!(told(&folder.lines()), expected);
}

#[tokio::test]
async fn where_lines_are_not_required_the_log_says_what_is_missing_and_the_request_goes_on() {
    let adapter = auditing(FULL.as_ref()).start().await;
    let sent = send(&adapter, USER, &rent("op")).await;
    let answer = guess(&adapter, &sent.message, &sent.code, USER, &rent("op")).await;
    assert_eq!(answer.object()["smsAuthorizationResult"], "VERIFIED_SUCCEEDED", "{}", answer.text);
    let id = answer.headers["x-request-id"].to_str().expect("a text").to_owned();
    let log = adapter.terminate().await.stderr;
    let missing = |line: &&str| line.contains("left no line in the audit log");
    assert_eq!(log.lines().filter(missing).count(), 3, "{log}");
    assert!(log.lines().filter(missing).any(|line| line.contains("ERROR") && line.contains(&id)), "{log}");
}

#[tokio::test]
async fn settings_that_cannot_be_meant_are_refused_by_name() {
    for (settings, name) in [
        (&[(FILE, "audit.jsonl")][..], "audit.file"),
        (&[(TARGET, "file")], "audit.file"),
        (&[(REQUIRED, "true")], "audit.required"),
        (&[(TARGET, "stdout"), ("DATA_ADAPTER__AUDIT__SYNC", "true")], "audit.sync"),
        (&[(TARGET, "syslog")], "audit.target"),
    ] {
        let builder =
            settings.iter().fold(DataAdapter::builder(), |builder, (key, value)| builder.env(*key, *value));
        let exit = builder.arg("config").arg("check").spawn_failing().await;
        assert_eq!(exit.status, Some(78), "{settings:?}: {exit:?}");
        assert!(exit.stderr.contains(name), "{settings:?}: {exit:?}");
    }
}

#[tokio::test]
async fn a_file_that_cannot_be_the_audit_log_stops_the_start() {
    let folder = Folder::new();
    let adapter = folder.builder().start().await;
    let exit = folder.builder().spawn_failing().await;
    assert_eq!(exit.status, Some(1), "{exit:?}");
    assert!(exit.stderr.contains("another process is writing it"), "{exit:?}");
    adapter.terminate().await;
    std::fs::write(folder.file(), "my notes\n").expect("a file");
    let exit = folder.builder().spawn_failing().await;
    assert_eq!(exit.status, Some(1), "{exit:?}");
    assert!(exit.stderr.contains("something else than an audit log"), "{exit:?}");
    assert_eq!(folder.text(), "my notes\n", "it is left as it was");
    let exit = auditing("/proc/nowhere/audit.jsonl".as_ref()).spawn_failing().await;
    assert_eq!(exit.status, Some(1), "{exit:?}");
    assert!(exit.stderr.contains("/proc/nowhere/audit.jsonl can't be opened"), "{exit:?}");
}
