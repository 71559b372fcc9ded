use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use data_adapter_core::{
    AccountStatus, AdapterError, Authentication, AuthenticationOutcome, Credentials, Extras, Language,
    OrganizationId, Password, PhoneNumber, Restriction, User, UserId, UserLookup, UsernameQuery,
};
use secrecy::ExposeSecret as _;

/// A few users in memory, for suites that need some. They all have the same password.
#[derive(Debug)]
pub struct Directory {
    users: Vec<User>,
    typed: Mutex<Vec<(UserId, String)>>,
    error: Mutex<Option<fn() -> AdapterError>>,
    /// Whether blanks at the ends of an id mean nothing.
    trims: AtomicBool,
}

impl Directory {
    /// Everyone's organization.
    pub const ORGANIZATION: &str = "RETAIL";
    /// Everyone's password.
    pub const PASSWORD: &str = "s3cret";
    /// Has a phone and no language.
    pub const PAYER: &str = "12345678";
    /// Has a phone and a blocked account.
    pub const BLOCKED: &str = "20000001";
    /// Has a phone and reads Czech.
    pub const CZECH: &str = "20000002";
    /// Has no phone.
    pub const NO_PHONE: &str = "20000003";
    /// Has no phone and a blocked account.
    pub const BLOCKED_NO_PHONE: &str = "20000004";

    /// Has a phone, an id that is no number, and [`NAMED_CONSUMER`](Self::NAMED_CONSUMER) beside it.
    pub const NAMED: &str = "named";
    /// The consumer id of [`NAMED`](Self::NAMED).
    pub const NAMED_CONSUMER: i32 = 30_000_001;

    /// Has a phone and a password that somebody handed out, which does not let them in.
    pub const TEMPORARY: &str = "20000005";

    /// Makes every lookup and authentication fail with an error, or end the failing with `None`.
    pub fn fail_with(&self, error: Option<fn() -> AdapterError>) {
        *self.error.lock().unwrap_or_else(PoisonError::into_inner) = error;
    }

    /// Makes it find everybody under every spelling of their id with blanks at the ends, and say the one that it knows.
    pub fn ignore_blanks(&self) {
        self.trims.store(true, Ordering::Relaxed);
    }

    /// How often `password` was checked for `user`.
    #[must_use]
    pub fn checks_of(&self, user: &str, password: &str) -> usize {
        let typed = self.typed.lock().unwrap_or_else(PoisonError::into_inner);
        let same = typed.iter().filter(|(who, what)| who.as_str() == user && what == password);
        same.count()
    }

    /// How many passwords were checked for `user`.
    #[must_use]
    pub fn checks_for(&self, user: &str) -> usize {
        let typed = self.typed.lock().unwrap_or_else(PoisonError::into_inner);
        typed.iter().filter(|(who, _)| who.as_str() == user).count()
    }

    /// How many passwords were checked in all.
    #[must_use]
    pub fn checks(&self) -> usize {
        self.typed.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    fn answer(&self) -> Result<(), AdapterError> {
        let error = *self.error.lock().unwrap_or_else(PoisonError::into_inner);
        error.map_or(Ok(()), |error| Err(error()))
    }

    fn find(&self, id: &UserId, organization: Option<&OrganizationId>) -> Option<&User> {
        let id = id.as_str();
        let id = if self.trims.load(Ordering::Relaxed) { id.trim() } else { id };
        let fits = |user: &&User| {
            user.id.as_str() == id && organization.is_none_or(|wanted| user.organization == *wanted)
        };
        self.users.iter().find(fits)
    }

    /// The number of those who have one.
    #[must_use]
    pub fn phone(id: &str) -> String {
        format!("+4207{id}")
    }
}

impl Default for Directory {
    fn default() -> Self {
        let user = |id: &str| User {
            id: UserId::new(id),
            organization: OrganizationId::new(Self::ORGANIZATION),
            given_name: None,
            family_name: None,
            phone: Some(PhoneNumber::new(Self::phone(id))),
            language: None,
            status: AccountStatus::Active,
            extras: Extras::default(),
        };
        let mut users = vec![user(Self::PAYER)];
        users.push(User { status: AccountStatus::Blocked, ..user(Self::BLOCKED) });
        users.push(User { language: Some(Language::new("cs")), ..user(Self::CZECH) });
        users.push(User { phone: None, ..user(Self::NO_PHONE) });
        users.push(User { phone: None, status: AccountStatus::Blocked, ..user(Self::BLOCKED_NO_PHONE) });
        users.push(user(Self::TEMPORARY));
        users.push(user(Self::NAMED));
        Self { users, typed: Mutex::default(), error: Mutex::default(), trims: AtomicBool::default() }
    }
}

#[async_trait]
impl UserLookup for Directory {
    /// The ids are the usernames.
    async fn by_username(&self, query: &UsernameQuery) -> Result<Option<User>, AdapterError> {
        self.answer()?;
        let id = UserId::new(query.username.as_str());
        Ok(self.find(&id, Some(&query.organization)).cloned())
    }

    async fn by_id(
        &self,
        id: &UserId,
        organization: Option<&OrganizationId>,
    ) -> Result<Option<User>, AdapterError> {
        self.answer()?;
        Ok(self.find(id, organization).cloned())
    }

    async fn by_consumer_id(
        &self,
        consumer: i32,
        organization: Option<&OrganizationId>,
    ) -> Result<Option<User>, AdapterError> {
        self.answer()?;
        let by_id = self.find(&UserId::of_consumer(consumer), organization);
        let named = self.find(&UserId::new(Self::NAMED), organization);
        Ok(by_id.or(named.filter(|_| consumer == Self::NAMED_CONSUMER)).cloned())
    }
}

#[async_trait]
impl Authentication for Directory {
    /// Lets other tasks run before it answers, as a real directory does.
    async fn authenticate(&self, credentials: &Credentials) -> Result<AuthenticationOutcome, AdapterError> {
        tokio::task::yield_now().await;
        let typed = match &credentials.password {
            Password::Clear(clear) => clear.expose_secret().to_owned(),
            Password::Encrypted { ciphertext, .. } => ciphertext.expose_secret().to_owned(),
        };
        self.typed
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push((credentials.user.clone(), typed.clone()));
        self.answer()?;
        let user = self.find(&credentials.user, credentials.organization.as_ref());
        let Some(user) = user.filter(|_| typed == Self::PASSWORD) else {
            return Ok(AuthenticationOutcome::Failed { remaining_attempts: None });
        };
        let restriction = match user.status {
            AccountStatus::Blocked => Restriction::Disabled,
            AccountStatus::Active if user.id.as_str() == Self::TEMPORARY => Restriction::MustChangePassword,
            AccountStatus::Active => return Ok(AuthenticationOutcome::succeeded(user.clone())),
        };
        Ok(AuthenticationOutcome::restricted(user.id.clone(), restriction))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{Account, Accounts, authentication_contract, user_lookup_contract};

    #[tokio::test]
    async fn a_directory_keeps_the_contracts_of_back_ends() {
        let account = |id: &str| Account {
            username: id.to_owned(),
            id: UserId::new(id),
            organization: OrganizationId::new(Directory::ORGANIZATION),
            password: Directory::PASSWORD.into(),
        };
        let accounts = Accounts {
            active: account(Directory::PAYER),
            blocked: Some(account(Directory::BLOCKED)),
            consumer: Some((account(Directory::NAMED), Directory::NAMED_CONSUMER)),
        };
        let directory = Arc::new(Directory::default());
        user_lookup_contract(Arc::clone(&directory) as _, &accounts).await;
        authentication_contract(directory, &accounts).await;
    }
}
