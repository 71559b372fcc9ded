use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use data_adapter_core::{
    AccountStatus, AdapterError, Authentication, AuthenticationOutcome, Binding, Clock,
    CodeAndPasswordOutcome, CodeDelivery, CodeMessage, CodeRequest, CodeVerification, Credentials,
    IssuedCode, MessageId, OperationId, OperationName, Random, SmsOtp, UserLookup, VerificationOutcome,
};
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret as _, SecretString};

use super::code::{self, Claim};
use super::delivery::{Letter, Recipient};
use super::keys::ServerKeys;
use super::options::SmsOptions;
use super::pace::Pace;
use super::sending::SendLimits;
use crate::factors::ENROLMENT;
use crate::gateway::SmsGateway;
use crate::phone::PhoneNumbers;
use crate::store::{
    ApprovalMethod, Challenge, CodeHash, Guess, GuessPolicy, KeyedHash, Offer, Opened, Presentation, Step,
    Store,
};
use crate::texts::Texts;

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
    /// What goes with the texts.
    pub sms_options: SmsOptions,
    /// Reads phone numbers.
    pub numbers: PhoneNumbers,
    /// For the hashes.
    pub keys: ServerKeys,
    /// Whether codes go only to numbers that their users proved ([`Factors`](crate::Factors)).
    pub require_enrolled: bool,
    /// What may be sent.
    pub limits: SendLimits,
    /// The rules.
    pub policy: OtpPolicy,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// For keys and ids.
    pub random: Arc<dyn Random>,
}

/// One-time codes over a store and a gateway.
pub struct OtpEngine {
    pub(crate) parts: OtpParts,
    pub(super) pace: Arc<Pace>,
}

impl OtpEngine {
    /// The message of an enrolment, by its name in the texts.
    pub const ENROLMENT_TEXT: &str = "sms-enrolment";

    /// Puts the engine together.
    #[must_use]
    pub fn new(mut parts: OtpParts) -> Self {
        parts.sms_texts.insert(OperationName::new(ENROLMENT), Self::ENROLMENT_TEXT.to_owned());
        Self { parts, pace: Arc::default() }
    }

    /// Goes on with what is known of the pace of gateways, in place of nothing.
    #[must_use]
    pub fn in_pace(self, pace: Arc<Pace>) -> Self {
        Self { pace, ..self }
    }

    /// A code for what is approved, and what is kept of it.
    pub(crate) fn new_code(
        &self,
        message: &MessageId,
        step: &Step,
        binding: &Binding,
        digits: u32,
    ) -> NewCode {
        let code = code::derive(&self.parts.random.bytes(), &step.name, binding, digits);
        self.keep(code, message, step, binding)
    }

    /// What is kept of a code.
    pub(crate) fn keep(
        &self,
        code: SecretString,
        message: &MessageId,
        step: &Step,
        binding: &Binding,
    ) -> NewCode {
        let key = self.parts.keys.current();
        let claim = Claim { operation: &step.operation, name: &step.name, binding, code: &code };
        let hash = code::hash(key, message, &claim);
        NewCode { code, hash, key_id: key.id().to_owned() }
    }

    /// The challenge of a new code, and the code. No code fits one that reaches nobody.
    fn challenge(
        &self,
        step: Step,
        binding: &Binding,
        recipient: &Recipient,
        now: Timestamp,
    ) -> (Challenge, SecretString) {
        let message = self.parts.store.new_message(step.whose(), now, &*self.parts.random);
        let NewCode { code, hash, key_id } =
            self.new_code(&message, &step, binding, self.parts.policy.digits);
        let code_hash = match recipient {
            Recipient::Real(..) => hash,
            Recipient::Fake(..) | Recipient::Unreachable(_) => CodeHash(self.parts.random.bytes()),
        };
        let challenge = Challenge {
            message,
            step,
            method: ApprovalMethod::Otp,
            presentation: Presentation::of(binding.clone()),
            organization: recipient.user().map(|user| user.organization.clone()),
            code_hash,
            key_id,
            created_at: now,
            expires_at: now + self.parts.policy.validity,
        };
        (challenge, code)
    }

    /// A code as the store compares it, said of nobody, and accepted where it is right.
    pub(crate) fn offer(&self, message: &MessageId, claim: &Claim<'_>) -> Offer {
        let hashes = self.parts.keys.all().map(|key| {
            let hash = code::hash(key, message, claim);
            KeyedHash { key_id: key.id().to_owned(), hash }
        });
        Offer { hashes: hashes.collect(), user: None, organization: None, accept: true }
    }

    /// Takes one guess, which is accepted where it is right and `accept` says so.
    async fn guess(&self, verification: &CodeVerification, accept: bool) -> Result<Guessed, AdapterError> {
        let message = &verification.message;
        let offer = Offer {
            user: verification.user.clone(),
            organization: verification.organization.clone(),
            accept,
            ..self.offer(message, &verification.into())
        };
        let now = self.parts.clock.now();
        let guess = self.parts.store.guess(message, &offer, now, &self.parts.policy.guesses).await?;
        let outcome = match guess {
            Guess::Unknown => VerificationOutcome::UnknownMessage,
            Guess::Expired => VerificationOutcome::Expired,
            Guess::Used => VerificationOutcome::AlreadyUsed,
            Guess::Spent => VerificationOutcome::AttemptsSpent,
            Guess::Accepted => VerificationOutcome::Succeeded,
            Guess::OtherKey(key_id) => return Err(key_is_gone(&key_id)),
            Guess::Counted(counted) => {
                let remaining_attempts = Some(counted.remaining);
                let outcome = if verification.code.expose_secret().is_empty() && !counted.fits {
                    VerificationOutcome::Empty { remaining_attempts }
                } else {
                    VerificationOutcome::Wrong { remaining_attempts }
                };
                return Ok(Guessed { outcome, fits: counted.fits });
            }
        };
        Ok(Guessed { outcome, fits: outcome.succeeded() })
    }
}

/// A code that was made.
pub(crate) struct NewCode {
    pub(crate) code: SecretString,
    pub(crate) hash: CodeHash,
    pub(crate) key_id: String,
}

/// What became of a guess.
struct Guessed {
    outcome: VerificationOutcome,
    /// Whether the code is right, be it accepted or not.
    fits: bool,
}

/// What is said of a code whose server key is not configured any more.
pub(crate) fn key_is_gone(key_id: &str) -> AdapterError {
    tracing::error!(key_id, "a code can't be checked: its key is not configured");
    AdapterError::Unanswerable("the key of a code is not configured any more".to_owned())
}

/// What is said of a code for an operation that has ended.
pub(crate) fn over() -> AdapterError {
    AdapterError::InvalidOperationContext("the operation is over, and gets no more codes".to_owned())
}

#[async_trait]
impl SmsOtp for OtpEngine {
    async fn create(&self, request: &CodeRequest) -> Result<Option<IssuedCode>, AdapterError> {
        let now = self.parts.clock.now();
        let Some(recipient) = self.addressed(request.into(), now).await? else { return Ok(None) };
        let step = Step {
            operation: request.operation.id.clone(),
            name: request.operation.name.clone(),
            user: request.user.clone(),
        };
        let rates = self.rates_of(request.into(), &recipient);
        let (challenge, code) = self.challenge(step, &request.binding, &recipient, now);
        let message = challenge.message.clone();
        match self.parts.store.open(challenge, rates.keys()).await? {
            Opened::Opened => {}
            Opened::OperationOver => return Err(over()),
            Opened::Limited { over, open } => {
                let delivery = CodeDelivery::Stopped(rates.reached(&over, &request.operation.id));
                return Ok(Some(IssuedCode { message: open.unwrap_or(message), delivery }));
            }
        }
        let delivery = self.deliver(&Letter::of(request, &message, &code), recipient).await;
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
        let now = self.parts.clock.now();
        let Some(recipient) = self.addressed(message.into(), now).await? else { return Ok(None) };
        let rates = self.rates_of(message.into(), &recipient);
        Ok(Some(match self.stopped(&rates, &message.operation.id, now).await? {
            Some(limit) => CodeDelivery::Stopped(limit),
            None => self.deliver(&message.into(), recipient).await,
        }))
    }

    async fn end_operation(&self, operation: &OperationId) -> Result<(), AdapterError> {
        self.parts.store.end_operation(operation, self.parts.clock.now()).await.map(drop)
    }
}
