use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use data_adapter_core::{
    AccountStatus, AdapterError, Authentication, AuthenticationOutcome, Binding, Clock,
    CodeAndPasswordOutcome, CodeDelivery, CodeMessage, CodeRequest, CodeVerification, Credentials,
    IssuedCode, MessageId, OperationId, OperationName, Random, SmsOtp, UserLookup, VerificationOutcome,
};
use data_adapter_shares::Share;
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret as _, SecretString};
use subtle::ConstantTimeEq as _;

use super::code;
use super::delivery::{Letter, Recipient};
use super::keys::ServerKeys;
use super::message;
use super::options::SmsOptions;
use super::pace::Pace;
use super::sending::SendLimits;
use crate::factors::ENROLMENT;
use crate::gateway::SmsGateway;
use crate::phone::PhoneNumbers;
use crate::store::{
    ApprovalMethod, Challenge, CodeHash, Consumed, CountedGuess, Guess, GuessPolicy, Opened, Presentation,
    Step, Store,
};
use crate::texts::Texts;
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
    turns: Turns,
}

impl OtpEngine {
    /// The message of an enrolment, by its name in the texts.
    pub const ENROLMENT_TEXT: &str = "sms-enrolment";

    /// Puts the engine together.
    #[must_use]
    pub fn new(mut parts: OtpParts) -> Self {
        parts.sms_texts.insert(OperationName::new(ENROLMENT), Self::ENROLMENT_TEXT.to_owned());
        Self { parts, pace: Arc::default(), turns: Turns::new() }
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
        let code = code::derive(&self.parts.random.bytes(), step, binding, digits);
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
        let hash = code::hash(key, message, step, binding, &code);
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
        let message = message::new_id(now, &*self.parts.random);
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

    /// Waits until nobody else guesses at a code of whoever this one is of.
    pub(crate) async fn turn(&self, message: &MessageId) -> Result<Share, AdapterError> {
        let owner = self.parts.store.owner(message).await?;
        self.turns.wait(owner.as_ref().map_or(message.as_str(), |user| user.as_str())).await
    }

    /// Counts the guess, compares, and uses the code up when it is right and `accept` says so.
    async fn guess(&self, verification: &CodeVerification, accept: bool) -> Result<Guessed, AdapterError> {
        let _turn = self.turn(&verification.message).await?;
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
        let challenge = &counted.challenge;
        let fits = self.is_right(counted, &verification.into())?
            & same_if_named(verification.user.as_ref(), challenge.step.user.as_ref())
            & same_if_named(verification.organization.as_ref(), challenge.organization.as_ref());
        let outcome = match (fits && accept, verification.code.expose_secret().is_empty()) {
            (false, true) => VerificationOutcome::Empty { remaining_attempts },
            (false, false) => VerificationOutcome::Wrong { remaining_attempts },
            (true, _) => match self.parts.store.consume(&challenge.message, &challenge.code_hash, now).await?
            {
                Consumed::Used => VerificationOutcome::Succeeded,
                Consumed::OtherCode => VerificationOutcome::Wrong { remaining_attempts },
                Consumed::Gone => VerificationOutcome::AlreadyUsed,
            },
        };
        Ok(Guessed { outcome, fits })
    }

    /// The answer is an error already; a guess that can't be taken back is for the log.
    pub(crate) async fn take_back(&self, counted: &CountedGuess) {
        if let Err(error) = self.parts.store.take_guess_back(counted, &self.parts.policy.guesses).await {
            tracing::error!(%error, "a guess at a code that nobody could check stays counted");
        }
    }

    /// Whether the code and all that it is bound to is right. An error when the key is gone that it was hashed under.
    pub(crate) fn is_right(&self, guess: &CountedGuess, claim: &Claim<'_>) -> Result<bool, AdapterError> {
        let challenge = &guess.challenge;
        let Some(key) = self.parts.keys.find(&challenge.key_id) else {
            tracing::error!(key_id = challenge.key_id, "a code can't be checked: its key is not configured");
            return Err(AdapterError::Unanswerable(
                "the key of a code is not configured any more".to_owned(),
            ));
        };
        let step = Step {
            operation: claim.operation.clone(),
            name: claim.name.clone(),
            user: challenge.step.user.clone(),
        };
        let hash = code::hash(key, &challenge.message, &step, claim.binding, claim.code);
        let fits = bool::from(hash.0.ct_eq(&challenge.code_hash.0));
        Ok(fits & challenge.step.user.is_some() & !guess.blocked)
    }
}

/// A code that was made.
pub(crate) struct NewCode {
    pub(crate) code: SecretString,
    pub(crate) hash: CodeHash,
    pub(crate) key_id: String,
}

/// What a code is said to approve.
pub(crate) struct Claim<'a> {
    pub(crate) operation: &'a OperationId,
    pub(crate) name: &'a OperationName,
    pub(crate) binding: &'a Binding,
    pub(crate) code: &'a SecretString,
}

impl<'a> From<&'a CodeVerification> for Claim<'a> {
    fn from(verification: &'a CodeVerification) -> Self {
        let CodeVerification { operation, binding, code, .. } = verification;
        Self { operation: &operation.id, name: &operation.name, binding, code }
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
pub(crate) fn over() -> AdapterError {
    AdapterError::InvalidOperationContext("the operation is over, and gets no more codes".to_owned())
}

fn same_if_named<T: PartialEq>(named: Option<&T>, known: Option<&T>) -> bool {
    named.is_none() || known.is_none() || named == known
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
