use std::process::Command;

use serde_json::json;
use tempfile::TempDir;
use tokio::time::Instant;

use super::*;

const ALGORITHM: PublicAlgorithm = PublicAlgorithm::EdDsa;

/// Two sets with a key of each id.
fn set(id: &str) -> String {
    let key = json!({"kty": "OKP", "crv": "Ed25519", "kid": id, "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"});
    json!({"keys": [key]}).to_string()
}

/// A file with the key `old`, in a folder.
fn folder() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.json");
    fs::write(&path, set("old")).unwrap();
    (folder, path)
}

fn make_pipe(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

#[tokio::test]
async fn a_pipe_that_nobody_writes_into_and_a_folder_change_nothing() {
    let (_folder, path) = folder();
    let file = KeySetFile::open(path.clone(), ALGORITHM).unwrap();
    fs::remove_file(&path).unwrap();
    make_pipe(&path);
    assert!(matches!(KeySetFile::open(path.clone(), ALGORITHM), Err(KeySetError::NoFile)));
    assert!(file.keys().await.find(Some("old")).is_some());
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    assert!(file.keys().await.find(Some("old")).is_some());
    fs::remove_dir(&path).unwrap();
    fs::write(&path, set("new")).unwrap();
    assert!(file.keys().await.find(Some("new")).is_some(), "it is looked at again");
}

#[tokio::test]
async fn a_file_that_is_over_long_changes_nothing() {
    let (_folder, path) = folder();
    let file = KeySetFile::open(path.clone(), ALGORITHM).unwrap();
    let padded = |bytes: u64| {
        format!("{}{}", set("new"), " ".repeat(usize::try_from(bytes).unwrap() - set("new").len()))
    };
    fs::write(&path, padded(MOST_BYTES + 1)).unwrap();
    assert!(file.keys().await.find(Some("old")).is_some());
    fs::write(&path, padded(MOST_BYTES)).unwrap();
    assert!(file.keys().await.find(Some("new")).is_some());
}

#[tokio::test(start_paused = true)]
async fn whoever_waits_for_a_file_that_does_not_come_gets_the_keys_before_after_a_while_and_others_at_once() {
    let (_folder, path) = folder();
    let opened = KeySetFile::open(path, ALGORITHM).unwrap();
    // A reader that hangs: nobody takes what is asked.
    let (looks, _asked) = sync_channel(1);
    let file = KeySetFile { looks, ..opened };
    let begun = Instant::now();
    assert!(file.keys().await.find(Some("old")).is_some());
    assert_eq!(begun.elapsed(), KeySetFile::LONGEST_LOOK);
    for _ in 0..100 {
        assert!(file.keys().await.find(Some("old")).is_some());
    }
    assert_eq!(begun.elapsed(), KeySetFile::LONGEST_LOOK);
}
