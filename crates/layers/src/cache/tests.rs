use std::sync::atomic::{AtomicUsize, Ordering};

use data_adapter_core::{AccountStatus, Extras};
use data_adapter_testkit::{Directory, operation};

use super::*;

const MINUTE: CacheSettings = CacheSettings { time_to_live: Duration::from_secs(60), capacity: 10 };

fn query(username: &str) -> UsernameQuery {
    UsernameQuery {
        username: username.to_owned(),
        organization: OrganizationId::new(Directory::ORGANIZATION),
        operation: operation("op", "login"),
    }
}

#[tokio::test]
async fn a_user_who_was_found_is_found_while_the_directory_is_down() {
    let directory = Arc::new(Directory::default());
    let lookup = CachedLookup::new(Arc::clone(&directory) as _, MINUTE);
    let payer = UserId::new(Directory::PAYER);
    let found = lookup.by_username(&query(Directory::PAYER)).await.unwrap();
    assert_eq!(found.clone().map(|user| user.id), Some(payer.clone()));
    assert_eq!(lookup.by_id(&payer, None).await.unwrap(), found);
    directory.fail_with(Some(|| AdapterError::Remote("down".to_owned())));
    assert_eq!(lookup.by_username(&query(Directory::PAYER)).await.unwrap(), found);
    assert_eq!(lookup.by_id(&payer, None).await.unwrap(), found);
    let elsewhere = OrganizationId::new("SME");
    assert!(lookup.by_id(&payer, Some(&elsewhere)).await.is_err(), "another question");
}

#[tokio::test]
async fn a_consumer_is_always_asked_for() {
    let directory = Arc::new(Directory::default());
    let lookup = CachedLookup::new(Arc::clone(&directory) as _, MINUTE);
    let found = lookup.by_consumer_id(Directory::NAMED_CONSUMER, None).await.unwrap();
    assert_eq!(found.map(|user| user.id), Some(UserId::new(Directory::NAMED)));
    directory.fail_with(Some(|| AdapterError::Remote("down".to_owned())));
    assert!(lookup.by_consumer_id(Directory::NAMED_CONSUMER, None).await.is_err());
}

#[tokio::test]
async fn a_user_who_was_not_found_is_asked_for_again() {
    let directory = Arc::new(Directory::default());
    let lookup = CachedLookup::new(Arc::clone(&directory) as _, MINUTE);
    assert_eq!(lookup.by_username(&query("nobody")).await.unwrap(), None);
    directory.fail_with(Some(|| AdapterError::Remote("down".to_owned())));
    assert!(lookup.by_username(&query("nobody")).await.is_err());
}

#[tokio::test]
async fn a_user_is_forgotten_after_some_time() {
    let directory = Arc::new(Directory::default());
    let short = CacheSettings { time_to_live: Duration::from_millis(20), capacity: 10 };
    let lookup = CachedLookup::new(Arc::clone(&directory) as _, short);
    assert!(lookup.by_username(&query(Directory::PAYER)).await.unwrap().is_some());
    directory.fail_with(Some(|| AdapterError::Remote("down".to_owned())));
    tokio::time::sleep(Duration::from_millis(60)).await;
    assert!(lookup.by_username(&query(Directory::PAYER)).await.is_err());
}

fn user(id: &str) -> User {
    User {
        id: UserId::new(id),
        organization: OrganizationId::new(Directory::ORGANIZATION),
        given_name: None,
        family_name: None,
        phone: None,
        language: None,
        status: AccountStatus::Active,
        extras: Extras::default(),
    }
}

/// Finds everybody.
#[derive(Default)]
struct Everybody {
    asked: AtomicUsize,
}

#[async_trait]
impl UserLookup for Everybody {
    async fn by_username(&self, query: &UsernameQuery) -> Result<Option<User>, AdapterError> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        Ok(Some(user(&query.username)))
    }

    async fn by_id(
        &self,
        id: &UserId,
        _organization: Option<&OrganizationId>,
    ) -> Result<Option<User>, AdapterError> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        Ok(Some(user(id.as_str())))
    }

    async fn by_consumer_id(
        &self,
        consumer: i32,
        organization: Option<&OrganizationId>,
    ) -> Result<Option<User>, AdapterError> {
        self.by_id(&UserId::of_consumer(consumer), organization).await
    }
}

#[tokio::test]
async fn a_flood_of_users_does_not_push_out_who_comes_again_and_again() {
    let directory = Arc::new(Everybody::default());
    let settings = CacheSettings { capacity: 100, ..MINUTE };
    let lookup = CachedLookup::new(Arc::clone(&directory) as _, settings);
    let mut asked_again = 0;
    for number in 0..10_000 {
        lookup.by_username(&query(&number.to_string())).await.unwrap();
        if number % 50 == 0 {
            let before = directory.asked.load(Ordering::Relaxed);
            lookup.by_username(&query("regular")).await.unwrap();
            asked_again += directory.asked.load(Ordering::Relaxed) - before;
        }
    }
    assert!(asked_again < 20, "the directory was asked {asked_again} times out of 200");
}
