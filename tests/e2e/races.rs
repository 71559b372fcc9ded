//! The same things at the same moment, over each store.

use std::collections::BTreeMap;

use futures::future::join_all;
use serde_json::Value;

use crate::codes::{SPENT, assert_right, create, rent, send, verify, wrong};
use crate::support::DataAdapter;
use crate::support::payloads::{
    AUTHENTICATE, DECORATE, PASSWORD, SMS_PASSWORD_VERIFY, USER, authenticate, formdata_decorate,
    sms_password_verify,
};

const STORE: &str = "DATA_ADAPTER__STORE__URL";

async fn start(store: &str) -> DataAdapter {
    DataAdapter::builder().env(STORE, store).start().await
}

/// Each race over each store.
macro_rules! races {
    ($($race:ident),* $(,)?) => {
        mod in_memory {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $race() {
                super::$race("memory:").await;
            })*
        }
        mod in_a_file {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $race() {
                super::$race("sqlite:store.db").await;
            })*
        }
    };
}

races!(
    of_two_hundred_guesses_at_one_code_exactly_five_are_evaluated,
    of_fifty_right_answers_exactly_one_succeeds,
    right_and_wrong_answers_at_once_never_exceed_the_budget,
    of_codes_made_at_once_for_one_step_at_most_one_works,
    of_right_passwords_with_a_right_code_exactly_one_succeeds,
    right_passwords_of_one_user_at_once_all_succeed,
    of_wrong_passwords_at_once_no_more_than_five_are_evaluated,
    a_decoration_at_the_same_time_as_a_code_disturbs_neither,
    users_do_not_wait_for_each_other,
);

async fn of_two_hundred_guesses_at_one_code_exactly_five_are_evaluated(store: &str) {
    let adapter = start(store).await;
    let sent = send(&adapter, USER, &rent("op")).await;
    let (code, context) = (wrong(&sent.code), rent("op"));
    let guesses = (0..200).map(|_| verify(&adapter, &sent.message, &code, USER, &context));
    let mut remaining = Vec::new();
    let mut messages = BTreeMap::new();
    for answer in join_all(guesses).await {
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert_eq!(answer.object()["smsAuthorizationResult"], "VERIFIED_FAILED", "{}", answer.text);
        *messages.entry(answer.message()).or_insert(0) += 1;
        remaining.extend(answer.object()["remainingAttempts"].as_u64());
    }
    remaining.sort_unstable();
    assert_eq!(remaining, [0, 1, 2, 3, 4]);
    let expected = BTreeMap::from([("smsAuthorization.failed".to_owned(), 5), (SPENT.to_owned(), 195)]);
    assert_eq!(messages, expected);
    let answer = verify(&adapter, &sent.message, &sent.code, USER, &context).await;
    assert_eq!(answer.message(), SPENT, "the right code comes too late: {}", answer.text);
}

async fn of_fifty_right_answers_exactly_one_succeeds(store: &str) {
    let adapter = start(store).await;
    for round in 0..5 {
        let context = rent(&format!("op-{round}"));
        let sent = send(&adapter, USER, &context).await;
        let answers = (0..50).map(|_| verify(&adapter, &sent.message, &sent.code, USER, &context));
        let answers = join_all(answers).await;
        let succeeded = answers.iter().filter(|answer| {
            assert_eq!(answer.status, 200, "{}", answer.text);
            answer.object()["smsAuthorizationResult"] == "VERIFIED_SUCCEEDED"
        });
        assert_eq!(succeeded.count(), 1, "in round {round}");
    }
}

async fn right_and_wrong_answers_at_once_never_exceed_the_budget(store: &str) {
    let adapter = start(store).await;
    let sent = send(&adapter, USER, &rent("op")).await;
    let (bad, context) = (wrong(&sent.code), rent("op"));
    let answers = (0..100).map(|number| {
        let code = if number % 2 == 0 { &sent.code } else { &bad };
        verify(&adapter, &sent.message, code, USER, &context)
    });
    let answers = join_all(answers).await;
    let result = |result: &str| {
        let found = answers.iter().filter(|answer| answer.object()["smsAuthorizationResult"] == result);
        found.count()
    };
    let evaluated = answers.iter().filter(|answer| answer.object()["remainingAttempts"].is_u64()).count();
    assert!(result("VERIFIED_SUCCEEDED") <= 1, "it is accepted once");
    assert!(evaluated <= 5, "{evaluated} wrong guesses are evaluated");
    assert_eq!(result("VERIFIED_SUCCEEDED") + result("VERIFIED_FAILED"), 100);
}

async fn of_codes_made_at_once_for_one_step_at_most_one_works(store: &str) {
    let adapter = start(store).await;
    for round in 0..10 {
        let context = rent(&format!("op-{round}"));
        let messages = join_all((0..2).map(|_| create(&adapter, USER, &context))).await;
        let mut right = 0;
        for message in messages {
            let code = adapter.code_for(&message).await;
            let answer = verify(&adapter, &message, &code, USER, &context).await;
            right += usize::from(answer.object()["smsAuthorizationResult"] == "VERIFIED_SUCCEEDED");
        }
        assert_eq!(right, 1, "in round {round}: one of them is the newest");
    }
}

async fn of_right_passwords_with_a_right_code_exactly_one_succeeds(store: &str) {
    let adapter = start(store).await;
    let sent = send(&adapter, USER, &rent("op")).await;
    let body = sms_password_verify(&sent.message, &sent.code, USER, PASSWORD, &rent("op"));
    let answers = join_all((0..20).map(|_| adapter.post(SMS_PASSWORD_VERIFY, body.clone()))).await;
    let mut results = BTreeMap::new();
    for answer in &answers {
        assert_eq!(answer.status, 200, "{}", answer.text);
        let object = answer.object();
        assert_eq!(object["smsAuthorizationResult"], object["userAuthenticationResult"], "{}", answer.text);
        *results.entry(answer.member("smsAuthorizationResult")).or_insert(0) += 1;
    }
    let expected = BTreeMap::from([("VERIFIED_SUCCEEDED".to_owned(), 1), ("VERIFIED_FAILED".to_owned(), 19)]);
    assert_eq!(results, expected);
}

async fn right_passwords_of_one_user_at_once_all_succeed(store: &str) {
    let adapter = start(store).await;
    let answers = join_all((0..20).map(|_| adapter.post(AUTHENTICATE, authenticate(USER, PASSWORD)))).await;
    for answer in answers {
        assert_eq!(answer.object()["authenticationResult"], "VERIFIED_SUCCEEDED", "{}", answer.text);
    }
}

async fn of_wrong_passwords_at_once_no_more_than_five_are_evaluated(store: &str) {
    let adapter = start(store).await;
    let bodies = (0..20).map(|number| authenticate(USER, &format!("wrong-{number}")));
    let answers = join_all(bodies.map(|body| adapter.post(AUTHENTICATE, body))).await;
    for answer in answers {
        assert_eq!(answer.object()["authenticationResult"], "VERIFIED_FAILED", "{}", answer.text);
        assert_eq!(answer.message(), "login.authenticationFailed", "{}", answer.text);
    }
    let answer = adapter.post(AUTHENTICATE, authenticate(USER, PASSWORD)).await;
    assert_eq!(answer.object()["authenticationResult"], "VERIFIED_FAILED", "blocked: {}", answer.text);
}

async fn a_decoration_at_the_same_time_as_a_code_disturbs_neither(store: &str) {
    let adapter = start(store).await;
    for round in 0..10 {
        let context = rent(&format!("op-{round}"));
        let decorate = || adapter.post(DECORATE, formdata_decorate(USER, &context));
        let (first, message, second) =
            futures::join!(decorate(), create(&adapter, USER, &context), decorate());
        assert_eq!(first.status, 200, "{}", first.text);
        assert_eq!(first.text, second.text, "a decoration is idempotent");
        let code = adapter.code_for(&message).await;
        assert_right(&verify(&adapter, &message, &code, USER, &context).await, "while decorating");
    }
}

async fn users_do_not_wait_for_each_other(store: &str) {
    let adapter = start(store).await;
    let users = [USER, "20000002"];
    let journeys = (0..40).map(|number| {
        let (adapter, user) = (&adapter, users[number % 2]);
        async move {
            let context = rent(&format!("op-{number}"));
            let sent = send(adapter, user, &context).await;
            verify(adapter, &sent.message, &sent.code, user, &context).await
        }
    });
    for answer in join_all(journeys).await {
        assert_eq!(answer.object()["errorMessage"], Value::Null, "{}", answer.text);
    }
}
