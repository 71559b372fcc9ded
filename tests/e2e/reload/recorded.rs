//! Each reload has its line in the audit log: who asked, what is other, and never what it is.

use std::os::unix::fs::MetadataExt as _;

use serde_json::{Value, json};

use super::{DONE, Stage};

#[tokio::test]
async fn who_asked_and_what_changed_stand_in_the_audit_log_and_no_value_does() {
    const KEY: &str = "c2Vjb25kIG9uZS10aW1lIGNvZGUga2V5IDMyIGJ5dGVz";
    let mut stage = Stage::start().await;
    stage.change("ZGVtbyBvbmUtdGltZSBjb2RlIGtleSwgMzIgYnl0ZXM=", KEY);
    stage.reloaded("otp.key").await;
    stage.write("users.toml", &stage.read("users.toml").replace("John", "Jack"));
    stage.adapter.signal("HUP").await;
    stage.adapter.logged(DONE, 2).await;
    let lines = stage.recorded();
    let uid = std::fs::metadata("/proc/self").expect("a process").uid();
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert_eq!((&lines[0]["outcome"], &lines[0]["changed"]), (&json!("succeeded"), &json!(["otp.key"])));
    assert_eq!((&lines[0]["operator"]["uid"], &lines[1]["operator"]), (&json!(uid), &Value::Null));
    assert_eq!(lines[1]["changed"], json!(["backends.memory.users_file"]));
    let all = stage.read("audit.jsonl") + &stage.adapter.log();
    assert!(!all.contains(KEY) && !all.contains("Jack"), "{all}");
    let verified = crate::support::DataAdapter::builder().arg("audit").arg("verify");
    let verified = verified.arg(stage.path("audit.jsonl").display().to_string()).spawn_failing().await;
    assert_eq!(verified.status, Some(0), "{verified:?}");
}

#[tokio::test]
async fn nothing_changes_that_cannot_be_recorded_where_it_has_to_be() {
    let stage = Stage::start_with("audit.required = true", |builder| builder).await;
    stage.change("\"/powerauth-data-adapter-1\"", "\"/moved\"");
    // As if the disk were full: nothing goes into a file that nobody would find.
    let other = stage.path("other");
    std::fs::rename(stage.path("audit.jsonl"), &other).expect("it can be moved");
    std::fs::create_dir(stage.path("audit.jsonl")).expect("a folder");
    std::fs::remove_file(&other).expect("it can be deleted");
    let exit = stage.reload().await;
    assert_eq!(exit.status, Some(1), "{exit:?}");
    assert!(exit.stderr.contains("nothing was changed"), "{exit:?}");
    assert_eq!(stage.adapter.post("/moved/api/auth/user/lookup", "{}").await.status, 404);
}
