//! The contract of user lookups, kept through every layer.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use data_adapter_core::{Capabilities, OrganizationId, UserId, UserLookup};
use data_adapter_layers::{ByOrganization, CacheSettings, CachedLookup, Guard, GuardSettings};
use data_adapter_testkit::{Account, Accounts, Directory, user_lookup_contract};

fn account(id: &str) -> Account {
    Account {
        username: id.to_owned(),
        id: UserId::new(id),
        organization: OrganizationId::new(Directory::ORGANIZATION),
        password: Directory::PASSWORD.into(),
    }
}

fn cached(users: Arc<dyn UserLookup>) -> Arc<dyn UserLookup> {
    let settings = CacheSettings { time_to_live: Duration::from_secs(60), capacity: 10 };
    Arc::new(CachedLookup::new(users, settings))
}

fn by_organization(users: Arc<dyn UserLookup>) -> Arc<dyn UserLookup> {
    let elsewhere = HashMap::from([(OrganizationId::new("SME"), Arc::clone(&users))]);
    Arc::new(ByOrganization::users(users, elsewhere))
}

fn guarded(users: Arc<dyn UserLookup>) -> Arc<dyn UserLookup> {
    let settings = GuardSettings {
        deadline: Duration::from_secs(60),
        max_concurrent: 2,
        breaker_failures: 2,
        breaker_open: Duration::from_secs(1),
    };
    let capabilities = Capabilities { users: Some(users), ..Capabilities::default() };
    Guard::new("directory", settings).around(capabilities).users.expect("it still finds users")
}

#[tokio::test]
async fn users_are_found_through_every_layer() {
    let accounts = Accounts {
        active: account(Directory::PAYER),
        blocked: Some(account(Directory::BLOCKED)),
        consumer: Some((account(Directory::NAMED), Directory::NAMED_CONSUMER)),
    };
    for layer in [cached, by_organization, guarded] {
        user_lookup_contract(layer(Arc::new(Directory::default())), &accounts).await;
    }
}
