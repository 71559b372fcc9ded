use std::sync::Arc;

use async_trait::async_trait;
use data_adapter_core::{AdapterError, CodeDelivery, Language, MessageId, PhoneNumber, User, UserId};
use jiff::Timestamp;
use secrecy::SecretString;

use super::push;
use super::{
    Authorization, CodeCarrier, Issue, IssuedRequest, NewScaRequest, Proof, Regeneration, ScaRequest,
    ScaRequests,
};
use crate::factors::ENROLMENT;
use crate::gateway::{PushDecisions, PushGateway};
use crate::otp::{Claim, Letter, NewCode, OtpEngine, SendRates, Sending, key_is_gone, over};
use crate::store::{
    ApprovalMethod, Challenge, CodeHash, CountedGuess, Factor, Guess, Offer, OpenChallenge, Opened,
    Presentation, Renewal, Renewed, Step, Store,
};

/// What requests are made of.
pub struct RequestParts {
    /// Who makes codes, and counts guesses at them.
    pub otp: Arc<OtpEngine>,
    /// Who asks users on their devices.
    pub push: Arc<dyn PushGateway>,
    /// How often a request may be renewed.
    pub resends: u32,
}

/// Requests over the engine of one-time codes: a code has one budget, whichever API is asked.
pub struct RequestEngine {
    parts: RequestParts,
}

/// How a user learns of a request.
enum Route {
    Sms(PhoneNumber),
    Caller,
    Push,
    /// Whoever asks tells them.
    Untold,
}

impl RequestEngine {
    /// Puts the engine together.
    #[must_use]
    pub fn new(parts: RequestParts) -> Self {
        Self { parts }
    }

    fn store(&self) -> &dyn Store {
        &*self.parts.otp.parts.store
    }

    fn now(&self) -> Timestamp {
        self.parts.otp.parts.clock.now()
    }

    /// A challenge as a request; `None` where it is nobody's, or proves a factor.
    fn request(&self, open: OpenChallenge) -> Option<ScaRequest> {
        if is_enrolment(&open) {
            return None;
        }
        let OpenChallenge { challenge, renewals, guesses, accepted: _ } = open;
        let Presentation { title, description, binding, asker } = challenge.presentation;
        Some(ScaRequest {
            message: challenge.message,
            user: challenge.step.user?,
            organization: challenge.organization,
            operation: challenge.step.operation,
            name: challenge.step.name,
            method: challenge.method,
            title,
            description,
            binding,
            asker,
            created_at: challenge.created_at,
            expires_at: challenge.expires_at,
            remaining_resends: self.parts.resends.saturating_sub(renewals),
            remaining_guesses: self.parts.otp.parts.policy.guesses.tries_per_step.saturating_sub(guesses),
        })
    }

    /// Whether a right code would still be taken, where it takes one.
    fn has_guesses(&self, open: &OpenChallenge) -> bool {
        let tries = self.parts.otp.parts.policy.guesses.tries_per_step;
        open.challenge.method != ApprovalMethod::Otp || open.guesses < tries
    }

    async fn open(&self, message: &MessageId) -> Result<Option<OpenChallenge>, AdapterError> {
        self.store().open_challenge(message, self.now(), &self.parts.otp.parts.policy.guesses).await
    }

    /// How `user` learns of a request; `None` where nothing reaches them.
    async fn route(
        &self,
        method: ApprovalMethod,
        carrier: CodeCarrier,
        user: &User,
        step: &Step,
    ) -> Result<Option<Route>, AdapterError> {
        Ok(match (method, carrier) {
            (ApprovalMethod::ClientManaged, _) => Some(Route::Untold),
            (ApprovalMethod::Otp, CodeCarrier::Caller) => Some(Route::Caller),
            (ApprovalMethod::Otp, CodeCarrier::Sms) => {
                let number = self.parts.otp.reach(user, None, &step.operation).await?;
                number.map(Route::Sms)
            }
            (ApprovalMethod::Push, _) => {
                let devices = self.store().devices(&user.id).await?;
                (!devices.is_empty()).then_some(Route::Push)
            }
        })
    }

    /// What letting the user know counts against: nothing where no SMS leaves.
    fn rates(&self, route: &Route, user: &User, step: &Step) -> SendRates {
        let Route::Sms(number) = route else { return SendRates::default() };
        self.parts.otp.send_rates(&Sending {
            operation: &step.operation,
            name: &step.name,
            user: Some(&user.id),
            organization: Some(&user.organization),
            number: Some(number),
            is_fake: false,
        })
    }

    /// A code for what is approved; where that is not by a code, what no code fits.
    fn new_code(&self, challenge: &Challenge) -> NewCode {
        let Challenge { message, step, method, presentation, .. } = challenge;
        let digits = self.parts.otp.parts.policy.digits;
        let new = self.parts.otp.new_code(message, step, &presentation.binding, digits);
        match method {
            ApprovalMethod::Otp => new,
            ApprovalMethod::ClientManaged | ApprovalMethod::Push => {
                NewCode { hash: CodeHash(self.parts.otp.parts.random.bytes()), ..new }
            }
        }
    }

    /// Lets the user know, or gives the code to whoever does.
    async fn deliver(
        &self,
        route: Route,
        request: ScaRequest,
        code: SecretString,
        user: &User,
        language: Option<&Language>,
    ) -> Box<IssuedRequest> {
        let otp = &self.parts.otp;
        let (code, delivery) = match route {
            Route::Untold => (None, CodeDelivery::Succeeded),
            Route::Caller => (Some(code), CodeDelivery::Succeeded),
            Route::Sms(number) => {
                let letter = Letter {
                    message: &request.message,
                    code: &code,
                    operation: &request.operation,
                    name: &request.name,
                    binding: &request.binding,
                    organization: request.organization.as_ref(),
                    language,
                };
                (None, otp.hand_over(&letter, user, number).await)
            }
            Route::Push => {
                let language = otp.language(language, user);
                (None, push::send(&*self.parts.push, &otp.parts.texts, &request, &language).await)
            }
        };
        Box::new(IssuedRequest { request, code, delivery })
    }

    /// Takes one guess. At what is not open nothing is offered: that only makes sure that it stays so.
    async fn guess(&self, message: &MessageId, code: &SecretString) -> Result<Authorization, AdapterError> {
        let open = self.open(message).await?;
        if open.as_ref().is_some_and(is_enrolment) {
            return Ok(Authorization::Gone);
        }
        let offer = open.as_ref().map(|open| self.offer(&open.challenge, code)).unwrap_or_default();
        let now = self.now();
        let guess = self.store().guess(message, &offer, now, &self.parts.otp.parts.policy.guesses).await?;
        let Some(request) = open.and_then(|open| self.request(open)) else { return Ok(Authorization::Gone) };
        Ok(match guess {
            Guess::Accepted => {
                let remaining_guesses = request.remaining_guesses.saturating_sub(1);
                Authorization::Succeeded(Box::new(ScaRequest { remaining_guesses, ..request }))
            }
            Guess::Counted(counted) => refused(counted, request),
            Guess::Spent => {
                let until = self.store().blocked_until(&request.user, Factor::Code, now).await?;
                until.map_or(Authorization::Gone, |_| Authorization::Blocked)
            }
            Guess::OtherKey(key_id) => return Err(key_is_gone(&key_id)),
            Guess::Unknown | Guess::Expired | Guess::Used => Authorization::Gone,
        })
    }

    /// A code for what its user was shown.
    fn offer(&self, challenge: &Challenge, code: &SecretString) -> Offer {
        let Challenge { message, step, presentation, .. } = challenge;
        let claim =
            Claim { operation: &step.operation, name: &step.name, binding: &presentation.binding, code };
        self.parts.otp.offer(message, &claim)
    }

    /// Uses up a request that is approved without a code.
    async fn approve(
        &self,
        message: &MessageId,
        method: ApprovalMethod,
    ) -> Result<Authorization, AdapterError> {
        let now = self.now();
        let Some(open) = self.open(message).await?.filter(|open| open.challenge.method == method) else {
            return Ok(Authorization::Gone);
        };
        let is_undecided = method == ApprovalMethod::Push && !open.accepted;
        let Some(request) = self.request(open).map(Box::new) else { return Ok(Authorization::Gone) };
        Ok(if self.store().blocked_until(&request.user, Factor::Code, now).await?.is_some() {
            Authorization::Blocked
        } else if is_undecided {
            Authorization::Undecided(request)
        } else if self.store().consume(message, now).await? {
            Authorization::Succeeded(request)
        } else {
            Authorization::Gone
        })
    }

    /// Whether the user of an open challenge is blocked.
    async fn is_of_blocked_user(&self, message: &MessageId) -> Result<bool, AdapterError> {
        let user = self.open(message).await?.and_then(|open| open.challenge.step.user);
        let Some(user) = user else { return Ok(false) };
        Ok(self.store().blocked_until(&user, Factor::Code, self.now()).await?.is_some())
    }

    async fn block(&self, user: &UserId) -> Result<(), AdapterError> {
        let policy = &self.parts.otp.parts.policy.guesses.failures;
        self.store().block(user, Factor::Code, self.now(), policy).await
    }
}

/// What is said of a code that was not accepted.
fn refused(guess: CountedGuess, request: ScaRequest) -> Authorization {
    let request = Box::new(ScaRequest { remaining_guesses: guess.remaining, ..request });
    if guess.blocked {
        Authorization::Blocked
    } else if guess.starts_block || guess.remaining == 0 {
        Authorization::Exhausted(Box::new(ScaRequest { remaining_guesses: 0, ..*request }))
    } else {
        Authorization::Wrong(request)
    }
}

/// Whether a challenge proves a factor: it is answered elsewhere.
fn is_enrolment(open: &OpenChallenge) -> bool {
    open.challenge.step.name.as_str() == ENROLMENT
}

#[async_trait]
impl ScaRequests for RequestEngine {
    async fn create(&self, new: &NewScaRequest) -> Result<Issue, AdapterError> {
        let NewScaRequest { user, method, carrier, .. } = new;
        let (otp, now) = (&self.parts.otp.parts, self.now());
        let step =
            Step { operation: new.operation.clone(), name: new.name.clone(), user: Some(user.id.clone()) };
        if self.is_blocked(user).await? {
            return Ok(Issue::Blocked);
        }
        let Some(route) = self.route(*method, *carrier, user, &step).await? else {
            return Ok(Issue::Unreachable);
        };
        let mut challenge = Challenge {
            message: otp.store.new_message(step.whose(), now, &*otp.random),
            step,
            method: *method,
            presentation: Presentation {
                title: new.title.clone(),
                description: new.description.clone(),
                binding: new.binding.clone(),
                asker: new.asker.clone(),
            },
            organization: Some(user.organization.clone()),
            code_hash: CodeHash(otp.random.bytes()),
            key_id: String::new(),
            created_at: now,
            expires_at: now + otp.policy.validity,
        };
        let NewCode { code, hash, key_id } = self.new_code(&challenge);
        (challenge.code_hash, challenge.key_id) = (hash, key_id);
        let rates = self.rates(&route, user, &challenge.step);
        match self.store().open(challenge.clone(), rates.keys()).await? {
            Opened::Opened => {}
            Opened::OperationOver => return Err(over()),
            Opened::Limited { over, .. } => {
                return Ok(Issue::Stopped(rates.reached(&over, &challenge.step.operation)));
            }
        }
        // Guesses at an older request of the same step stay spent.
        let guesses = self.open(&challenge.message).await?.map_or(0, |open| open.guesses);
        let open = OpenChallenge { challenge, renewals: 0, guesses, accepted: false };
        let Some(request) = self.request(open) else { return Ok(Issue::Unreachable) };
        Ok(Issue::Issued(self.deliver(route, request, code, user, new.language.as_ref()).await))
    }

    async fn find(&self, message: &MessageId) -> Result<Option<ScaRequest>, AdapterError> {
        Ok(self.open(message).await?.and_then(|open| self.request(open)))
    }

    async fn pending(&self, user: &UserId) -> Result<Vec<ScaRequest>, AdapterError> {
        let policy = &self.parts.otp.parts.policy.guesses;
        let open = self.store().open_challenges_of(user, self.now(), policy).await?;
        let of_use = open.into_iter().filter(|open| self.has_guesses(open));
        Ok(of_use.filter_map(|open| self.request(open)).collect())
    }

    async fn authorize(&self, message: &MessageId, proof: &Proof) -> Result<Authorization, AdapterError> {
        match proof {
            Proof::Code(code) => self.guess(message, code).await,
            Proof::Factors => self.approve(message, ApprovalMethod::ClientManaged).await,
            Proof::Decision => self.approve(message, ApprovalMethod::Push).await,
        }
    }

    async fn cancel(&self, message: &MessageId) -> Result<bool, AdapterError> {
        let is_enrolment = self.open(message).await?.as_ref().is_some_and(is_enrolment);
        Ok(!is_enrolment && self.store().end(message, self.now()).await?)
    }

    async fn regenerate(
        &self,
        message: &MessageId,
        user: &User,
        carrier: CodeCarrier,
        language: Option<&Language>,
    ) -> Result<Regeneration, AdapterError> {
        let now = self.now();
        let theirs =
            |open: &OpenChallenge| open.challenge.step.user.as_ref() == Some(&user.id) && !is_enrolment(open);
        let Some(open) = self.open(message).await?.filter(theirs) else { return Ok(Regeneration::Gone) };
        if self.is_blocked(user).await? {
            return Ok(Regeneration::Blocked);
        }
        if !self.has_guesses(&open) {
            return Ok(Regeneration::Gone);
        }
        let Challenge { method, step, .. } = &open.challenge;
        let Some(route) = self.route(*method, carrier, user, step).await? else {
            return Ok(Regeneration::Unreachable);
        };
        // Who may not renew it any more is told that first: nothing is sent then.
        let rates = self.rates(&route, user, step);
        if open.renewals < self.parts.resends
            && let Some(limit) = self.parts.otp.stopped(&rates, &step.operation, now).await?
        {
            return Ok(Regeneration::Stopped(limit));
        }
        let NewCode { code, hash, key_id } = self.new_code(&open.challenge);
        let expires_at = now + self.parts.otp.parts.policy.validity;
        let renewal = Renewal { code_hash: hash, key_id, expires_at };
        let renewals = match self.store().renew(message, renewal, self.parts.resends, now).await? {
            Renewed::Renewed { renewals } => renewals,
            Renewed::Gone => return Ok(Regeneration::Gone),
            Renewed::Spent => {
                self.block(&user.id).await?;
                return Ok(Regeneration::Exhausted);
            }
        };
        let challenge = Challenge { created_at: now, expires_at, ..open.challenge };
        let open = OpenChallenge { challenge, renewals, ..open };
        let Some(request) = self.request(open) else { return Ok(Regeneration::Gone) };
        Ok(Regeneration::Issued(self.deliver(route, request, code, user, language).await))
    }

    async fn is_blocked(&self, user: &User) -> Result<bool, AdapterError> {
        self.parts.otp.is_blocked(user, self.now()).await
    }
}

#[async_trait]
impl PushDecisions for RequestEngine {
    /// Nobody who is blocked accepts anything.
    async fn decide(&self, message: &MessageId, accepted: bool) -> Result<bool, AdapterError> {
        if accepted && self.is_of_blocked_user(message).await? {
            return Ok(false);
        }
        self.store().decide(message, accepted, self.now()).await
    }
}
