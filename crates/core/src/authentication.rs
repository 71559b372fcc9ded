use async_trait::async_trait;
use secrecy::SecretString;

use crate::{AdapterError, OperationContext, OrganizationId, User, UserId};

/// A password as it came. Neither variant shows it in `Debug`.
#[derive(Clone, Debug)]
pub enum Password {
    /// In clear.
    Clear(SecretString),
    /// Encrypted by the front; a back end that holds the key itself may want it as it is.
    Encrypted {
        /// The cipher in Java's words, such as `AES/CBC/PKCS7Padding`.
        transformation: String,
        /// `ivBase64:ciphertextBase64`.
        ciphertext: SecretString,
    },
}

/// Who says they are whom.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The user, as a lookup returned the id.
    pub user: UserId,
    /// Their organization; `None` where the request names none.
    pub organization: Option<OrganizationId>,
    /// What they typed.
    pub password: Password,
    /// The operation they are about to start or approve.
    pub operation: OperationContext,
}

/// What became of an authentication.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuthenticationOutcome {
    /// The password is the user's, and the account may be used.
    Succeeded(User),
    /// Wrong password, unknown user, blocked account: one answer for all of them.
    Failed {
        /// How many more tries the back end allows; `None` when it does not say. Web Flow shows it.
        remaining_attempts: Option<u32>,
    },
}

/// Checks passwords.
///
/// An implementation takes the same time for an unknown user as for a wrong password, and never logs either.
#[async_trait]
pub trait Authentication: Send + Sync {
    /// Whether `credentials` are right.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when the password could not be checked: never a failed outcome in that case.
    async fn authenticate(&self, credentials: &Credentials) -> Result<AuthenticationOutcome, AdapterError>;
}
