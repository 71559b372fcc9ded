//! Codes that were sent, guessed at, and used.

use super::Client;
use crate::codes::{USED, rent, wrong};
use crate::support::payloads::{SMS_VERIFY, sms_verify};
use crate::support::{Answer, DataAdapter};

/// What the process answered about one code before it was killed.
#[derive(Clone, Debug)]
pub(super) struct Code {
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

/// Creates codes, and by turns leaves them, guesses wrong, or uses them, until nobody answers any more.
pub(super) async fn run(client: Client) -> Vec<Code> {
    let mut codes = Vec::new();
    for turn in 0.. {
        let Some(mut code) = create(&client, turn).await else { break };
        let (answered, digits) = match turn % 3 {
            0 => (Answered::Used, code.digits.clone()),
            1 => (Answered::Guessed, wrong(&code.digits)),
            _ => {
                codes.push(code);
                continue;
            }
        };
        let answer = client.post(SMS_VERIFY, request(&code, &digits), &client.answers.codes).await;
        code.under_way = answer.is_none();
        if answer.is_some() {
            code.answered = answered;
        }
        codes.push(code);
        if answer.is_none() {
            break;
        }
    }
    codes
}

async fn create(client: &Client, turn: usize) -> Option<Code> {
    let operation = client.operation("code", turn);
    let user = client.number.to_string();
    let (message, digits) = client.create(&user, &rent(&operation)).await?;
    Some(Code { user, operation, message, digits, answered: Answered::Created, under_way: false })
}

fn request(code: &Code, digits: &str) -> String {
    sms_verify(&code.message, digits, code.user.as_str(), &rent(&code.operation))
}

pub(super) async fn check(adapter: &DataAdapter, code: &Code) {
    let verify = async |digits: &str| adapter.post(SMS_VERIFY, request(code, digits)).await;
    let key = |answer: &Answer| answer.object()["errorMessage"].as_str().map(str::to_owned);
    if code.answered == Answered::Used {
        let answer = verify(&code.digits).await;
        assert_eq!(key(&answer).as_deref(), Some(USED), "{code:?}: {}", answer.text);
        return;
    }
    if code.answered == Answered::Guessed {
        let answer = verify(&wrong(&code.digits)).await;
        let left = &answer.object()["remainingAttempts"];
        assert_eq!(*left, 3, "a guess was forgotten: {code:?}: {}", answer.text);
    }
    let answer = verify(&code.digits).await;
    let used_under_way = code.under_way && key(&answer).as_deref() == Some(USED);
    assert!(key(&answer).is_none() || used_under_way, "the code was lost: {code:?}: {}", answer.text);
}
