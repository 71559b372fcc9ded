use std::collections::BTreeMap;
use std::fmt;

use async_trait::async_trait;

use crate::{AdapterError, Language, OperationContext, OrganizationId, UserId};

/// Whether an account may be used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AccountStatus {
    /// It may.
    #[default]
    Active,
    /// It may not: it is found by a lookup, fails every authentication, and gets no codes.
    Blocked,
}

/// A phone number, as its source writes it until the engine has read it. Its `Debug` shows nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct PhoneNumber(String);

impl PhoneNumber {
    /// Wraps a number.
    pub fn new(number: impl Into<String>) -> Self {
        Self(number.into())
    }

    /// The number itself, for the gateway and for nothing else.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PhoneNumber([redacted])")
    }
}

/// A user as the back end knows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// The id that every later request names.
    pub id: UserId,
    /// The organization that the user belongs to.
    pub organization: OrganizationId,
    /// First name; `None` where the back end has none.
    pub given_name: Option<String>,
    /// Last name; `None` where the back end has none.
    pub family_name: Option<String>,
    /// Where one-time codes go; `None` means that none can be delivered.
    pub phone: Option<PhoneNumber>,
    /// The language to write in when the request names none.
    pub language: Option<Language>,
    /// Whether the account may be used.
    pub status: AccountStatus,
    /// What else the back end wants the front to know.
    pub extras: Extras,
}

/// More about a user, by name, such as a tariff or a title. Its `Debug` shows only the names: it holds people's data.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Extras(BTreeMap<String, String>);

impl Extras {
    /// Names and values, in the order of the names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

impl FromIterator<(String, String)> for Extras {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(extras: I) -> Self {
        Self(extras.into_iter().collect())
    }
}

impl fmt::Debug for Extras {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// What a person typed, and where.
#[derive(Clone, Debug)]
pub struct UsernameQuery {
    /// The name that was typed.
    pub username: String,
    /// The organization that was chosen.
    pub organization: OrganizationId,
    /// The operation that the person is about to start.
    pub operation: OperationContext,
}

/// Finds users.
#[async_trait]
pub trait UserLookup: Send + Sync {
    /// The user that a person means by the name they typed; `None` when there is none in that organization.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when the directory could not be asked.
    async fn by_username(&self, query: &UsernameQuery) -> Result<Option<User>, AdapterError>;

    /// The user with this id; `None` when there is none, or not in that organization. `organization` is `None` where the
    /// request names none: any will do then. An id is one text, byte for byte: where the system behind finds somebody by another
    /// spelling, too, such as one with other capitals, it is `None`. Failures are counted by id.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when the directory could not be asked.
    async fn by_id(
        &self,
        id: &UserId,
        organization: Option<&OrganizationId>,
    ) -> Result<Option<User>, AdapterError>;

    /// The user with this `ConsumerID` of the Security API, which knows users by a number; `None` when there is none, or not in
    /// that organization, with `organization` as in [`by_id`](Self::by_id). It is the id of the user where that is such a number
    /// ([`UserId::of_consumer`]), and for others what the back end keeps beside the id. Every user has one at most: a number that
    /// is the id of one user and kept beside that of another means the first. Both are looked for whatever the first look finds,
    /// so that the time does not tell who exists.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when the directory could not be asked, [`AdapterError::Unanswerable`] when several users have the
    /// number beside their ids.
    async fn by_consumer_id(
        &self,
        consumer: i32,
        organization: Option<&OrganizationId>,
    ) -> Result<Option<User>, AdapterError>;
}
