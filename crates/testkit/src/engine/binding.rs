use data_adapter_core::{Attribute, AttributeValue, Binding, Json, OperationId, OrganizationId, Payment};

use super::bench::{Bench, Sent, TRIES, wrong};
use crate::{Approval, Directory, attribute, attribute_id, paid, payment};

/// The right code is wrong for each of the others, and right for what it was made for.
async fn fits_only(bench: &Bench, approval: &Approval, others: Vec<(&str, Approval)>) {
    for (what, other) in others {
        let bench = bench.without_blocks();
        let sent = bench.send(approval).await;
        assert_eq!(
            bench.verify(&other, &sent).await,
            wrong(TRIES - 1),
            "the code was answered with another {what}"
        );
        fits(&bench, approval, &sent).await;
    }
}

async fn fits(bench: &Bench, approval: &Approval, sent: &Sent) {
    let outcome = bench.verify(approval, sent).await;
    assert!(outcome.succeeded(), "{outcome:?} for {approval:?}");
}

pub(super) async fn a_code_is_bound_to_amount_currency_and_payee(bench: Bench) {
    let approval = Approval::payment("op");
    let other = |amount, currency, account| approval.clone().bound_to(payment(amount, currency, account));
    let named_elsewhere = Payment {
        account_id: attribute_id("operation.creditorIban"),
        ..paid("100.00", "CZK", "238400856/0300")
    };
    let others = vec![
        ("amount", other("100.01", "CZK", "238400856/0300")),
        ("amount", other("1000", "CZK", "238400856/0300")),
        ("amount", other("1.00", "CZK", "238400856/0300")),
        ("currency", other("100.00", "EUR", "238400856/0300")),
        ("currency", other("100.00", "czk", "238400856/0300")),
        ("payee", other("100.00", "CZK", "238400857/0300")),
        ("payee", other("100.00", "CZK", "238400856/0300 ")),
        ("border between the two", other("100.00", "CZK2", "38400856/0300")),
        ("attribute that names the payee", approval.clone().bound_to(Binding::to_payment(named_elsewhere))),
    ];
    fits_only(&bench, &approval, others).await;
}

pub(super) async fn a_code_is_bound_to_every_attribute_that_is_to_be_bound(bench: Bench) {
    for approval in [Approval::login("op 1"), Approval::payment("op 2")] {
        let with = |attributes: &[Attribute]| {
            let binding = Binding { attributes: attributes.to_vec(), ..approval.binding.clone() };
            approval.clone().bound_to(binding)
        };
        let due = |day| attribute("operation.dueDate", day);
        let fee = |amount: &str| Attribute {
            id: attribute_id("operation.fee"),
            value: AttributeValue::Amount {
                amount: amount.parse().expect("it is an amount"),
                currency: "CZK".to_owned(),
            },
        };
        let others = vec![
            ("date", with(&[due("2026-12-25"), fee("12.5")])),
            ("fee", with(&[due("2026-12-24"), fee("12.51")])),
            ("number of attributes", with(&[due("2026-12-24")])),
            ("number of attributes", with(&[])),
            ("name", with(&[attribute("operation.date", "2026-12-24"), fee("12.5")])),
            ("kind of value", with(&[due("2026-12-24"), attribute("operation.fee", "12.5 CZK")])),
        ];
        fits_only(&bench, &with(&[due("2026-12-24"), fee("12.5")]), others).await;
        let sent = bench.send(&with(&[due("2026-12-24"), fee("12.5")])).await;
        fits(&bench, &with(&[fee("12.50"), due("2026-12-24")]), &sent).await;
    }
}

pub(super) async fn a_code_is_bound_to_its_operation_and_step(bench: Bench) {
    for approval in [Approval::login("op"), Approval::payment("op")] {
        let mut other_id = approval.clone();
        other_id.operation.id = OperationId::new("another operation");
        let others = vec![
            ("operation", other_id),
            ("step", approval.clone().named("authorize_payment_sca")),
            ("step", approval.clone().named("login_sca")),
        ];
        fits_only(&bench, &approval, others).await;
    }
}

pub(super) async fn a_code_is_bound_to_its_user_and_organization(bench: Bench) {
    let approval = Approval::payment("op");
    let other_organization = Approval { organization: Some(OrganizationId::new("SME")), ..approval.clone() };
    let others = vec![
        ("user", approval.clone().by(Directory::CZECH)),
        ("user", approval.clone().by("nobody that we know")),
        ("organization", other_organization),
    ];
    fits_only(&bench, &approval, others).await;
}

pub(super) async fn a_payment_is_not_approved_by_the_code_of_a_login(bench: Bench) {
    let login = Approval::login("op");
    let payment = Approval::payment("op").named("login");
    fits_only(&bench, &login, vec![("binding", payment.clone())]).await;
    fits_only(&bench, &payment, vec![("binding", login)]).await;
}

pub(super) async fn the_user_may_be_left_out_of_an_answer(bench: Bench) {
    let approval = Approval::payment("op");
    let anonymous = Approval { organization: None, ..approval.clone().by_nobody() };
    let sent = bench.send(&approval).await;
    fits(&bench, &anonymous, &sent).await;
    let without_organization = Approval { organization: None, ..approval.clone() };
    let sent = bench.send(&without_organization).await;
    fits(&bench, &approval, &sent).await;
}

pub(super) async fn the_notation_of_the_amount_does_not_matter(bench: Bench) {
    let approval = Approval::payment("op");
    for notation in ["100", "100.0", "100.000", "1.0E2", "1e2"] {
        let sent = bench.send(&approval).await;
        let other = payment(notation, "CZK", "238400856/0300");
        fits(&bench, &approval.clone().bound_to(other), &sent).await;
    }
    let large = approval.clone().bound_to(payment("1.0E7", "CZK", "1/0300"));
    let sent = bench.send(&large).await;
    let written_out = approval.bound_to(payment("10000000.00", "CZK", "1/0300"));
    fits(&bench, &written_out, &sent).await;
}

pub(super) async fn labels_and_other_data_of_the_operation_do_not_matter(bench: Bench) {
    for mut approval in [Approval::login("op 1"), Approval::payment("op 2")] {
        approval.operation.form_data = Some(Json::new(r#"{"title":{"id":"title","message":null}}"#));
        let sent = bench.send(&approval).await;
        approval.operation.form_data = Some(Json::new(
            r#"{"title":{"id":"title","message":"Payment"},"userInput":{"operation.bankAccountChoice":"CZ4012"}}"#,
        ));
        approval.operation.data = Some("A1*A100CZK".to_owned());
        approval.operation.application = Some(Json::new(r#"{"id":"app"}"#));
        fits(&bench, &approval, &sent).await;
    }
}
