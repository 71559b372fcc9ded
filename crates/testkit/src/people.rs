use data_adapter_core::{
    AccountStatus, Credentials, OperationContext, OrganizationId, Password, User, UserId, UsernameQuery,
};
use secrecy::SecretString;

use crate::build::operation;

/// A user of the back end under test. `Debug` does not show the password.
#[derive(Clone, Debug)]
pub struct Account {
    /// What the user types.
    pub username: String,
    /// What the back end calls the user.
    pub id: UserId,
    /// Where the user belongs.
    pub organization: OrganizationId,
    /// The password that is right.
    pub password: SecretString,
}

/// What a suite has to know of the back end under test.
#[derive(Clone, Debug)]
pub struct Accounts {
    /// A user whose account may be used.
    pub active: Account,
    /// A user whose account is blocked, if the back end knows such a thing.
    pub blocked: Option<Account>,
    /// A user whose id is no number, with the consumer id that the back end knows beside it, if it keeps such numbers.
    pub consumer: Option<(Account, i32)>,
}

/// Somebody who can pay, for the suite of operations.
#[derive(Clone, Debug)]
pub struct Payer {
    /// Who.
    pub account: Account,
    /// A payment, whose form the back end under test decorates.
    pub payment: OperationContext,
    /// The id of a bank account of the payer's that can pay.
    pub bank_account: String,
    /// The id of a bank account that somebody else has, if there is one.
    pub others_bank_account: Option<String>,
}

impl Accounts {
    /// Both, with the status that a lookup has to give.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&Account, AccountStatus)> {
        let blocked = self.blocked.iter().map(|account| (account, AccountStatus::Blocked));
        std::iter::once((&self.active, AccountStatus::Active)).chain(blocked)
    }
}

impl Account {
    /// Asks for this user by name.
    pub(crate) fn query(&self) -> UsernameQuery {
        UsernameQuery {
            username: self.username.clone(),
            organization: self.organization.clone(),
            operation: operation("op", "login"),
        }
    }

    /// This user with the right password.
    pub(crate) fn credentials(&self) -> Credentials {
        Credentials {
            user: self.id.clone(),
            is_nobody: false,
            organization: Some(self.organization.clone()),
            password: Password::Clear(self.password.clone()),
            operation: operation("op", "login"),
        }
    }

    /// Whether `user` is this one.
    pub(crate) fn is(&self, user: &User) -> bool {
        user.id == self.id && user.organization == self.organization
    }
}

/// An organization that no back end has.
pub(crate) fn nowhere() -> OrganizationId {
    OrganizationId::new("an organization that does not exist")
}

/// What nobody is called, and what queries of directories and databases might take for a pattern or a command.
pub(crate) const NOBODY: [&str; 9] =
    ["a user who does not exist", "", "*", "%", "_", ".*", "*)(objectClass=*", "' OR '1'='1", "\\"];
