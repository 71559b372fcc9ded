//! Failures in a row, up to the block.

use super::{Client, LIMIT, LOOK_EVERY, failing_user};
use crate::codes::{assert_wrong, rent, wrong};
use crate::support::DataAdapter;
use crate::support::payloads::{AUTHENTICATE, PASSWORD, SMS_VERIFY, authenticate, sms_verify};

/// A code with what it is for.
#[derive(Debug)]
struct Sent {
    operation: String,
    message: String,
    digits: String,
}

/// A user who got codes of several operations wrong.
#[derive(Debug)]
pub(super) struct WrongCodes {
    user: String,
    answered: usize,
    /// One code that waits, and two that are guessed at; fewer when the process was killed before.
    sent: Vec<Sent>,
}

impl WrongCodes {
    /// Guesses wrong until the user is blocked or nobody answers any more.
    pub(super) async fn run(client: Client) -> Self {
        let mut wrong =
            Self { user: failing_user(client.crash, client.number), answered: 0, sent: Vec::new() };
        for turn in 0..3 {
            let operation = client.operation("failing", turn);
            let Some((message, digits)) = client.create(&wrong.user, &rent(&operation)).await else {
                return wrong;
            };
            wrong.sent.push(Sent { operation, message, digits });
        }
        while !client.answers.slower_ones_are_enough(client.crash) {
            tokio::time::sleep(LOOK_EVERY).await;
        }
        for guess in 0..LIMIT {
            let body = wrong.guess(1 + guess % 2);
            if client.post(SMS_VERIFY, body, &client.answers.wrong_codes).await.is_none() {
                break;
            }
            wrong.answered += 1;
        }
        wrong
    }

    /// A wrong guess at the code of that place.
    fn guess(&self, place: usize) -> String {
        let sent = &self.sent[place];
        sms_verify(&sent.message, &wrong(&sent.digits), self.user.as_str(), &rent(&sent.operation))
    }

    /// With those that were answered it takes this many failures for a block, or fewer.
    pub(super) async fn check(&self, adapter: &DataAdapter) {
        let [waiting, _, _] = self.sent.as_slice() else { return };
        for guess in self.answered..LIMIT {
            adapter.post(SMS_VERIFY, self.guess(1 + guess % 2)).await;
        }
        let context = rent(&waiting.operation);
        let right = sms_verify(&waiting.message, &waiting.digits, self.user.as_str(), &context);
        let answer = adapter.post(SMS_VERIFY, right).await;
        assert_wrong(&answer, 4, &format!("failures or a block were forgotten: {self:?}"));
    }
}

/// A user who got the password wrong.
#[derive(Debug)]
pub(super) struct WrongPasswords {
    user: String,
    answered: usize,
}

impl WrongPasswords {
    /// Guesses until the user is blocked or nobody answers any more.
    pub(super) async fn run(client: Client) -> Self {
        let mut wrong = Self { user: failing_user(client.crash, client.number), answered: 0 };
        while wrong.answered < LIMIT {
            let body = authenticate(&wrong.user, "wrong");
            if client.post(AUTHENTICATE, body, &client.answers.wrong_passwords).await.is_none() {
                break;
            }
            wrong.answered += 1;
        }
        wrong
    }

    /// With those that were answered it takes this many failures for a block, or fewer.
    pub(super) async fn check(&self, adapter: &DataAdapter) {
        for _ in self.answered..LIMIT {
            adapter.post(AUTHENTICATE, authenticate(&self.user, "wrong")).await;
        }
        let answer = adapter.post(AUTHENTICATE, authenticate(&self.user, PASSWORD)).await;
        let is_under_way = answer.text.contains("REMOTE_ERROR");
        assert!(
            is_under_way || answer.object()["authenticationResult"] == "VERIFIED_FAILED",
            "failures or a block were forgotten: {self:?}: {}",
            answer.text
        );
    }
}
