//! The engine: what Strong Customer Authentication asks of every back end alike.
//!
//! - [`OtpEngine`] makes one-time codes, binds them to what the user approves, counts guesses, and blocks
//!   ([`SmsOtp`](data_adapter_core::SmsOtp) over a [`Store`] and an [`SmsGateway`]).
//! - [`RequestEngine`] shows the same codes as requests, and makes others that are approved without a code
//!   ([`ScaRequests`]).
//! - [`FactorEngine`] lets users prove by what they are reached ([`Factors`]).
//! - [`ConsentEngine`] shows configured forms and keeps the answers ([`Consent`](data_adapter_core::Consent) over a
//!   [`ConsentStore`]).
//! - [`LockingAuthentication`], [`DecryptingAuthentication`] and [`EndingOperations`] wrap the capabilities of any back
//!   end.
//! - [`StoreAdministration`] is what operators look at and put right ([`Administration`]).
//! - [`Texts`] holds what people read, per language.

mod administration;
mod consent;
mod ending;
mod factors;
mod gateway;
pub mod language;
mod otp;
mod password;
mod phone;
mod requests;
mod setup;
mod store;
mod texts;
mod trail;
mod unconfigured;
mod undecorated;

pub use administration::{Administration, Erased, StoreAdministration, UserRecords, Waiting};
pub use consent::{ConsentEngine, FormDefinition, HtmlPolicy, OptionDefinition, SafeConsent};
pub use ending::EndingOperations;
pub use factors::{ENROLMENT, Enrolment, FactorEngine, FactorParts, Factors, Verification};
pub use gateway::{
    CallbackRefusal, DeliveredMessage, DeliveredPush, DeliveryStatus, GatewayError, HandedOver, Inbox,
    PushAnswer, PushCallback, PushCallbacks, PushDecisions, PushGateway, PushInbox, PushMessage, PushStatus,
    Receipt, ReceiptCall, ReceiptCallbacks, Receipts, SmsGateway, SmsMessage,
};
pub use otp::{
    Autofill, BindingPlan, KeyError, NameClash, OtpEngine, OtpParts, OtpPolicy, PAYMENT_NAMES, Pace,
    SendLimits, Senders, Sent, SentCount, SentScope, SentWindow, ServerKey, ServerKeys, SmsOptions,
    code_arguments, with_autofill,
};
pub use password::{
    DecryptingAuthentication, LockingAuthentication, PasswordKey, PasswordKeyError, encrypt_password,
};
pub use phone::{Country, NumberFacts, NumberKind, PhoneNumberError, PhoneNumbers, UnknownRegion};
pub use requests::{
    Authorization, CodeCarrier, Issue, IssuedRequest, NewScaRequest, Proof, Regeneration, RequestEngine,
    RequestParts, ScaRequest, ScaRequests,
};
pub use setup::{CertificatePlan, LoginPlan, MappingPlan, PlannedSetup, SetupPlan};
pub use store::{
    Admission, ApprovalMethod, Asker, Attempt, AttemptPolicy, AttemptRecord, AttemptStore, Begun, Block,
    BlockDurations, CLOCK_TOLERANCE, CallUnderWay, Challenge, ChallengeStore, CodeHash, CodeStore,
    ConsentFilter, ConsentPurpose, ConsentRecord, ConsentStore, Counted, CountedGuess, Delivery,
    DeliveryStore, Device, DeviceStore, Enrolled, EnrolledFactor, ErasedConsents, Factor, FactorChannel,
    FactorStatus, FactorStore, Guess, GuessPolicy, IdempotencyKey, IdempotencyStore, KeptConsent, KeyedHash,
    MOST_EARLY_RECEIPTS, Maintenance, NewDelivery, NewDevice, NewFactor, Offer, OpenChallenge, Opened, Over,
    Presentation, RateKeys, RateLimit, RateLimits, RateLimitsError, RateStore, RateWindow, Rated, RatedKey,
    Receipted, Renewal, Renewed, Reservation, Retention, SessionKey, SessionStore, ShownForm, ShownOption,
    Step, Store, StoredAnswer, TargetHash, TokenStore, Whose, message_id, of_parts,
};
pub use texts::{Argument, Arguments, Texts, TextsError, Wording};
pub use trail::{AuditTrail, ChainBreak, ChainCheck, TrailPage, TrailSearch};
pub use unconfigured::{NoAntiFraud, NoCertificates, NoPushes};
pub use undecorated::UndecoratedOperations;
