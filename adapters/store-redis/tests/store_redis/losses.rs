//! Servers that would lose what they are given are refused, and what is kept is neither shown nor kept for good.

use data_adapter_sca::{Guess, RateLimit, RateStore as _, Rated, RatedKey};
use data_adapter_store_redis::{OpenError, RedisSettings, RedisStore};
use data_adapter_testkit::RedisServer;
use futures::future::join_all;
use jiff::SignedDuration;

use crate::support::{fresh, guess, open, retention, settings};

fn strict(url: String) -> RedisSettings {
    RedisSettings { allow_loss: false, ..settings(url) }
}

async fn refusal(settings: &RedisSettings) -> OpenError {
    RedisStore::open(settings, retention()).await.err().expect("it is refused")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_server_alone_has_to_write_every_change_to_its_disk() {
    let Some(server) = RedisServer::start(&["--appendonly", "yes"]) else { return };
    let settings = strict(server.url());
    let refused = refusal(&settings).await;
    assert!(matches!(refused, OpenError::Losing { .. }) && refused.is_configuration(), "{refused}");
    server.run(&["config", "set", "appendfsync", "always"]);
    assert!(RedisStore::open(&settings, retention()).await.is_ok(), "it writes everything");
    server.run(&["config", "set", "maxmemory-policy", "allkeys-lru"]);
    let refused = refusal(&settings).await;
    assert!(refused.to_string().contains("`allkeys-lru`"), "{refused}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_user_may_be_one_of_its_own_and_no_password_is_shown() {
    let user = ["--user", "codes", "on", ">hush", "~data:*", "+@all", "-config"];
    let Some(server) = RedisServer::start(&user) else { return };
    let url = server.url().replace("redis://", "redis://codes@");
    let settings =
        RedisSettings { password: Some("hush".into()), prefix: "data:1".to_owned(), ..strict(url.clone()) };
    assert!(RedisStore::open(&settings, retention()).await.is_ok(), "it may not tell its settings");
    let wrong = RedisSettings { password: Some("hush-hush".into()), ..settings };
    let refused = refusal(&wrong).await.to_string();
    assert!(
        refused.contains("look at `codes_url`, at the password") && !refused.contains("hush"),
        "{refused}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn over_tls_a_server_has_to_show_a_certificate_for_its_name() {
    let Some(server) = RedisServer::start_with_tls(&[]) else { return };
    let trusting = RedisSettings { ca_file: Some(server.ca_file()), ..settings(server.url()) };
    let store = fresh(&trusting).await;
    let challenge = open(&store, "user", "op").await.expect("a code is opened");
    assert_eq!(guess(&store, &challenge, true).await.expect("a guess is taken"), Guess::Accepted);
    let suspicious = RedisSettings { ca_file: None, ..trusting };
    let refused = refusal(&suspicious).await.to_string();
    assert!(refused.contains("certificate"), "{refused}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn everything_goes_by_itself_in_the_end_and_no_code_or_name_is_in_a_key() {
    let Some(server) = RedisServer::start(&[]) else { return };
    let store = fresh(&settings(server.url())).await;
    let challenge = open(&store, "alice", "payment 1").await.expect("a code is opened");
    guess(&store, &challenge, false).await.expect("a guess is taken");
    let limit = RateLimit { limit: 3, window: SignedDuration::from_mins(1) };
    let rated = RatedKey::counted("messages to alice".to_owned(), &[limit]);
    assert_eq!(store.rate(&[rated], challenge.created_at).await.expect("it is counted"), Rated::Admitted);
    let keys = server.run(&["keys", "*"]);
    assert!(!keys.contains("alice") && !keys.contains("payment"), "{keys}");
    let lasting: Vec<_> = keys.lines().filter(|key| server.run(&["pttl", key]) == "-1").collect();
    assert!(lasting.iter().all(|key| key.ends_with(":{ids}:key")), "{lasting:?} last for good");
    assert!(
        keys.lines().count() >= 8,
        "a challenge, its step, its user's failures and list, its operation, a window, their list: {keys}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_the_guesses_at_two_instances_no_more_than_the_budget_are_compared() {
    let Some(server) = RedisServer::start(&[]) else { return };
    let settings = settings(server.url());
    let open_store = || RedisStore::open(&settings, retention());
    let (left, right) = (open_store().await.expect("it opens"), open_store().await.expect("it opens"));
    let challenge = open(&left, "user", "op").await.expect("a code is opened");
    let guesses =
        (0..200).map(|number| guess(if number % 2 == 0 { &left } else { &right }, &challenge, false));
    let guesses: Vec<_> =
        join_all(guesses).await.into_iter().map(|taken| taken.expect("it is taken")).collect();
    let counted = guesses.iter().filter(|guess| matches!(guess, Guess::Counted(_))).count();
    let spent = guesses.iter().filter(|guess| **guess == Guess::Spent).count();
    assert_eq!((counted, spent), (3, 197));
    let challenge = open(&right, "another user", "another op").await.expect("a code is opened");
    let uses = (0..100).map(|number| guess(if number % 2 == 0 { &left } else { &right }, &challenge, true));
    let uses = join_all(uses).await.into_iter().map(|taken| taken.expect("it is taken"));
    assert_eq!(uses.filter(|guess| *guess == Guess::Accepted).count(), 1, "so many succeeded");
}
