//! Passwords of one user at once, over two instances that share a store.

use futures::future::join_all;
use tempfile::TempDir;

use super::Bank;
use crate::support::DataAdapter;
use crate::support::payloads::{AUTHENTICATE, PASSWORD, authenticate};

/// The hash of `s3cret` at the lowest cost there is: what is raced for is the store.
const CHEAP: &str = "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$r6n7JS8nhqx+JzIQfXk/S+RWWarJd7kc3HXCZqP+Nd7L2SuwjoYr5rHsWL65ObxofuPyLzlxZY1uO9AqGRicVg";
const USER: &str = "0";

struct Two {
    instances: [DataAdapter; 2],
    _bank: Bank,
    _folder: TempDir,
}

impl Two {
    async fn start() -> Self {
        let (bank, folder) = (Bank::of([CHEAP]), TempDir::new().expect("a temporary folder"));
        let store = folder.path().join("store.db");
        let start = async || bank.builder().store(&store).start().await;
        Self { instances: [start().await, start().await], _bank: bank, _folder: folder }
    }

    /// How many passwords of these are let in, at once and in turns at both.
    async fn let_in(&self, passwords: &[&str]) -> usize {
        let answers = passwords.iter().enumerate().map(|(number, password)| {
            self.instances[number % 2].post(AUTHENTICATE, authenticate(USER, password))
        });
        let answers = join_all(answers).await;
        for answer in &answers {
            assert_eq!(answer.status, 200, "{}", answer.text);
        }
        answers
            .iter()
            .filter(|answer| answer.object()["authenticationResult"] == "VERIFIED_SUCCEEDED")
            .count()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_right_passwords_of_one_user_all_succeed_and_nobody_is_blocked() {
    let two = Two::start().await;
    assert_eq!(two.let_in(&["wrong"; 4]).await, 0);
    assert_eq!(two.let_in(&[PASSWORD; 200]).await, 200);
    assert_eq!(two.let_in(&["wrong"; 4]).await, 0);
    assert_eq!(two.let_in(&[PASSWORD]).await, 1, "what failed before was not forgotten");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_wrong_passwords_at_once_block_the_user_at_both() {
    let two = Two::start().await;
    assert_eq!(two.let_in(&["wrong"; 200]).await, 0);
    for instance in 0..2 {
        let answer = two.instances[instance].post(AUTHENTICATE, authenticate(USER, PASSWORD)).await;
        assert_eq!(answer.object()["authenticationResult"], "VERIFIED_FAILED", "blocked: {}", answer.text);
    }
}
