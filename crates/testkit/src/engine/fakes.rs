use std::sync::Arc;
use std::time::{Duration, Instant};

use data_adapter_core::{
    AdapterError, Clock as _, CodeDelivery, MessageId, OrganizationId, VerificationOutcome,
};
use data_adapter_sca::Retention;
use jiff::SignedDuration;

use super::bench::{BLOCK_FOR, Bench, LIMIT, Sent, TRIES, VALIDITY, keys, wrong};
use crate::{Approval, Directory, SeededRandom};

/// A request that has to be answered like any other while nothing is sent.
async fn fake(bench: &Bench, approval: &Approval) -> MessageId {
    let before = bench.gateway.messages().len();
    let issued = bench.create(approval).await;
    assert_eq!(issued.delivery, CodeDelivery::Succeeded, "it shows that it is a fake");
    assert_eq!(bench.gateway.messages().len(), before, "a fake was sent");
    issued.message
}

/// An engine whose next code is the one that it gives to the payer in `approval` too; and that code.
///
/// The code of a fake is seen nowhere. So the same random bytes make a real one first, for the same approval and at the same
/// time, which is purged as if it were over.
async fn foresee(bench: &Bench, approval: &Approval, seed: u64) -> (Bench, Sent) {
    let seeded = || bench.another(bench.policy, keys("current", &[]), Arc::new(SeededRandom::new(seed)));
    let payer = approval.clone().by(Directory::PAYER);
    let sent = seeded().send(&payer).await;
    assert!(bench.verify(&payer, &sent).await.succeeded());
    let at_once = Retention {
        challenges: SignedDuration::ZERO,
        counters: SignedDuration::ZERO,
        shown_forms: SignedDuration::ZERO,
        ended_operations: SignedDuration::ZERO,
        revoked_tokens: SignedDuration::ZERO,
        sessions: SignedDuration::ZERO,
        idempotency: SignedDuration::ZERO,
        deliveries: SignedDuration::ZERO,
        early_receipts: SignedDuration::ZERO,
    };
    let later = bench.clock.now() + SignedDuration::from_secs(VALIDITY + 1);
    let purged = bench.store.purge(later, at_once).await;
    assert!(purged.expect("a store is purged") >= 1, "the real code is still there");
    (seeded(), sent)
}

/// Nothing that could fit the fake does.
async fn never_verifies(bench: &Bench, approval: &Approval, foreseen: &Sent) {
    let message = fake(bench, approval).await;
    assert_eq!(message, foreseen.message, "the random bytes were others than expected");
    for (left, code) in [(4, foreseen.code.as_str()), (3, "00000000")] {
        assert_eq!(
            bench.answer(approval, &message, code).await,
            wrong(left),
            "a fake was answered with {code}"
        );
    }
    let anonymous = approval.clone().by_nobody();
    assert_eq!(bench.answer(&anonymous, &message, &foreseen.code).await, wrong(2));
    let as_payer = approval.clone().by(Directory::PAYER);
    assert_eq!(bench.answer(&as_payer, &message, &foreseen.code).await, wrong(1));
    let with_password =
        bench.verify_with_password(&as_payer, &message, &foreseen.code, Directory::PASSWORD).await;
    assert!(!with_password, "a fake fits with a password");
}

pub(super) async fn a_fake_for_nobody_looks_like_a_code_that_was_sent(bench: Bench) {
    let approval = Approval::payment("op");
    let real = bench.send(&approval).await.message;
    let first = fake(&bench, &approval.clone().by_nobody()).await;
    let second = fake(&bench, &approval.by_nobody()).await;
    assert_ne!(first, second);
    assert_eq!(first.as_str().len(), real.as_str().len(), "the length of a message id");
}

pub(super) async fn a_fake_takes_as_long_as_the_gateway_does_over_a_message(bench: Bench) {
    const PAUSE: Duration = Duration::from_millis(150);
    bench.gateway.take(PAUSE);
    bench.send(&Approval::payment("real")).await;
    let approval = Approval::payment("fake");
    for approval in [approval.clone().by_nobody(), approval.by(Directory::BLOCKED)] {
        let begun = Instant::now();
        fake(&bench, &approval).await;
        assert!(begun.elapsed() >= PAUSE, "a fake is answered sooner");
    }
}

pub(super) async fn a_fake_is_counted_down(bench: Bench) {
    let approval = Approval::payment("op").by_nobody();
    let first = fake(&bench, &approval).await;
    assert_eq!(bench.answer(&approval, &first, "12345678").await, wrong(TRIES - 1));
    let second = fake(&bench, &approval).await;
    assert_eq!(
        bench.answer(&approval, &first, "12345678").await,
        VerificationOutcome::Expired,
        "an older fake"
    );
    for left in (0..TRIES - 1).rev() {
        assert_eq!(bench.answer(&approval, &second, "12345678").await, wrong(left));
    }
    assert_eq!(bench.answer(&approval, &second, "12345678").await, VerificationOutcome::AttemptsSpent);
}

pub(super) async fn a_fake_expires(bench: Bench) {
    let approval = Approval::payment("op").by_nobody();
    let message = fake(&bench, &approval).await;
    bench.advance(VALIDITY - 1);
    assert_eq!(
        bench.answer(&approval, &message, "").await,
        VerificationOutcome::Empty { remaining_attempts: Some(TRIES - 1) }
    );
    bench.advance(1);
    assert_eq!(bench.answer(&approval, &message, "12345678").await, VerificationOutcome::Expired);
}

pub(super) async fn a_fake_for_nobody_never_verifies(bench: Bench) {
    for (seed, approval) in [(1, Approval::payment("op 1")), (2, Approval::login("op 2"))] {
        let fake = approval.by_nobody();
        let (bench, foreseen) = foresee(&bench, &fake, seed).await;
        never_verifies(&bench, &fake, &foreseen).await;
    }
}

pub(super) async fn a_fake_for_a_blocked_account_never_verifies(bench: Bench) {
    let approval = Approval::payment("op").by(Directory::BLOCKED);
    let (bench, foreseen) = foresee(&bench, &approval, 1).await;
    never_verifies(&bench, &approval, &foreseen).await;
}

pub(super) async fn a_fake_during_a_block_never_verifies_even_after_it(bench: Bench) {
    let approval = Approval::payment("op");
    let (seeded, foreseen) = foresee(&bench, &approval, 1).await;
    bench.fail_often(LIMIT).await;
    let message = fake(&seeded, &approval).await;
    assert_eq!(message, foreseen.message);
    bench.advance(BLOCK_FOR);
    assert_eq!(seeded.answer(&approval, &message, &foreseen.code).await, wrong(TRIES - 1));
}

pub(super) async fn a_blocked_account_is_sent_nothing(bench: Bench) {
    let approval = Approval::payment("op").by(Directory::BLOCKED);
    let message = fake(&bench, &approval).await;
    assert_eq!(bench.answer(&approval, &message, "12345678").await, wrong(TRIES - 1));
}

pub(super) async fn an_unknown_user_has_no_code(bench: Bench) {
    let in_another_organization =
        Approval { organization: Some(OrganizationId::new("SME")), ..Approval::payment("op") };
    for unknown in [Approval::payment("op").by("unknown"), in_another_organization] {
        let issued = bench.engine().create(&unknown.request()).await;
        assert_eq!(issued.expect("the directory answers"), None);
    }
    assert_eq!(bench.gateway.messages().len(), 0, "messages");
}

/// Whoever has two ids would have two counters.
pub(super) async fn another_spelling_of_an_id_is_an_unknown_user(bench: Bench) {
    bench.directory.ignore_blanks();
    let approval = Approval::payment("op").by(&format!("{} ", Directory::PAYER));
    let issued = bench.engine().create(&approval.request()).await;
    assert_eq!(issued.expect("the directory answers"), None);
    assert_eq!(bench.gateway.messages().len(), 0, "messages");
}

pub(super) async fn a_user_without_a_phone_is_told_that_nothing_was_sent(bench: Bench) {
    let approval = Approval::payment("op").by(Directory::NO_PHONE);
    let issued = bench.create(&approval).await;
    assert_eq!(issued.delivery, CodeDelivery::Failed);
    assert_eq!(bench.gateway.messages().len(), 0, "messages");
    assert_eq!(bench.answer(&approval, &issued.message, "12345678").await, wrong(TRIES - 1));
}

pub(super) async fn a_block_changes_nothing_for_a_user_without_a_phone(bench: Bench) {
    let approval = Approval::payment("op").by(Directory::BLOCKED_NO_PHONE);
    assert_eq!(bench.create(&approval).await.delivery, CodeDelivery::Failed);
}

pub(super) async fn a_gateway_that_refuses_is_a_failed_delivery(bench: Bench) {
    let approval = Approval::payment("op");
    bench.gateway.refuse(true);
    let issued = bench.create(&approval).await;
    assert_eq!(issued.delivery, CodeDelivery::Failed);
    bench.gateway.refuse(false);
    let sent = bench.send(&approval).await;
    assert!(bench.verify(&approval, &sent).await.succeeded());
}

pub(super) async fn a_directory_that_does_not_answer_is_an_error(bench: Bench) {
    let approval = Approval::payment("op");
    bench.directory.fail_with(Some(|| AdapterError::Remote("the test says so".to_owned())));
    let issued = bench.engine().create(&approval.request()).await;
    assert!(matches!(issued, Err(AdapterError::Remote(_))), "it came back as {issued:?}");
    assert_eq!(bench.gateway.messages().len(), 0, "messages");
}
