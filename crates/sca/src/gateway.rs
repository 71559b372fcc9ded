use async_trait::async_trait;
use data_adapter_core::{
    AdapterError, MessageId, OperationId, OperationName, OrganizationId, PhoneNumber, UserId,
};
use jiff::Timestamp;
use secrecy::SecretString;
use thiserror::Error;

/// A message to send. Its `Debug` shows neither the number nor the text.
#[derive(Clone, Debug)]
pub struct SmsMessage {
    /// The challenge that its code answers.
    pub message: MessageId,
    /// The operation that the code approves.
    pub operation: OperationId,
    /// The name of the operation in this step.
    pub name: OperationName,
    /// Who gets it.
    pub user: UserId,
    /// Their organization, as the request names it.
    pub organization: Option<OrganizationId>,
    /// Where to.
    pub to: PhoneNumber,
    /// Whom the phone shows it from, a name or a number; `None` leaves that to the gateway.
    pub sender: Option<String>,
    /// What the user reads, the code included.
    pub text: SecretString,
}

/// Why a message is not known to be with its gateway. The texts are for the log and hold neither number nor code.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum GatewayError {
    /// The gateway can't be reached, is not logged in to, or takes nothing now. It does not have the message: another gateway may
    /// be asked.
    #[error("the gateway can't take messages: {0}")]
    Unavailable(String),
    /// The gateway takes messages, and said no to this one. It does not have the message.
    #[error("the gateway refused the message: {0}")]
    Refused(String),
    /// The message left, and nobody knows whether the gateway took it. It must not be sent again.
    #[error("nobody knows whether the gateway took the message: {0}")]
    Unknown(String),
}

/// What a gateway said when it took a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HandedOver {
    /// Which gateway has it, by its id in the configuration; `None` where there is only one, which reports nothing.
    pub gateway: Option<String>,
    /// What the gateway calls each part in its [receipts](Receipt), in their order; empty where it reports nothing.
    pub references: Vec<String>,
}

/// Sends messages.
#[async_trait]
pub trait SmsGateway: Send + Sync {
    /// Hands `message` over. `Ok` means that the gateway took it, not that the phone has it. What was not handed over when this
    /// returns is never sent later.
    ///
    /// # Errors
    ///
    /// When the gateway did not take it, or did not answer within its deadline.
    async fn send(&self, message: &SmsMessage) -> Result<HandedOver, GatewayError>;
}

/// What became of a part of a message. Of two that are reported the greater one is true: a phone that has it has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DeliveryStatus {
    /// The gateway has it, and nothing more is known.
    HandedOver,
    /// It will not arrive: it expired, was rejected, or can't be delivered.
    Undelivered,
    /// The phone has it.
    Delivered,
}

/// What a gateway reports of a message that it took (a delivery receipt).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Which gateway, by its id in the configuration.
    pub gateway: String,
    /// What it calls the part, as in [`HandedOver::references`].
    pub reference: String,
    /// What became of it. Never [`DeliveryStatus::HandedOver`].
    pub status: DeliveryStatus,
    /// Why, in the gateway's own short code, such as `UNDELIV` or `30005`; `None` where it gives none.
    pub reason: Option<String>,
}

/// Who is told of receipts.
#[async_trait]
pub trait Receipts: Send + Sync {
    /// Keeps a receipt: true when it is news of a message that this service sent.
    ///
    /// # Errors
    ///
    /// When it could not be kept; the gateway should report it again.
    async fn received(&self, receipt: &Receipt) -> Result<bool, AdapterError>;
}

/// Reads the receipts that a gateway sends by calling back over HTTP.
pub trait ReceiptCallbacks: Send + Sync {
    /// What a call says: one receipt or more, or none where it reports what is no end, such as that a message is on its way.
    ///
    /// # Errors
    ///
    /// [`CallbackRefusal`].
    fn read(&self, call: &ReceiptCall<'_>) -> Result<Vec<Receipt>, CallbackRefusal>;
}

/// A call of a gateway.
pub struct ReceiptCall<'a> {
    /// The URL that was called, from its path on, query included, as it came.
    pub target: &'a str,
    /// The headers, by their names in small letters: `None` where one is missing, is there twice or is no text.
    pub header: &'a dyn Fn(&str) -> Option<String>,
    /// The body.
    pub body: &'a [u8],
    /// When.
    pub now: Timestamp,
}

/// A push: what a person reads on their device and accepts or rejects there.
#[derive(Clone, Debug)]
pub struct PushMessage {
    /// The request that the answer decides.
    pub message: MessageId,
    /// Who gets it, on every device of theirs.
    pub user: UserId,
    /// Their organization, as the request names it.
    pub organization: Option<OrganizationId>,
    /// The headline.
    pub title: String,
    /// What the user is asked to approve.
    pub text: String,
}

/// Sends pushes.
#[async_trait]
pub trait PushGateway: Send + Sync {
    /// Hands `push` over. `Ok` means that the gateway took it, not that a device shows it.
    ///
    /// # Errors
    ///
    /// When the gateway refused it or did not answer within its deadline.
    async fn send(&self, push: &PushMessage) -> Result<(), GatewayError>;
}

/// What a gateway calls when a person has decided on their device.
#[async_trait]
pub trait PushDecisions: Send + Sync {
    /// Accepts or rejects the request of a push. True when this decided it: it was an open push that nobody had decided.
    /// False when there is no such push, it is over, or it was decided before; nothing changes then.
    ///
    /// # Errors
    ///
    /// When the store cannot answer; whether it was decided is unknown then.
    async fn decide(&self, message: &MessageId, accepted: bool) -> Result<bool, AdapterError>;
}

/// What a provider of pushes says when a person has decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PushCallback {
    /// The id of the call, which is the same when the provider repeats it.
    pub id: String,
    /// The request that is decided.
    pub message: MessageId,
    /// Whether it is accepted.
    pub accepted: bool,
}

/// Why a callback counts for nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallbackRefusal {
    /// It is not signed, or not by the provider.
    Unsigned,
    /// It was signed too long ago, or by a clock that is ahead.
    Stale,
    /// It is the provider's, and says nothing that can be understood.
    Malformed,
}

/// Reads the callbacks of a provider.
pub trait PushCallbacks: Send + Sync {
    /// What a call says, whose headers `header` tells by their names in small letters: `None` where one is missing, is there
    /// twice or is no text.
    ///
    /// # Errors
    ///
    /// [`CallbackRefusal`].
    fn read(
        &self,
        header: &dyn Fn(&str) -> Option<String>,
        body: &[u8],
        now: Timestamp,
    ) -> Result<PushCallback, CallbackRefusal>;
}

/// A message in the sandbox.
#[derive(Clone, Debug)]
pub struct DeliveredMessage {
    /// Counts up from one.
    pub id: u64,
    /// What was sent.
    pub message: SmsMessage,
    /// When.
    pub sent_at: Timestamp,
}

/// Where a sandbox shows what it would have sent.
pub trait Inbox: Send + Sync {
    /// The last messages, newest first.
    fn messages(&self) -> Vec<DeliveredMessage>;
}

/// A push in the sandbox.
#[derive(Clone, Debug)]
pub struct DeliveredPush {
    /// Counts up from one.
    pub id: u64,
    /// What was sent.
    pub push: PushMessage,
    /// When.
    pub sent_at: Timestamp,
    /// What was decided here.
    pub status: PushStatus,
}

/// What a person has decided on a push.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PushStatus {
    /// Nothing yet.
    Pending,
    /// To approve it.
    Accepted,
    /// Not to.
    Rejected,
}

/// What comes of a decision.
#[derive(Clone, Debug)]
pub enum PushAnswer {
    /// It is decided now. The push is as it is after that.
    Decided(DeliveredPush),
    /// It was decided before, or its request is over. Nothing has changed.
    TooLate,
    /// There is no such push.
    Unknown,
}

/// Where a sandbox shows the pushes that it would have sent, and takes what a person decides, in place of their devices.
#[async_trait]
pub trait PushInbox: Send + Sync {
    /// The last pushes, newest first.
    fn pushes(&self) -> Vec<DeliveredPush>;

    /// Accepts or rejects the push with this [`id`](DeliveredPush::id).
    ///
    /// # Errors
    ///
    /// When whoever waits for the decision can't be told; the push stays as it is here.
    async fn decide(&self, id: u64, accepted: bool) -> Result<PushAnswer, AdapterError>;
}
