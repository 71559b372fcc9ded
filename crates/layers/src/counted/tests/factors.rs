use data_adapter_core::{SystemRandom, User, UserId, UserLookup as _};
use data_adapter_sca::{
    Attempt, CallUnderWay, EnrolledFactor, Enrolment, Factor, FactorChannel, Factors, Verification,
};
use data_adapter_testkit::Directory;
use secrecy::SecretString;

use super::*;

/// Answers everything in one way, and counts wrong codes as the engine does.
struct Always(Enrolment, Verification, Arc<dyn Store>, Arc<ManualClock>);

#[async_trait]
impl Factors for Always {
    async fn list(&self, _: &User) -> Result<Vec<EnrolledFactor>, AdapterError> {
        Ok(Vec::new())
    }

    async fn enrol_otp(&self, _: &User, _: Option<&CallUnderWay>) -> Result<Enrolment, AdapterError> {
        Ok(self.0)
    }

    async fn verify_otp(&self, user: &User, _: &SecretString) -> Result<Verification, AdapterError> {
        let (attempt, now) = (Attempt::new(&user.id, Factor::Code, &SystemRandom), self.3.now());
        self.2.admit_attempt(&attempt, now, &POLICY, SignedDuration::from_secs(10)).await?;
        self.2.attempt_failed(&attempt, now, &POLICY).await?;
        Ok(self.1)
    }

    async fn enrol_push(
        &self,
        _: &User,
        _: FactorChannel,
        _: Option<&CallUnderWay>,
    ) -> Result<Enrolment, AdapterError> {
        Ok(self.0)
    }

    async fn unlink(&self, _: &User, _: FactorChannel) -> Result<bool, AdapterError> {
        Ok(true)
    }
}

/// What is counted when five phones are enrolled and verified, by the label of the counter.
async fn counted(enrolment: Enrolment, verification: Verification, name: &str, label: &str) -> u64 {
    let clock = Arc::new(ManualClock::new(data_adapter_testkit::start()));
    let store: Arc<dyn Store> = Arc::new(MemoryStore::default());
    let always = Always(enrolment, verification, Arc::clone(&store), Arc::clone(&clock));
    let recorder = DebuggingRecorder::new();
    let factors = metrics::with_local_recorder(&recorder, || {
        let durations = BlockDurations { code: POLICY.block_for, password: POLICY.block_for };
        CountedFactors::new(Arc::new(always), BlockCounter::new(store, clock, durations))
    });
    let user = Directory::default().by_id(&UserId::new(Directory::PAYER), None).await.unwrap().unwrap();
    for _ in 0..5 {
        factors.enrol_otp(&user, None).await.unwrap();
        factors.enrol_push(&user, FactorChannel::Authy, None).await.unwrap();
        factors.verify_otp(&user, &"123456".into()).await.unwrap();
    }
    let snapshot = recorder.snapshotter().snapshot().into_vec();
    let counted = snapshot.into_iter().find_map(|(key, _, _, value)| {
        let is_it = key.key().name() == name && key.key().labels().any(|other| other.value() == label);
        let DebugValue::Counter(value) = value else { return None };
        is_it.then_some(value)
    });
    counted.expect("there is such a counter")
}

#[tokio::test]
async fn codes_that_prove_phones_are_counted_among_all_others() {
    let codes = "data_adapter_codes_total";
    for (enrolment, verification, label, expected) in [
        (Enrolment::Sent, Verification::Activated, "created", 5),
        (Enrolment::NotDelivered, Verification::Activated, "created", 5),
        (Enrolment::NotDelivered, Verification::Activated, "undelivered", 5),
        (Enrolment::Sent, Verification::Activated, "undelivered", 0),
        (Enrolment::LimitExceeded, Verification::Activated, "created", 0),
        (Enrolment::Sent, Verification::Activated, "verified", 5),
        (Enrolment::Sent, Verification::Wrong, "failed", 5),
        (Enrolment::Sent, Verification::OneLeft, "failed", 5),
        (Enrolment::Sent, Verification::LimitExceeded, "failed", 5),
        (Enrolment::Sent, Verification::Expired, "expired", 5),
        (Enrolment::Sent, Verification::StateInvalid, "failed", 0),
    ] {
        let counted = counted(enrolment, verification, codes, label).await;
        assert_eq!(counted, expected, "{label} of {enrolment:?} and {verification:?}");
    }
}

#[tokio::test]
async fn a_block_that_a_wrong_code_of_a_phone_starts_is_counted() {
    let blocks = "data_adapter_blocks_total";
    assert_eq!(counted(Enrolment::Sent, Verification::Wrong, blocks, "code").await, 1);
    assert_eq!(counted(Enrolment::Sent, Verification::StateInvalid, blocks, "code").await, 0);
}
