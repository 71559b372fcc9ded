//! Requests are approved.

use std::sync::Arc;

use data_adapter_core::{AdapterError, MessageId, SystemRandom};
use data_adapter_sca::{ApprovalMethod, Authorization, Proof, Regeneration};

use super::bench::{Asked, Bench, exhausted, succeeded, wrong};
use crate::engine::bench::{BLOCK_FOR, LIMIT, TRIES, VALIDITY, keys};
use crate::{Approval, Directory};

/// What a request that is over says to every proof.
pub(super) async fn is_gone(bench: &Bench, message: &MessageId) {
    for proof in [Proof::Code("12345678".into()), Proof::Factors, Proof::Decision] {
        assert_eq!(bench.authorize(message, &proof).await, Authorization::Gone, "{proof:?}");
    }
    assert_eq!(bench.find(message).await, None);
}

pub(super) async fn a_right_code_approves_a_request_once(bench: Bench) {
    for approval in [Approval::login("op 1"), Approval::payment("op 2")] {
        let asked = bench.ask(&approval).await;
        assert_eq!(bench.show(&asked).await, succeeded(&asked.request, TRIES - 1));
        assert_eq!(bench.show(&asked).await, Authorization::Gone);
        is_gone(&bench, asked.message()).await;
    }
}

pub(super) async fn each_wrong_code_leaves_one_guess_less_and_the_last_one_blocks(bench: Bench) {
    let asked = bench.ask(&Approval::payment("op")).await;
    for left in (1..TRIES).rev() {
        assert_eq!(bench.guess_wrong(&asked).await, wrong(&asked.request, left));
        assert_eq!(bench.found(asked.message()).await.remaining_guesses, left);
    }
    assert_eq!(bench.guess_wrong(&asked).await, exhausted(&asked.request));
    assert_eq!(bench.guess_wrong(&asked).await, Authorization::Blocked);
    assert_eq!(bench.show(&asked).await, Authorization::Blocked, "a right code");
    assert!(!bench.codes.is_sent_codes().await, "the user is not blocked");
}

pub(super) async fn the_last_guess_may_be_the_right_one(bench: Bench) {
    let asked = bench.ask(&Approval::payment("op")).await;
    for _ in 1..TRIES {
        bench.guess_wrong(&asked).await;
    }
    assert_eq!(bench.show(&asked).await, succeeded(&asked.request, 0));
    assert!(bench.codes.is_sent_codes().await, "the user is blocked after a success");
}

pub(super) async fn a_right_code_comes_too_late_when_the_guesses_are_spent(bench: Bench) {
    let bench = bench.without_blocks();
    let asked = bench.ask(&Approval::payment("op")).await;
    for left in (1..TRIES).rev() {
        assert_eq!(bench.guess_wrong(&asked).await, wrong(&asked.request, left));
    }
    assert_eq!(bench.guess_wrong(&asked).await, exhausted(&asked.request));
    for _ in 0..3 {
        assert_eq!(bench.guess_wrong(&asked).await, Authorization::Gone);
    }
    assert_eq!(bench.show(&asked).await, Authorization::Gone);
    let regeneration = bench.regenerate(&asked.request).await;
    assert!(matches!(regeneration, Regeneration::Gone), "it came back as {regeneration:?}");
    assert_eq!(bench.pending(Directory::PAYER).await, [], "it is listed");
}

pub(super) async fn a_wrong_code_that_starts_a_block_says_so_whatever_is_left_of_the_guesses(bench: Bench) {
    let asked = bench.ask(&Approval::payment("op")).await;
    bench.codes.fail_often(LIMIT - 1).await;
    assert_eq!(bench.guess_wrong(&asked).await, exhausted(&asked.request));
    assert_eq!(bench.show(&asked).await, Authorization::Blocked);
}

pub(super) async fn a_right_code_approves_nothing_during_a_block_and_stays(bench: Bench) {
    let asked = bench.ask(&Approval::payment("op")).await;
    bench.codes.fail_often(LIMIT).await;
    assert_eq!(bench.show(&asked).await, Authorization::Blocked);
    bench.codes.advance(BLOCK_FOR);
    assert_eq!(bench.show(&asked).await, succeeded(&asked.request, TRIES - 2), "after the block");
}

pub(super) async fn what_is_no_code_counts_as_a_guess(bench: Bench) {
    let asked = bench.ask(&Approval::payment("op")).await;
    let longer = format!("{}0", asked.sent.code);
    for (left, code) in (1..TRIES).rev().zip(["", "1234", "letters!", longer.as_str()]) {
        let authorization = bench.answer(asked.message(), code).await;
        assert_eq!(authorization, wrong(&asked.request, left), "`{code}`");
    }
}

pub(super) async fn what_is_over_is_gone(bench: Bench) {
    let approval = Approval::payment("op");
    let replaced = bench.ask(&approval).await;
    let cancelled = bench.ask(&approval).await;
    assert!(bench.cancel(cancelled.message()).await, "it was open");
    let ended = bench.ask(&Approval::payment("another operation")).await;
    bench.codes.end_operation("another operation").await;
    let late = bench.ask(&Approval::payment("late")).await;
    bench.codes.advance(VALIDITY);
    for Asked { request, sent } in [replaced, cancelled, ended, late] {
        assert_eq!(bench.answer(&request.message, &sent.code).await, Authorization::Gone);
        is_gone(&bench, &request.message).await;
    }
    is_gone(&bench, &MessageId::new("00000000-0000-4000-8000-000000000000")).await;
    assert!(bench.codes.is_sent_codes().await, "what was gone was counted");
}

pub(super) async fn what_is_approved_in_another_way_is_gone_and_stays(bench: Bench) {
    bench.register_device(Directory::PAYER).await;
    for (method, own) in
        [(ApprovalMethod::ClientManaged, 1), (ApprovalMethod::Otp, 0), (ApprovalMethod::Push, 2)]
    {
        let new = bench.by(method, &Approval::payment(&format!("{method:?}"))).await;
        let request = bench.issue(&new).await.request;
        let proofs = [Proof::Code("12345678".into()), Proof::Factors, Proof::Decision];
        for (_, proof) in proofs.iter().enumerate().filter(|(number, _)| *number != own) {
            for _ in 0..=TRIES {
                let authorization = bench.authorize(&request.message, proof).await;
                assert_eq!(authorization, Authorization::Gone, "{method:?} by {proof:?}");
            }
        }
        assert_eq!(bench.found(&request.message).await, request, "{method:?} changed");
    }
}

pub(super) async fn two_factors_approve_once_what_the_client_manages(bench: Bench) {
    let new = bench.by(ApprovalMethod::ClientManaged, &Approval::payment("op")).await;
    let request = bench.issue(&new).await.request;
    let succeeded = Authorization::Succeeded(Box::new(request.clone()));
    assert_eq!(bench.authorize(&request.message, &Proof::Factors).await, succeeded);
    is_gone(&bench, &request.message).await;
}

pub(super) async fn two_factors_approve_nothing_during_a_block(bench: Bench) {
    let new = bench.by(ApprovalMethod::ClientManaged, &Approval::payment("op")).await;
    let request = bench.issue(&new).await.request;
    bench.codes.fail_often(LIMIT).await;
    assert_eq!(bench.authorize(&request.message, &Proof::Factors).await, Authorization::Blocked);
    bench.codes.advance(BLOCK_FOR);
    let succeeded = Authorization::Succeeded(Box::new(request.clone()));
    assert_eq!(bench.authorize(&request.message, &Proof::Factors).await, succeeded, "after the block");
}

pub(super) async fn a_right_proof_that_could_not_be_used_up_spends_nothing(bench: Bench) {
    let broken = bench.that_uses_nothing_up();
    let asked = bench.ask(&Approval::payment("op")).await;
    let new = bench.by(ApprovalMethod::ClientManaged, &Approval::payment("op 2")).await;
    let managed = bench.issue(&new).await.request;
    let right = Proof::Code(asked.sent.code.as_str().into());
    for _ in 0..TRIES * 2 {
        for (message, proof) in [(asked.message(), &right), (&managed.message, &Proof::Factors)] {
            let answer = broken.requests().authorize(message, proof).await;
            assert!(matches!(answer, Err(AdapterError::Remote(_))), "it came back as {answer:?}");
        }
    }
    assert!(bench.codes.is_sent_codes().await, "the user is blocked");
    assert_eq!(bench.guess_wrong(&asked).await, wrong(&asked.request, TRIES - 1));
    assert!(bench.approves(&asked).await, "the code is wrong now");
    let succeeded = Authorization::Succeeded(Box::new(managed.clone()));
    assert_eq!(bench.authorize(&managed.message, &Proof::Factors).await, succeeded);
}

pub(super) async fn a_code_that_nobody_can_check_spends_nothing(bench: Bench) {
    let rotated = bench.with(|codes| codes.another(codes.policy, keys("new", &[]), Arc::new(SystemRandom)));
    let asked = bench.ask(&Approval::payment("op")).await;
    for _ in 0..TRIES * 2 {
        let proof = Proof::Code(asked.sent.code.as_str().into());
        let answer = rotated.requests().authorize(asked.message(), &proof).await;
        assert!(matches!(answer, Err(AdapterError::Unanswerable(_))), "it came back as {answer:?}");
    }
    assert_eq!(bench.guess_wrong(&asked).await, wrong(&asked.request, TRIES - 1));
    assert!(bench.approves(&asked).await, "the code is wrong now");
}
