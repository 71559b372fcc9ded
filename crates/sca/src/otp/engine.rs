use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use data_adapter_core::{
    AccountStatus, AdapterError, Authentication, AuthenticationOutcome, Clock, CodeAndPasswordOutcome,
    CodeDelivery, CodeMessage, CodeRequest, CodeVerification, Credentials, IssuedCode, Language, OperationId,
    OperationName, OrganizationId, PhoneNumber, Random, SmsOtp, User, UserId, UserLookup,
    VerificationOutcome,
};
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret as _, SecretString};
use subtle::ConstantTimeEq as _;

use super::code;
use super::keys::ServerKeys;
use super::message;
use super::wording::arguments;
use crate::gateway::{SmsGateway, SmsMessage};
use crate::language::FALLBACK;
use crate::phone::PhoneNumbers;
use crate::store::{Challenge, CodeHash, CountedGuess, Factor, Guess, GuessPolicy, Step, Store};
use crate::texts::{Texts, TextsError};
use crate::turns::Turns;

/// The rules for codes.
#[derive(Clone, Copy, Debug)]
pub struct OtpPolicy {
    /// How long a code is: 6 to 9 digits.
    pub digits: u32,
    /// How long it may be used (RTS on SCA, Art. 4(3)(d): at most five minutes).
    pub validity: SignedDuration,
    /// How often it may be guessed.
    pub guesses: GuessPolicy,
}

/// What the engine works with.
pub struct OtpParts {
    /// Where challenges and counters are kept.
    pub store: Arc<dyn Store>,
    /// Where messages leave.
    pub gateway: Arc<dyn SmsGateway>,
    /// Who knows the phone numbers.
    pub users: Arc<dyn UserLookup>,
    /// Who checks the password that comes with a code.
    pub authentication: Arc<dyn Authentication>,
    /// What messages say.
    pub texts: Arc<Texts>,
    /// The message of each operation, by its name in the texts.
    pub sms_texts: HashMap<OperationName, String>,
    /// Reads phone numbers.
    pub numbers: PhoneNumbers,
    /// For the hashes.
    pub keys: ServerKeys,
    /// The rules.
    pub policy: OtpPolicy,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// For keys and ids.
    pub random: Arc<dyn Random>,
}

/// One-time codes over a store and a gateway.
pub struct OtpEngine {
    parts: OtpParts,
    turns: Turns,
}

/// What a new code is for.
enum Recipient {
    /// The user, who can have it.
    Real(Box<User>, PhoneNumber),
    /// Nobody: nothing leaves, and no code fits, but nobody can tell.
    Fake(Option<Box<User>>),
    /// The user, who has no phone number that can be used.
    Unreachable(Box<User>),
}

impl Recipient {
    fn user(&self) -> Option<&User> {
        match self {
            Self::Real(user, _) | Self::Unreachable(user) => Some(user),
            Self::Fake(user) => user.as_deref(),
        }
    }
}

impl OtpEngine {
    /// Puts the engine together.
    #[must_use]
    pub fn new(parts: OtpParts) -> Self {
        Self { parts, turns: Turns::new() }
    }

    /// The user with exactly this id: under another spelling they would have another counter.
    async fn user(
        &self,
        id: &UserId,
        organization: Option<&OrganizationId>,
    ) -> Result<Option<User>, AdapterError> {
        let user = self.parts.users.by_id(id, organization).await?;
        Ok(user.filter(|user| user.id == *id))
    }

    /// Where a code for this user goes. `phone` wins over the user's own number.
    async fn recipient(
        &self,
        user: User,
        phone: Option<&PhoneNumber>,
        operation: &OperationId,
        now: Timestamp,
    ) -> Result<Recipient, AdapterError> {
        let blocked = user.status == AccountStatus::Blocked
            || self.parts.store.blocked_until(&user.id, Factor::Code, now).await?.is_some();
        let phone = phone.or(user.phone.as_ref()).and_then(|phone| self.number(phone, operation));
        let user = Box::new(user);
        Ok(match phone {
            None => Recipient::Unreachable(user),
            Some(_) if blocked => Recipient::Fake(Some(user)),
            Some(phone) => Recipient::Real(user, phone),
        })
    }

    fn number(&self, written: &PhoneNumber, operation: &OperationId) -> Option<PhoneNumber> {
        let number = self.parts.numbers.read(written);
        number.inspect_err(|reason| tracing::warn!(%operation, %reason, "a phone number can't be used")).ok()
    }

    /// Hands a code over to the gateway.
    async fn hand_over(&self, message: &CodeMessage, user: &User, to: PhoneNumber) -> CodeDelivery {
        let language = message.language.clone().or_else(|| user.language.clone());
        let language = language.unwrap_or_else(|| Language::new(FALLBACK));
        let text = match self.text(&language, message) {
            Ok(text) => text,
            Err(error) => {
                tracing::error!(message_id = %message.message, %error, "a code was not sent");
                return CodeDelivery::Failed;
            }
        };
        let sms = SmsMessage {
            message: message.message.clone(),
            operation: message.operation.id.clone(),
            name: message.operation.name.clone(),
            user: user.id.clone(),
            organization: message.organization.clone(),
            to,
            text,
        };
        match self.parts.gateway.send(&sms).await {
            Ok(()) => CodeDelivery::Succeeded,
            Err(error) => {
                tracing::warn!(message_id = %sms.message, %error, "a code could not be sent");
                CodeDelivery::Failed
            }
        }
    }

    fn text(&self, language: &Language, message: &CodeMessage) -> Result<SecretString, TextsError> {
        let name = self.parts.sms_texts.get(&message.operation.name).map_or("", String::as_str);
        let arguments = arguments(message.code.expose_secret(), &message.binding);
        self.parts.texts.text(language, name, &arguments).map(SecretString::from)
    }

    /// Counts the guess, compares, and uses the code up when it is right and `accept` says so.
    async fn guess(&self, verification: &CodeVerification, accept: bool) -> Result<Guessed, AdapterError> {
        let owner = self.parts.store.owner(&verification.message).await?;
        let owner = owner.as_ref().map_or(verification.message.as_str(), |user| user.as_str());
        let _turn = self.turns.wait(owner).await?;
        let now = self.parts.clock.now();
        let store = &self.parts.store;
        let counted = match store.guess(&verification.message, now, &self.parts.policy.guesses).await? {
            Guess::Unknown => return Ok(VerificationOutcome::UnknownMessage.into()),
            Guess::Expired => return Ok(VerificationOutcome::Expired.into()),
            Guess::Used => return Ok(VerificationOutcome::AlreadyUsed.into()),
            Guess::Spent => return Ok(VerificationOutcome::AttemptsSpent.into()),
            Guess::Counted(counted) => counted,
        };
        let outcome = self.judge(&counted, verification, accept, now).await;
        if outcome.is_err() {
            self.take_back(&counted).await;
        }
        outcome
    }

    /// What a counted guess is. An error when nobody can say: then it has to be taken back.
    async fn judge(
        &self,
        counted: &CountedGuess,
        verification: &CodeVerification,
        accept: bool,
        now: Timestamp,
    ) -> Result<Guessed, AdapterError> {
        let remaining_attempts = Some(counted.remaining);
        let fits = self.is_right(counted, verification)?;
        let outcome = match (fits && accept, verification.code.expose_secret().is_empty()) {
            (false, true) => VerificationOutcome::Empty { remaining_attempts },
            (false, false) => VerificationOutcome::Wrong { remaining_attempts },
            (true, _) if self.parts.store.consume(&verification.message, now).await? => {
                VerificationOutcome::Succeeded
            }
            (true, _) => VerificationOutcome::AlreadyUsed,
        };
        Ok(Guessed { outcome, fits })
    }

    /// The answer is an error already; a guess that can't be taken back is for the log.
    async fn take_back(&self, counted: &CountedGuess) {
        if let Err(error) = self.parts.store.take_guess_back(counted, &self.parts.policy.guesses).await {
            tracing::error!(%error, "a guess at a code that nobody could check stays counted");
        }
    }

    /// Whether the code and all that it is bound to is right. An error when the key is gone that it was hashed under.
    fn is_right(&self, guess: &CountedGuess, verification: &CodeVerification) -> Result<bool, AdapterError> {
        let challenge = &guess.challenge;
        let Some(key) = self.parts.keys.find(&challenge.key_id) else {
            tracing::error!(key_id = challenge.key_id, "a code can't be checked: its key is not configured");
            return Err(AdapterError::Unanswerable(
                "the key of a code is not configured any more".to_owned(),
            ));
        };
        let step = Step {
            operation: verification.operation.id.clone(),
            name: verification.operation.name.clone(),
            user: challenge.step.user.clone(),
        };
        let hash = code::hash(key, &verification.message, &step, &verification.binding, &verification.code);
        let fits = bool::from(hash.0.ct_eq(&challenge.code_hash.0));
        Ok(fits
            & challenge.step.user.is_some()
            & same_if_named(verification.user.as_ref(), challenge.step.user.as_ref())
            & same_if_named(verification.organization.as_ref(), challenge.organization.as_ref())
            & !guess.blocked)
    }
}

/// What became of a guess.
struct Guessed {
    outcome: VerificationOutcome,
    /// Whether the code is right, be it accepted or not.
    fits: bool,
}

impl From<VerificationOutcome> for Guessed {
    /// A guess that nothing was compared for.
    fn from(outcome: VerificationOutcome) -> Self {
        Self { outcome, fits: false }
    }
}

/// What is said of a code for an operation that has ended.
fn over() -> AdapterError {
    AdapterError::InvalidOperationContext("the operation is over, and gets no more codes".to_owned())
}

fn same_if_named<T: PartialEq>(named: Option<&T>, known: Option<&T>) -> bool {
    named.is_none() || known.is_none() || named == known
}

#[async_trait]
impl SmsOtp for OtpEngine {
    async fn create(&self, request: &CodeRequest) -> Result<Option<IssuedCode>, AdapterError> {
        let now = self.parts.clock.now();
        let recipient = match &request.user {
            None => Recipient::Fake(None),
            Some(id) => match self.user(id, request.organization.as_ref()).await? {
                None => return Ok(None),
                Some(user) => {
                    self.recipient(user, request.phone.as_ref(), &request.operation.id, now).await?
                }
            },
        };
        let message = message::new_id(now, &*self.parts.random);
        let step = Step {
            operation: request.operation.id.clone(),
            name: request.operation.name.clone(),
            user: request.user.clone(),
        };
        let key = self.parts.keys.current();
        let code =
            code::derive(&self.parts.random.bytes(), &step, &request.binding, self.parts.policy.digits);
        let real_hash = code::hash(key, &message, &step, &request.binding, &code);
        let code_hash = match &recipient {
            Recipient::Real(..) => real_hash,
            Recipient::Fake(_) | Recipient::Unreachable(_) => CodeHash(self.parts.random.bytes()),
        };
        let challenge = Challenge {
            message: message.clone(),
            step,
            organization: recipient.user().map(|user| user.organization.clone()),
            code_hash,
            key_id: key.id().to_owned(),
            created_at: now,
            expires_at: now + self.parts.policy.validity,
        };
        if !self.parts.store.open(challenge).await? {
            return Err(over());
        }
        let delivery = match recipient {
            Recipient::Real(user, phone) => {
                let message = CodeMessage {
                    message: message.clone(),
                    code,
                    user: Some(user.id.clone()),
                    organization: request.organization.clone(),
                    phone: None,
                    operation: request.operation.clone(),
                    binding: request.binding.clone(),
                    language: request.language.clone(),
                };
                self.hand_over(&message, &user, phone).await
            }
            Recipient::Fake(_) => CodeDelivery::Succeeded,
            Recipient::Unreachable(_) => CodeDelivery::Failed,
        };
        Ok(Some(IssuedCode { message, delivery }))
    }

    async fn verify(&self, verification: &CodeVerification) -> Result<VerificationOutcome, AdapterError> {
        Ok(self.guess(verification, verification.account == AccountStatus::Active).await?.outcome)
    }

    /// The password goes first: when nobody can say whether it is right, no guess at the code is spent. A guess is spent
    /// whatever else is said of the password, or the guesses that are left would tell.
    async fn verify_with_password(
        &self,
        verification: &CodeVerification,
        credentials: &Credentials,
    ) -> Result<CodeAndPasswordOutcome, AdapterError> {
        let password = match self.parts.authentication.authenticate(credentials).await {
            Ok(outcome) => outcome,
            Err(AdapterError::AuthenticationFailed(_)) => {
                AuthenticationOutcome::Failed { remaining_attempts: None }
            }
            Err(error) => return Err(error),
        };
        let lets_in = matches!(password, AuthenticationOutcome::Succeeded { .. });
        let accept = lets_in && verification.account == AccountStatus::Active;
        let Guessed { outcome, fits } = self.guess(verification, accept).await?;
        Ok(match password {
            AuthenticationOutcome::Succeeded { tolerated, .. } if outcome.succeeded() => {
                CodeAndPasswordOutcome::Succeeded { tolerated }
            }
            AuthenticationOutcome::Succeeded { .. } | AuthenticationOutcome::Failed { .. } => {
                CodeAndPasswordOutcome::Failed
            }
            AuthenticationOutcome::Restricted { restriction, password_is_right, .. } => {
                CodeAndPasswordOutcome::Restricted { restriction, may_be_told: password_is_right && fits }
            }
        })
    }

    async fn send(&self, message: &CodeMessage) -> Result<Option<CodeDelivery>, AdapterError> {
        if self.parts.store.is_over(&message.operation.id).await? {
            return Err(over());
        }
        let Some(user) = &message.user else { return Ok(Some(CodeDelivery::Succeeded)) };
        let Some(user) = self.user(user, message.organization.as_ref()).await? else { return Ok(None) };
        let now = self.parts.clock.now();
        let recipient = self.recipient(user, message.phone.as_ref(), &message.operation.id, now).await?;
        Ok(Some(match recipient {
            Recipient::Real(user, phone) => self.hand_over(message, &user, phone).await,
            Recipient::Fake(_) => CodeDelivery::Succeeded,
            Recipient::Unreachable(_) => CodeDelivery::Failed,
        }))
    }

    async fn end_operation(&self, operation: &OperationId) -> Result<(), AdapterError> {
        self.parts.store.end_operation(operation, self.parts.clock.now()).await.map(drop)
    }
}
