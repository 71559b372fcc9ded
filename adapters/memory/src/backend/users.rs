use std::collections::{BTreeMap, HashMap};

use data_adapter_core::{
    AccountStatus, Amount, BankAccount, Extras, Language, OrganizationId, PhoneNumber, User, UserId,
    prepared_username,
};
use data_adapter_hashing::{StoredHashes, UnusableHash};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use thiserror::Error;

/// Why a users file can't be used. No variant shows a secret.
#[derive(Debug, Error)]
pub enum UsersError {
    /// It is no TOML of the right shape.
    #[error("the users file is not valid at line {line}: {reason}")]
    Invalid {
        /// Where, counted from one.
        line: usize,
        /// What is wrong, without the value.
        reason: String,
    },
    /// Two users share an id, or a username within an organization, which has no regard to case, normal form and blanks at its
    /// ends.
    #[error("there are two users with the id or username `{0}`")]
    Duplicate(String),
    /// A consumer id is that of two users: `consumer_id` of both, or that of one and the id of the other.
    #[error("there are two users with the consumer id {0}, by `consumer_id` or by `id`")]
    DuplicateConsumer(i32),
    /// A user can't have a `consumer_id`, or not this one.
    #[error("the consumer_id of the user with the id `{user}` can't be used: {reason}")]
    Consumer {
        /// Whose it is.
        user: String,
        /// What is wrong.
        reason: &'static str,
    },
    /// A username is none by RFC 8265.
    #[error("the username `{0}` is empty, or has a character that RFC 8265 does not allow in one")]
    Username(String),
    /// No password could be compared with a `password_hash`.
    #[error("the password_hash of the user with the id `{user}` can't be used: {reason}")]
    Hash {
        /// Whose it is.
        user: String,
        /// What is wrong, without any of it.
        reason: String,
    },
    /// A balance is no decimal number.
    #[error("the balance of the account `{0}` is not a decimal number in quotes")]
    Balance(String),
}

impl From<UnusableHash> for UsersError {
    fn from(UnusableHash { name, reason }: UnusableHash) -> Self {
        Self::Hash { user: name, reason: reason.to_string() }
    }
}

/// The file of a memory back end, in TOML: `[[users]]`, each with `[[users.accounts]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UsersFile {
    #[serde(default)]
    users: Vec<UserEntry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct UserEntry {
    id: String,
    username: String,
    organization: String,
    consumer_id: Option<i64>,
    given_name: Option<String>,
    family_name: Option<String>,
    phone: Option<SecretString>,
    language: Option<String>,
    password_hash: SecretString,
    #[serde(default)]
    blocked: bool,
    #[serde(default)]
    extras: BTreeMap<String, String>,
    #[serde(default)]
    accounts: Vec<AccountEntry>,
}

impl UserEntry {
    /// The number that the Security API knows the user by: the id where it is such a number, or else `consumer_id`.
    fn consumer(&self) -> Result<Option<i32>, UsersError> {
        let refuse = |reason| Err(UsersError::Consumer { user: self.id.clone(), reason });
        match (UserId::new(&self.id).consumer(), self.consumer_id) {
            (by_id, None) => Ok(by_id),
            (Some(_), Some(_)) => refuse("the id is a consumer id itself"),
            (None, Some(number)) => match i32::try_from(number) {
                Ok(consumer) if consumer > 0 => Ok(Some(consumer)),
                _ => refuse("it is not from 1 to 2147483647"),
            },
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AccountEntry {
    number: String,
    id: String,
    name: String,
    balance: String,
    currency: String,
    #[serde(default = "yes")]
    usable_for_payment: bool,
    unusable_reason: Option<String>,
}

fn yes() -> bool {
    true
}

impl UsersFile {
    /// Reads the text of a file.
    ///
    /// # Errors
    ///
    /// [`UsersError::Invalid`].
    pub fn parse(text: &str) -> Result<Self, UsersError> {
        toml::from_str(text).map_err(|error| {
            let start = error.span().map_or(0, |span| span.start);
            let line = text.get(..start).unwrap_or_default().lines().count().max(1);
            // The parser shows the value that is of the wrong type, and it may be a phone number.
            let reason = if error.message().starts_with("invalid type") {
                "a value is of the wrong type; texts are in quotes".to_owned()
            } else {
                error.message().to_owned()
            };
            UsersError::Invalid { line, reason }
        })
    }
}

/// A user with what only the back end knows.
pub(super) struct Record {
    pub(super) user: User,
    /// The number that the Security API knows the user by.
    consumer: Option<i32>,
    pub(super) accounts: Vec<BankAccount>,
}

impl Record {
    /// Whether the user belongs to this organization; any will do where none is named.
    pub(super) fn is_of(&self, organization: Option<&OrganizationId>) -> bool {
        organization.is_none_or(|organization| self.user.organization == *organization)
    }
}

/// The users, findable in every way.
#[derive(Default)]
pub(super) struct Directory {
    records: Vec<Record>,
    /// By id.
    pub(super) hashes: StoredHashes,
    /// Places among the records.
    by_id: HashMap<UserId, usize>,
    /// The same, by consumer id, be it the id or beside it.
    by_consumer_id: HashMap<i32, usize>,
    /// The same, by username in its prepared form.
    by_username: HashMap<(OrganizationId, String), usize>,
}

impl Directory {
    pub(super) fn new(file: UsersFile) -> Result<Self, UsersError> {
        let (mut directory, mut hashes) = (Self::default(), Vec::new());
        for entry in file.users {
            let username = entry.username.clone();
            let Ok(prepared) = prepared_username(&username) else {
                return Err(UsersError::Username(username));
            };
            hashes.push((entry.id.clone(), entry.password_hash.clone()));
            let record = Record::try_from(entry)?;
            let (id, organization) = (record.user.id.clone(), record.user.organization.clone());
            let place = directory.records.len();
            if directory.by_username.insert((organization, prepared), place).is_some() {
                return Err(UsersError::Duplicate(username));
            }
            if directory.by_id.insert(id.clone(), place).is_some() {
                return Err(UsersError::Duplicate(id.to_string()));
            }
            if let Some(consumer) = record.consumer
                && directory.by_consumer_id.insert(consumer, place).is_some()
            {
                return Err(UsersError::DuplicateConsumer(consumer));
            }
            directory.records.push(record);
        }
        directory.hashes = StoredHashes::new(hashes)?;
        Ok(directory)
    }

    pub(super) fn by_id(&self, id: &UserId) -> Option<&Record> {
        self.records.get(*self.by_id.get(id)?)
    }

    pub(super) fn by_consumer_id(&self, consumer: i32) -> Option<&Record> {
        self.records.get(*self.by_consumer_id.get(&consumer)?)
    }

    pub(super) fn by_username(&self, organization: &OrganizationId, username: &str) -> Option<&Record> {
        let prepared = prepared_username(username).ok()?;
        self.records.get(*self.by_username.get(&(organization.clone(), prepared))?)
    }

    pub(super) fn has_several_organizations(&self) -> bool {
        let mut organizations = self.records.iter().map(|record| &record.user.organization);
        let first = organizations.next();
        organizations.any(|other| Some(other) != first)
    }
}

impl TryFrom<UserEntry> for Record {
    type Error = UsersError;

    fn try_from(entry: UserEntry) -> Result<Self, UsersError> {
        let consumer = entry.consumer()?;
        let user = User {
            id: UserId::new(entry.id),
            organization: OrganizationId::new(entry.organization),
            given_name: entry.given_name,
            family_name: entry.family_name,
            phone: entry.phone.map(|phone| PhoneNumber::new(phone.expose_secret())),
            language: entry.language.map(Language::new),
            status: if entry.blocked { AccountStatus::Blocked } else { AccountStatus::Active },
            extras: Extras::from_iter(entry.extras),
        };
        let accounts = entry.accounts.into_iter().map(BankAccount::try_from).collect::<Result<_, _>>()?;
        Ok(Self { user, consumer, accounts })
    }
}

impl TryFrom<AccountEntry> for BankAccount {
    type Error = UsersError;

    fn try_from(entry: AccountEntry) -> Result<Self, UsersError> {
        let balance: Amount = entry.balance.parse().map_err(|_| UsersError::Balance(entry.id.clone()))?;
        Ok(Self {
            number: entry.number,
            id: entry.id,
            name: entry.name,
            balance,
            currency: entry.currency,
            usable_for_payment: entry.usable_for_payment,
            unusable_reason: entry.unusable_reason,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HASH: &str =
        "$argon2id$v=19$m=64,t=1,p=4$c2FsdHNhbHRzYWx0$GsQyPZnF164WJcxB0LgrwmbtylR9KiAVG7BlZJTNtmI";

    #[test]
    fn a_mistake_is_reported_with_its_line_and_without_a_value() {
        let text = "[[users]]\nid = \"1\"\npassword_hash = \"hidden\"\npasword = \"s3cret\"\n";
        let message = UsersFile::parse(text).unwrap_err().to_string();
        assert!(message.contains("pasword") && !message.contains("s3cret"), "{message}");
        let text = "[[users]]\nid = \"1\"\nphone = 420777\n";
        let message = UsersFile::parse(text).unwrap_err().to_string();
        assert!(!message.contains("420777"), "{message}");
    }

    #[test]
    fn a_consumer_id_is_one_users_and_every_user_has_one_at_most() {
        let read = |users: &[(&str, &str)]| {
            let user = |(id, more): &(&str, &str)| {
                format!(
                    "[[users]]\nid = \"{id}\"\nusername = \"u-{id}\"\norganization = \"RETAIL\"\npassword_hash = \"{HASH}\"\n{more}\n"
                )
            };
            let text: String = users.iter().map(user).collect();
            Directory::new(UsersFile::parse(&text).unwrap())
        };
        let directory = read(&[("5", ""), ("john", "consumer_id = 6"), ("07", ""), ("-2", "")]).unwrap();
        let found = |consumer| directory.by_consumer_id(consumer).map(|record| record.user.id.as_str());
        assert_eq!([5, 6, 7, -2].map(found), [Some("5"), Some("john"), None, Some("-2")]);
        for (users, why) in [
            ([("5", ""), ("john", "consumer_id = 5")], "two users with the consumer id 5"),
            ([("john", "consumer_id = 5"), ("5", "")], "two users with the consumer id 5"),
            ([("john", "consumer_id = 6"), ("jane", "consumer_id = 6")], "two users with the consumer id 6"),
            ([("1", ""), ("5", "consumer_id = 6")], "`5` can't be used: the id is a consumer id itself"),
            ([("1", ""), ("john", "consumer_id = 0")], "`john` can't be used: it is not from 1"),
            ([("1", ""), ("john", "consumer_id = -1")], "`john` can't be used: it is not from 1"),
            ([("1", ""), ("john", "consumer_id = 2147483648")], "`john` can't be used: it is not from 1"),
        ] {
            let message = read(&users).err().map(|error| error.to_string()).unwrap_or_default();
            assert!(message.contains(why), "{users:?}: {message}");
        }
    }
}
