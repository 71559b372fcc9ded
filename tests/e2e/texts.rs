//! What people read: the files of a bank, in several languages.

use crate::support::payloads::{SMS_CREATE, USER, payment, sms_create_in};
use crate::support::{Builder, DataAdapter, Exit};

const DEMO: &str = "sandbox.enabled = true\nbackends.memory.demo_users = true\n";

/// A bank's own texts.
pub(crate) struct Texts {
    folder: tempfile::TempDir,
}

impl Texts {
    /// Files by the language that they are named after.
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        for (language, text) in files {
            let file = folder.path().join(format!("{language}.ftl"));
            std::fs::write(file, format!("{text}\n")).expect("a file");
        }
        Self { folder }
    }

    /// The demo with these texts.
    pub(crate) fn with(&self, settings: &str) -> Builder {
        let folder = self.folder.path().display();
        DataAdapter::builder().config(format!("{DEMO}texts.folder = \"{folder}\"\n{settings}\n"))
    }
}

/// What `config check` and the start say of a configuration, which is the same.
pub(crate) async fn refusal(builder: impl Fn() -> Builder) -> String {
    let start = builder().spawn_failing().await;
    let check = builder().arg("config").arg("check").spawn_failing().await;
    let text = |exit: &Exit| {
        assert_eq!(exit.status, Some(78), "{exit:?}");
        exit.stderr.lines().last().unwrap_or_default().to_owned()
    };
    assert_eq!(text(&check), text(&start));
    text(&check)
}

/// The text that is sent for an approval, with `CODE` in place of its code.
pub(crate) async fn sent(adapter: &DataAdapter, context: &str, language: &str) -> String {
    let answer = adapter.post(SMS_CREATE, sms_create_in(USER, context, language, false)).await;
    assert_eq!(answer.object()["smsDeliveryResult"], "SUCCEEDED", "{}", answer.text);
    let message = answer.member("messageId");
    let code = adapter.code_for(&message).await;
    let messages = adapter.messages().await;
    let message = messages.iter().find(|sms| sms["messageId"] == message.as_str()).expect("it was sent");
    message["text"].as_str().expect("a text").replace(&code, "CODE")
}

#[tokio::test]
async fn an_amount_is_written_as_people_of_the_language_do_with_the_decimals_of_its_currency() {
    let text = "sms-payment = { $amount } is { $amount_text } { $currency } to { $account }: { $code }";
    let adapter = Texts::of(&[("en", text), ("cs", text), ("de", text)]).with("").start().await;
    for (amount, currency, language, expected) in [
        ("158121.10", "CZK", "en", "158121.10 is 158,121.10 CZK"),
        ("158121.10", "CZK", "cs", "158121.10 is 158\u{a0}121,10 CZK"),
        ("158121.10", "CZK", "de", "158121.10 is 158.121,10 CZK"),
        ("158121.1", "CZK", "cs-CZ", "158121.1 is 158\u{a0}121,10 CZK"),
        ("5000", "JPY", "en", "5000 is 5,000 JPY"),
        ("5000.00", "JPY", "cs", "5000.00 is 5\u{a0}000 JPY"),
        ("5000", "JPY", "de-AT", "5000 is 5.000 JPY"),
        ("1234.5", "KWD", "en", "1234.5 is 1,234.500 KWD"),
        ("1234.5", "KWD", "cs", "1234.5 is 1\u{a0}234,500 KWD"),
        ("1234.5", "KWD", "de", "1234.5 is 1.234,500 KWD"),
        // Nothing is rounded, whatever the currency has.
        ("0.125", "CZK", "de", "0.125 is 0,125 CZK"),
        ("99.5", "JPY", "cs", "99.5 is 99,5 JPY"),
        ("12345678901234567890.12", "CZK", "de", "is 12.345.678.901.234.567.890,12 CZK"),
        ("1.0E7", "CZK", "fr, cs;q=0.5", "10000000 is 10\u{a0}000\u{a0}000,00 CZK"),
        ("1.0E7", "CZK", "fr", "10000000 is 10,000,000.00 CZK"),
    ] {
        let text = sent(&adapter, &payment("op", amount, currency, "1/0300"), language).await;
        let expected = format!("{expected} to 1/0300: CODE");
        assert!(text.ends_with(&expected), "{amount} {currency} in {language}: {text}");
    }
}

#[tokio::test]
async fn a_text_that_refers_to_nothing_is_refused_with_its_file_message_and_reference() {
    for (language, text, expected) in [
        ("en", "sms-login = Your code, { $name }: { $code }", "en.ftl: `sms-login` refers to `$name`"),
        ("cs", "sms-login = { $code } { $account }", "cs.ftl: `sms-login` refers to `$account`"),
        ("de", "sms-login = { $code } { bank }", "de.ftl: `sms-login` refers to `bank`"),
        ("de", "sms-login = { $code } { -bank }", "de.ftl: `sms-login` refers to `-bank`"),
        ("de", "sms-login = { NUMBER($code) }", "de.ftl: `sms-login` refers to `NUMBER()`"),
        ("de", "sms-login = { $code } { bye }\nbye = { $name }", "de.ftl: `bye` refers to `$name`"),
        ("de", "sms-login = { $code } { bye }\nbye = { sms-login }", "de.ftl: `bye` refers to `sms-login`"),
        ("de", "unused = { $nmae }", "de.ftl: `unused` refers to `$nmae`"),
        ("de", "-unused = { -other }", "de.ftl: `-unused` refers to `-other`"),
        ("en", "consent-incomplete = Please, { $code }!", "en.ftl: `consent-incomplete` refers to `$code`"),
    ] {
        let texts = Texts::of(&[(language, text)]);
        let refusal = refusal(|| texts.with("")).await;
        assert!(refusal.contains(&format!("/{expected}")), "{text}: {refusal}");
    }
}

#[tokio::test]
async fn a_text_that_leaves_out_what_is_approved_in_one_of_its_variants_is_refused() {
    let texts = Texts::of(&[(
        "de",
        "sms-payment = { $currency ->\n  [CZK] { $amount } { $currency }\n *[other] { $currency }\n } \
         an { $account }: { $code }",
    )]);
    let refusal = refusal(|| texts.with("")).await;
    let expected = "/de.ftl: the message `sms-payment` does not always show `$amount` or `$amount_text`";
    assert!(refusal.contains(expected), "{refusal}");
}

#[tokio::test]
async fn parts_terms_and_variants_are_written_out() {
    let texts = Texts::of(&[(
        "en",
        "-bank = { $case ->\n  [of] of Demo Bank\n *[other] Demo Bank\n }\n\
         amount = { $currency ->\n  [JPY] ¥{ $amount_text } ({ $currency })\n *[other] { $amount_text } { $currency }\n }\n\
         sms-payment = { -bank }: { amount } to { $account }. Code { -bank(case: \"of\") }: { $code }",
    )]);
    let adapter = texts.with("").start().await;
    for (currency, amount) in [("JPY", "¥1,000 (JPY)"), ("EUR", "1,000.00 EUR")] {
        let text = sent(&adapter, &payment("op", "1000", currency, "1/0300"), "en").await;
        assert_eq!(text, format!("Demo Bank: {amount} to 1/0300. Code of Demo Bank: CODE"));
    }
}
