//! What becomes of the file: while it is used, and when the store is closed.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::slice;

use data_adapter_core::{
    AdapterError, ConsentClient, Language, MessageId, OperationId, OperationName, OptionChoice, SystemRandom,
    UserId,
};
use data_adapter_sca::{
    Admission, ApprovalMethod, Attempt, AttemptPolicy, AttemptStore as _, Challenge, ChallengeStore as _,
    ConsentFilter, ConsentRecord, ConsentStore as _, DeviceStore as _, Factor, Guess, GuessPolicy,
    Maintenance as _, NewDevice, Offer, Opened, Retention, SessionKey, SessionStore as _, TokenStore as _,
};
use data_adapter_store_sqlite::{OpenError, SqliteStore};
use data_adapter_testkit::{at, challenge, step};
use futures::future::join_all;
use jiff::SignedDuration;
use tempfile::TempDir;

const POLICY: AttemptPolicy = AttemptPolicy {
    limit: 1_000,
    block_for: SignedDuration::from_secs(60),
    forget_after: SignedDuration::from_secs(60),
};

const LEASE: SignedDuration = SignedDuration::from_secs(30);

fn attempt(user: &str) -> Attempt {
    Attempt::new(&UserId::new(user), Factor::Password, &SystemRandom)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_is_closed_refuses_changes_and_questions() {
    let folder = TempDir::new().expect("a temporary folder");
    let store = SqliteStore::open(&folder.path().join("store.db")).expect("a fresh store opens");
    store.close().await;
    store.close().await;
    let admitted = store.admit_attempt(&attempt("user"), at(0), &POLICY, LEASE).await;
    assert!(matches!(admitted, Err(AdapterError::Remote(_))), "{admitted:?}");
    let blocks = store.blocks(at(0)).await;
    assert!(matches!(blocks, Err(AdapterError::Remote(_))), "{blocks:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_succeeds_while_the_store_is_closed_is_in_the_file() {
    let folder = TempDir::new().expect("a temporary folder");
    let path = folder.path().join("store.db");
    for round in 0..20 {
        let store = SqliteStore::open(&path).expect("the store opens");
        let opening = join_all((0..50).map(|number| {
            let name = format!("{round}-{number}");
            store.open(challenge(&name, &step(&name, "login", Some("user")), at(0)), &[])
        }));
        let (opened, ()) = futures::join!(opening, store.close());
        let opened = opened.into_iter().filter(Result::is_ok).count();
        let again = SqliteStore::open(&path).expect("the store opens again");
        let open = again.open_challenges(at(0)).await.expect("it can be read");
        let of_round = open.iter().filter(|open| open.message.as_str().starts_with(&format!("{round}-")));
        assert_eq!(of_round.count(), opened, "in round {round}");
        again.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_purge_goes_on_until_all_that_expired_is_gone() {
    let folder = TempDir::new().expect("a temporary folder");
    let store = SqliteStore::open(&folder.path().join("store.db")).expect("a fresh store opens");
    let names: Vec<_> = (0..1_234).map(|number| number.to_string()).collect();
    let open = |name: &String| store.open(challenge(name, &step(name, "login", None), at(0)), &[]);
    for opened in join_all(names.iter().map(open)).await {
        opened.expect("a challenge is kept");
    }
    let none = SignedDuration::ZERO;
    let retention = Retention {
        challenges: none,
        counters: none,
        shown_forms: none,
        ended_operations: none,
        revoked_tokens: none,
        sessions: none,
        idempotency: none,
        deliveries: none,
        early_receipts: none,
    };
    assert_eq!(store.purge(at(100_000), retention).await.expect("it is purged"), 1_234);
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_devices_tokens_sessions_and_numbers_are_there_after_a_restart() {
    let folder = TempDir::new().expect("a temporary folder");
    let path = folder.path().join("store.db");
    let user = UserId::new("user");
    let session = SessionKey { holder: "partner".to_owned(), user: user.clone() };
    let (push, hour) = (MessageId::new("push"), SignedDuration::from_hours(1));
    let store = SqliteStore::open(&path).expect("a fresh store opens");
    let opened = challenge("push", &step("op", "login", Some("user")), at(0));
    let opened = Challenge { method: ApprovalMethod::Push, ..opened };
    assert_eq!(store.open(opened.clone(), &[]).await.expect("it is kept"), Opened::Opened);
    assert!(store.decide(&push, true, at(0)).await.expect("it is decided"));
    let new = NewDevice {
        user: user.clone(),
        name: "phone".to_owned(),
        kind: "iPhone 15".to_owned(),
        os_version: "19.1".to_owned(),
        registered_at: at(0),
    };
    let device = store.register_device(new.clone()).await.expect("it is registered");
    assert!(store.revoke_token("token", at(60)).await.expect("it is revoked"));
    store.open_session(&session, at(0)).await.expect("it is opened");
    let number = store.next_number("other").await.expect("a number");
    store.close().await;

    let store = SqliteStore::open(&path).expect("it opens again");
    assert!(store.is_token_revoked("token").await.expect("it can be asked"));
    assert!(store.touch_session(&session, at(1), hour).await.expect("it can be asked"));
    assert!(store.next_number("other").await.expect("a number") > number);
    assert_eq!(store.next_number("token").await.expect("it can be asked"), None);
    let devices = store.devices(&user).await.expect("they are listed");
    assert_eq!(devices, slice::from_ref(&device));
    assert!(store.consume(&push, at(1)).await.expect("it can be asked"), "it is not used up");
    assert!(store.deregister_device(&user, device.id).await.expect("it is deregistered"));
    store.close().await;

    let store = SqliteStore::open(&path).expect("it opens again");
    let next = store.register_device(new).await.expect("it is registered");
    assert!(next.id > device.id, "the number of a device came again after a restart");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_the_first_version_keeps_what_it_has_and_learns_which_operations_are_over() {
    let folder = TempDir::new().expect("a temporary folder");
    let path = folder.path().join("store.db");
    let old = rusqlite::Connection::open(&path).expect("a file");
    old.execute_batch(include_str!("../../migrations/0001_create.sql")).expect("the first version");
    old.execute_batch(
        "PRAGMA user_version = 1;
         INSERT INTO challenges VALUES ('m', 'op', 'login', 'user', NULL, zeroblob(32), 'key', 0, 9000000000000000000, 0)",
    )
    .expect("an open challenge");
    drop(old);
    let store = SqliteStore::open(&path).expect("the store opens");
    let policy = GuessPolicy { tries_per_step: 5, failures: POLICY };
    let guess = store.guess(&MessageId::new("m"), &Offer::default(), at(0), &policy).await;
    assert_eq!(guess.expect("it can be asked"), Guess::Expired, "its code would be wrong by now");
    let operation = OperationId::new("op");
    assert!(!store.is_over(&operation).await.expect("it can be asked"));
    assert_eq!(store.end_operation(&operation, at(0)).await.expect("it can be ended"), 0);
    let another = SqliteStore::open(&path).expect("it opens again");
    assert!(another.is_over(&operation).await.expect("it can be asked"));
}

#[tokio::test(flavor = "multi_thread")]
async fn consents_from_before_there_were_clients_stay_on_record_and_stand_for_none() {
    let folder = TempDir::new().expect("a temporary folder");
    let path = folder.path().join("store.db");
    file_of(
        &path,
        5,
        "INSERT INTO consents VALUES (1, 'user', 'op', 'login', '1', 'en', '[[\"TERMS\",true]]', 0)",
    );
    let store = SqliteStore::open(&path).expect("the store opens");
    let kept = store.consents(None).await.expect("it can be read");
    let [kept] = kept.as_slice() else { panic!("{kept:?}") };
    assert_eq!(
        (&kept.consent.organization, &kept.consent.client, kept.consent.remembered_until),
        (&None, &None, None)
    );
    assert_eq!(kept.consent.options, [OptionChoice { id: "TERMS".to_owned(), checked: true }]);
    assert_eq!(kept.withdrawn_at, None);
    let withdrawn = store.withdraw_consents(&kept.consent.user, &ConsentFilter::default(), at(0)).await;
    assert_eq!(withdrawn.expect("it is withdrawn"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_erased_is_overwritten_where_it_was() {
    let folder = TempDir::new().expect("a temporary folder");
    let path = folder.path().join("store.db");
    let store = SqliteStore::open(&path).expect("a fresh store opens");
    // More than a page has room for, so that it stays where it was written first.
    let record = |user: &str| ConsentRecord {
        user: UserId::new(user),
        organization: None,
        operation: OperationId::new("op"),
        client: Some(ConsentClient { id: "shop".to_owned(), scopes: ["aisp".to_owned()].into() }),
        form: OperationName::new("login"),
        version: format!("read by {user}, ").repeat(1_000),
        language: Language::new("en"),
        options: Vec::new(),
        given_at: at(0),
        remembered_until: None,
    };
    for user in ["one", "another"] {
        store.add_consent(record(user)).await.expect("it is kept");
    }
    let erased = store.erase_consents(&UserId::new("one")).await.expect("it is erased");
    assert_eq!(erased.consents, 1);
    store.close().await;
    let content = fs::read(&path).expect("it can be read");
    let readable = |text: &[u8]| content.windows(text.len()).any(|part| part == text);
    assert!(!readable(b"read by one") && readable(b"read by another"));
}

/// The file as it was at a version, with what a statement writes into it.
fn file_of(path: &Path, version: u8, statement: &str) {
    let all = [
        include_str!("../../migrations/0001_create.sql"),
        include_str!("../../migrations/0002_ended_operations.sql"),
        include_str!("../../migrations/0003_requests.sql"),
        include_str!("../../migrations/0004_factors.sql"),
        include_str!("../../migrations/0005_deliveries.sql"),
    ];
    let old = rusqlite::Connection::open(path).expect("a file");
    for migration in &all[..version.into()] {
        old.execute_batch(migration).expect("an earlier version");
    }
    old.pragma_update(None, "user_version", version).expect("its number");
    old.execute_batch(statement).expect("what it has");
}

/// Codes are hashed in another way since, so that those are over; nothing else is.
#[tokio::test(flavor = "multi_thread")]
async fn a_file_without_reservations_keeps_its_failures_and_blocks_and_ends_its_open_codes() {
    let folder = TempDir::new().expect("a temporary folder");
    let path = folder.path().join("store.db");
    file_of(
        &path,
        5,
        "INSERT INTO challenges VALUES
             ('code', 'op 1', 'login', 'user', NULL, zeroblob(32), 'key', 0, 9000000000000000000, 0, 1, '{}', 0, 0),
             ('push', 'op 2', 'login', 'user', NULL, zeroblob(32), 'key', 0, 9000000000000000000, 0, 2, '{}', 0, 0);
         INSERT INTO attempts VALUES
             ('failed', 1, 4, 1700000000000000000, NULL), ('blocked', 1, 5, 0, 9000000000000000000)",
    );
    let store = SqliteStore::open(&path).expect("the store opens");
    let open = store.open_challenges(at(0)).await.expect("it can be read");
    let open: Vec<_> = open.iter().map(|challenge| challenge.message.as_str()).collect();
    assert_eq!(open, ["push"]);
    let hour = SignedDuration::from_hours(24 * 365 * 10);
    let policy = AttemptPolicy { limit: 5, block_for: hour, forget_after: hour };
    let admit = async |user: &str| {
        let attempt = attempt(user);
        let admission = store.admit_attempt(&attempt, at(0), &policy, LEASE).await;
        store.attempt_failed(&attempt, at(0), &policy).await.expect("it is counted");
        admission.expect("it can be asked")
    };
    assert_eq!(admit("blocked").await, Admission::Blocked);
    for expected in [Admission::Admitted, Admission::Blocked] {
        assert_eq!(admit("failed").await, expected, "four failures, and one more");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attempt_that_is_under_way_when_the_store_is_closed_is_so_when_it_opens_again() {
    let folder = TempDir::new().expect("a temporary folder");
    let path = folder.path().join("store.db");
    let policy = AttemptPolicy { limit: 1, ..POLICY };
    let (died, next) = (attempt("user"), attempt("user"));
    let store = SqliteStore::open(&path).expect("a fresh store opens");
    let admitted = store.admit_attempt(&died, at(0), &policy, LEASE).await;
    assert_eq!(admitted.expect("it can be asked"), Admission::Admitted);
    store.close().await;
    let store = SqliteStore::open(&path).expect("it opens again");
    for (now, expected) in [(at(29), Admission::Busy), (at(30), Admission::Blocked)] {
        let admitted = store.admit_attempt(&next, now, &policy, LEASE).await;
        assert_eq!(admitted.expect("it can be asked"), expected, "at {now}");
    }
}

/// A store with a block in it, of a program that was killed: the newest changes are beside it.
async fn killed(path: &Path) -> UserId {
    let user = UserId::new("user");
    let store = SqliteStore::open(path).expect("a fresh store opens");
    let policy = AttemptPolicy { limit: 1, ..POLICY };
    let attempt = attempt("user");
    store.admit_attempt(&attempt, at(0), &policy, LEASE).await.expect("it is admitted");
    store.attempt_failed(&attempt, at(0), &policy).await.expect("it is counted");
    // A file with another number is another file, which the program that goes away does not touch.
    let copies = ["", "-wal"].map(|end| PathBuf::from(format!("{}{end}", path.display())));
    let contents = copies.each_ref().map(|file| fs::read(file).expect("it is there"));
    store.close().await;
    for (file, content) in copies.iter().zip(contents) {
        fs::write(file, content).expect("it can be written");
    }
    user
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_is_gone_is_not_begun_anew_beside_its_newest_changes() {
    let folder = TempDir::new().expect("a temporary folder");
    let (path, elsewhere) = (folder.path().join("store.db"), folder.path().join("elsewhere.db"));
    let write_ahead = folder.path().join("store.db-wal");
    let link = folder.path().join("link.db");
    symlink("store.db", &link).expect("a link");
    let user = killed(&path).await;
    let left = fs::read(&write_ahead).expect("it is there");
    fs::rename(&path, &elsewhere).expect("it can be moved");
    for name in [&path, &link] {
        let Err(error) = SqliteStore::open(name) else { panic!("a new store was begun") };
        assert!(matches!(&error, OpenError::Missing { .. }), "{error}");
        assert!(error.to_string().contains(&format!("remove {}", write_ahead.display())), "{error}");
        assert!(!path.exists(), "a file was made");
    }
    fs::write(&path, "").expect("an empty file");
    assert!(matches!(SqliteStore::open(&path), Err(OpenError::Missing { .. })), "an empty file is no store");
    assert_eq!(fs::read(&write_ahead).expect("it is there"), left, "the newest changes were touched");

    fs::rename(&elsewhere, &path).expect("it can be put back");
    let again = SqliteStore::open(&path).expect("it opens when it is back");
    assert!(again.blocked_until(&user, Factor::Password, at(1)).await.expect("it can be asked").is_some());
    again.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_begins_anew_when_its_newest_changes_are_removed_too() {
    let folder = TempDir::new().expect("a temporary folder");
    let path = folder.path().join("store.db");
    let user = killed(&path).await;
    fs::remove_file(&path).expect("it can be deleted");
    fs::remove_file(folder.path().join("store.db-wal")).expect("it can be deleted");
    let anew = SqliteStore::open(&path).expect("a new store");
    assert!(anew.blocked_until(&user, Factor::Password, at(1)).await.expect("it can be asked").is_none());
}
