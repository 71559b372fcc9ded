//! `kill -9` under load.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures::future::join_all;
use serde_json::Value;
use tempfile::TempDir;

use crate::codes::{rent, wrong};
use crate::support::payloads::{SMS_CREATE, SMS_VERIFY, sms_create, sms_verify};
use crate::support::{Answer, DataAdapter};

const CRASHES: usize = 10;
/// Clients at once, each with a user of its own, so that nobody's failures block another's.
const CLIENTS: usize = 8;
/// Answers after which the process is killed, while the next ones are under way.
const ANSWERS: usize = 40;

/// What the process answered about one code before it was killed.
#[derive(Debug)]
struct Code {
    user: String,
    operation: String,
    message: String,
    digits: String,
    answered: Answered,
    /// A request whose answer nobody got may or may not have counted.
    under_way: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answered {
    Created,
    Guessed,
    Used,
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_kills_under_load_lose_nothing_that_was_answered() {
    let folder = TempDir::new().expect("a temporary folder");
    let users = folder.path().join("users.toml");
    std::fs::write(&users, users_file()).expect("the users file can be written");
    let mut checked = 0;
    for crash in 0..CRASHES {
        let builder = || {
            DataAdapter::builder()
                .store(&folder.path().join("store.db"))
                .env("DATA_ADAPTER__BACKENDS__MEMORY__USERS_FILE", users.display().to_string())
        };
        let codes = killed_under_load(builder().start().await, crash).await;
        let after = builder().start().await;
        for code in &codes {
            check(&after, code).await;
        }
        checked += codes.len();
    }
    assert!(checked > CRASHES * CLIENTS, "only {checked} codes were answered before the kills");
}

fn users_file() -> String {
    let hash =
        "$argon2id$v=19$m=19456,t=2,p=1$nHZghWRdhohP40GFHBq92w$hZK1Xs9e1aPljOsg+J1mSsIX4Uf5JUwt6DyhhrHxVk0";
    let user = |number| {
        format!(
            "[[users]]\nid = \"{number}\"\nusername = \"user{number}\"\norganization = \"RETAIL\"\n\
             phone = \"+420{number}\"\npassword_hash = \"{hash}\"\n"
        )
    };
    (0..CLIENTS).map(user).collect()
}

/// Runs clients until enough was answered, kills the process, and returns what the clients know.
async fn killed_under_load(adapter: DataAdapter, crash: usize) -> Vec<Code> {
    let adapter = Arc::new(adapter);
    let answers = Arc::new(AtomicUsize::new(0));
    let client = |number: usize| {
        let client = Client { adapter: Arc::clone(&adapter), answers: Arc::clone(&answers), number, crash };
        tokio::spawn(client.run())
    };
    let clients: Vec<_> = (0..CLIENTS).map(client).collect();
    while answers.load(Ordering::Relaxed) < ANSWERS {
        tokio::task::yield_now().await;
    }
    adapter.signal("KILL").await;
    join_all(clients).await.into_iter().flat_map(|codes| codes.expect("a client does not panic")).collect()
}

struct Client {
    adapter: Arc<DataAdapter>,
    answers: Arc<AtomicUsize>,
    number: usize,
    crash: usize,
}

impl Client {
    /// Creates codes, and by turns leaves them, guesses wrong, or uses them, until nobody answers any more.
    async fn run(self) -> Vec<Code> {
        let mut codes = Vec::new();
        for turn in 0.. {
            let Some(mut code) = self.create(turn).await else { break };
            let (answered, digits) = match turn % 3 {
                0 => (Answered::Used, code.digits.clone()),
                1 => (Answered::Guessed, wrong(&code.digits)),
                _ => {
                    codes.push(code);
                    continue;
                }
            };
            code.under_way = true;
            let answer = self.post(SMS_VERIFY, request(&code, &digits)).await;
            let died = answer.is_none();
            if answer.is_some() {
                code.under_way = false;
                code.answered = answered;
            }
            codes.push(code);
            if died {
                break;
            }
        }
        codes
    }

    async fn create(&self, turn: usize) -> Option<Code> {
        let operation = format!("op-{}-{}-{turn}", self.crash, self.number);
        let user = self.number.to_string();
        let object = self.post(SMS_CREATE, sms_create(user.as_str(), &rent(&operation))).await?;
        let message = object["messageId"].as_str()?.to_owned();
        let inbox = self.adapter.client().get(self.adapter.url("/sandbox/messages")).send().await.ok()?;
        let inbox: Value = serde_json::from_str(&inbox.text().await.ok()?).ok()?;
        let text = inbox.as_array()?.iter().find(|entry| entry["messageId"] == message.as_str())?["text"]
            .as_str()?;
        let digits = text.trim_end_matches('.').rsplit(' ').next()?.to_owned();
        Some(Code { user, operation, message, digits, answered: Answered::Created, under_way: false })
    }

    /// The answer, unless the process is gone.
    async fn post(&self, path: &str, body: String) -> Option<Value> {
        let request = self.adapter.client().post(self.adapter.url(path)).body(body);
        let response = request.header("content-type", "application/json").send().await.ok()?;
        let body: Value = serde_json::from_str(&response.text().await.ok()?).ok()?;
        assert_eq!(body["status"], "OK", "{body}");
        self.answers.fetch_add(1, Ordering::Relaxed);
        Some(body["responseObject"].clone())
    }
}

fn request(code: &Code, digits: &str) -> String {
    sms_verify(&code.message, digits, code.user.as_str(), &rent(&code.operation))
}

async fn check(adapter: &DataAdapter, code: &Code) {
    let verify = async |digits: &str| adapter.post(SMS_VERIFY, request(code, digits)).await;
    let key = |answer: &Answer| answer.object()["errorMessage"].as_str().map(str::to_owned);
    if code.answered == Answered::Used {
        let answer = verify(&code.digits).await;
        assert_eq!(
            key(&answer).as_deref(),
            Some("smsAuthorization.alreadyVerified"),
            "{code:?}: {}",
            answer.text
        );
        return;
    }
    if code.answered == Answered::Guessed {
        let answer = verify(&wrong(&code.digits)).await;
        assert_eq!(
            answer.object()["remainingAttempts"],
            3,
            "a guess was forgotten: {code:?}: {}",
            answer.text
        );
    }
    let answer = verify(&code.digits).await;
    let used_under_way =
        code.under_way && key(&answer).as_deref() == Some("smsAuthorization.alreadyVerified");
    assert!(key(&answer).is_none() || used_under_way, "the code was lost: {code:?}: {}", answer.text);
}
