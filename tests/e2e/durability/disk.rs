//! A disk that is full, and then has room again.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use tempfile::TempDir;

use crate::codes::rent;
use crate::support::DataAdapter;
use crate::support::payloads::{SMS_CREATE, USER, sms_create};

/// Mounts a small disk that only the process sees, and starts it there.
const ON_A_SMALL_DISK: &str = "mount -t tmpfs -o size=512k tmpfs \"$0\" && exec \"$@\"";

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_a_remote_error_until_it_has_room_again() {
    let folder = TempDir::new().expect("a temporary folder");
    let disk = folder.path().display().to_string();
    let adapter = DataAdapter::builder()
        .store(&folder.path().join("store.db"))
        .wrapped_in(&["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", ON_A_SMALL_DISK, &disk])
        .start()
        .await;
    let create = async |operation: &str| adapter.post(SMS_CREATE, sms_create(USER, &rent(operation))).await;
    assert_eq!(create("before").await.status, 200);
    assert_eq!(ready(&adapter).await, (200, r#"{"status":"OK","checks":{"store":"OK"}}"#.to_owned()));

    let seen_by_the_process = format!("/proc/{}/root{disk}/filler", adapter.pid());
    fill(Path::new(&seen_by_the_process));
    let mut refused = None;
    for number in 0..200 {
        let answer = create(&format!("full-{number}")).await;
        if answer.status != 200 {
            refused = Some(answer);
            break;
        }
    }
    let refused = refused.expect("a full disk can't take 200 more challenges");
    assert_eq!((refused.status, refused.error_code().as_str()), (400, "REMOTE_ERROR"), "{}", refused.text);
    assert!(!refused.text.contains("disk"), "what is wrong is for the log only: {}", refused.text);
    assert!(adapter.log().contains("can't be written"), "{}", adapter.log());
    let down = (503, r#"{"status":"DOWN","checks":{"store":"DOWN"}}"#.to_owned());
    assert_eq!(ready(&adapter).await, down, "it reads well, but keeps nothing");

    std::fs::remove_file(&seen_by_the_process).expect("the filler can be removed");
    let answer = create("after").await;
    assert_eq!(answer.status, 200, "there is room again: {}\n{}", answer.text, adapter.log());
    assert_eq!(ready(&adapter).await.0, 200);
    for said in ["it is not ready", "it is ready again"] {
        assert_eq!(adapter.log().matches(said).count(), 1, "{said}: {}", adapter.log());
    }
}

/// What it says of itself now: an answer is given again for a second.
async fn ready(adapter: &DataAdapter) -> (u16, String) {
    tokio::time::sleep(Duration::from_millis(1100)).await;
    let answer = adapter.get("/health/ready").await;
    (answer.status, answer.text)
}

/// Writes until nothing more fits.
fn fill(path: &Path) {
    let mut file = File::create(path).expect("the disk of the process can be reached");
    for size in [4096, 1] {
        while file.write_all(&vec![0; size]).is_ok() {}
    }
}
