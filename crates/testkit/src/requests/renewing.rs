//! Requests are renewed.

use data_adapter_core::{CodeDelivery, Language, MessageId};
use data_adapter_sca::{
    ApprovalMethod, Authorization, CodeCarrier, NewScaRequest, Proof, Regeneration, ScaRequest,
};
use jiff::SignedDuration;
use secrecy::ExposeSecret as _;

use super::bench::{Bench, RESENDS, succeeded, wrong};
use crate::engine::bench::{BLOCK_FOR, LIMIT, TRIES, VALIDITY};
use crate::{Approval, Directory};

pub(super) async fn a_new_code_takes_the_place_of_the_one_before(bench: Bench) {
    let first = bench.ask(&Approval::payment("op")).await;
    bench.codes.advance(7);
    let second = bench.sent(bench.renew(&first.request).await);
    let later = SignedDuration::from_secs(7);
    let expected = ScaRequest {
        created_at: first.request.created_at + later,
        expires_at: first.request.expires_at + later,
        remaining_resends: RESENDS - 1,
        ..first.request.clone()
    };
    assert_eq!(second.request, expected);
    assert_eq!(bench.found(first.message()).await, expected);
    assert_eq!(bench.show(&first).await, wrong(&expected, TRIES - 1), "the code before");
    assert!(bench.approves(&second).await, "the new code is wrong");
}

pub(super) async fn a_renewed_request_lasts_until_its_new_time(bench: Bench) {
    let first = bench.ask(&Approval::payment("op")).await;
    bench.codes.advance(VALIDITY - 1);
    let second = bench.sent(bench.renew(&first.request).await);
    bench.codes.advance(VALIDITY - 1);
    assert!(bench.approves(&second).await, "it is over too early");
}

pub(super) async fn a_renewal_gives_no_guess_back(bench: Bench) {
    let mut asked = bench.ask(&Approval::payment("op")).await;
    for left in (1..TRIES).rev() {
        assert_eq!(bench.guess_wrong(&asked).await, wrong(&asked.request, left));
        asked = bench.sent(bench.renew(&asked.request).await);
        assert_eq!(asked.request.remaining_guesses, left, "a guess was given back");
    }
    assert_eq!(bench.show(&asked).await, succeeded(&asked.request, 0));
}

pub(super) async fn a_new_code_is_brought_by_whoever_is_to_bring_it_now(bench: Bench) {
    let sent = bench.ask(&Approval::payment("op")).await;
    let before = bench.sendings();
    let told = bench.renew_by(CodeCarrier::Caller, &sent.request).await;
    assert_eq!(bench.sendings(), before, "something was sent");
    let code = told.code.expect("the caller is told the code");
    let again = bench.sent(bench.renew(&told.request).await);
    let told = again.with_code(code.expose_secret());
    assert_eq!(bench.show(&told).await, wrong(&again.request, TRIES - 1), "the code before");
    assert!(bench.approves(&again).await, "the code that was sent is wrong");
    let told = bench.ask(&Approval::payment("op")).await;
    let code = bench.renew_by(CodeCarrier::Caller, &told.request).await.code;
    let told = told.with_code(code.expect("the caller is told the code").expose_secret());
    assert!(bench.approves(&told).await, "the code that was told is wrong");
}

pub(super) async fn a_new_code_is_written_in_the_language_asked_for(bench: Bench) {
    let asked = bench.ask(&Approval::login("op")).await;
    let user = bench.user(Directory::PAYER).await;
    let czech = Language::new("cs");
    let renewed = bench.requests().regenerate(asked.message(), &user, CodeCarrier::Sms, Some(&czech)).await;
    let renewed = renewed.expect("the store answers");
    assert!(matches!(renewed, Regeneration::Issued(_)), "it came back as {renewed:?}");
    let code = bench.codes.gateway.last_code().expect("it was sent");
    let text = format!("Autorizační kód pro přihlášení je {code}.");
    assert_eq!(bench.codes.gateway.last_text(), Some(text));
}

pub(super) async fn one_renewal_too_many_blocks_the_user(bench: Bench) {
    let mut asked = bench.ask(&Approval::payment("op")).await;
    for left in (0..RESENDS).rev() {
        asked = bench.sent(bench.renew(&asked.request).await);
        assert_eq!(asked.request.remaining_resends, left);
    }
    let sendings = bench.sendings();
    let regeneration = bench.regenerate(&asked.request).await;
    assert!(matches!(regeneration, Regeneration::Exhausted), "it came back as {regeneration:?}");
    let regeneration = bench.regenerate(&asked.request).await;
    assert!(matches!(regeneration, Regeneration::Blocked), "it came back as {regeneration:?}");
    assert_eq!(bench.sendings(), sendings, "something was sent");
    assert_eq!(bench.show(&asked).await, Authorization::Blocked, "the last code");
    assert!(!bench.codes.is_sent_codes().await, "the other door sends codes");
    bench.codes.advance(BLOCK_FOR);
    assert!(bench.approves(&asked).await, "the block did not end");
}

pub(super) async fn a_request_of_somebody_else_is_gone_and_stays(bench: Bench) {
    let asked = bench.ask(&Approval::payment("op")).await;
    let sendings = bench.sendings();
    let other = bench.user(Directory::CZECH).await;
    for carrier in [CodeCarrier::Caller, CodeCarrier::Sms] {
        let regeneration = bench.regenerate_for(&other, carrier, asked.message()).await;
        assert!(matches!(regeneration, Regeneration::Gone), "it came back as {regeneration:?}");
    }
    assert_eq!(bench.sendings(), sendings, "something was sent");
    assert!(bench.approves(&asked).await, "its code is wrong now");
}

pub(super) async fn what_is_over_is_not_renewed(bench: Bench) {
    let used = bench.ask(&Approval::payment("used")).await;
    assert!(bench.approves(&used).await, "it could not be approved");
    let cancelled = bench.ask(&Approval::payment("cancelled")).await;
    assert!(bench.cancel(cancelled.message()).await, "it was open");
    let ended = bench.ask(&Approval::payment("ended")).await;
    bench.codes.end_operation("ended").await;
    let late = bench.ask(&Approval::payment("late")).await;
    bench.codes.advance(VALIDITY);
    let unknown = ScaRequest { message: MessageId::new("unknown"), ..used.request.clone() };
    let sendings = bench.sendings();
    for request in [used.request, cancelled.request, ended.request, late.request, unknown] {
        let regeneration = bench.regenerate(&request).await;
        assert!(matches!(regeneration, Regeneration::Gone), "it came back as {regeneration:?}");
    }
    assert_eq!(bench.sendings(), sendings, "something was sent");
}

pub(super) async fn nothing_is_renewed_for_a_user_who_is_blocked(bench: Bench) {
    let asked = bench.ask(&Approval::payment("op")).await;
    bench.codes.fail_often(LIMIT).await;
    let sendings = bench.sendings();
    let regeneration = bench.regenerate(&asked.request).await;
    assert!(matches!(regeneration, Regeneration::Blocked), "it came back as {regeneration:?}");
    assert_eq!(bench.sendings(), sendings, "something was sent");
    bench.codes.advance(BLOCK_FOR);
    assert_eq!(bench.found(asked.message()).await, asked.request, "something changed");
}

pub(super) async fn without_a_number_no_code_is_renewed_to_be_sent(bench: Bench) {
    let new = bench.otp(&Approval::payment("op").by(Directory::NO_PHONE)).await;
    let issued = bench.issue(&NewScaRequest { carrier: CodeCarrier::Caller, ..new }).await;
    let regeneration = bench.regenerate(&issued.request).await;
    assert!(matches!(regeneration, Regeneration::Unreachable), "it came back as {regeneration:?}");
    assert_eq!(bench.found(&issued.request.message).await, issued.request, "something changed");
    let code = issued.code.expect("the caller is told the code");
    let authorization = bench.answer(&issued.request.message, code.expose_secret()).await;
    assert_eq!(authorization, succeeded(&issued.request, TRIES - 1), "its code is wrong now");
}

pub(super) async fn a_renewal_whose_code_did_not_leave_counts_and_can_be_repeated(bench: Bench) {
    let asked = bench.ask(&Approval::payment("op")).await;
    bench.codes.gateway.refuse(true);
    let failed = bench.renew(&asked.request).await;
    assert_eq!(failed.delivery, CodeDelivery::Failed);
    assert_eq!(failed.request.remaining_resends, RESENDS - 1);
    bench.codes.gateway.refuse(false);
    let asked = bench.sent(bench.renew(&failed.request).await);
    assert_eq!(asked.request.remaining_resends, RESENDS - 2);
    assert!(bench.approves(&asked).await, "the new code is wrong");
}

pub(super) async fn what_the_client_manages_begins_again(bench: Bench) {
    let new = bench.by(ApprovalMethod::ClientManaged, &Approval::payment("op")).await;
    let request = bench.issue(&new).await.request;
    bench.codes.advance(VALIDITY - 1);
    let renewed = bench.renew(&request).await;
    assert!(renewed.code.is_none(), "there is a code");
    bench.codes.advance(VALIDITY - 1);
    let succeeded = Authorization::Succeeded(Box::new(renewed.request));
    assert_eq!(bench.authorize(&request.message, &Proof::Factors).await, succeeded);
    assert_eq!(bench.sendings(), 0, "something was sent");
}
