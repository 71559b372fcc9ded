//! A back end for core banking that speaks JSON over HTTP, as `docs/write-your-own-back-end.md` builds it. The core banking is
//! imagined. Each request carries a bearer token, and is answered with the status 200 if nothing else is said.
//!
//! | request | answer |
//! |---|---|
//! | `GET /users?username=NAME&organization=ID` | a user, or 404 |
//! | `GET /users/ID` | a user, or 404 |
//! | `GET /users/ID/accounts` | a list of accounts, or 404 |
//! | `POST /passwords`: `user`, `password` | `true` or `false`, after the same time for a user who does not exist |
//! | `POST /events`: `operation`, `user`, `account` or `outcome` | `null`, also if it was told before |
//! | `GET /status` | `"UP"` |

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use data_adapter_core::{
    AccountStatus, AdapterError, Authentication, AuthenticationOutcome, BankAccount, Capabilities,
    Credentials, Decoration, Extras, FormChoice, FormDataChange, Language, OperationChange, OperationName,
    OperationOutcome, OperationParty, Operations, OrganizationId, Password, PasswordCheck, PhoneNumber,
    Readiness, Restriction, User, UserId, UserLookup, UsernameQuery,
};
use data_adapter_json_client::{Connections, JsonClient, TlsFiles};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::json;

/// The keys of `[backends.NAME]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    url: String,
    token: SecretString,
    timeout_ms: u64,
    ca_file: Option<PathBuf>,
    client_certificate_file: Option<PathBuf>,
    client_key_file: Option<PathBuf>,
}

struct ExampleBank {
    core: JsonClient,
    decorated: HashSet<OperationName>,
}

/// What the bank can do. The forms of `decorated` operations get the user's accounts.
///
/// # Errors
///
/// Which setting can't be used, and why.
pub fn connect(settings: Settings, decorated: HashSet<OperationName>) -> Result<Capabilities, String> {
    let Settings { url, token, timeout_ms, ca_file, client_certificate_file, client_key_file } = settings;
    let timeout = Duration::from_millis(timeout_ms);
    let tls = TlsFiles { ca_file, client_certificate_file, client_key_file };
    let core = JsonClient::new(&url, token, timeout, Connections::default(), &tls);
    let core = core.map_err(|error| error.to_string())?;
    let bank = Arc::new(ExampleBank { core, decorated });
    Ok(Capabilities {
        users: Some(Arc::clone(&bank) as _),
        authentication: Some(PasswordCheck::Bare(Arc::clone(&bank) as _)),
        operations: Some(Arc::clone(&bank) as _),
        readiness: Some(bank),
        ..Capabilities::default()
    })
}

#[async_trait]
impl Readiness for ExampleBank {
    async fn check(&self) -> Result<(), AdapterError> {
        let status: Option<String> = self.core.get(&["status"], &[]).await?;
        let nothing = || AdapterError::Unreachable("there is no core banking at `url`".to_owned());
        status.map(drop).ok_or_else(nothing)
    }
}

#[derive(Deserialize)]
struct Person {
    id: String,
    organization: String,
    given_name: Option<String>,
    family_name: Option<String>,
    phone: Option<String>,
    language: Option<String>,
    blocked: bool,
}

fn user(person: Person) -> User {
    let Person { id, organization, given_name, family_name, phone, language, blocked } = person;
    let (id, organization) = (UserId::new(id), OrganizationId::new(organization));
    let (phone, language) = (phone.map(PhoneNumber::new), language.map(Language::new));
    let status = if blocked { AccountStatus::Blocked } else { AccountStatus::Active };
    let extras = Extras::default();
    User { id, organization, given_name, family_name, phone, language, status, extras }
}

#[async_trait]
impl UserLookup for ExampleBank {
    async fn by_username(&self, query: &UsernameQuery) -> Result<Option<User>, AdapterError> {
        let asked = [("username", query.username.as_str()), ("organization", query.organization.as_str())];
        let person: Option<Person> = self.core.get(&["users"], &asked).await?;
        Ok(person.map(user).filter(|user| user.organization == query.organization))
    }

    async fn by_id(
        &self,
        id: &UserId,
        organization: Option<&OrganizationId>,
    ) -> Result<Option<User>, AdapterError> {
        let person: Option<Person> = self.core.get(&["users", id.as_str()], &[]).await?;
        let is_meant = |user: &User| user.id == *id && organization.is_none_or(|o| user.organization == *o);
        Ok(person.map(user).filter(is_meant))
    }

    async fn by_consumer_id(
        &self,
        consumer: i32,
        organization: Option<&OrganizationId>,
    ) -> Result<Option<User>, AdapterError> {
        self.by_id(&UserId::of_consumer(consumer), organization).await
    }
}

#[async_trait]
impl Authentication for ExampleBank {
    async fn authenticate(&self, credentials: &Credentials) -> Result<AuthenticationOutcome, AdapterError> {
        let Password::Clear(password) = &credentials.password else {
            return Err(AdapterError::InvalidInput("the password is still encrypted".to_owned()));
        };
        let asked = json!({ "user": credentials.user.as_str(), "password": password.expose_secret() });
        let right: bool = self.core.post(&["passwords"], &asked).await?;
        // Asked for whatever comes of the password, so that every failure takes the same time.
        let user = self.by_id(&credentials.user, credentials.organization.as_ref()).await?;
        let Some(user) = user.filter(|_| right) else {
            return Ok(AuthenticationOutcome::Failed { remaining_attempts: None });
        };
        Ok(match user.status {
            AccountStatus::Active => AuthenticationOutcome::succeeded(user),
            AccountStatus::Blocked => AuthenticationOutcome::restricted(user.id, Restriction::Disabled),
        })
    }
}

#[derive(Deserialize)]
struct Account {
    number: String,
    iban: String,
    name: String,
    balance: String,
    currency: String,
    unusable_reason: Option<String>,
}

fn bank_account(account: Account) -> Result<BankAccount, AdapterError> {
    let Account { number, iban: id, name, balance, currency, unusable_reason } = account;
    let unclear = |_| AdapterError::Unanswerable("a balance is no number".to_owned());
    let balance = balance.parse().map_err(unclear)?;
    let usable_for_payment = unusable_reason.is_none();
    Ok(BankAccount { number, id, name, balance, currency, usable_for_payment, unusable_reason })
}

impl ExampleBank {
    async fn accounts(&self, party: &OperationParty) -> Result<Option<Vec<BankAccount>>, AdapterError> {
        let Some(id) = &party.user else { return Ok(None) };
        let Some(_) = self.by_id(id, party.organization.as_ref()).await? else { return Ok(None) };
        let accounts: Option<Vec<Account>> = self.core.get(&["users", id.as_str(), "accounts"], &[]).await?;
        accounts.map(|all| all.into_iter().map(bank_account).collect()).transpose()
    }

    async fn tell(&self, party: &OperationParty, key: &str, value: &str) -> Result<(), AdapterError> {
        let user = party.user.as_ref().map(UserId::as_str);
        let event = json!({ "operation": party.operation.id.as_str(), "user": user, key: value });
        self.core.post(&["events"], &event).await
    }
}

#[async_trait]
impl Operations for ExampleBank {
    async fn decorate(&self, party: &OperationParty) -> Result<Option<Decoration>, AdapterError> {
        let is_shown = self.decorated.contains(&party.operation.name);
        let decorate = if is_shown { Decoration::BankAccounts } else { |_| Decoration::Unchanged };
        Ok(self.accounts(party).await?.map(decorate))
    }

    async fn form_data_changed(&self, change: &FormDataChange) -> Result<(), AdapterError> {
        let FormChoice::BankAccount(chosen) = &change.choice else { return Ok(()) };
        let accounts = self.accounts(&change.party).await?.unwrap_or_default();
        if !accounts.iter().any(|account| account.id == *chosen && account.usable_for_payment) {
            return Err(AdapterError::InvalidInput("the user has no such account to pay from".to_owned()));
        }
        self.tell(&change.party, "account", chosen).await
    }

    async fn operation_changed(&self, change: &OperationChange) -> Result<(), AdapterError> {
        let outcome = match change.outcome {
            OperationOutcome::Done => "done",
            OperationOutcome::Canceled => "canceled",
            OperationOutcome::Failed => "failed",
        };
        self.tell(&change.party, "outcome", outcome).await
    }
}
