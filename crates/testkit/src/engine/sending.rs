//! Codes that the front made.

use data_adapter_core::{
    AdapterError, CodeDelivery, CodeMessage, Language, MessageId, OrganizationId, PhoneNumber, UserId,
    VerificationOutcome,
};
use secrecy::ExposeSecret as _;

use super::bench::{Bench, LIMIT};
use crate::{Approval, Directory, payment};

const CODE: &str = "87654321";
const NUMBER: &str = "+420777000111";

/// A code of the front's for `approval`, without a number.
pub(super) fn message(approval: &Approval) -> CodeMessage {
    CodeMessage {
        message: MessageId::new("a message of the front"),
        code: CODE.into(),
        user: approval.user.clone(),
        organization: approval.organization.clone(),
        phone: None,
        operation: approval.operation.clone(),
        binding: approval.binding.clone(),
        language: approval.language.clone(),
        barred: None,
    }
}

fn with_number(approval: &Approval) -> CodeMessage {
    CodeMessage { phone: Some(PhoneNumber::new(NUMBER)), ..message(approval) }
}

async fn send(bench: &Bench, message: &CodeMessage) -> Option<CodeDelivery> {
    bench.engine().send(message).await.expect("the directory answers")
}

/// It reaches a number with this text, and nothing else leaves.
async fn reaches(bench: &Bench, message: &CodeMessage, number: &str, text: &str) {
    let before = bench.gateway.messages().len();
    assert_eq!(send(bench, message).await, Some(CodeDelivery::Succeeded));
    let sent = bench.gateway.messages();
    assert_eq!(sent.len(), before + 1, "messages");
    for sms in sent.iter().skip(before) {
        assert_eq!((sms.message.as_str(), sms.operation.as_str()), ("a message of the front", "op"));
        assert_eq!(sms.to.expose(), number, "the number");
        assert_eq!(sms.text.expose_secret(), text);
    }
}

/// It is answered like this, and nothing leaves.
async fn leaves_nothing(bench: &Bench, message: &CodeMessage, answer: Option<CodeDelivery>) {
    let before = bench.gateway.messages().len();
    assert_eq!(send(bench, message).await, answer);
    assert_eq!(bench.gateway.messages().len(), before, "something was sent");
}

pub(super) async fn a_code_of_the_front_reaches_the_user_with_the_usual_text(bench: Bench) {
    let own = Directory::phone(Directory::PAYER);
    let text = "Authorization code for login is 87654321.";
    reaches(&bench, &message(&Approval::login("op")), &own, text).await;
    let approval = Approval::payment("op").bound_to(payment("158121.10", "CZK", "238400856/0300"));
    let text = "Authorization code for payment of 158121.10 CZK to account 238400856/0300 is 87654321.";
    reaches(&bench, &message(&approval), &own, text).await;
}

pub(super) async fn a_code_of_the_front_is_sent_in_the_language_of_the_request_or_the_user(bench: Bench) {
    let czech = message(&Approval::login("op").by(Directory::CZECH));
    let own = Directory::phone(Directory::CZECH);
    reaches(&bench, &czech, &own, "Autorizační kód pro přihlášení je 87654321.").await;
    let english = CodeMessage { language: Some(Language::new("en")), ..czech };
    reaches(&bench, &english, &own, "Authorization code for login is 87654321.").await;
}

pub(super) async fn the_number_of_the_request_goes_before_the_users_own(bench: Bench) {
    let text = "Authorization code for login is 87654321.";
    for user in [Directory::PAYER, Directory::NO_PHONE] {
        reaches(&bench, &with_number(&Approval::login("op").by(user)), NUMBER, text).await;
    }
}

pub(super) async fn a_code_of_the_front_for_an_unknown_user_is_not_sent(bench: Bench) {
    bench.directory.ignore_blanks();
    let spelled_otherwise = Approval::login("op").by(&format!("{} ", Directory::PAYER));
    assert_eq!(send(&bench, &message(&spelled_otherwise)).await, None);
    let elsewhere = Approval { organization: Some(OrganizationId::new("SME")), ..Approval::login("op") };
    for unknown in [Approval::login("op").by("unknown"), elsewhere] {
        leaves_nothing(&bench, &message(&unknown), None).await;
        leaves_nothing(&bench, &with_number(&unknown), None).await;
    }
}

pub(super) async fn a_code_of_the_front_for_a_blocked_account_is_not_sent_and_nobody_can_tell(bench: Bench) {
    let blocked = Approval::login("op").by(Directory::BLOCKED);
    leaves_nothing(&bench, &message(&blocked), Some(CodeDelivery::Succeeded)).await;
    leaves_nothing(&bench, &with_number(&blocked), Some(CodeDelivery::Succeeded)).await;
}

pub(super) async fn a_code_of_the_front_is_not_sent_during_a_block_and_nobody_can_tell(bench: Bench) {
    bench.fail_often(LIMIT).await;
    leaves_nothing(&bench, &message(&Approval::login("op")), Some(CodeDelivery::Succeeded)).await;
}

pub(super) async fn a_code_of_the_front_that_cannot_leave_is_a_failed_delivery(bench: Bench) {
    for user in [Directory::NO_PHONE, Directory::BLOCKED_NO_PHONE] {
        leaves_nothing(&bench, &message(&Approval::login("op").by(user)), Some(CodeDelivery::Failed)).await;
    }
    bench.gateway.refuse(true);
    leaves_nothing(&bench, &message(&Approval::login("op")), Some(CodeDelivery::Failed)).await;
}

pub(super) async fn a_code_of_the_front_is_the_fronts_to_check(bench: Bench) {
    let approval = Approval::login("op");
    let message = message(&approval);
    send(&bench, &message).await;
    let outcome = bench.answer(&approval, &message.message, CODE).await;
    assert_eq!(outcome, VerificationOutcome::UnknownMessage);
}

pub(super) async fn a_code_of_the_front_is_an_error_when_the_directory_does_not_answer(bench: Bench) {
    bench.directory.fail_with(Some(|| AdapterError::Remote("the test says so".to_owned())));
    let sent = bench.engine().send(&message(&Approval::login("op"))).await;
    assert!(matches!(sent, Err(AdapterError::Remote(_))), "it came back as {sent:?}");
    assert_eq!(bench.gateway.messages().len(), 0, "messages");
}

pub(super) async fn a_code_of_the_front_is_not_sent_for_an_operation_that_was_ended(bench: Bench) {
    bench.end_operation("op").await;
    for user in [Some(Directory::PAYER), None] {
        let user = user.map(UserId::new);
        let refused = bench.engine().send(&CodeMessage { user, ..message(&Approval::login("op")) }).await;
        assert!(matches!(refused, Err(AdapterError::InvalidOperationContext(_))), "{refused:?}");
    }
    assert!(bench.gateway.messages().is_empty(), "a message left");
}
