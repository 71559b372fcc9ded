use std::future::ready;
use std::sync::Arc;

use data_adapter_core::{OrganizationId, User, UserId, UserLookup, UsernameQuery};

use crate::people::{Account, Accounts, NOBODY, nowhere};
use crate::suite::{Rule, Suite, rules};

/// Checks the rules of a [`UserLookup`] that knows `accounts`.
///
/// # Panics
///
/// When rules are broken, with the names of all of them.
pub async fn user_lookup_contract(users: Arc<dyn UserLookup>, accounts: &Accounts) {
    let mut suite = Suite::new("user lookup");
    let bench = Bench { users, accounts: accounts.clone() };
    suite.check(RULES, || ready(bench.clone())).await;
    suite.end();
}

static RULES: &[Rule<Bench>] = &rules! {
    found:
        a_user_is_found_by_name,
        a_user_is_found_by_id,
        a_user_is_found_by_id_without_an_organization,
        both_ways_find_the_same_user;
    missing:
        nobody_is_found_by_a_name_that_no_user_has,
        nobody_is_found_by_an_id_that_no_user_has,
        nobody_is_found_by_name_in_another_organization,
        nobody_is_found_by_id_in_another_organization;
    consumers:
        a_user_whose_id_is_a_number_is_found_by_it,
        a_user_with_another_id_is_found_by_the_number_beside_it,
        nobody_is_found_by_a_consumer_id_that_no_user_has,
        nobody_is_found_by_consumer_id_in_another_organization;
};

#[derive(Clone)]
struct Bench {
    users: Arc<dyn UserLookup>,
    accounts: Accounts,
}

impl Bench {
    async fn by_username(&self, query: UsernameQuery) -> Option<User> {
        let user = self.users.by_username(&query).await;
        user.expect("the back end answers; a user who is missing is no error")
    }

    async fn by_id(&self, account: &Account) -> Option<User> {
        let user = self.users.by_id(&account.id, Some(&account.organization)).await;
        user.expect("the back end answers; a user who is missing is no error")
    }

    async fn by_consumer_id(&self, consumer: i32, organization: Option<&OrganizationId>) -> Option<User> {
        let user = self.users.by_consumer_id(consumer, organization).await;
        user.expect("the back end answers; a user who is missing is no error")
    }

    /// Everybody who has a consumer id, with it.
    fn consumers(&self) -> Vec<(Account, i32)> {
        let by_id =
            self.accounts.all().filter_map(|(account, _)| Some((account.clone(), account.id.consumer()?)));
        by_id.chain(self.accounts.consumer.clone()).collect()
    }

    async fn by_id_alone(&self, id: &UserId) -> Option<User> {
        let user = self.users.by_id(id, None).await;
        user.expect("the back end answers; a user who is missing is no error")
    }
}

mod found {
    use super::{Account, Bench, User};

    fn check(account: &Account, status: data_adapter_core::AccountStatus, user: Option<User>) {
        let user = user.expect("the user is found");
        assert!(account.is(&user), "another user was found: {}", user.id);
        assert_eq!(user.status, status, "the status of {}", user.id);
    }

    pub(super) async fn a_user_is_found_by_name(bench: Bench) {
        for (account, status) in bench.accounts.all() {
            check(account, status, bench.by_username(account.query()).await);
        }
    }

    pub(super) async fn a_user_is_found_by_id(bench: Bench) {
        for (account, status) in bench.accounts.all() {
            check(account, status, bench.by_id(account).await);
        }
    }

    pub(super) async fn a_user_is_found_by_id_without_an_organization(bench: Bench) {
        for (account, status) in bench.accounts.all() {
            check(account, status, bench.by_id_alone(&account.id).await);
        }
    }

    pub(super) async fn both_ways_find_the_same_user(bench: Bench) {
        for (account, _) in bench.accounts.all() {
            let by_name = bench.by_username(account.query()).await;
            assert_eq!(by_name, bench.by_id(account).await);
            assert_eq!(by_name, bench.by_id_alone(&account.id).await);
        }
    }
}

mod missing {
    use super::{Account, Bench, NOBODY, UserId, UsernameQuery, nowhere};

    pub(super) async fn nobody_is_found_by_a_name_that_no_user_has(bench: Bench) {
        let account = &bench.accounts.active;
        let longer = [format!("{}*", account.username), format!("{}x", account.username)];
        for username in NOBODY.into_iter().map(str::to_owned).chain(longer) {
            let query = UsernameQuery { username: username.clone(), ..account.query() };
            assert_eq!(bench.by_username(query).await, None, "`{username:?}`");
        }
    }

    pub(super) async fn nobody_is_found_by_an_id_that_no_user_has(bench: Bench) {
        let account = &bench.accounts.active;
        let longer = [format!("{}*", account.id), format!("{}x", account.id)];
        for id in NOBODY.into_iter().map(str::to_owned).chain(longer) {
            let id = UserId::new(id);
            let unknown = Account { id: id.clone(), ..account.clone() };
            assert_eq!(bench.by_id(&unknown).await, None, "`{id:?}`");
            assert_eq!(bench.by_id_alone(&id).await, None, "`{id:?}`");
        }
    }

    pub(super) async fn nobody_is_found_by_name_in_another_organization(bench: Bench) {
        let query = UsernameQuery { organization: nowhere(), ..bench.accounts.active.query() };
        assert_eq!(bench.by_username(query).await, None);
    }

    pub(super) async fn nobody_is_found_by_id_in_another_organization(bench: Bench) {
        let elsewhere = Account { organization: nowhere(), ..bench.accounts.active.clone() };
        assert_eq!(bench.by_id(&elsewhere).await, None);
    }
}

mod consumers {
    use super::{Bench, nowhere};

    pub(super) async fn a_user_whose_id_is_a_number_is_found_by_it(bench: Bench) {
        for (account, _) in bench.accounts.all() {
            let Some(consumer) = account.id.consumer() else { continue };
            let by_id = bench.by_id(account).await;
            assert_eq!(bench.by_consumer_id(consumer, Some(&account.organization)).await, by_id);
            assert_eq!(bench.by_consumer_id(consumer, None).await, by_id, "without an organization");
        }
    }

    pub(super) async fn a_user_with_another_id_is_found_by_the_number_beside_it(bench: Bench) {
        let Some((account, consumer)) = &bench.accounts.consumer else { return };
        assert_eq!(account.id.consumer(), None, "the id is a number itself");
        let by_id = bench.by_id(account).await;
        assert!(by_id.is_some(), "the user is found by id");
        assert_eq!(bench.by_consumer_id(*consumer, Some(&account.organization)).await, by_id);
        assert_eq!(bench.by_consumer_id(*consumer, None).await, by_id, "without an organization");
    }

    pub(super) async fn nobody_is_found_by_a_consumer_id_that_no_user_has(bench: Bench) {
        let organization = &bench.accounts.active.organization;
        let like_others = bench.consumers().into_iter().map(|(_, consumer)| -consumer);
        for consumer in [0, 1, -1, i32::MAX, i32::MIN].into_iter().chain(like_others) {
            assert_eq!(bench.by_consumer_id(consumer, Some(organization)).await, None, "{consumer}");
            assert_eq!(bench.by_consumer_id(consumer, None).await, None, "{consumer}");
        }
    }

    pub(super) async fn nobody_is_found_by_consumer_id_in_another_organization(bench: Bench) {
        for (_, consumer) in bench.consumers() {
            assert_eq!(bench.by_consumer_id(consumer, Some(&nowhere())).await, None, "{consumer}");
        }
    }
}
