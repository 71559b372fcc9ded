//! What else a code is bound to, by the settings of its operation: every attribute that is named, and no other.

use serde_json::Value;

use super::{assert_right, assert_wrong, send, verify};
use crate::support::payloads::{
    PASSWORD, SMS_CREATE, SMS_PASSWORD_VERIFY, SMS_VERIFY, USER, context, login, sms_create,
    sms_password_verify, sms_verify,
};
use crate::support::{Answer, DataAdapter, shared};
use crate::texts::{Texts, refusal, sent};

const IBAN: &str = "CZ6508000000192000145399";

const SETTINGS: &str = "[operations.authorize_payment]\n\
                        sms_text = \"transfer\"\n\
                        payee = [\"operation.creditorIban\", \"operation.creditor\"]\n\
                        bind = [\"operation.dueDate\", \"operation.fee\", \"operation.reference\"]\n";

const ENGLISH: &str = "transfer = { $amount_text } { $currency } to { $creditor }, { $creditorIban } on { $dueDate }, fee \
                       { $fee_text }, { $reference }: { $code }";
const CZECH: &str = "transfer = { $amount_text } { $currency } pro { $creditor }, { $account } dne { $dueDate_text }, \
                     poplatek { $fee }, { $reference }: { $code }";

/// The attributes of a payment with all that is bound by [`SETTINGS`], and a note that is not.
fn attributes() -> Vec<String> {
    vec![
        r#"{"type":"AMOUNT","id":"operation.amount","amount":1000.5,"currency":"CZK"}"#.to_owned(),
        key_value("operation.creditorIban", IBAN, "ACCOUNT"),
        r#"{"type":"PARTY_INFO","id":"operation.creditor","partyInfo":{"name":"Jan Novák","websiteUrl":null}}"#
            .to_owned(),
        key_value("operation.dueDate", "2026-12-24", "DATE"),
        r#"{"type":"AMOUNT","id":"operation.fee","amount":12.5,"currency":"EUR"}"#.to_owned(),
        r#"{"type":"NOTE","id":"operation.reference","note":"Rent 12/2026"}"#.to_owned(),
        r#"{"type":"NOTE","id":"operation.note","note":"not bound"}"#.to_owned(),
    ]
}

fn key_value(id: &str, value: &str, format: &str) -> String {
    format!(r#"{{"type":"KEY_VALUE","id":"{id}","valueFormatType":"{format}","value":"{value}"}}"#)
}

fn payment(attributes: &[String]) -> String {
    context("op", "authorize_payment", "A1", &attributes.join(","))
}

/// The payment with `to` in place of `from`, which stands in it once.
fn changed(from: &str, to: &str) -> String {
    let payment = payment(&attributes());
    assert_eq!(payment.matches(from).count(), 1, "{from}");
    payment.replace(from, to)
}

async fn bank() -> DataAdapter {
    Texts::of(&[("en", ENGLISH), ("cs", CZECH)]).with(SETTINGS).start().await
}

#[tokio::test]
async fn a_change_of_what_is_bound_makes_the_code_wrong() {
    let adapter = bank().await;
    for (what, other) in [
        ("amount", changed("1000.5", "1000.51")),
        ("payee", changed(IBAN, "CZ6508000000192000145398")),
        ("name of the payee", changed("Jan Novák", "Jan Novak")),
        ("date", changed("2026-12-24", "2026-12-25")),
        ("fee", changed("12.5", "12.51")),
        ("currency of the fee", changed("EUR", "CZK")),
        ("reference", changed("Rent 12/2026", "Rent 1/2027")),
        (
            "two that change places",
            changed("2026-12-24", "Rent 12/2026").replacen(
                r#""note":"Rent 12/2026""#,
                r#""note":"2026-12-24""#,
                1,
            ),
        ),
        (
            "type",
            changed(
                r#"{"type":"AMOUNT","id":"operation.fee","amount":12.5,"currency":"EUR"}"#,
                &key_value("operation.fee", "12.5 EUR", "TEXT"),
            ),
        ),
    ] {
        let code = send(&adapter, USER, &payment(&attributes())).await;
        assert_wrong(&verify(&adapter, &code.message, &code.code, USER, &other).await, 4, what);
        let same = payment(&attributes());
        assert_right(&verify(&adapter, &code.message, &code.code, USER, &same).await, what);
    }
}

#[tokio::test]
async fn a_change_of_what_is_not_bound_does_not() {
    let adapter = bank().await;
    let mut in_another_order = attributes();
    in_another_order.reverse();
    for (what, other) in [
        ("a note", changed("not bound", "another note")),
        (
            "what a party says beside its name",
            changed(r#""websiteUrl":null"#, r#""websiteUrl":"https://novak.test""#),
        ),
        ("notation", changed("12.5", "12.50").replace("1000.5", "1.0005E3")),
        ("order", payment(&in_another_order)),
        (
            "one more",
            changed(
                r#"{"type":"NOTE","id":"operation.note""#,
                r#"{"type":"NOTE","id":"x","note":"y"},{"type":"NOTE","id":"operation.note""#,
            ),
        ),
    ] {
        let code = send(&adapter, USER, &payment(&attributes())).await;
        assert_right(&verify(&adapter, &code.message, &code.code, USER, &other).await, what);
    }
}

#[tokio::test]
async fn the_payer_reads_what_is_bound() {
    let adapter = bank().await;
    let payment = payment(&attributes());
    assert_eq!(
        sent(&adapter, &payment, "en").await,
        format!("1,000.50 CZK to Jan Novák, {IBAN} on 2026-12-24, fee 12.50 EUR, Rent 12/2026: CODE")
    );
    assert_eq!(
        sent(&adapter, &payment, "cs").await,
        format!(
            "1\u{a0}000,50 CZK pro Jan Novák, {IBAN} dne 2026-12-24, poplatek 12.5 EUR, Rent 12/2026: CODE"
        )
    );
}

fn assert_refused(answer: &Answer, error: &str, code: &str, what: &str) {
    assert_eq!((answer.status, answer.error_code().as_str()), (400, error), "{what}: {}", answer.text);
    assert!(answer.text.contains(code), "{what}: {}", answer.text);
}

/// That a code is neither made for `other`, nor the one of the payment looked at.
async fn is_refused(adapter: &DataAdapter, other: &str, error: &str, code: &str, what: &str) {
    assert_refused(&adapter.post(SMS_CREATE, sms_create(USER, other)).await, error, code, what);
    let sent = send(adapter, USER, &payment(&attributes())).await;
    let answer = adapter.post(SMS_VERIFY, sms_verify(&sent.message, &sent.code, USER, other)).await;
    assert_refused(&answer, error, code, what);
    assert_right(&verify(adapter, &sent.message, &sent.code, USER, &payment(&attributes())).await, what);
}

#[tokio::test]
async fn what_is_bound_has_to_be_there_once_and_to_be_seen() {
    let adapter = bank().await;
    for (index, code) in
        [(0, "amount"), (1, "account"), (2, "creditor"), (3, "dueDate"), (4, "fee"), (5, "reference")]
    {
        let mut without = attributes();
        let removed = without.remove(index);
        let code_of = |problem: &str| format!("\"smsAuthorization.{code}.{problem}\"");
        is_refused(&adapter, &payment(&without), "INPUT_INVALID", &code_of("empty"), &removed).await;
        let twice = [attributes(), vec![removed.clone()]].concat();
        is_refused(&adapter, &payment(&twice), "OPERATION_CONTEXT_INVALID", "", &removed).await;
        let banner = removed.replacen(r#""type":""#, r#""type":"BANNER","was":""#, 1);
        let banner = [without, vec![banner]].concat();
        let problem = if index == 0 { code_of("empty") } else { code_of("invalid") };
        is_refused(&adapter, &payment(&banner), "INPUT_INVALID", &problem, &removed).await;
    }
    for (from, to, code) in [
        ("Jan Novák", "Jan\u{200b}Novák", "smsAuthorization.creditor.invalid"),
        ("Jan Novák", "  ", "smsAuthorization.creditor.empty"),
        ("2026-12-24", "2026\u{202e}-12-24", "smsAuthorization.dueDate.invalid"),
        ("Rent 12/2026", "Rent\\n12/2026", "smsAuthorization.reference.invalid"),
        ("Rent 12/2026", &"x".repeat(1025), "smsAuthorization.reference.long"),
        ("12.5", "-12.5", "smsAuthorization.fee.invalid"),
        ("12.5", "0.12345678901234567890123456789", "smsAuthorization.fee.invalid"),
        ("EUR", "eur", "smsAuthorization.fee.invalid"),
        ("ACCOUNT", "LOCALIZED_TEXT", "smsAuthorization.account.invalid"),
        ("DATE", "LOCALIZED_TEXT", "smsAuthorization.dueDate.invalid"),
    ] {
        is_refused(&adapter, &changed(from, to), "INPUT_INVALID", code, to).await;
    }
    let mut named_by_an_amount = attributes();
    named_by_an_amount.remove(0);
    named_by_an_amount[1] = attributes()[0].replace("operation.amount", "operation.creditor");
    let named_by_an_amount = payment(&named_by_an_amount);
    let code = "smsAuthorization.creditor.invalid";
    is_refused(&adapter, &named_by_an_amount, "INPUT_INVALID", code, "an amount").await;
    is_refused(&adapter, &changed(r#""2026-12-24""#, "20261224"), "INPUT_INVALID", "", "a number").await;
}

#[tokio::test]
async fn a_code_that_is_checked_with_a_password_is_bound_to_the_same() {
    let adapter = bank().await;
    let code = send(&adapter, USER, &payment(&attributes())).await;
    for (context, result) in [
        (changed("2026-12-24", "2026-12-25"), "VERIFIED_FAILED"),
        (payment(&attributes()), "VERIFIED_SUCCEEDED"),
    ] {
        let request = sms_password_verify(&code.message, &code.code, USER, PASSWORD, &context);
        let answer = adapter.post(SMS_PASSWORD_VERIFY, request).await;
        assert_eq!(answer.object()["smsAuthorizationResult"], result, "{}", answer.text);
        assert_eq!(answer.object()["userAuthenticationResult"], result, "{}", answer.text);
    }
}

#[tokio::test]
async fn what_published_clients_put_into_their_forms_can_be_bound() {
    let texts = Texts::of(&[(
        "en",
        "bill = { $heading } { $amount_text } { $currency } to { $partyInfo }, { $account } on { $dueDate }, { $note }: { $code }",
    )]);
    let settings = "web_flow.other_context_path = \"/later\"\n[operations.authorize_payment]\nsms_text = \"bill\"\n\
                    payee = [\"operation.account\", \"operation.partyInfo\"]\n\
                    bind = [\"operation.dueDate\", \"operation.note\", \"operation.heading\"]\n";
    let adapter = texts.with(settings).start().await;
    for (version, prefix, results) in [
        ("0.22.0", "", ["VERIFIED_FAILED", "VERIFIED_SUCCEEDED"]),
        ("1.9.0", "/later", ["FAILED", "SUCCEEDED"]),
    ] {
        let recording = shared::read(&format!("web-flow-clients/{version}/sms-create.http"));
        let (_, body) = recording.split_once("\r\n\r\n").expect("a head and a body");
        let created = adapter.post(&format!("{prefix}{SMS_CREATE}"), body).await;
        let message = created.member("messageId");
        let code = adapter.code_for(&message).await;
        let expected =
            "Payment 100.00 CZK to Tesco, 238400856/0300 on 2019-06-29, Utility Bill Payment – žluťoučký: ";
        assert_eq!(adapter.messages().await[0]["text"], format!("{expected}{code}"), "{version}");
        let request: Value = serde_json::from_str(body).expect("JSON");
        let context = request["requestObject"]["operationContext"].to_string();
        for (context, result) in [context.replace("Tesco\"", "Tasco\""), context].into_iter().zip(results) {
            let request = sms_verify(&message, &code, USER, &context);
            let answer = adapter.post(&format!("{prefix}{SMS_VERIFY}"), request).await;
            assert_eq!(answer.object()["smsAuthorizationResult"], result, "{version}: {}", answer.text);
        }
    }
}

#[tokio::test]
async fn a_fee_of_nothing_is_shown_as_it_is() {
    let adapter = bank().await;
    let free = changed("12.5", "0.00");
    let text = sent(&adapter, &free, "en").await;
    assert!(text.contains("fee 0.00 EUR"), "{text}");
}

#[tokio::test]
async fn an_operation_that_is_no_payment_is_bound_as_well() {
    let texts = Texts::of(&[("en", "sms-device = Code for { $device }: { $code }")]);
    let settings =
        "[operations.add_device]\nbinds = \"operation\"\nbind = [\"device\"]\nsms_text = \"sms-device\"\n";
    let adapter = texts.with(settings).start().await;
    let add = |device: &str| context("op", "add_device", "A2", &key_value("device", device, "TEXT"));
    assert_eq!(sent(&adapter, &add("Pixel 9"), "en").await, "Code for Pixel 9: CODE");
    let code = send(&adapter, USER, &add("Pixel 9")).await;
    assert_wrong(&verify(&adapter, &code.message, &code.code, USER, &add("Pixel 8")).await, 4, "another");
    assert_right(&verify(&adapter, &code.message, &code.code, USER, &add("Pixel 9")).await, "the device");
    let nothing = context("op", "add_device", "A2", "");
    let answer = adapter.post(SMS_CREATE, sms_create(USER, &nothing)).await;
    assert_refused(&answer, "INPUT_INVALID", "smsAuthorization.device.empty", "no device");
    // A login reads no form, as ever.
    let code = send(&adapter, USER, &login("another")).await;
    assert_right(&verify(&adapter, &code.message, &code.code, USER, &login("another")).await, "a login");
}

/// An envelope of dialect 1 for `sms/send`.
fn forwarded(context: &str) -> String {
    format!(
        r#"{{"requestObject":{{"userId":"{USER}","organizationId":"RETAIL","accountStatus":"ACTIVE","authMethod":"SMS_KEY","messageId":"of-next-step","authorizationCode":"87654321","operationContext":{context},"lang":"en","resend":false}}}}"#
    )
}

#[tokio::test]
async fn later_versions_of_web_flow_have_their_codes_bound_and_shown_too() {
    let texts = Texts::of(&[("en", ENGLISH), ("cs", CZECH)]);
    let settings = format!("web_flow.dialect = \"1\"\n{SETTINGS}");
    let adapter = texts.with(&settings).start().await;
    let good = payment(&attributes());
    let code = send(&adapter, USER, &good).await;
    let answer =
        verify(&adapter, &code.message, &code.code, USER, &changed("2026-12-24", "2026-12-25")).await;
    assert_eq!(answer.object()["smsAuthorizationResult"], "FAILED", "{}", answer.text);
    let answer = verify(&adapter, &code.message, &code.code, USER, &good).await;
    assert_eq!(answer.object()["smsAuthorizationResult"], "SUCCEEDED", "{}", answer.text);
    let answer = adapter.post("/api/auth/sms/send", forwarded(&good)).await;
    assert_eq!(answer.object()["smsDeliveryResult"], "SUCCEEDED", "{}", answer.text);
    let text = adapter.messages().await[0]["text"].to_string();
    let expected =
        format!("1,000.50 CZK to Jan Novák, {IBAN} on 2026-12-24, fee 12.50 EUR, Rent 12/2026: 87654321");
    assert_eq!(text, format!("\"{expected}\""));
    let unseen = changed("Jan Novák", "Jan\u{200b}Novák");
    let answer = adapter.post("/api/auth/sms/send", forwarded(&unseen)).await;
    assert_refused(&answer, "INPUT_INVALID", "smsAuthorization.creditor.invalid", "what can't be seen");
}

#[tokio::test]
async fn settings_that_bind_what_no_text_can_name_are_refused() {
    for (settings, expected) in [
        (
            "bind = [\"operation.amount\"]",
            "`operations.authorize_payment` can't be used: `operation.amount` would be `$amount`",
        ),
        ("bind = [\"x.date\", \"y.date\"]", "`y.date` would be `$date`"),
        ("bind = [\"operation.account\"]", "`operation.account` would be `$account`"),
        ("bind = [\"operation.\"]", "`operation.` does not end in a name"),
        ("payee = [\"operation.2nd\"]", "`operation.2nd` does not end in a name"),
        ("payee = []", "`operations.authorize_payment.payee` is empty"),
        ("bind = \"operation.dueDate\"", "operations.authorize_payment.bind"),
    ] {
        let texts = Texts::of(&[]);
        let refusal = refusal(|| texts.with(&format!("[operations.authorize_payment]\n{settings}"))).await;
        assert!(refusal.contains(expected), "{settings}: {refusal}");
    }
    let texts = Texts::of(&[]);
    let refusal = refusal(|| texts.with("operations.login.payee = [\"operation.account\"]")).await;
    assert!(
        refusal.contains("`operations.login.payee` is for operations that bind to a payment"),
        "{refusal}"
    );
}

#[tokio::test]
async fn a_text_names_and_shows_what_its_operation_binds() {
    let bound = "operations.authorize_payment.bind = [\"operation.dueDate\"]\noperations.authorize_payment.sms_text = \"due\"";
    let good = "due = { $amount } { $currency } to { $account } on { $dueDate }: { $code }";
    for (settings, file, text, expected) in [
        // The built-in text does not know of it.
        (
            "operations.authorize_payment.bind = [\"operation.dueDate\"]",
            "en",
            "",
            "`sms-payment` does not always show `$dueDate` or `$dueDate_text`",
        ),
        (
            bound,
            "en",
            good.replace(" on { $dueDate }", "").as_str(),
            "/en.ftl: the message `due` does not always show `$dueDate`",
        ),
        (bound, "en", good.replace("$dueDate", "$duedate").as_str(), "/en.ftl: `due` refers to `$duedate`"),
        // One operation does not use what another one binds.
        (
            bound,
            "en",
            format!("{good}\nsms-login = {{ $code }} {{ $dueDate }}").as_str(),
            "/en.ftl: `sms-login` refers to `$dueDate`",
        ),
        (
            "operations.authorize_payment_sca.payee = [\"operation.creditorIban\"]",
            "cs",
            "sms-payment = { $amount } { $currency } { $creditorIban } { $code }",
            "/cs.ftl: `sms-payment` refers to `$creditorIban`",
        ),
    ] {
        let files = if text.is_empty() { vec![] } else { vec![(file, text)] };
        let texts = Texts::of(&files);
        let refusal = refusal(|| texts.with(settings)).await;
        assert!(refusal.contains(expected), "{text}: {refusal}");
    }
    let check = Texts::of(&[("en", good)]).with(bound).arg("config").arg("check").spawn_failing().await;
    assert_eq!(check.status, Some(0), "{check:?}");
    // The built-in text calls the payee `$account`, whichever attribute that is.
    let settings = "operations.authorize_payment.payee = [\"operation.creditorIban\"]";
    let adapter = Texts::of(&[]).with(settings).start().await;
    let payment = context("op", "authorize_payment", "A1", &attributes()[..2].join(","));
    let text = sent(&adapter, &payment, "en").await;
    assert_eq!(text, format!("Authorization code for payment of 1000.5 CZK to account {IBAN} is CODE."));
}
