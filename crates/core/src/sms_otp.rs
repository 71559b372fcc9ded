use async_trait::async_trait;
use dec_from_char::DecimalExtended as _;
use secrecy::{ExposeSecret as _, SecretString};

use crate::printable::is_hidden;
use crate::{
    AccountStatus, AdapterError, Binding, Credentials, Language, MessageId, OperationContext, OperationId,
    OrganizationId, PhoneNumber, Restriction, UserId,
};

/// Asks for a one-time code.
#[derive(Clone, Debug)]
pub struct CodeRequest {
    /// Whom to send it to. `None` asks for a fake: nothing is sent, and no answer tells it from a real one, so that a
    /// visitor can't learn that an account is missing or blocked. A slow gateway still tells them apart by time.
    pub user: Option<UserId>,
    /// Their organization; `None` where the request names none.
    pub organization: Option<OrganizationId>,
    /// The operation that the code approves.
    pub operation: OperationContext,
    /// What else the code is bound to.
    pub binding: Binding,
    /// Where the front says that the message goes; `None` leaves it to the user's own number.
    pub phone: Option<PhoneNumber>,
    /// The language of the message; `None` leaves it to the user's own.
    pub language: Option<Language>,
    /// Whether the user asked for another message. A repeated request for the same step does the same without it.
    pub resend: bool,
    /// Whom the front names and does not let have a code, so that `user` is `None`: limits count the fake as theirs. `None` where
    /// the front names nobody.
    pub barred: Option<UserId>,
}

/// Whether a message left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeDelivery {
    /// It did, or it is a fake.
    Succeeded,
    /// There is no number to send it to, or the gateway did not take it.
    Failed,
    /// A limit of what may be sent is reached: no code was made, and the one before stays good.
    Stopped(SendLimit),
}

/// What keeps messages from being sent, so that nobody makes the service send without end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SendLimit {
    /// The number is of a kind that is dear, or that gets no messages.
    NumberKind,
    /// The country of the number is none that messages go to.
    CountryNotAllowed,
    /// The message before for the same step left too short a time ago.
    Resend,
    /// The user gets no more for now.
    User,
    /// The number gets no more for now.
    Number,
    /// The country of the number gets no more for now.
    Country,
    /// The users of the organization get no more for now.
    Organization,
    /// Nobody gets any more for now.
    All,
}

impl SendLimit {
    /// Every limit.
    pub const EVERY: [Self; 8] = [
        Self::NumberKind,
        Self::CountryNotAllowed,
        Self::Resend,
        Self::User,
        Self::Number,
        Self::Country,
        Self::Organization,
        Self::All,
    ];

    /// What logs and metrics call it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::NumberKind => "limit_number_kind",
            Self::CountryNotAllowed => "limit_country_not_allowed",
            Self::Resend => "limit_resend",
            Self::User => "limit_user",
            Self::Number => "limit_number",
            Self::Country => "limit_country",
            Self::Organization => "limit_organization",
            Self::All => "limit_all",
        }
    }
}

/// A code that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuedCode {
    /// What a verification has to name. Where a limit stopped the message, it is the code of the same step that is still good; where
    /// there is none, an id that no code fits.
    pub message: MessageId,
    /// Whether the message left.
    pub delivery: CodeDelivery,
}

/// A code that the front made itself, and only has to reach the user.
#[derive(Clone, Debug)]
pub struct CodeMessage {
    /// The front's id of the message.
    pub message: MessageId,
    /// The code.
    pub code: SecretString,
    /// Whom to send it to; `None` asks for a fake, of which nothing leaves.
    pub user: Option<UserId>,
    /// Their organization; `None` where the request names none.
    pub organization: Option<OrganizationId>,
    /// Where the front says that it goes; `None` leaves it to the user's own number.
    pub phone: Option<PhoneNumber>,
    /// The operation that the code approves.
    pub operation: OperationContext,
    /// What the message shows of it.
    pub binding: Binding,
    /// The language of the message; `None` leaves it to the user's own.
    pub language: Option<Language>,
    /// As in [`CodeRequest::barred`].
    pub barred: Option<UserId>,
}

/// What the user typed, and what they approve with it.
#[derive(Clone, Debug)]
pub struct CodeVerification {
    /// The message that the code came with.
    pub message: MessageId,
    /// What was typed; empty when nothing was.
    pub code: SecretString,
    /// Who typed it; `None` where the request does not say. A user other than the challenge's never succeeds.
    pub user: Option<UserId>,
    /// Their organization; `None` where the request names none.
    pub organization: Option<OrganizationId>,
    /// Whether the front lets their account be used. No code of a blocked one is right, nor of nobody where the front knows
    /// that there is nobody; the guess is counted, and takes as long as any other.
    pub account: AccountStatus,
    /// The operation as it is now.
    pub operation: OperationContext,
    /// What else the code has to be bound to now.
    pub binding: Binding,
}

/// The code that a person meant by what they typed or copied: white space and what draws nothing, such as the marks around a value
/// in a text that runs from right to left, are nothing anywhere, and digits of any script are digits. Anything else stays, so that
/// it is wrong.
#[must_use]
pub fn typed_code(typed: &SecretString) -> SecretString {
    let characters = typed
        .expose_secret()
        .chars()
        .filter(|character| !character.is_whitespace() && !is_hidden(*character));
    let mut code = String::with_capacity(typed.expose_secret().len());
    code.extend(characters.map(|character| character.normalize_decimal().unwrap_or(character)));
    code.into()
}

/// What became of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VerificationOutcome {
    /// Right, and used up by this.
    Succeeded,
    /// Wrong: the code, or anything that it is bound to.
    Wrong {
        /// Tries left in this step; `None` when the back end does not say.
        remaining_attempts: Option<u32>,
    },
    /// Nothing was typed. It counts as a try.
    Empty {
        /// Tries left in this step; `None` when the back end does not say.
        remaining_attempts: Option<u32>,
    },
    /// There is no such message.
    UnknownMessage,
    /// The code is too old, was replaced by a newer one, or its operation has ended.
    Expired,
    /// The code was used before.
    AlreadyUsed,
    /// No tries are left in this step; a right code comes too late.
    AttemptsSpent,
}

impl VerificationOutcome {
    /// Whether the code was right.
    #[must_use]
    pub fn succeeded(self) -> bool {
        self == Self::Succeeded
    }
}

/// What became of a code and a password that were checked together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeAndPasswordOutcome {
    /// Both are right, and the code is used up by this.
    Succeeded {
        /// What would have kept the user out, had the settings not allowed it; `None` when nothing would. It is recorded.
        tolerated: Option<Restriction>,
    },
    /// One of them is wrong, or both; nothing tells which.
    Failed,
    /// The account may not be used. The code stays as it was after a failure.
    Restricted {
        /// Why.
        restriction: Restriction,
        /// Whether the front may learn of it: where both are known to be right, or the answer is the same whatever they are.
        /// Else it would tell which of them was wrong.
        may_be_told: bool,
    },
}

impl CodeAndPasswordOutcome {
    /// Whether both were right and the account may be used.
    #[must_use]
    pub fn succeeded(self) -> bool {
        matches!(self, Self::Succeeded { .. })
    }
}

/// The life of one-time codes sent by SMS.
///
/// The engine in `data-adapter-sca` implements it over a store and a gateway. A back end implements it itself only
/// where a remote system owns the codes.
#[async_trait]
pub trait SmsOtp: Send + Sync {
    /// Makes a code, ends an older one of the same step (operation id, operation name, user), and sends it. `None`
    /// when there is no such user.
    ///
    /// # Errors
    ///
    /// [`AdapterError::InvalidOperationContext`] when the operation is over: nothing is sent then.
    /// [`AdapterError::Remote`] when the code could not be kept, or the user not be looked up. A message that could not
    /// be sent is [`CodeDelivery::Failed`] instead, and one that may not be sent [`CodeDelivery::Stopped`].
    async fn create(&self, request: &CodeRequest) -> Result<Option<IssuedCode>, AdapterError>;

    /// Checks a code, and uses it up when it is right. Each call spends a try before anything is compared.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when the code could not be checked.
    async fn verify(&self, verification: &CodeVerification) -> Result<VerificationOutcome, AdapterError>;

    /// Checks a code and a password together. The code is used up only when both are right and the account may be used. Of a
    /// failure nothing tells which of them was wrong, the time included.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when one of them could not be checked.
    async fn verify_with_password(
        &self,
        verification: &CodeVerification,
        credentials: &Credentials,
    ) -> Result<CodeAndPasswordOutcome, AdapterError>;

    /// Sends a code that the front made and will check itself. `None` when there is no such user; a blocked one gets nothing,
    /// and the answer is as if they did.
    ///
    /// # Errors
    ///
    /// [`AdapterError::InvalidOperationContext`] when the operation is over: nothing is sent then.
    /// [`AdapterError::Remote`] when the user could not be looked up. A message that could not be sent is
    /// [`CodeDelivery::Failed`] instead, and one that may not be sent [`CodeDelivery::Stopped`].
    async fn send(&self, message: &CodeMessage) -> Result<Option<CodeDelivery>, AdapterError>;

    /// Ends an operation with its open codes. It gets no more of them.
    ///
    /// # Errors
    ///
    /// [`AdapterError::Remote`] when they could not be ended.
    async fn end_operation(&self, operation: &OperationId) -> Result<(), AdapterError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(text: &str) -> String {
        typed_code(&text.into()).expose_secret().to_owned()
    }

    #[test]
    fn white_space_is_no_part_of_a_code() {
        for text in
            [" 04993273", "0499 3273", "04993273\r\n", "0499\u{a0}3273", "0\t4\u{2007}9\u{202f}9\u{3000}3273"]
        {
            assert_eq!(typed(text), "04993273", "{text:?}");
        }
        assert_eq!(typed(" \n"), "");
    }

    #[test]
    fn what_draws_nothing_and_came_with_a_copied_code_is_no_part_of_it() {
        for text in [
            "\u{2068}04993273\u{2069}",
            "\u{feff}04993273\u{200b}",
            "0499\u{2060}3273\u{200e}",
            "0499\u{ad}3273",
        ] {
            assert_eq!(typed(text), "04993273", "{text:?}");
        }
    }

    #[test]
    fn digits_of_any_script_are_digits() {
        for text in ["０４９９３２７３", "٠٤٩٩٣٢٧٣", "۰۴۹۹۳۲۷۳", "०४९९३२७३", "𝟎𝟒𝟗𝟗𝟑𝟐𝟕𝟑"]
        {
            assert_eq!(typed(text), "04993273", "{text}");
        }
    }

    #[test]
    fn whatever_else_was_typed_stays() {
        for text in ["0499-3273", "O4993273", "²3273", "Ⅷ"] {
            assert_eq!(typed(text), text);
        }
    }
}
