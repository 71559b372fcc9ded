use std::sync::Arc;

use async_trait::async_trait;
use data_adapter_core::{
    AccountStatus, AdapterError, Binding, MessageId, OperationId, OperationName, PhoneNumber, User,
};
use jiff::Timestamp;
use secrecy::SecretString;

use super::{ENROLMENT, Enrolment, Factors, Verification};
use crate::gateway::{PushGateway, PushMessage};
use crate::otp::{Claim, HandOver, Letter, NewCode, OtpEngine, OtpParts, SendRates, Sending, key_is_gone};
use crate::store::{
    ApprovalMethod, CallUnderWay, Challenge, CodeHash, CountedGuess, Enrolled, EnrolledFactor, FactorChannel,
    FactorStatus, Guess, NewFactor, Offer, Presentation, RateLimit, Rated, RatedKey, Step, Whose,
};
use crate::texts::{TextsError, Wording};

/// What the engine of factors works with.
pub struct FactorParts {
    /// Who makes codes, and counts guesses at them.
    pub otp: Arc<OtpEngine>,
    /// Who asks users on their devices; `None` where nobody does.
    pub push: Option<Arc<dyn PushGateway>>,
    /// How often a user may be asked to prove a factor.
    pub limits: Vec<RateLimit>,
    /// What every code is, for a sandbox; `None` makes a new one each time.
    pub code: Option<SecretString>,
}

/// Factors over the engine of one-time codes: whoever is blocked there is blocked here.
pub struct FactorEngine {
    parts: FactorParts,
}

/// Where a user is asked.
enum Way {
    Sms(PhoneNumber),
    Push(Arc<dyn PushGateway>),
}

impl FactorEngine {
    /// How long the codes are.
    pub const DIGITS: u32 = 6;

    const PUSH_TITLE: &str = "push-enrolment-title";
    const PUSH_TEXT: &str = "push-enrolment";

    /// Puts the engine together.
    #[must_use]
    pub fn new(parts: FactorParts) -> Self {
        Self { parts }
    }

    /// The messages that it takes from the texts, with what each of them has to show.
    #[must_use]
    pub fn texts() -> [(&'static str, Wording); 3] {
        let mut code = Wording::default();
        code.add(["code"]);
        [
            (OtpEngine::ENROLMENT_TEXT, code),
            (Self::PUSH_TITLE, Wording::default()),
            (Self::PUSH_TEXT, Wording::default()),
        ]
    }

    fn otp(&self) -> &OtpParts {
        &self.parts.otp.parts
    }

    /// What keeps a user from being asked again for now; `None` where nothing does, and this time counts.
    async fn refusal(
        &self,
        user: &User,
        way: &Way,
        step: &Step,
        is_fake: bool,
        now: Timestamp,
    ) -> Result<Option<Enrolment>, AdapterError> {
        let rates = match way {
            Way::Push(_) => SendRates::default(),
            Way::Sms(number) => self.parts.otp.send_rates(&Sending {
                operation: &step.operation,
                name: &step.name,
                user: Some(&user.id),
                organization: Some(&user.organization),
                number: Some(number),
                is_fake,
            }),
        };
        let enrolments = RatedKey::counted(format!("{ENROLMENT} {}", user.id), &self.parts.limits);
        let keys = [rates.keys(), &[enrolments]].concat();
        Ok(match self.otp().store.rate(&keys, now).await? {
            Rated::Admitted => None,
            Rated::Over(over) if over.key == rates.keys().len() => Some(Enrolment::LimitExceeded),
            Rated::Over(over) => Some(Enrolment::Stopped(rates.reached(&over, &step.operation))),
        })
    }

    /// Keeps a factor as pending, and asks the user to prove it. `before` is the one that there is.
    async fn ask(
        &self,
        user: &User,
        channel: FactorChannel,
        way: Way,
        before: Option<&EnrolledFactor>,
        call: Option<&CallUnderWay>,
    ) -> Result<Enrolment, AdapterError> {
        let (otp, now) = (self.otp(), self.otp().clock.now());
        let is_blocked = self.parts.otp.is_blocked(user, now).await?;
        let (challenge, code) = self.challenge(user, &way, is_blocked, now);
        if let Some(refusal) = self.refusal(user, &way, &challenge.step, is_blocked, now).await? {
            return Ok(refusal);
        }
        let message = challenge.message.clone();
        let outdated = before.filter(|factor| factor.status == FactorStatus::Inactive);
        if let Some(outdated) = outdated.and_then(|factor| factor.target.as_ref()) {
            otp.store.deactivate(&user.id, channel, outdated).await?;
        }
        let target = match &way {
            Way::Sms(number) => Some(self.parts.otp.target(&user.id, number)),
            Way::Push(_) => None,
        };
        let factor = NewFactor { channel, target, challenge: challenge.clone(), call: call.cloned() };
        match otp.store.enrol(factor).await? {
            Enrolled::Pending => {}
            Enrolled::Refused => return Ok(Enrolment::AlreadyRegistered),
            Enrolled::CallOver => return Ok(Enrolment::CallOver),
        }
        let handed_over = match way {
            _ if is_blocked => {
                self.parts.otp.seem_to_hand_over().await;
                HandOver::Taken
            }
            Way::Sms(number) => {
                let letter = Letter {
                    message: &message,
                    code: &code,
                    operation: &challenge.step.operation,
                    name: &challenge.step.name,
                    binding: &challenge.presentation.binding,
                    organization: Some(&user.organization),
                    language: None,
                };
                self.parts.otp.try_to_hand_over(&letter, user, number).await
            }
            Way::Push(gateway) => self.push(&*gateway, &challenge, user).await,
        };
        Ok(match handed_over {
            HandOver::Taken | HandOver::Unknown => Enrolment::Sent,
            HandOver::NotTaken => Enrolment::NotDelivered,
        })
    }

    /// What decides a new factor.
    fn challenge(
        &self,
        user: &User,
        way: &Way,
        is_blocked: bool,
        now: Timestamp,
    ) -> (Challenge, SecretString) {
        let otp = self.otp();
        let message = otp.store.new_message(Whose::User(&user.id), now, &*otp.random);
        let step = Step { user: Some(user.id.clone()), ..enrolment(&message) };
        let binding = Binding::to_operation();
        let NewCode { code, hash, key_id } = match &self.parts.code {
            Some(code) => self.parts.otp.keep(code.clone(), &message, &step, &binding),
            None => self.parts.otp.new_code(&message, &step, &binding, Self::DIGITS),
        };
        let (method, code_hash) = match way {
            Way::Sms(_) if !is_blocked => (ApprovalMethod::Otp, hash),
            Way::Sms(_) => (ApprovalMethod::Otp, CodeHash(otp.random.bytes())),
            Way::Push(_) => (ApprovalMethod::Push, CodeHash(otp.random.bytes())),
        };
        let challenge = Challenge {
            message,
            step,
            method,
            presentation: Presentation::of(binding),
            organization: Some(user.organization.clone()),
            code_hash,
            key_id,
            created_at: now,
            expires_at: now + otp.policy.validity,
        };
        (challenge, code)
    }

    /// Asks the user on their device.
    async fn push(&self, gateway: &dyn PushGateway, challenge: &Challenge, user: &User) -> HandOver {
        let message_id = &challenge.message;
        let push = match self.push_message(challenge, user) {
            Ok(push) => push,
            Err(error) => {
                tracing::error!(%message_id, %error, "a push was not sent");
                return HandOver::NotTaken;
            }
        };
        match gateway.send(&push).await {
            Ok(()) => HandOver::Taken,
            Err(error) => {
                tracing::warn!(%message_id, %error, "a push could not be sent");
                error.into()
            }
        }
    }

    fn push_message(&self, challenge: &Challenge, user: &User) -> Result<PushMessage, TextsError> {
        let language = self.parts.otp.language(None, user);
        Ok(PushMessage {
            message: challenge.message.clone(),
            user: user.id.clone(),
            organization: challenge.organization.clone(),
            title: self.otp().texts.text(&language, Self::PUSH_TITLE, &[])?,
            text: self.otp().texts.text(&language, Self::PUSH_TEXT, &[])?,
        })
    }

    /// A guess at the code of an enrolment.
    async fn guess(
        &self,
        message: &MessageId,
        code: &SecretString,
        accept: bool,
    ) -> Result<Guess, AdapterError> {
        let (otp, step) = (self.otp(), enrolment(message));
        let claim =
            Claim { operation: &step.operation, name: &step.name, binding: &Binding::to_operation(), code };
        let offer = Offer { accept, ..self.parts.otp.offer(message, &claim) };
        otp.store.guess(message, &offer, otp.clock.now(), &otp.policy.guesses).await
    }
}

/// What proves a factor: an operation of its own, so that its tries are.
fn enrolment(message: &MessageId) -> Step {
    Step { operation: OperationId::new(message.as_str()), name: OperationName::new(ENROLMENT), user: None }
}

/// What is said of a code that was not accepted.
fn refused(guess: CountedGuess, is_active: bool) -> Verification {
    if guess.blocked || !is_active {
        Verification::StateInvalid
    } else if guess.starts_block || guess.remaining == 0 {
        Verification::LimitExceeded
    } else if guess.remaining == 1 {
        Verification::OneLeft
    } else {
        Verification::Wrong
    }
}

fn of(factors: &[EnrolledFactor], channel: FactorChannel) -> Option<&EnrolledFactor> {
    factors.iter().find(|factor| factor.channel == channel)
}

fn is_active(factor: &&EnrolledFactor) -> bool {
    factor.status == FactorStatus::Active
}

#[async_trait]
impl Factors for FactorEngine {
    async fn list(&self, user: &User) -> Result<Vec<EnrolledFactor>, AdapterError> {
        self.parts.otp.factors(user).await
    }

    async fn enrol_otp(&self, user: &User, call: Option<&CallUnderWay>) -> Result<Enrolment, AdapterError> {
        let factors = self.parts.otp.factors(user).await?;
        let before = of(&factors, FactorChannel::Sms);
        if before.is_some_and(|factor| is_active(&factor)) {
            return Ok(Enrolment::AlreadyRegistered);
        }
        let Some(written) = &user.phone else { return Ok(Enrolment::NumberNotAvailable) };
        let number = match self.otp().numbers.read(written) {
            Ok(number) => number,
            Err(reason) => {
                tracing::warn!(%reason, "the phone number of a user who enrols it can't be used");
                return Ok(Enrolment::NumberInvalid);
            }
        };
        if user.status == AccountStatus::Blocked {
            return Ok(Enrolment::CredentialsInactive);
        }
        self.ask(user, FactorChannel::Sms, Way::Sms(number), before, call).await
    }

    async fn verify_otp(&self, user: &User, code: &SecretString) -> Result<Verification, AdapterError> {
        let factors = self.parts.otp.factors(user).await?;
        let factor = of(&factors, FactorChannel::Sms);
        if factor.is_some_and(|factor| is_active(&factor)) {
            return Ok(Verification::AlreadyRegistered);
        }
        let Some(message) = factor.and_then(|factor| factor.message.as_ref()) else {
            return Ok(Verification::StateInvalid);
        };
        let is_active = user.status != AccountStatus::Blocked;
        let verification = match self.guess(message, code, is_active).await? {
            Guess::Unknown | Guess::Expired => Verification::Expired,
            Guess::Used => Verification::AlreadyRegistered,
            Guess::Accepted => Verification::Activated,
            Guess::OtherKey(key_id) => return Err(key_is_gone(&key_id)),
            Guess::Counted(guess) if guess.remaining > 0 => refused(guess, is_active),
            // From now on there is nothing to prove, also once the challenge is forgotten.
            Guess::Counted(guess) => {
                self.otp().store.give_up(message).await?;
                refused(guess, is_active)
            }
            Guess::Spent => {
                self.otp().store.give_up(message).await?;
                Verification::StateInvalid
            }
        };
        Ok(verification)
    }

    async fn enrol_push(
        &self,
        user: &User,
        channel: FactorChannel,
        call: Option<&CallUnderWay>,
    ) -> Result<Enrolment, AdapterError> {
        if channel != FactorChannel::Authy {
            return Ok(Enrolment::ChannelNotSupported);
        }
        let factors = self.parts.otp.factors(user).await?;
        let before = of(&factors, channel);
        if before.is_some_and(|factor| is_active(&factor)) {
            return Ok(Enrolment::AlreadyRegistered);
        }
        if user.status == AccountStatus::Blocked {
            return Ok(Enrolment::CredentialsInactive);
        }
        let Some(gateway) = &self.parts.push else { return Ok(Enrolment::NotReady) };
        self.ask(user, channel, Way::Push(Arc::clone(gateway)), before, call).await
    }

    async fn unlink(&self, user: &User, channel: FactorChannel) -> Result<bool, AdapterError> {
        self.otp().store.unlink(&user.id, channel).await
    }
}
