//! What is removed for good.

use serde_json::{Value, json};

use super::{Place, asks, consent};
use crate::admin::{get, post};
use crate::codes::{rent, send, verify, wrong};
use crate::support::payloads::{CONSENT_CREATE, USER, consent_create, login};

const OTHER_USER: &str = "87654321";

#[tokio::test(flavor = "multi_thread")]
async fn what_is_kept_of_a_user_is_erased_by_a_command_that_says_so() {
    let place = Place::new();
    let adapter = place.builder().start().await;
    for (user, operation) in [(USER, "secret-operation"), (USER, "op 2"), (OTHER_USER, "op 3")] {
        consent(&adapter, "", user, &login(operation)).await;
    }
    adapter.post(CONSENT_CREATE, consent_create(USER, &login("only shown"), "en")).await;
    post(&adapter, "/admin/users/12345678/consents/withdraw", json!({})).await;
    let device = json!({"deviceName": "My phone", "deviceType": "iPhone 15", "osVersion": "18.1"});
    post(&adapter, "/admin/users/12345678/devices", device).await;
    let sent = send(&adapter, USER, &rent("guessed")).await;
    for _ in 0..5 {
        verify(&adapter, &sent.message, &wrong(&sent.code), USER, &rent("guessed")).await;
    }

    let refused = place.run(&["user", "erase", USER]).await;
    assert_eq!(refused.status, Some(2), "{refused:?}");
    assert!(refused.stderr.contains("--yes"), "{refused:?}");
    assert_eq!(place.export().await["consents"].as_array().map(Vec::len), Some(2), "nothing was erased yet");

    let erase = ["user", "erase", USER, "--yes"];
    let told = "erased: consents 2, withdrawals 2, consent forms that were shown 3, devices 1, factors 0.\n";
    assert_eq!(place.command(&erase).await, told);
    assert_eq!(place.export().await["consents"], json!([]));
    let user = get(&adapter, "/admin/users/12345678").await.json();
    assert_eq!(user["devices"], json!([]));
    assert_eq!(user["blocks"][0]["factor"], "code", "nobody lifts their block by this");
    assert!(asks(&adapter, "", USER, &login("op 4")).await);
    assert!(!asks(&adapter, "", OTHER_USER, &login("op 4")).await, "another user's consent");
    let nothing =
        "erased: consents 0, withdrawals 0, consent forms that were shown 0, devices 0, factors 0.\n";
    assert_eq!(place.command(&erase).await, nothing);

    let lines = place.lines("user_erased");
    let told = |line: &Value| {
        assert!(line["operator"]["uid"].is_u64(), "{line}");
        format!("{} {} {} {}", line["outcome"], line["reason"], line["user"], line["count"])
    };
    assert_eq!(
        lines.iter().map(told).collect::<Vec<_>>(),
        [r#""succeeded" null "12345678" 8"#, r#""failed" "no_records" "12345678" null"#]
    );
    assert!(!lines[0].to_string().contains("secret-operation"), "{}", lines[0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_erased_or_withdrawn_or_shown_that_can_leave_no_line() {
    let place = Place::new();
    let adapter = place.builder().start().await;
    consent(&adapter, "", USER, &login("op")).await;
    for arguments in
        [&["user", "erase", USER, "--yes"][..], &["consent", "withdraw", USER], &["consent", "export", USER]]
    {
        let full = place.builder().env("DATA_ADAPTER__AUDIT__FILE", "/dev/full");
        let full = full.env("DATA_ADAPTER__AUDIT__REQUIRED", "true");
        let exit =
            arguments.iter().fold(full, |builder, argument| builder.arg(*argument)).spawn_failing().await;
        assert_eq!((exit.status, exit.stdout.as_str()), (Some(1), ""), "{exit:?}");
        assert!(exit.stderr.contains("nothing was done"), "{exit:?}");
    }
    assert!(!asks(&adapter, "", USER, &login("op 2")).await, "it is there still");
}
