use std::sync::atomic::Ordering;

use data_adapter_core::{AdapterError, VerificationOutcome};

use super::bench::{Bench, Sent, TRIES, VALIDITY, wrong};
use crate::{Approval, payment};

async fn guess_down(bench: &Bench, approval: &Approval, sent: &Sent, from: u32, to: u32) {
    for left in (to..from).rev() {
        assert_eq!(bench.guess_wrong(approval, sent).await, wrong(left));
    }
}

pub(super) async fn each_wrong_code_leaves_one_try_less(bench: Bench) {
    let approval = Approval::payment("op");
    let sent = bench.send(&approval).await;
    guess_down(&bench, &approval, &sent, TRIES, 0).await;
    assert_eq!(bench.guess_wrong(&approval, &sent).await, VerificationOutcome::AttemptsSpent);
}

pub(super) async fn an_empty_code_counts_as_a_try(bench: Bench) {
    let approval = Approval::payment("op");
    let sent = bench.send(&approval).await;
    for left in (1..TRIES).rev() {
        assert_eq!(
            bench.answer(&approval, &sent.message, "").await,
            VerificationOutcome::Empty { remaining_attempts: Some(left) }
        );
    }
    assert_eq!(bench.guess_wrong(&approval, &sent).await, wrong(0));
}

pub(super) async fn a_right_code_comes_too_late_when_the_tries_are_spent(bench: Bench) {
    let bench = bench.without_blocks();
    let approval = Approval::payment("op");
    let sent = bench.send(&approval).await;
    guess_down(&bench, &approval, &sent, TRIES, 0).await;
    let newer = bench.send(&approval).await;
    for sent in [&sent, &newer] {
        assert_eq!(bench.verify(&approval, sent).await, VerificationOutcome::AttemptsSpent);
    }
    bench.advance(VALIDITY);
    assert_eq!(
        bench.verify(&approval, &newer).await,
        VerificationOutcome::AttemptsSpent,
        "it is late as well"
    );
}

pub(super) async fn the_last_try_may_be_the_right_one(bench: Bench) {
    let approval = Approval::payment("op");
    let sent = bench.send(&approval).await;
    guess_down(&bench, &approval, &sent, TRIES, 1).await;
    assert!(bench.verify(&approval, &sent).await.succeeded());
    assert!(bench.is_sent_codes().await, "the user is blocked after a success");
}

pub(super) async fn a_new_code_gives_no_try_back(bench: Bench) {
    let approval = Approval::payment("op");
    let first = bench.send(&approval).await;
    guess_down(&bench, &approval, &first, TRIES, TRIES - 2).await;
    let second = bench.send(&approval).await;
    guess_down(&bench, &approval, &second, TRIES - 2, TRIES - 3).await;
    let other_amount = approval.clone().bound_to(payment("7", "CZK", "238400856/0300"));
    let third = bench.send(&other_amount).await;
    assert_eq!(bench.guess_wrong(&other_amount, &third).await, wrong(TRIES - 4));
    assert!(bench.verify(&other_amount, &third).await.succeeded());
}

pub(super) async fn a_code_that_expired_gives_no_try_back(bench: Bench) {
    let approval = Approval::payment("op");
    let first = bench.send(&approval).await;
    guess_down(&bench, &approval, &first, TRIES, TRIES - 2).await;
    bench.advance(VALIDITY);
    assert_eq!(bench.verify(&approval, &first).await, VerificationOutcome::Expired);
    let second = bench.send(&approval).await;
    assert_eq!(bench.guess_wrong(&approval, &second).await, wrong(TRIES - 3));
}

pub(super) async fn the_tries_are_fresh_after_a_success(bench: Bench) {
    let approval = Approval::payment("op");
    let first = bench.send(&approval).await;
    guess_down(&bench, &approval, &first, TRIES, 2).await;
    assert!(bench.verify(&approval, &first).await.succeeded());
    let second = bench.send(&approval).await;
    guess_down(&bench, &approval, &second, TRIES, 1).await;
    assert!(bench.verify(&approval, &second).await.succeeded());
}

pub(super) async fn the_tries_are_fresh_for_another_step(bench: Bench) {
    let bench = bench.without_blocks();
    let login = Approval::login("op");
    let sent = bench.send(&login).await;
    guess_down(&bench, &login, &sent, TRIES, 0).await;
    for other in [
        Approval::payment("op").named("authorize_payment_sca"),
        Approval::login("another operation"),
        login.by(crate::Directory::CZECH),
    ] {
        let sent = bench.send(&other).await;
        assert_eq!(bench.guess_wrong(&other, &sent).await, wrong(TRIES - 1));
        assert!(bench.verify(&other, &sent).await.succeeded());
    }
}

pub(super) async fn what_is_bound_wrongly_spends_a_try(bench: Bench) {
    let bench = bench.without_blocks();
    let approval = Approval::payment("op");
    let other = approval.clone().bound_to(payment("101", "CZK", "238400856/0300"));
    let sent = bench.send(&approval).await;
    for left in (0..TRIES).rev() {
        assert_eq!(bench.verify(&other, &sent).await, wrong(left));
    }
    assert_eq!(bench.verify(&approval, &sent).await, VerificationOutcome::AttemptsSpent);
}

/// Each call that changes something waits for the disk, or for another machine.
pub(super) async fn a_code_is_verified_with_one_call_of_the_store(bench: Bench) {
    let approval = Approval::payment("op");
    let sent = bench.send(&approval).await;
    let (counting, calls) = bench.counting_calls();
    for (number, right) in [(1, false), (2, true), (3, true)] {
        let code = if right { sent.code.clone() } else { sent.wrong() };
        let answer = counting.engine().verify(&approval.answer(&sent.message, &code)).await;
        answer.expect("the store answers");
        assert_eq!(calls.load(Ordering::SeqCst), number, "calls after the code was right: {right}");
    }
}

pub(super) async fn a_right_code_that_could_not_be_used_up_spends_nothing(bench: Bench) {
    let approval = Approval::payment("op");
    let sent = bench.send(&approval).await;
    let broken = bench.that_uses_no_code_up();
    for _ in 0..TRIES * 2 {
        let outcome = broken.engine().verify(&approval.answer(&sent.message, &sent.code)).await;
        assert!(matches!(outcome, Err(AdapterError::Remote(_))), "it came back as {outcome:?}");
    }
    assert!(bench.is_sent_codes().await, "the user is blocked");
    assert_eq!(bench.guess_wrong(&approval, &sent).await, wrong(TRIES - 1));
    assert!(bench.verify(&approval, &sent).await.succeeded());
}
