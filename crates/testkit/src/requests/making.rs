//! Requests are made.

use data_adapter_core::{
    AdapterError, Attribute, AttributeValue, Binding, Clock as _, CodeDelivery, Language, OperationId,
    PhoneNumber, User,
};
use data_adapter_sca::{ApprovalMethod, Asker, Authorization, CodeCarrier, Issue, NewScaRequest, ScaRequest};
use jiff::SignedDuration;
use secrecy::ExposeSecret as _;

use super::bench::{Bench, RESENDS, wrong};
use crate::engine::bench::{LIMIT, TRIES, VALIDITY};
use crate::{Approval, Directory, attribute, attribute_id, payment};

const METHODS: [ApprovalMethod; 3] =
    [ApprovalMethod::ClientManaged, ApprovalMethod::Otp, ApprovalMethod::Push];

/// A payment with a fee, which is bound as well.
pub(super) fn with_fee(operation: &str) -> Approval {
    let fee = AttributeValue::Amount {
        amount: "0.00".parse().expect("it is an amount"),
        currency: "EUR".to_owned(),
    };
    let fee = Attribute { id: attribute_id("operation.fee"), value: fee };
    let due = attribute("operation.dueDate", "2026-12-24");
    let paying = payment("158121.10", "CZK", "238400856/0300");
    Approval::payment(operation).bound_to(Binding { attributes: vec![fee, due], ..paying })
}

/// Nothing was made, and nothing left.
async fn is_not_made(bench: &Bench, new: &NewScaRequest) -> Issue {
    let (sendings, pending) = (bench.sendings(), bench.pending(new.user.id.as_str()).await);
    let issue = bench.create(new).await;
    assert_eq!(bench.sendings(), sendings, "something was sent");
    assert_eq!(bench.pending(new.user.id.as_str()).await, pending, "something was made");
    issue
}

pub(super) async fn a_request_is_made_as_it_was_asked_for(bench: Bench) {
    bench.register_device(Directory::PAYER).await;
    let now = bench.codes.clock.now();
    for method in METHODS {
        for title in [None, Some("Platba \"1\"".to_owned())] {
            let new = bench.by(method, &with_fee(&format!("{method:?} {title:?}"))).await;
            let asker = title.clone().map(|name| Asker { name, opens_session: true });
            let new = NewScaRequest { description: title.clone(), title, asker, ..new };
            let issued = bench.issue(&new).await;
            let expected = ScaRequest {
                message: issued.request.message.clone(),
                user: new.user.id,
                organization: Some(new.user.organization),
                operation: new.operation,
                name: new.name,
                method,
                title: new.title,
                description: new.description,
                binding: new.binding,
                asker: new.asker,
                created_at: now,
                expires_at: now + SignedDuration::from_secs(VALIDITY),
                remaining_resends: RESENDS,
                remaining_guesses: TRIES,
            };
            assert_eq!(issued.request, expected);
            assert_eq!(issued.delivery, CodeDelivery::Succeeded);
            assert!(issued.code.is_none(), "{method:?}: whoever asked was told a code");
            let found = bench.found(&expected.message).await;
            assert_eq!(found, expected, "as it is found");
            let amount = found.binding.payment.map(|payment| payment.amount.to_string());
            assert_eq!(amount.as_deref(), Some("158121.10"));
        }
    }
}

pub(super) async fn a_code_is_sent_with_the_text_of_its_operation(bench: Bench) {
    let approval = Approval::payment("op").bound_to(payment("158121.10", "CZK", "238400856/0300"));
    for (approval, user, text) in [
        (
            &approval,
            Directory::PAYER,
            "Authorization code for payment of 158121.10 CZK to account 238400856/0300 is CODE.",
        ),
        (
            &approval,
            Directory::CZECH,
            "Autorizační kód pro platbu 158121.10 CZK na účet 238400856/0300 je CODE.",
        ),
        (
            &Approval::login("op 2").in_language("cs"),
            Directory::PAYER,
            "Autorizační kód pro přihlášení je CODE.",
        ),
    ] {
        let asked = bench.ask(&approval.clone().by(user)).await;
        let sent = bench.codes.gateway.messages().pop().expect("a message was sent");
        assert_eq!(sent.text.expose_secret(), text.replace("CODE", &asked.sent.code));
        assert_eq!(sent.to.expose(), Directory::phone(user), "the number");
        assert_eq!(sent.operation, asked.request.operation);
    }
}

pub(super) async fn a_code_that_the_caller_brings_is_told_to_them_and_is_not_sent(bench: Bench) {
    for user in [Directory::PAYER, Directory::NO_PHONE] {
        let new = bench.otp(&Approval::payment("op").by(user)).await;
        let issued = bench.issue(&NewScaRequest { carrier: CodeCarrier::Caller, ..new }).await;
        assert_eq!(issued.delivery, CodeDelivery::Succeeded);
        let code = issued.code.expect("the caller is told the code");
        assert_eq!(code.expose_secret().len(), 8, "digits");
        let message = &issued.request.message;
        assert_eq!(bench.answer(message, "00").await, wrong(&issued.request, TRIES - 1));
        let authorization = bench.answer(message, code.expose_secret()).await;
        assert!(matches!(authorization, Authorization::Succeeded(_)), "{authorization:?}");
    }
    assert_eq!(bench.sendings(), 0, "something was sent");
}

pub(super) async fn what_the_client_manages_is_told_to_nobody(bench: Bench) {
    let new = bench.by(ApprovalMethod::ClientManaged, &Approval::payment("op").by(Directory::NO_PHONE)).await;
    for carrier in [CodeCarrier::Caller, CodeCarrier::Sms] {
        let issued = bench.issue(&NewScaRequest { carrier, ..new.clone() }).await;
        assert!(issued.code.is_none(), "there is a code");
        assert_eq!(issued.delivery, CodeDelivery::Succeeded);
    }
    assert_eq!(bench.sendings(), 0, "something was sent");
}

pub(super) async fn without_a_number_that_can_be_used_no_code_is_made_to_be_sent(bench: Bench) {
    let without = bench.otp(&Approval::payment("op").by(Directory::NO_PHONE)).await;
    let unreadable = bench.otp(&Approval::payment("op")).await;
    let user = User { phone: Some(PhoneNumber::new("600000003")), ..unreadable.user.clone() };
    for new in [without, NewScaRequest { user, ..unreadable }] {
        let issue = is_not_made(&bench, &new).await;
        assert!(matches!(issue, Issue::Unreachable), "it came back as {issue:?}");
    }
}

pub(super) async fn without_a_device_no_push_is_made(bench: Bench) {
    bench.register_device(Directory::CZECH).await;
    let new = bench.by(ApprovalMethod::Push, &Approval::payment("op")).await;
    let issue = is_not_made(&bench, &new).await;
    assert!(matches!(issue, Issue::Unreachable), "it came back as {issue:?}");
    bench.register_device(Directory::PAYER).await;
    bench.issue(&new).await;
}

pub(super) async fn for_a_user_who_is_blocked_nothing_is_made(bench: Bench) {
    bench.codes.fail_often(LIMIT).await;
    for user in [Directory::PAYER, Directory::BLOCKED, Directory::BLOCKED_NO_PHONE] {
        bench.register_device(user).await;
        assert!(bench.requests().is_blocked(&bench.user(user).await).await.expect("the store answers"));
        for method in METHODS {
            let new = bench.by(method, &Approval::payment("op").by(user)).await;
            let issue = is_not_made(&bench, &new).await;
            assert!(matches!(issue, Issue::Blocked), "{method:?} came back as {issue:?}");
        }
    }
    let other = bench.user(Directory::CZECH).await;
    assert!(
        !bench.requests().is_blocked(&other).await.expect("the store answers"),
        "another user is blocked"
    );
}

pub(super) async fn a_request_whose_code_did_not_leave_is_open_and_can_be_renewed(bench: Bench) {
    bench.codes.gateway.refuse(true);
    let issued = bench.issue(&bench.otp(&Approval::payment("op")).await).await;
    assert_eq!(issued.delivery, CodeDelivery::Failed);
    assert!(issued.code.is_none(), "whoever asked was told the code");
    assert_eq!(bench.found(&issued.request.message).await, issued.request);
    bench.codes.gateway.refuse(false);
    let asked = bench.sent(bench.renew(&issued.request).await);
    assert!(bench.approves(&asked).await, "the new code is wrong");
}

pub(super) async fn a_new_request_ends_the_older_one_of_its_step_and_gives_no_guess_back(bench: Bench) {
    let approval = Approval::payment("op");
    let older = bench.ask(&approval).await;
    let other = bench.ask(&approval.clone().named("authorize_payment_sca")).await;
    assert_eq!(bench.guess_wrong(&older).await, wrong(&older.request, TRIES - 1));
    let newer = bench.ask(&approval).await;
    assert_eq!(newer.request.remaining_guesses, TRIES - 1, "a guess was given back");
    assert_eq!(newer.request, bench.found(newer.message()).await);
    assert_eq!(bench.find(older.message()).await, None, "the older one is open");
    assert!(bench.approves(&other).await, "another step was ended");
    assert!(bench.approves(&newer).await, "the newer one could not be approved");
}

pub(super) async fn an_operation_that_is_over_gets_no_request(bench: Bench) {
    bench.codes.end_operation("op").await;
    bench.register_device(Directory::PAYER).await;
    for method in METHODS {
        let new = bench.by(method, &Approval::payment("op")).await;
        let refused = bench.requests().create(&new).await;
        assert!(matches!(refused, Err(AdapterError::InvalidOperationContext(_))), "{refused:?}");
        let new = NewScaRequest { operation: OperationId::new(format!("{method:?}")), ..new };
        bench.issue(&new).await;
    }
    assert_eq!(bench.pending(Directory::PAYER).await.len(), METHODS.len());
}

pub(super) async fn the_language_of_a_request_goes_before_the_users_own(bench: Bench) {
    let new = bench.otp(&Approval::login("op").by(Directory::CZECH)).await;
    let new = NewScaRequest { language: Some(Language::new("en")), ..new };
    let asked = bench.sent(bench.issue(&new).await);
    let text = format!("Authorization code for login is {}.", asked.sent.code);
    assert_eq!(bench.codes.gateway.last_text(), Some(text));
}
