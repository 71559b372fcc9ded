#![expect(clippy::panic, reason = "a rule that is broken ends its task, and the suite reports it")]

use std::sync::Arc;

use data_adapter_core::{
    Clock as _, CodeDelivery, MessageId, User, UserId, UserLookup as _, VerificationOutcome,
};
use data_adapter_sca::{
    ApprovalMethod, Authorization, CodeCarrier, Issue, IssuedRequest, NewDevice, NewScaRequest, Proof,
    PushDecisions as _, Regeneration, RequestEngine, RequestParts, ScaRequest, ScaRequests, Store,
};

use crate::engine::bench::{Bench as Codes, Sent};
use crate::{Approval, RecordingPush};

/// How often a request may be renewed.
pub(super) const RESENDS: u32 = 5;

/// Requests over the engine of one-time codes, and that engine beside them: two doors to the same codes.
#[derive(Clone)]
pub(super) struct Bench {
    /// The other door, and all that the engine works with.
    pub(super) codes: Codes,
    pub(super) pushes: Arc<RecordingPush>,
    requests: Arc<RequestEngine>,
}

/// A request with a code, and the code as its receiver knows it.
#[derive(Clone)]
pub(super) struct Asked {
    pub(super) request: ScaRequest,
    pub(super) sent: Sent,
}

impl Bench {
    pub(super) fn new(store: Arc<dyn Store>) -> Self {
        Self::over(Codes::new(store), Arc::default())
    }

    fn over(codes: Codes, pushes: Arc<RecordingPush>) -> Self {
        let push = Arc::clone(&pushes) as _;
        let otp = Arc::clone(&codes.engine);
        let requests = Arc::new(RequestEngine::new(RequestParts { otp, push, resends: RESENDS }));
        Self { codes, pushes, requests }
    }

    /// The same over another engine of codes.
    pub(super) fn with(&self, change: impl FnOnce(&Codes) -> Codes) -> Self {
        Self::over(change(&self.codes), Arc::clone(&self.pushes))
    }

    /// Engines that block nobody, where a rule is about the guesses at one step.
    pub(super) fn without_blocks(&self) -> Self {
        self.with(Codes::without_blocks)
    }

    /// A second instance over the same store.
    pub(super) fn another(&self) -> Self {
        self.with(|codes| codes.with_policy(codes.policy))
    }

    /// Engines whose requests meet each other between any two calls of the store.
    pub(super) fn with_a_slow_store(&self) -> Self {
        self.with(|codes| codes.clone().with_a_slow_store())
    }

    /// Engines over the same store, which can't use a request up.
    pub(super) fn that_uses_nothing_up(&self) -> Self {
        self.with(Codes::that_uses_no_code_up)
    }

    pub(super) fn requests(&self) -> &dyn ScaRequests {
        self.requests.as_ref()
    }

    pub(super) async fn user(&self, id: &str) -> User {
        let user = self.codes.directory.by_id(&UserId::new(id), None).await;
        user.expect("the directory answers").expect("the user is known")
    }

    /// What has to be asked for an approval with a code that we send.
    pub(super) async fn otp(&self, approval: &Approval) -> NewScaRequest {
        let user = approval.user.as_ref().expect("somebody approves it");
        NewScaRequest {
            user: self.user(user.as_str()).await,
            method: ApprovalMethod::Otp,
            carrier: CodeCarrier::Sms,
            operation: approval.operation.id.clone(),
            name: approval.operation.name.clone(),
            binding: approval.binding.clone(),
            title: None,
            description: None,
            language: approval.language.clone(),
            asker: None,
        }
    }

    /// What has to be asked for an approval in this way.
    pub(super) async fn by(&self, method: ApprovalMethod, approval: &Approval) -> NewScaRequest {
        NewScaRequest { method, ..self.otp(approval).await }
    }

    pub(super) async fn create(&self, new: &NewScaRequest) -> Issue {
        self.requests.create(new).await.expect("a request is made")
    }

    /// Makes a request that can be made.
    pub(super) async fn issue(&self, new: &NewScaRequest) -> IssuedRequest {
        let issue = self.create(new).await;
        let Issue::Issued(issued) = issue else { panic!("it has to be made, but came back as {issue:?}") };
        *issued
    }

    /// Makes a request with a code that has to be sent.
    pub(super) async fn ask(&self, approval: &Approval) -> Asked {
        let issued = self.issue(&self.otp(approval).await).await;
        self.sent(issued)
    }

    /// A request whose code was sent just now.
    pub(super) fn sent(&self, issued: IssuedRequest) -> Asked {
        let IssuedRequest { request, code, delivery } = issued;
        assert_eq!(delivery, CodeDelivery::Succeeded);
        assert!(code.is_none(), "whoever asked was told the code");
        let last = self.codes.gateway.messages().pop().expect("a message was sent");
        assert_eq!(last.message, request.message, "the last message is another one's");
        let code = self.codes.gateway.last_code().expect("the message holds a code");
        let sent = Sent { message: request.message.clone(), code };
        Asked { request, sent }
    }

    /// Asks the other door for a code that has to be sent.
    pub(super) async fn ask_for_a_code(&self, approval: &Approval) -> Asked {
        let sent = self.codes.send(approval).await;
        let request = self.found(&sent.message).await;
        Asked { request, sent }
    }

    pub(super) async fn find(&self, message: &MessageId) -> Option<ScaRequest> {
        self.requests.find(message).await.expect("the store answers")
    }

    /// A request that has to be open.
    pub(super) async fn found(&self, message: &MessageId) -> ScaRequest {
        self.find(message).await.unwrap_or_else(|| panic!("`{message}` has to be open"))
    }

    pub(super) async fn pending(&self, user: &str) -> Vec<ScaRequest> {
        self.requests.pending(&UserId::new(user)).await.expect("the store answers")
    }

    pub(super) async fn authorize(&self, message: &MessageId, proof: &Proof) -> Authorization {
        self.requests.authorize(message, proof).await.expect("a proof is checked")
    }

    pub(super) async fn answer(&self, message: &MessageId, code: &str) -> Authorization {
        self.authorize(message, &Proof::Code(code.into())).await
    }

    /// Shows the right code.
    pub(super) async fn show(&self, asked: &Asked) -> Authorization {
        self.answer(&asked.request.message, &asked.sent.code).await
    }

    /// Whether the right code approves it.
    pub(super) async fn approves(&self, asked: &Asked) -> bool {
        matches!(self.show(asked).await, Authorization::Succeeded(_))
    }

    pub(super) async fn guess_wrong(&self, asked: &Asked) -> Authorization {
        self.answer(&asked.request.message, &asked.sent.wrong()).await
    }

    /// Shows the right code at the other door.
    pub(super) async fn verify(&self, approval: &Approval, asked: &Asked) -> VerificationOutcome {
        self.codes.verify(approval, &asked.sent).await
    }

    pub(super) async fn cancel(&self, message: &MessageId) -> bool {
        self.requests.cancel(message).await.expect("a request is ended")
    }

    pub(super) async fn decide(&self, message: &MessageId, accepted: bool) -> bool {
        self.requests.decide(message, accepted).await.expect("a decision is kept")
    }

    /// Renews a request as its user, to whom we send the code.
    pub(super) async fn regenerate(&self, request: &ScaRequest) -> Regeneration {
        let user = self.user(request.user.as_str()).await;
        self.regenerate_for(&user, CodeCarrier::Sms, &request.message).await
    }

    pub(super) async fn regenerate_for(
        &self,
        user: &User,
        carrier: CodeCarrier,
        message: &MessageId,
    ) -> Regeneration {
        let regeneration = self.requests.regenerate(message, user, carrier, None).await;
        regeneration.expect("a request is renewed")
    }

    /// Renews a request that can be renewed, with a code that we send.
    pub(super) async fn renew(&self, request: &ScaRequest) -> IssuedRequest {
        self.renew_by(CodeCarrier::Sms, request).await
    }

    pub(super) async fn renew_by(&self, carrier: CodeCarrier, request: &ScaRequest) -> IssuedRequest {
        let user = self.user(request.user.as_str()).await;
        let regeneration = self.regenerate_for(&user, carrier, &request.message).await;
        let Regeneration::Issued(issued) = regeneration else {
            panic!("it has to be renewed, but came back as {regeneration:?}")
        };
        *issued
    }

    /// Registers a device of a user.
    pub(super) async fn register_device(&self, user: &str) -> i64 {
        let device = NewDevice {
            user: UserId::new(user),
            name: "phone".to_owned(),
            kind: "iPhone 15".to_owned(),
            os_version: "iOS 19.1".to_owned(),
            registered_at: self.codes.clock.now(),
        };
        self.codes.store.register_device(device).await.expect("a device is registered").id
    }

    /// How many messages and pushes have left.
    pub(super) fn sendings(&self) -> usize {
        self.codes.gateway.messages().len() + self.pushes.pushes().len()
    }
}

impl Asked {
    /// The same with another code.
    pub(super) fn with_code(&self, code: &str) -> Self {
        let sent = Sent { code: code.to_owned(), ..self.sent.clone() };
        Self { sent, ..self.clone() }
    }

    pub(super) fn message(&self) -> &MessageId {
        &self.request.message
    }
}

fn with_guesses(request: &ScaRequest, left: u32) -> Box<ScaRequest> {
    Box::new(ScaRequest { remaining_guesses: left, ..request.clone() })
}

/// What is said of a wrong code that leaves so many guesses.
pub(super) fn wrong(request: &ScaRequest, left: u32) -> Authorization {
    Authorization::Wrong(with_guesses(request, left))
}

/// What is said of the last code.
pub(super) fn exhausted(request: &ScaRequest) -> Authorization {
    Authorization::Exhausted(with_guesses(request, 0))
}

/// What is said of a proof that is right.
pub(super) fn succeeded(request: &ScaRequest, left: u32) -> Authorization {
    Authorization::Succeeded(with_guesses(request, left))
}
