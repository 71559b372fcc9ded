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
    /// Whether the front named nobody, so that its answer is to look like one about somebody. `user` is an id then that nobody
    /// has, made for this call: the password is checked as any other, and nothing is kept under that id.
    pub is_nobody: bool,
    /// Their organization; `None` where the request names none.
    pub organization: Option<OrganizationId>,
    /// What they typed.
    pub password: Password,
    /// The operation they are about to start or approve.
    pub operation: OperationContext,
}

/// Why an account may not be used, whatever password comes with it. It is for the record: no person reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Restriction {
    /// Somebody switched it off.
    Disabled,
    /// The system behind has locked it, after wrong passwords or by hand.
    Locked,
    /// The time that it is for is over, or has not begun.
    OutOfDate,
    /// It may be used at other hours.
    OutsideHours,
    /// The password has to be changed because of its age.
    PasswordExpired,
    /// The password is temporary: somebody else handed it out, and the user has to change it.
    MustChangePassword,
    /// The system behind does not say why.
    Unspecified,
}

impl Restriction {
    /// One word for the record.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Disabled => "disabled",
            Self::Locked => "locked",
            Self::OutOfDate => "out_of_date",
            Self::OutsideHours => "outside_hours",
            Self::PasswordExpired => "password_expired",
            Self::MustChangePassword => "must_change_password",
            Self::Unspecified => "not_active",
        }
    }
}

/// What became of an authentication.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuthenticationOutcome {
    /// The password is the user's, and the account may be used.
    Succeeded {
        /// Who it is.
        user: User,
        /// What would have kept them out, had the settings not allowed it; `None` when nothing would. It is recorded.
        tolerated: Option<Restriction>,
    },
    /// Wrong password, unknown user: one answer for both of them. It counts as a guess.
    Failed {
        /// How many more tries the back end allows; `None` when it does not say. Web Flow shows it.
        remaining_attempts: Option<u32>,
    },
    /// The account may not be used. The person reads what they read after a wrong password, and no guess is counted: only for
    /// an answer that the password is right, or that is the same for any password. A wrong password that the back end tells
    /// from the right one is [`Failed`](Self::Failed), of such an account too, or it could be guessed at for ever.
    Restricted {
        /// Whose it is, as in [`User::id`]: under another spelling of the id it is no such answer.
        user: UserId,
        /// Why.
        restriction: Restriction,
        /// Whether the password is known to be right; false where the answer is the same for any.
        password_is_right: bool,
        /// As in [`Failed`](Self::Failed).
        remaining_attempts: Option<u32>,
    },
}

impl AuthenticationOutcome {
    /// The password is the user's, and nothing is to be said against it.
    #[must_use]
    pub fn succeeded(user: User) -> Self {
        Self::Succeeded { user, tolerated: None }
    }

    /// The password is that of `user`, whose account may not be used.
    #[must_use]
    pub fn restricted(user: UserId, restriction: Restriction) -> Self {
        Self::Restricted { user, restriction, password_is_right: true, remaining_attempts: None }
    }
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
