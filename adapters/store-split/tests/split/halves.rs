//! Two halves, and what is done to a factor over them.

use std::sync::Arc;

use data_adapter_core::{MessageId, UserId};
use data_adapter_memory::MemoryStore;
use data_adapter_sca::{
    ApprovalMethod, AttemptPolicy, Challenge, ChallengeStore as _, Enrolled, EnrolledFactor, FactorChannel,
    FactorStatus, FactorStore as _, Guess, GuessPolicy, KeyedHash, NewFactor, Offer, Store, TargetHash,
};
use data_adapter_store_split::SplitStore;
use data_adapter_testkit::{Faults, SlowStore, at, challenge, step};
use jiff::{SignedDuration, Timestamp};

const POLICY: GuessPolicy = GuessPolicy {
    tries_per_step: 5,
    failures: AttemptPolicy {
        limit: 5,
        block_for: SignedDuration::from_secs(600),
        forget_after: SignedDuration::from_secs(3_600),
    },
};

/// Which calls fail.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Failing {
    /// All, as those of a process that dies.
    Both,
    /// Those of a half that is down.
    Codes,
    /// Those of the other one.
    Records,
}

/// What the two halves keep, whoever is over them.
#[derive(Default)]
pub(crate) struct Halves {
    codes: Arc<MemoryStore>,
    records: Arc<MemoryStore>,
}

/// A store over them, and what it is asked. An answer is `None` where there is none.
pub(crate) struct Over(SplitStore);

impl Halves {
    /// A store over halves that work.
    pub(crate) fn whole(&self) -> Over {
        Over(SplitStore::new(Arc::clone(&self.codes) as _, Arc::clone(&self.records) as _))
    }

    /// A store over halves some of which fail.
    pub(crate) fn failing(&self, failing: Failing, faults: &Arc<Faults>) -> Over {
        let (codes, records) = (Arc::clone(&self.codes) as Arc<dyn Store>, Arc::clone(&self.records) as _);
        let slow = |half| Arc::new(SlowStore::that_fails(half, faults)) as Arc<dyn Store>;
        Over(match failing {
            Failing::Both => SplitStore::new(slow(codes), slow(records)),
            Failing::Codes => SplitStore::new(slow(codes), records),
            Failing::Records => SplitStore::new(codes, slow(records)),
        })
    }
}

pub(crate) fn user() -> UserId {
    UserId::new("user")
}

/// What is kept of the user's number.
pub(crate) fn target() -> TargetHash {
    TargetHash { key_id: "key".to_owned(), hash: [1; 32] }
}

fn proof(message: &str, method: ApprovalMethod, now: Timestamp) -> Challenge {
    let challenge = challenge(message, &step(message, "enrolment", Some(user().as_str())), now);
    Challenge { method, ..challenge }
}

/// A phone that a code proves.
pub(crate) fn phone(message: &str, now: Timestamp) -> NewFactor {
    let challenge = proof(message, ApprovalMethod::Otp, now);
    NewFactor { channel: FactorChannel::Sms, target: Some(target()), challenge, call: None }
}

/// An app that a push proves.
pub(crate) fn app(message: &str, now: Timestamp) -> NewFactor {
    let challenge = proof(message, ApprovalMethod::Push, now);
    NewFactor { channel: FactorChannel::Authy, target: None, challenge, call: None }
}

impl Over {
    pub(crate) fn store(&self) -> &SplitStore {
        &self.0
    }

    pub(crate) async fn enrol(&self, factor: NewFactor) -> Option<Enrolled> {
        self.0.enrol(factor).await.ok()
    }

    /// The right code.
    pub(crate) async fn prove(&self, message: &str) -> Option<Guess> {
        let Challenge { key_id, code_hash: hash, .. } = proof(message, ApprovalMethod::Otp, at(0));
        let offer = Offer { hashes: vec![KeyedHash { key_id, hash }], accept: true, ..Offer::default() };
        self.0.guess(&MessageId::new(message), &offer, at(1), &POLICY).await.ok()
    }

    pub(crate) async fn decide(&self, message: &str, accepted: bool) -> Option<bool> {
        self.0.decide(&MessageId::new(message), accepted, at(1)).await.ok()
    }

    pub(crate) async fn factor(&self) -> Option<EnrolledFactor> {
        self.0.factors(&user()).await.expect("the store lists factors").pop()
    }

    pub(crate) async fn status(&self) -> Option<FactorStatus> {
        self.factor().await.map(|factor| factor.status)
    }

    /// Whether a challenge was accepted, as the codes have it. Asking counts for nothing.
    pub(crate) async fn is_used(&self, message: &str) -> bool {
        let asked = self.0.guess(&MessageId::new(message), &Offer::default(), at(1), &POLICY).await;
        asked.expect("the store answers") == Guess::Used
    }

    pub(crate) async fn open_messages(&self) -> Vec<String> {
        let open = self.0.open_challenges(at(1)).await.expect("the store lists challenges");
        open.into_iter().map(|challenge| challenge.message.to_string()).collect()
    }
}
