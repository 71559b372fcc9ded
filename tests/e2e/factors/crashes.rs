//! `kill -9` while factors are enrolled and proved.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures::future::join_all;

use super::application::{Application, outcome, verification};
use super::operations::Operation;
use super::silence::Silence;
use super::{RIGHT, WRONG, crowd};
use crate::support::DataAdapter;

const CRASHES: usize = 5;
/// Clients at once.
const CLIENTS: usize = 8;
/// Users of one client between two crashes.
const USERS: usize = 24;

/// How far a user got before the process was killed.
#[derive(Debug)]
struct Progress {
    user: Application,
    is_active: bool,
}

const ENROLMENT: Option<&str> = Some("enrolment");
const VERIFICATION: Option<&str> = Some("verification");

/// Has one user after the other prove a phone, until nobody answers any more.
async fn prove(adapter: &DataAdapter, users: &[Application], answered: &AtomicUsize) -> Vec<Progress> {
    let (enrol, verify) = (Operation::enrol_otp(), Operation::verify_otp());
    let (right, mut all) = (verification(RIGHT), Vec::new());
    for user in users {
        let Some(answer) = user.try_call(adapter, &enrol, ENROLMENT, None).await else { break };
        assert_eq!(outcome(&answer), "204");
        let answer = user.try_call(adapter, &verify, VERIFICATION, Some(&right)).await;
        let is_active = answer.is_some_and(|answer| outcome(&answer) == "204");
        all.push(Progress { user: user.clone(), is_active });
        if !is_active {
            break;
        }
        answered.fetch_add(1, Ordering::Relaxed);
    }
    all
}

/// Runs clients until enough was answered, and kills the process.
async fn killed_under_load(adapter: &DataAdapter, users: &[Application], enough: usize) -> Vec<Progress> {
    let answered = AtomicUsize::new(0);
    let clients = join_all(users.chunks(USERS).map(|users| prove(adapter, users, &answered)));
    let kill = async {
        while answered.load(Ordering::Relaxed) < enough {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        adapter.signal("KILL").await;
    };
    let (progress, ()) = futures::join!(clients, kill);
    progress.into_iter().flatten().collect()
}

/// What was answered with success is known by its reference, and has its effect.
async fn assert_kept(adapter: &DataAdapter, progress: &Progress) {
    let Progress { user, is_active } = progress;
    let (enrol, verify) = (Operation::enrol_otp(), Operation::verify_otp());
    if *is_active {
        assert_eq!(user.status(adapter).await, "ACTIVE", "a factor was lost");
        let again = user.call(adapter, &verify, VERIFICATION, Some(&verification(RIGHT))).await;
        assert_eq!(outcome(&again), "204", "a reference was forgotten");
        let other = user.call(adapter, &verify, VERIFICATION, Some(&verification(WRONG))).await;
        assert_eq!(outcome(&other), "400", "a reference was forgotten");
    }
    let again = user.call(adapter, &enrol, ENROLMENT, None).await;
    assert_eq!(outcome(&again), "204", "a reference was forgotten");
}

/// Makes every call of the store so many seconds older.
async fn age_calls(store: &Path, seconds: u64) {
    let age = seconds * 1_000_000_000;
    let statement =
        format!("UPDATE calls SET begun_at = begun_at - {age}, leased_until = leased_until - {age};");
    let aged = tokio::process::Command::new("sqlite3").arg(store).arg(statement).status().await;
    assert!(aged.expect("sqlite3 can be run").success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_while_a_push_leaves_sends_no_second_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = folder.path().join("store.db");
    let provider = Silence::start().await;
    let start = || provider.pushing(DataAdapter::builder().store(&store)).start();
    let adapter = start().await;
    let user = Application::start(&adapter).await;
    let enrol = Operation::enrol_push();
    let (unanswered, ()) = futures::join!(user.try_call(&adapter, &enrol, ENROLMENT, None), async {
        provider.called(1).await;
        adapter.signal("KILL").await;
    });
    assert!(unanswered.is_none(), "it was answered before the provider had answered");
    adapter.wait().await;

    let adapter = start().await;
    let again = user.call(&adapter, &enrol, ENROLMENT, None).await;
    assert_eq!(outcome(&again), "REQUEST_UNDER_WAY", "whoever made it may be alive");
    adapter.terminate().await;
    age_calls(&store, 180).await;

    let adapter = start().await;
    for _ in 0..2 {
        assert_eq!(outcome(&user.call(&adapter, &enrol, ENROLMENT, None).await), "204");
    }
    let other = user.call(&adapter, &Operation::enrol_otp(), ENROLMENT, None).await;
    assert_eq!(outcome(&other), "400", "the reference was forgotten");
    assert_eq!(user.status(&adapter).await, "PENDING_VERIFICATION");
    assert_eq!(provider.calls(), 1, "the provider was called again");
}

#[tokio::test(flavor = "multi_thread")]
async fn kills_lose_no_active_factor_and_forget_no_reference() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut kept = Vec::new();
    for crash in 0..CRASHES {
        let start = || crowd(folder.path(), CRASHES * CLIENTS * USERS).start();
        let adapter = start().await;
        let mut users = Vec::new();
        for user in crash * CLIENTS * USERS..(crash + 1) * CLIENTS * USERS {
            users.push(Application::of(&adapter, &user.to_string()).await);
        }
        let progress = killed_under_load(&adapter, &users, 20 + crash).await;
        adapter.wait().await;
        assert!(progress.iter().any(|progress| !progress.is_active) || progress.len() < users.len());
        kept.extend(progress);
        let adapter = start().await;
        for progress in &kept {
            assert_kept(&adapter, progress).await;
        }
        assert_eq!(adapter.messages().await.len(), 0, "a message was sent again");
        adapter.terminate().await;
    }
}
