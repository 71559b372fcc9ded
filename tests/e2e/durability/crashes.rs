//! `kill -9` under load.

mod codes;
mod consents;
mod failures;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures::future::join_all;
use serde_json::Value;
use tempfile::TempDir;
use tokio::task::JoinHandle;

use super::users_file;
use crate::codes::settings::{CODE_BLOCK, PASSWORD_BLOCK};
use crate::support::payloads::{SMS_CREATE, sms_create};
use crate::support::{Builder, DataAdapter};

const CRASHES: usize = 10;
/// Clients at once that create codes, each with a user of its own, so that nobody's failures block another's.
const CLIENTS: usize = 8;
/// Clients at once of each other kind.
const OTHERS: usize = 4;
/// Who waits for answers of others leaves the processor to the service.
const LOOK_EVERY: Duration = Duration::from_millis(1);
/// Failures in a row that start a block.
const LIMIT: usize = 5;

#[tokio::test(flavor = "multi_thread")]
async fn ten_kills_under_load_lose_nothing_that_was_answered() {
    let folder = TempDir::new().expect("a temporary folder");
    let users_path = folder.path().join("users.toml");
    std::fs::write(&users_path, users_file(users())).expect("the users file can be written");
    let builder = || {
        DataAdapter::builder()
            .store(&folder.path().join("store.db"))
            .env("DATA_ADAPTER__BACKENDS__MEMORY__USERS_FILE", users_path.display().to_string())
            .env(CODE_BLOCK, "3600")
            .env(PASSWORD_BLOCK, "3600")
    };
    let (mut checked, mut wrong_passwords) = (0, Vec::new());
    for crash in 0..CRASHES {
        let known = killed_under_load(builder().start().await, crash).await;
        checked += known.codes.len();
        check(builder, &known).await;
        wrong_passwords.extend(known.wrong_passwords);
    }
    // Those that were under way may be so still: who has no other attempt left waits for them.
    let after = builder().start().await;
    join_all(wrong_passwords.iter().map(|wrong| wrong.check(&after))).await;
    assert!(checked > CRASHES * CLIENTS, "only {checked} codes were answered before the kills");
}

/// What the process answered before it was killed.
struct Known {
    codes: Vec<codes::Code>,
    wrong_codes: Vec<failures::WrongCodes>,
    wrong_passwords: Vec<failures::WrongPasswords>,
    consents: Vec<consents::Consent>,
}

async fn check(builder: impl Fn() -> Builder, known: &Known) {
    let after = builder().start().await;
    consents::check(&after, builder(), &known.consents).await;
    for code in &known.codes {
        codes::check(&after, code).await;
    }
    join_all(known.wrong_codes.iter().map(|wrong| wrong.check(&after))).await;
}

fn users() -> impl Iterator<Item = String> {
    let failing = (0..CRASHES).flat_map(|crash| (0..OTHERS).map(move |number| failing_user(crash, number)));
    (0..CLIENTS).map(|number| number.to_string()).chain(failing)
}

/// Somebody who fails in one crash only.
fn failing_user(crash: usize, number: usize) -> String {
    format!("failing-{crash}-{number}")
}

/// Runs clients until enough was answered, kills the process, and returns what the clients know.
async fn killed_under_load(adapter: DataAdapter, crash: usize) -> Known {
    let load = Load { adapter: Arc::new(adapter), answers: Arc::default(), crash };
    let codes = load.start(CLIENTS, codes::run);
    let wrong_codes = load.start(OTHERS, failures::WrongCodes::run);
    let wrong_passwords = load.start(OTHERS, failures::WrongPasswords::run);
    let consents = load.start(OTHERS, consents::run);
    while !load.answers.are_enough(crash) {
        tokio::time::sleep(LOOK_EVERY).await;
    }
    load.adapter.signal("KILL").await;
    Known {
        codes: ended(codes).await.concat(),
        wrong_codes: ended(wrong_codes).await,
        wrong_passwords: ended(wrong_passwords).await,
        consents: ended(consents).await.concat(),
    }
}

async fn ended<T>(clients: Vec<JoinHandle<T>>) -> Vec<T> {
    join_all(clients).await.into_iter().map(|known| known.expect("a client does not panic")).collect()
}

/// Clients of a process that is going to be killed.
struct Load {
    adapter: Arc<DataAdapter>,
    answers: Arc<Answers>,
    crash: usize,
}

impl Load {
    fn start<T, F>(&self, clients: usize, run: impl Fn(Client) -> F) -> Vec<JoinHandle<T>>
    where
        T: Send + 'static,
        F: Future<Output = T> + Send + 'static,
    {
        let client = |number| Client {
            adapter: Arc::clone(&self.adapter),
            answers: Arc::clone(&self.answers),
            crash: self.crash,
            number,
        };
        (0..clients).map(|number| tokio::spawn(run(client(number)))).collect()
    }
}

/// What was answered so far.
#[derive(Default)]
struct Answers {
    codes: AtomicUsize,
    wrong_codes: AtomicUsize,
    wrong_passwords: AtomicUsize,
    consents: AtomicUsize,
}

impl Answers {
    fn are_enough(&self, crash: usize) -> bool {
        self.slower_ones_are_enough(crash) && at_least(&self.wrong_codes, failures(crash))
    }

    /// Without the wrong codes, which are quick: they come last, so that the kill meets them.
    fn slower_ones_are_enough(&self, crash: usize) -> bool {
        at_least(&self.codes, 40)
            && at_least(&self.consents, 20)
            && at_least(&self.wrong_passwords, failures(crash))
    }
}

fn at_least(answers: &AtomicUsize, enough: usize) -> bool {
    answers.load(Ordering::Relaxed) >= enough
}

/// Each crash comes at another number of failures, so that it meets counts below the limit and blocks.
fn failures(crash: usize) -> usize {
    OTHERS * LIMIT / 2 + crash
}

/// One of them.
struct Client {
    adapter: Arc<DataAdapter>,
    answers: Arc<Answers>,
    crash: usize,
    number: usize,
}

impl Client {
    /// A name for an operation that no other client uses.
    fn operation(&self, what: &str, turn: usize) -> String {
        format!("{what}-{}-{}-{turn}", self.crash, self.number)
    }

    /// The id of a message that was created, and the code in it.
    async fn create(&self, user: &str, context: &str) -> Option<(String, String)> {
        let object = self.post(SMS_CREATE, sms_create(user, context), &self.answers.codes).await?;
        let message = object["messageId"].as_str()?.to_owned();
        let inbox = self.adapter.client().get(self.adapter.url("/sandbox/messages")).send().await.ok()?;
        let inbox: Value = serde_json::from_str(&inbox.text().await.ok()?).ok()?;
        let text = inbox.as_array()?.iter().find(|entry| entry["messageId"] == message.as_str())?["text"]
            .as_str()?;
        let digits = text.trim_end_matches('.').rsplit(' ').next()?.to_owned();
        Some((message, digits))
    }

    /// The answer, unless the process is gone.
    async fn post(&self, path: &str, body: String, answers: &AtomicUsize) -> Option<Value> {
        let request = self.adapter.client().post(self.adapter.url(path)).body(body);
        let response = request.header("content-type", "application/json").send().await.ok()?;
        let body: Value = serde_json::from_str(&response.text().await.ok()?).ok()?;
        assert_eq!(body["status"], "OK", "{body}");
        answers.fetch_add(1, Ordering::Relaxed);
        Some(body["responseObject"].clone())
    }
}
