//! One code, and two doors at which it is answered: as a request, and as a one-time code.

use std::slice;

use data_adapter_core::VerificationOutcome;
use data_adapter_sca::{ApprovalMethod, Authorization, CodeCarrier, Regeneration, ScaRequest};
use secrecy::ExposeSecret as _;

use super::approving::is_gone;
use super::bench::{Bench, RESENDS, exhausted, succeeded, wrong};
use super::making::with_fee;
use crate::engine::bench::{self as codes, LIMIT, TRIES, VALIDITY};
use crate::{Approval, Directory, payment};

pub(super) async fn a_code_for_an_operation_is_a_request(bench: Bench) {
    let approval = with_fee("op");
    let asked = bench.ask_for_a_code(&approval).await;
    let expected = ScaRequest {
        message: asked.sent.message.clone(),
        user: approval.user.clone().expect("somebody approves it"),
        organization: approval.organization.clone(),
        operation: approval.operation.id.clone(),
        name: approval.operation.name.clone(),
        method: ApprovalMethod::Otp,
        title: None,
        description: None,
        binding: approval.binding.clone(),
        remaining_resends: RESENDS,
        remaining_guesses: TRIES,
        ..asked.request.clone()
    };
    assert_eq!(asked.request, expected);
    assert_eq!(bench.pending(Directory::PAYER).await, slice::from_ref(&expected));
    assert_eq!(bench.show(&asked).await, succeeded(&expected, TRIES - 1));
    assert_eq!(bench.verify(&approval, &asked).await, VerificationOutcome::AlreadyUsed);
}

pub(super) async fn a_request_is_a_code_for_its_operation(bench: Bench) {
    let approval = with_fee("op");
    let asked = bench.ask(&approval).await;
    let changed = approval.clone().bound_to(payment("158121.10", "CZK", "238400856/0300"));
    let outcome = bench.verify(&changed, &asked).await;
    assert_eq!(outcome, codes::wrong(TRIES - 1), "without the fee");
    assert!(bench.verify(&approval, &asked).await.succeeded(), "the code is wrong at the other door");
    is_gone(&bench, asked.message()).await;
    let asked = bench.ask(&approval).await;
    let both =
        bench.codes.verify_with_password(&approval, asked.message(), &asked.sent.code, Directory::PASSWORD);
    assert!(both.await, "the code is wrong together with a password");
    is_gone(&bench, asked.message()).await;
}

pub(super) async fn guesses_at_both_doors_share_one_budget_and_one_block(bench: Bench) {
    let approval = Approval::payment("op");
    for asked in [bench.ask(&approval).await, bench.ask_for_a_code(&Approval::payment("op 2")).await] {
        let approval = Approval::payment(asked.request.operation.as_str());
        assert_eq!(bench.guess_wrong(&asked).await, wrong(&asked.request, TRIES - 1));
        assert_eq!(bench.codes.guess_wrong(&approval, &asked.sent).await, codes::wrong(TRIES - 2));
        assert_eq!(bench.guess_wrong(&asked).await, wrong(&asked.request, TRIES - 3));
        assert_eq!(bench.codes.guess_wrong(&approval, &asked.sent).await, codes::wrong(TRIES - 4));
        assert_eq!(bench.guess_wrong(&asked).await, exhausted(&asked.request));
        assert_eq!(bench.verify(&approval, &asked).await, VerificationOutcome::AttemptsSpent);
        assert_eq!(bench.show(&asked).await, Authorization::Blocked);
        assert!(!bench.codes.is_sent_codes().await, "the user is not blocked at the other door");
        bench.codes.advance(codes::BLOCK_FOR);
    }
}

pub(super) async fn a_block_that_one_door_starts_holds_at_the_other(bench: Bench) {
    let (approval, other) = (Approval::payment("op"), Approval::payment("op 2"));
    let (asked, code) = (bench.ask(&approval).await, bench.ask_for_a_code(&other).await);
    for _ in 0..LIMIT - 1 {
        bench.guess_wrong(&asked).await;
    }
    assert_eq!(bench.codes.guess_wrong(&other, &code.sent).await, codes::wrong(TRIES - 1));
    assert_eq!(bench.verify(&other, &code).await, codes::wrong(TRIES - 2), "a right code during the block");
    assert_eq!(bench.show(&code).await, Authorization::Blocked);
    assert_eq!(bench.show(&asked).await, Authorization::Blocked);
}

pub(super) async fn a_right_code_at_one_door_forgets_the_failures_at_the_other(bench: Bench) {
    for operation in ["op 1", "op 2"] {
        let (approval, other) = (Approval::payment(operation), Approval::login(operation));
        let (asked, code) = (bench.ask(&approval).await, bench.ask_for_a_code(&other).await);
        for _ in 0..LIMIT - 1 {
            bench.guess_wrong(&asked).await;
        }
        assert!(bench.verify(&other, &code).await.succeeded(), "the user is blocked in {operation}");
    }
}

pub(super) async fn what_is_cancelled_at_one_door_is_over_at_the_other(bench: Bench) {
    let (approval, other) = (Approval::payment("op"), Approval::payment("op 2"));
    for (approval, asked) in
        [(&approval, bench.ask(&approval).await), (&other, bench.ask_for_a_code(&other).await)]
    {
        assert!(bench.cancel(asked.message()).await, "it was open");
        assert_eq!(bench.verify(approval, &asked).await, VerificationOutcome::Expired);
    }
    let asked = bench.ask(&approval).await;
    bench.codes.end_operation("op").await;
    is_gone(&bench, asked.message()).await;
}

pub(super) async fn a_new_code_at_one_door_ends_the_one_of_the_other(bench: Bench) {
    let approval = Approval::payment("op");
    let request = bench.ask(&approval).await;
    let code = bench.ask_for_a_code(&approval).await;
    is_gone(&bench, request.message()).await;
    let request = bench.ask(&approval).await;
    assert_eq!(bench.verify(&approval, &code).await, VerificationOutcome::Expired);
    assert!(bench.verify(&approval, &request).await.succeeded(), "the newest one is wrong");
}

pub(super) async fn a_code_that_was_renewed_here_is_the_right_one_there(bench: Bench) {
    for carrier in [CodeCarrier::Sms, CodeCarrier::Caller] {
        let approval = with_fee(&format!("{carrier:?}"));
        let first = bench.ask_for_a_code(&approval).await;
        let told = bench.renew_by(carrier, &first.request).await.code;
        let told = told.map(|code| code.expose_secret().to_owned());
        let code = told.or_else(|| bench.codes.gateway.last_code()).expect("somebody knows it");
        assert_eq!(bench.verify(&approval, &first).await, codes::wrong(TRIES - 1), "the code before");
        assert!(bench.codes.answer(&approval, first.message(), &code).await.succeeded(), "by {carrier:?}");
        is_gone(&bench, first.message()).await;
    }
}

pub(super) async fn a_code_that_was_renewed_here_lasts_longer_there(bench: Bench) {
    let approval = Approval::payment("op");
    let asked = bench.ask_for_a_code(&approval).await;
    bench.codes.advance(VALIDITY - 1);
    let renewed = bench.sent(bench.renew(&asked.request).await);
    bench.codes.advance(VALIDITY - 1);
    assert!(bench.verify(&approval, &renewed).await.succeeded(), "it is over too early");
}

/// They are for nobody, and nobody may find that out.
pub(super) async fn a_fake_for_nobody_is_no_request(bench: Bench) {
    let fake = bench.codes.create(&Approval::payment("op").by_nobody()).await.message;
    is_gone(&bench, &fake).await;
    assert_eq!(bench.pending("").await, []);
    let user = bench.user(Directory::PAYER).await;
    let regeneration = bench.regenerate_for(&user, CodeCarrier::Caller, &fake).await;
    assert!(matches!(regeneration, Regeneration::Gone), "it came back as {regeneration:?}");
}

pub(super) async fn a_fake_for_a_blocked_account_is_not_renewed(bench: Bench) {
    let approval = Approval::payment("op").by(Directory::BLOCKED);
    let fake = bench.codes.create(&approval).await.message;
    let user = bench.user(Directory::BLOCKED).await;
    for carrier in [CodeCarrier::Sms, CodeCarrier::Caller] {
        let regeneration = bench.regenerate_for(&user, carrier, &fake).await;
        assert!(matches!(regeneration, Regeneration::Blocked), "it came back as {regeneration:?}");
    }
    assert_eq!(bench.sendings(), 0, "something was sent");
}
