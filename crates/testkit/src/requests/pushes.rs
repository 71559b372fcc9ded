//! Requests that people decide on their devices.

use std::slice;

use data_adapter_core::{CodeDelivery, Language, MessageId, UserId};
use data_adapter_sca::{ApprovalMethod, Authorization, NewScaRequest, Proof, Regeneration, ScaRequest};

use super::approving::is_gone;
use super::bench::{Bench, RESENDS};
use crate::engine::bench::{BLOCK_FOR, LIMIT, VALIDITY};
use crate::{Approval, Directory, payment};

/// A push to the payer that left.
async fn push(bench: &Bench, operation: &str) -> ScaRequest {
    bench.register_device(Directory::PAYER).await;
    let issued = bench.issue(&bench.by(ApprovalMethod::Push, &Approval::payment(operation)).await).await;
    assert_eq!(issued.delivery, CodeDelivery::Succeeded);
    issued.request
}

async fn ask_for_the_decision(bench: &Bench, message: &MessageId) -> Authorization {
    bench.authorize(message, &Proof::Decision).await
}

/// What the device shows: the title and the text.
fn shown(bench: &Bench) -> (String, String) {
    let push = bench.pushes.pushes().pop().expect("a push was sent");
    (push.title, push.text)
}

pub(super) async fn a_push_says_what_is_approved(bench: Bench) {
    for user in [Directory::PAYER, Directory::CZECH] {
        bench.register_device(user).await;
    }
    let paying = Approval::payment("op").bound_to(payment("158121.10", "CZK", "238400856/0300"));
    let new = bench.by(ApprovalMethod::Push, &paying).await;
    let request = bench.issue(&new).await.request;
    let sent = bench.pushes.pushes().pop().expect("a push was sent");
    assert_eq!((&sent.message, &sent.user), (&request.message, &request.user));
    assert_eq!(sent.organization, request.organization);
    let text = "158,121.10 CZK to account 238400856/0300";
    assert_eq!(shown(&bench), ("Please approve this".to_owned(), text.to_owned()));
    let named = NewScaRequest {
        title: Some("Rent".to_owned()),
        description: Some("For December".to_owned()),
        language: Some(Language::new("en")),
        ..bench.by(ApprovalMethod::Push, &paying.by(Directory::CZECH)).await
    };
    bench.issue(&named).await;
    assert_eq!(shown(&bench), ("Rent".to_owned(), format!("{text}\nFor December")));
    assert!(bench.codes.gateway.messages().is_empty(), "a message was sent as well");
}

pub(super) async fn a_push_is_written_in_the_users_language(bench: Bench) {
    bench.register_device(Directory::CZECH).await;
    let login = Approval::login("op").by(Directory::CZECH);
    bench.issue(&bench.by(ApprovalMethod::Push, &login).await).await;
    let (czech, nothing) = shown(&bench);
    bench.issue(&bench.by(ApprovalMethod::Push, &login.in_language("en")).await).await;
    let (english, _) = shown(&bench);
    assert_ne!(czech, english, "the titles");
    assert_eq!((english.as_str(), nothing.as_str()), ("Please approve this", ""));
}

pub(super) async fn a_push_is_approved_once_it_was_accepted(bench: Bench) {
    let request = push(&bench, "op").await;
    let undecided = Authorization::Undecided(Box::new(request.clone()));
    for _ in 0..LIMIT * 2 {
        assert_eq!(ask_for_the_decision(&bench, &request.message).await, undecided);
    }
    assert!(bench.decide(&request.message, true).await, "it could not be accepted");
    let pending = bench.pending(Directory::PAYER).await;
    assert_eq!(pending, slice::from_ref(&request), "it waits for its approval");
    let succeeded = Authorization::Succeeded(Box::new(request.clone()));
    assert_eq!(ask_for_the_decision(&bench, &request.message).await, succeeded);
    is_gone(&bench, &request.message).await;
    assert!(bench.codes.is_sent_codes().await, "asking for a decision was counted");
}

pub(super) async fn a_push_that_was_rejected_is_gone(bench: Bench) {
    let request = push(&bench, "op").await;
    assert!(bench.decide(&request.message, false).await, "it could not be rejected");
    is_gone(&bench, &request.message).await;
    assert_eq!(bench.pending(Directory::PAYER).await, []);
    assert!(!bench.cancel(&request.message).await, "it was cancelled as well");
}

pub(super) async fn a_push_is_decided_once(bench: Bench) {
    for first in [true, false] {
        let request = push(&bench, "op").await;
        assert!(bench.decide(&request.message, first).await, "it could not be decided");
        for again in [true, false] {
            assert!(!bench.decide(&request.message, again).await, "{first} became {again}");
        }
    }
}

pub(super) async fn nothing_else_is_decided(bench: Bench) {
    let asked = bench.ask(&Approval::payment("op")).await;
    let new = bench.by(ApprovalMethod::ClientManaged, &Approval::payment("op 2")).await;
    let managed = bench.issue(&new).await.request;
    let late = push(&bench, "op 3").await;
    let unknown = MessageId::new("unknown");
    for message in [asked.message(), &managed.message, &unknown] {
        assert!(!bench.decide(message, true).await, "`{message}` was accepted");
        assert!(!bench.decide(message, false).await, "`{message}` was rejected");
    }
    assert!(bench.approves(&asked).await, "the code is wrong now");
    bench.codes.advance(VALIDITY);
    assert!(!bench.decide(&late.message, true).await, "it was accepted when it was over");
}

pub(super) async fn a_push_that_was_accepted_expires(bench: Bench) {
    let request = push(&bench, "op").await;
    assert!(bench.decide(&request.message, true).await, "it could not be accepted");
    bench.codes.advance(VALIDITY);
    is_gone(&bench, &request.message).await;
}

pub(super) async fn a_push_approves_nothing_during_a_block(bench: Bench) {
    let request = push(&bench, "op").await;
    bench.codes.fail_often(LIMIT).await;
    assert_eq!(ask_for_the_decision(&bench, &request.message).await, Authorization::Blocked);
    assert!(!bench.decide(&request.message, true).await, "it was accepted");
    bench.codes.advance(BLOCK_FOR);
    assert!(bench.decide(&request.message, true).await, "it could not be accepted after the block");
    let succeeded = Authorization::Succeeded(Box::new(request.clone()));
    assert_eq!(ask_for_the_decision(&bench, &request.message).await, succeeded, "after the block");
}

pub(super) async fn a_push_that_is_renewed_is_asked_again_until_it_is_accepted(bench: Bench) {
    let request = push(&bench, "op").await;
    let renewed = bench.renew(&request).await;
    assert!(renewed.code.is_none(), "there is a code");
    assert_eq!(renewed.request.remaining_resends, RESENDS - 1);
    let asked: Vec<_> = bench.pushes.pushes().into_iter().map(|push| push.message).collect();
    assert_eq!(asked, [request.message.clone(), request.message.clone()]);
    assert!(bench.decide(&request.message, true).await, "it could not be accepted");
    let again = bench.regenerate(&request).await;
    assert!(matches!(again, Regeneration::Gone), "it came back as {again:?}");
    let succeeded = Authorization::Succeeded(Box::new(renewed.request));
    assert_eq!(ask_for_the_decision(&bench, &request.message).await, succeeded);
    assert_eq!(bench.pushes.pushes().len(), 2, "pushes");
}

pub(super) async fn a_push_ends_with_the_device_that_is_forgotten(bench: Bench) {
    let id = bench.register_device(Directory::PAYER).await;
    let new = bench.by(ApprovalMethod::Push, &Approval::payment("op")).await;
    let request = bench.issue(&new).await.request;
    let deregistered = bench.codes.store.deregister_device(&UserId::new(Directory::PAYER), id).await;
    assert!(deregistered.expect("the store answers"), "it was registered");
    let regeneration = bench.regenerate(&request).await;
    assert!(matches!(regeneration, Regeneration::Gone), "it came back as {regeneration:?}");
    assert!(!bench.decide(&request.message, true).await, "it was accepted");
}

pub(super) async fn a_push_that_did_not_leave_is_open_and_can_be_renewed(bench: Bench) {
    bench.register_device(Directory::PAYER).await;
    bench.pushes.refuse(true);
    let issued = bench.issue(&bench.by(ApprovalMethod::Push, &Approval::payment("op")).await).await;
    assert_eq!(issued.delivery, CodeDelivery::Failed);
    assert_eq!(bench.found(&issued.request.message).await, issued.request);
    bench.pushes.refuse(false);
    assert_eq!(bench.renew(&issued.request).await.delivery, CodeDelivery::Succeeded);
    assert_eq!(bench.pushes.pushes().len(), 1, "pushes");
}
