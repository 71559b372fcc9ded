//! The file of the store, as an operator handles it.

use tempfile::TempDir;

use crate::codes::{assert_right, rent, send, verify, wrong};
use crate::support::payloads::{CONSENT_CREATE, CONSENT_SAVE, USER, consent_create, consent_save, payment};
use crate::support::{DataAdapter, payloads};

#[tokio::test(flavor = "multi_thread")]
async fn codes_guesses_and_blocks_outlive_a_restart() {
    let folder = TempDir::new().expect("a temporary folder");
    let start = || DataAdapter::builder().store(&folder.path().join("store.db")).start();
    let adapter = start().await;
    let kept = send(&adapter, USER, &rent("kept")).await;
    let guessed = send(&adapter, USER, &rent("guessed")).await;
    for _ in 0..4 {
        verify(&adapter, &guessed.message, &wrong(&guessed.code), USER, &rent("guessed")).await;
    }
    adapter.terminate().await;

    let adapter = start().await;
    let last = verify(&adapter, &guessed.message, &wrong(&guessed.code), USER, &rent("guessed")).await;
    assert_eq!(last.object()["remainingAttempts"], 0, "{}", last.text);
    adapter.terminate().await;

    let adapter = start().await;
    let blocked = verify(&adapter, &kept.message, &kept.code, USER, &rent("kept")).await;
    assert!(blocked.text.contains("VERIFIED_FAILED"), "the block is forgotten: {}", blocked.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_unblocks_a_user_beside_the_running_service() {
    let folder = TempDir::new().expect("a temporary folder");
    let store = folder.path().join("store.db");
    let adapter = DataAdapter::builder().store(&store).start().await;
    let kept = send(&adapter, USER, &rent("kept")).await;
    let guessed = send(&adapter, USER, &rent("guessed")).await;
    for _ in 0..5 {
        verify(&adapter, &guessed.message, &wrong(&guessed.code), USER, &rent("guessed")).await;
    }
    assert!(adapter.get("/sandbox/inbox").await.text.contains("codes blocked for"));
    let exit =
        DataAdapter::builder().store(&store).arg("user").arg("unblock").arg(USER).spawn_failing().await;
    assert_eq!(exit.status, Some(0), "{exit:?}");
    assert!(exit.stdout.contains("codes: the attempts are counted from zero again."), "{exit:?}");
    assert_right(&verify(&adapter, &kept.message, &kept.code, USER, &rent("kept")).await, "the code");
}

#[tokio::test(flavor = "multi_thread")]
async fn consents_and_open_challenges_are_listed_as_text_json_and_csv() {
    let folder = TempDir::new().expect("a temporary folder");
    let store = folder.path().join("store.db");
    let adapter = DataAdapter::builder().store(&store).start().await;
    let context = payment("op \"1\", with a comma", "100", "CZK", "238400856/0300");
    adapter.post(CONSENT_CREATE, consent_create(USER, &context, "cs")).await;
    let saved = adapter.post(CONSENT_SAVE, consent_save(USER, &context, payloads::TICKED)).await;
    assert_eq!(saved.object()["saveSucceeded"], true, "{}", saved.text);
    let sent = send(&adapter, USER, &context).await;
    let list = async |what: &str, arguments: &[&str]| {
        let builder = DataAdapter::builder().store(&store).arg(what).arg("list");
        let exit =
            arguments.iter().fold(builder, |builder, argument| builder.arg(*argument)).spawn_failing().await;
        assert_eq!(exit.status, Some(0), "{exit:?}");
        exit.stdout
    };
    let json: serde_json::Value =
        serde_json::from_str(&list("consent", &["--format", "json"]).await).unwrap();
    assert_eq!(json[0]["user"], USER);
    assert_eq!(json[0]["language"], "cs");
    assert_eq!(json[0]["options"], "CONSENT_INIT=yes CONSENT_PAYMENT=yes");
    let csv = list("consent", &["--format", "csv", "--user", USER]).await;
    assert!(csv.contains(r#""op ""1"", with a comma""#), "{csv}");
    assert_eq!(list("consent", &["--user", "nobody", "--format", "csv"]).await.lines().count(), 1);
    let text = list("challenge", &[]).await;
    assert!(text.contains(&sent.message) && !text.contains(&sent.code), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_made_while_the_service_runs_is_a_whole_store() {
    let folder = TempDir::new().expect("a temporary folder");
    let (store, backup) = (folder.path().join("store.db"), folder.path().join("backup.db"));
    let adapter = DataAdapter::builder().store(&store).start().await;
    let sent = send(&adapter, USER, &rent("op")).await;
    let statement = format!("VACUUM INTO '{}'", backup.display());
    let copied = tokio::process::Command::new("sqlite3").arg(&store).arg(statement).status().await;
    assert!(copied.expect("sqlite3 can be run").success());
    adapter.terminate().await;
    let restored = DataAdapter::builder().store(&backup).start().await;
    assert_right(&verify(&restored, &sent.message, &sent.code, USER, &rent("op")).await, "the code");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_cannot_be_used_is_refused_with_what_to_do() {
    let folder = TempDir::new().expect("a temporary folder");
    let text = folder.path().join("text");
    std::fs::write(&text, "this is no database, but long enough to look like one".repeat(50)).unwrap();
    let under_a_file = text.join("store.db");
    let newer = folder.path().join("newer.db");
    DataAdapter::builder().store(&newer).start().await.terminate().await;
    let statement = "PRAGMA user_version = 9999";
    let changed = tokio::process::Command::new("sqlite3").arg(&newer).arg(statement).status().await;
    assert!(changed.expect("sqlite3 can be run").success());
    for (store, sentence) in [
        (&text, "restore a backup, or name another file in `store.url`"),
        (&under_a_file, "give the service a folder that it owns"),
        (&newer, "was written by a newer version"),
    ] {
        let exit = DataAdapter::builder().store(store).spawn_failing().await;
        assert_eq!(exit.status, Some(1), "{exit:?}");
        assert!(
            exit.stderr.contains(sentence) && exit.stderr.contains(&store.display().to_string()),
            "{exit:?}"
        );
    }
}
