//! The way of a code to its user.

use std::time::Instant;

use data_adapter_core::{
    AccountStatus, AdapterError, Binding, CodeDelivery, CodeMessage, CodeRequest, Language, MessageId,
    OperationId, OperationName, OrganizationId, PhoneNumber, User, UserId,
};
use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};

use super::engine::OtpEngine;
use super::options::with_autofill;
use super::wording::code_arguments;
use crate::gateway::{GatewayError, SmsMessage};
use crate::language::FALLBACK;
use crate::store::Factor;
use crate::texts::TextsError;

/// What a new code is for.
pub(crate) enum Recipient {
    /// The user, who can have it.
    Real(Box<User>, PhoneNumber),
    /// Nobody: nothing leaves, and no code fits, but nobody can tell. The number is where it would go, if that is known.
    Fake(Option<Box<User>>, Option<PhoneNumber>),
    /// The user, who has no phone number that can be used.
    Unreachable(Box<User>),
}

impl Recipient {
    pub(crate) fn user(&self) -> Option<&User> {
        match self {
            Self::Real(user, _) | Self::Unreachable(user) => Some(user),
            Self::Fake(user, _) => user.as_deref(),
        }
    }
}

/// Whether a gateway has a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HandOver {
    /// It has it.
    Taken,
    /// It may have it, so that the message must not be sent again.
    Unknown,
    /// It does not have it.
    NotTaken,
}

impl From<GatewayError> for HandOver {
    fn from(error: GatewayError) -> Self {
        match error {
            GatewayError::Unknown(_) => Self::Unknown,
            GatewayError::Unavailable(_) | GatewayError::Refused(_) => Self::NotTaken,
        }
    }
}

/// A code to be written to its user.
pub(crate) struct Letter<'a> {
    pub(crate) message: &'a MessageId,
    pub(crate) code: &'a SecretString,
    pub(crate) operation: &'a OperationId,
    pub(crate) name: &'a OperationName,
    pub(crate) binding: &'a Binding,
    pub(crate) organization: Option<&'a OrganizationId>,
    pub(crate) language: Option<&'a Language>,
}

impl<'a> Letter<'a> {
    /// That of a code that was made here.
    pub(crate) fn of(request: &'a CodeRequest, message: &'a MessageId, code: &'a SecretString) -> Self {
        Self {
            message,
            code,
            operation: &request.operation.id,
            name: &request.operation.name,
            binding: &request.binding,
            organization: request.organization.as_ref(),
            language: request.language.as_ref(),
        }
    }
}

impl<'a> From<&'a CodeMessage> for Letter<'a> {
    fn from(message: &'a CodeMessage) -> Self {
        Self {
            message: &message.message,
            code: &message.code,
            operation: &message.operation.id,
            name: &message.operation.name,
            binding: &message.binding,
            organization: message.organization.as_ref(),
            language: message.language.as_ref(),
        }
    }
}

impl OtpEngine {
    /// The user with exactly this id: under another spelling they would have another counter.
    pub(crate) async fn user(
        &self,
        id: &UserId,
        organization: Option<&OrganizationId>,
    ) -> Result<Option<User>, AdapterError> {
        let user = self.parts.users.by_id(id, organization).await?;
        Ok(user.filter(|user| user.id == *id))
    }

    /// Whether a user gets no codes, and none of them is right.
    pub(crate) async fn is_blocked(&self, user: &User, now: Timestamp) -> Result<bool, AdapterError> {
        Ok(user.status == AccountStatus::Blocked
            || self.parts.store.blocked_until(&user.id, Factor::Code, now).await?.is_some())
    }

    /// Where a code for this user goes. `phone` wins over the user's own number.
    pub(crate) async fn recipient(
        &self,
        user: User,
        phone: Option<&PhoneNumber>,
        operation: &OperationId,
        now: Timestamp,
    ) -> Result<Recipient, AdapterError> {
        let blocked = self.is_blocked(&user, now).await?;
        let phone = self.reach(&user, phone, operation).await?;
        let user = Box::new(user);
        Ok(match phone {
            None => Recipient::Unreachable(user),
            Some(_) if blocked => Recipient::Fake(Some(user), phone),
            Some(phone) => Recipient::Real(user, phone),
        })
    }

    pub(crate) fn number(&self, written: &PhoneNumber, operation: &OperationId) -> Option<PhoneNumber> {
        let number = self.parts.numbers.read(written);
        number.inspect_err(|reason| tracing::warn!(%operation, %reason, "a phone number can't be used")).ok()
    }

    /// Hands a code over to the gateway: it is delivered where the gateway said that it took it.
    pub(crate) async fn hand_over(&self, letter: &Letter<'_>, user: &User, to: PhoneNumber) -> CodeDelivery {
        match self.try_to_hand_over(letter, user, to).await {
            HandOver::Taken => CodeDelivery::Succeeded,
            HandOver::Unknown | HandOver::NotTaken => CodeDelivery::Failed,
        }
    }

    /// Hands a code over to the gateway.
    pub(crate) async fn try_to_hand_over(
        &self,
        letter: &Letter<'_>,
        user: &User,
        to: PhoneNumber,
    ) -> HandOver {
        let text = match self.text(letter, user) {
            Ok(text) => text,
            Err(error) => {
                tracing::error!(message_id = %letter.message, %error, "a code was not sent");
                return HandOver::NotTaken;
            }
        };
        let sms = SmsMessage {
            message: letter.message.clone(),
            operation: letter.operation.clone(),
            name: letter.name.clone(),
            user: user.id.clone(),
            organization: letter.organization.cloned(),
            sender: self.parts.sms_options.senders.of(&to, self.parts.numbers).cloned(),
            to,
            text,
        };
        let begun = Instant::now();
        let sent = self.parts.gateway.send(&sms).await;
        self.pace.keep(begun.elapsed());
        match sent {
            Ok(_) => HandOver::Taken,
            Err(error) => {
                tracing::warn!(message_id = %sms.message, %error, "a code could not be sent");
                error.into()
            }
        }
    }

    /// Takes as long as the gateway does over a message.
    pub(crate) async fn seem_to_hand_over(&self) {
        tokio::time::sleep(self.pace.any(&*self.parts.random)).await;
    }

    fn text(&self, letter: &Letter<'_>, user: &User) -> Result<SecretString, TextsError> {
        let name = self.parts.sms_texts.get(letter.name).map_or("", String::as_str);
        let code = letter.code.expose_secret();
        let language = self.language(letter.language, user);
        let text = self.parts.texts.text(&language, name, &code_arguments(code, letter.binding))?;
        let organization = letter.organization.unwrap_or(&user.organization);
        Ok(match self.parts.sms_options.autofill.host(organization) {
            Some(host) => with_autofill(&text, host, code).into(),
            None => text.into(),
        })
    }

    /// The language to write to a user in, where `wanted` is what the request says of it.
    pub(crate) fn language(&self, wanted: Option<&Language>, user: &User) -> Language {
        wanted.or(user.language.as_ref()).cloned().unwrap_or_else(|| Language::new(FALLBACK))
    }
}
