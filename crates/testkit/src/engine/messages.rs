use data_adapter_core::{CodeDelivery, CodeRequest, OrganizationId, PhoneNumber};
use data_adapter_sca::{Autofill, Senders, SmsOptions};

use super::bench::Bench;
use crate::{Approval, Directory, payment};

/// The message that is sent for `approval` says `text`, in which `CODE` stands for the code.
async fn says(bench: &Bench, approval: &Approval, text: &str) {
    let sent = bench.send(approval).await;
    assert_eq!(bench.gateway.last_text(), Some(text.replace("CODE", &sent.code)));
}

pub(super) async fn a_login_is_written_in_english_and_in_czech(bench: Bench) {
    let login = Approval::login("op");
    let english = login.clone().in_language("en");
    says(&bench, &english, "Authorization code for login is CODE.").await;
    let czech = login.in_language("cs");
    says(&bench, &czech, "Autorizační kód pro přihlášení je CODE.").await;
}

pub(super) async fn a_payment_is_written_with_its_amount_and_payee(bench: Bench) {
    let approval = Approval::payment("op").bound_to(payment("158121.10", "CZK", "238400856/0300"));
    let english = "Authorization code for payment of 158121.10 CZK to account 238400856/0300 is CODE.";
    says(&bench, &approval.clone().in_language("en"), english).await;
    let czech = "Autorizační kód pro platbu 158121.10 CZK na účet 238400856/0300 je CODE.";
    says(&bench, &approval.in_language("cs"), czech).await;
}

pub(super) async fn half_a_text_is_not_sent(bench: Bench) {
    let payment_without_amount = Approval::login("op").named("authorize_payment");
    let issued = bench.create(&payment_without_amount).await;
    assert_eq!(issued.delivery, CodeDelivery::Failed);
    assert!(bench.gateway.messages().is_empty(), "something was sent");
}

pub(super) async fn the_language_of_the_request_goes_before_the_users_own(bench: Bench) {
    let czech = Approval::login("op").by(Directory::CZECH);
    says(&bench, &czech, "Autorizační kód pro přihlášení je CODE.").await;
    let in_english = czech.in_language("en");
    says(&bench, &in_english, "Authorization code for login is CODE.").await;
}

pub(super) async fn an_unknown_language_falls_back_to_english(bench: Bench) {
    let login = Approval::login("op");
    says(&bench, &login, "Authorization code for login is CODE.").await;
    for language in ["fr", "tlh-x-made-up", "", "*"] {
        let approval = login.clone().in_language(language);
        says(&bench, &approval, "Authorization code for login is CODE.").await;
    }
}

pub(super) async fn a_language_may_be_a_list_with_weights_in_any_case(bench: Bench) {
    for czech in ["cs-CZ", "cs_CZ", "CS", "cs-CZ, en;q=0.8", "en;q=0.5,cs", "fr, cs;q=0.1"] {
        let approval = Approval::login("op").in_language(czech);
        says(&bench, &approval, "Autorizační kód pro přihlášení je CODE.").await;
    }
}

pub(super) async fn a_message_names_its_challenge_and_its_operation(bench: Bench) {
    let sent = bench.send(&Approval::login("op")).await;
    let messages = bench.gateway.messages();
    assert_eq!(messages.len(), 1, "messages");
    for message in messages {
        assert_eq!(message.message, sent.message);
        assert_eq!(message.operation.as_str(), "op");
        assert_eq!(message.to.expose(), Directory::phone(Directory::PAYER), "the number");
    }
}

pub(super) async fn a_number_that_cannot_be_read_gets_no_message(bench: Bench) {
    for written in ["abc", "600000003", "+420", "+420600000002;ext=1"] {
        let request = Approval::login("op").request();
        let request = CodeRequest { phone: Some(PhoneNumber::new(written)), ..request };
        let issued =
            bench.engine().create(&request).await.expect("a code is made").expect("the user is known");
        assert_eq!(issued.delivery, CodeDelivery::Failed, "{written}");
    }
    assert!(bench.gateway.messages().is_empty(), "something was sent");
}

pub(super) async fn a_number_is_handed_on_in_e_164(bench: Bench) {
    let request = Approval::login("op").request();
    let request = CodeRequest { phone: Some(PhoneNumber::new("tel:+420 (777)/000-111")), ..request };
    bench.engine().create(&request).await.expect("a code is made").expect("the user is known");
    let sent = bench.gateway.messages();
    assert_eq!(sent[0].to.expose(), "+420777000111");
}

pub(super) async fn a_number_in_the_request_goes_before_the_users_own(bench: Bench) {
    const NUMBER: &str = "+420777000111";
    for user in [Directory::PAYER, Directory::NO_PHONE, Directory::BLOCKED, Directory::BLOCKED_NO_PHONE] {
        let request = Approval::login("op").by(user).request();
        let request = CodeRequest { phone: Some(PhoneNumber::new(NUMBER)), ..request };
        let issued =
            bench.engine().create(&request).await.expect("a code is made").expect("the user is known");
        assert_eq!(issued.delivery, CodeDelivery::Succeeded, "{user}");
    }
    let sent = bench.gateway.messages();
    let users: Vec<_> = sent.iter().map(|sms| (sms.user.as_str(), sms.to.expose())).collect();
    assert_eq!(users, [(Directory::PAYER, NUMBER), (Directory::NO_PHONE, NUMBER)]);
}

pub(super) async fn a_message_is_from_the_sender_of_the_country_that_it_goes_to(bench: Bench) {
    let senders = Senders {
        by_country: [("CZ".parse().expect("a country"), "Bank".to_owned())].into(),
        otherwise: Some("+420210000000".to_owned()),
    };
    let bench = bench.with_sms_options(SmsOptions { senders, ..SmsOptions::default() });
    for (to, sender) in [("+420777000111", "Bank"), ("+421905123456", "+420210000000")] {
        let request = Approval::login("op").request();
        let request = CodeRequest { phone: Some(PhoneNumber::new(to)), ..request };
        bench.engine().create(&request).await.expect("a code is made").expect("the user is known");
        let sent = bench.gateway.messages().pop().expect("it was sent");
        assert_eq!(sent.sender.as_deref(), Some(sender), "{to}");
    }
}

pub(super) async fn the_last_line_binds_the_code_to_the_host_of_the_organization(bench: Bench) {
    let hosts = |named: &str, otherwise: Option<&str>| {
        let autofill = Autofill {
            by_organization: [(OrganizationId::new(named), "retail.example.com".to_owned())].into(),
            otherwise: otherwise.map(str::to_owned),
        };
        bench.with_sms_options(SmsOptions { autofill, ..SmsOptions::default() })
    };
    let login = Approval::login("op");
    let text = "Authorization code for login is CODE.";
    let bound = |host: &str| format!("{text}\n@{host} #CODE");
    says(&hosts(Directory::ORGANIZATION, None), &login, &bound("retail.example.com")).await;
    says(&hosts("SME", Some("example.com")), &login, &bound("example.com")).await;
    says(&hosts("SME", None), &login, text).await;
}
