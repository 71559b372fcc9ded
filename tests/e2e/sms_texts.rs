//! What a message takes: in how many SMS a text goes, and what is put behind it.

use crate::support::payloads::{SMS_CREATE, USER, login, payment, sms_create_in};
use crate::support::{DataAdapter, Exit};
use crate::texts::{Texts, sent};

/// The rest of a configuration that sends the shortest code.
const SIX_DIGITS: &str = "otp.digits = 6\n";

async fn check(texts: &[(&str, &str)], settings: &str) -> Exit {
    let texts = Texts::of(texts);
    let builder = texts.with(&format!("{SIX_DIGITS}{settings}"));
    let exit = builder.arg("config").arg("check").spawn_failing().await;
    assert_eq!(exit.status, Some(0), "{exit:?}");
    assert!(exit.stdout.ends_with("The configuration is fine.\n"), "{exit:?}");
    exit
}

/// What stands behind a text and a language: alphabet, units, SMS, and SMS at most.
fn row(exit: &Exit, text: &str, language: &str) -> String {
    let rows = exit.stdout.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    let mut rows = rows.filter(|row| row.starts_with(&[text, language]));
    let found = rows.next().map(|row| row[2..].join(" "));
    assert!(rows.next().is_none(), "{text} in {language} is there twice: {exit:?}");
    found.unwrap_or_else(|| panic!("no {text} in {language}: {exit:?}"))
}

/// What the warning of a text says of a language; `None` where that is not in it.
fn warning<'a>(exit: &'a Exit, text: &str, language: &str) -> Option<&'a str> {
    let begin = format!("data-adapter: `{text}` takes more than one SMS, ");
    let warned = exit.stderr.lines().find(|line| line.starts_with(&begin))?;
    let (_, languages) = warned.split_once(": ")?.1.split_once(": ")?;
    languages.split(", ").find(|of| of.contains(&format!(" in {language} (")))
}

#[tokio::test]
async fn a_text_over_one_sms_is_warned_of_with_what_makes_it_long() {
    let text = |character: &str, times: usize| format!("sms-login = {}{{ $code }}", character.repeat(times));
    for (character, times, expected, why) in [
        ("a", 154, "GSM 7-bit 160 1 1", None),
        ("a", 155, "GSM 7-bit 161 2 2", Some("2 in de (161 characters)")),
        ("€", 77, "GSM 7-bit 160 1 1", None),
        ("ě", 64, "UCS-2 70 1 1", None),
        ("ě", 65, "UCS-2 71 2 2", Some("2 in de (ě)")),
        ("😀", 32, "UCS-2 70 1 1", None),
        ("\u{2010}", 200, "UCS-2 206 4 4", Some("4 in de (\u{2010})")),
    ] {
        let exit = check(&[("de", &text(character, times))], "").await;
        assert_eq!(row(&exit, "sms-login", "de"), expected, "{character} {times}");
        let warned = warning(&exit, "sms-login", "de");
        assert_eq!(warned, why, "{character} {times}: {exit:?}");
    }
}

#[tokio::test]
async fn a_payment_is_counted_with_the_longest_account_and_amount() {
    let text = "sms-payment = { $amount } { $currency } { $account } { $code }";
    let exit = check(&[("de", text)], "").await;
    // 19 of an amount of 18 digits, 3 of a currency, 34 of an IBAN, 6 of a code, and the blanks between them.
    assert_eq!(row(&exit, "sms-payment", "de"), "GSM 7-bit 65 1 32");
    let exit = check(&[("de", text)], "web_flow.limits.text = 100\n").await;
    assert_eq!(row(&exit, "sms-payment", "de"), "GSM 7-bit 65 1 4");
}

#[tokio::test]
async fn an_amount_is_counted_as_it_is_written_and_a_currency_with_its_own_words() {
    let written_out = "sms-payment = { $amount_text } { $currency } { $account }: { $code }";
    let words = "sms-payment = { $currency ->\n  [KWD] Kuwait-Dinar\n *[other] X\n } { $amount } { $currency } \
                 { $account }: { $code }";
    let exit = check(&[("cs", written_out), ("de", words)], "").await;
    assert_eq!(warning(&exit, "sms-payment", "cs"), Some("2 in cs (U+00A0)"));
    assert_eq!(row(&exit, "sms-payment", "de"), "GSM 7-bit 79 1 32");
}

#[tokio::test]
async fn the_line_that_fills_codes_in_is_counted_with_the_longest_host() {
    let hosts = "[sms.autofill]\ndefault = \"a.example\"\nSME = \"login.example.com\"\n";
    let text = |length: usize| format!("sms-login = {}{{ $code }}", "a".repeat(length));
    // A line break, `@login.example.com`, ` #` and six digits.
    let exit = check(&[("de", &text(154 - 27))], hosts).await;
    assert_eq!(row(&exit, "sms-login", "de"), "GSM 7-bit 160 1 1");
    let exit = check(&[("de", &text(155 - 27))], hosts).await;
    assert_eq!(row(&exit, "sms-login", "de"), "GSM 7-bit 161 2 2");
}

#[tokio::test]
async fn a_message_ends_in_the_line_that_binds_its_code_to_the_host_of_the_organization() {
    let settings = "[sms.autofill]\nRETAIL = \"login.example.com\"\n";
    let texts = Texts::of(&[]);
    let adapter = texts.with(settings).start().await;
    let text = sent(&adapter, &payment("op", "1", "CZK", "1/0300"), "en").await;
    let expected =
        "Authorization code for payment of 1 CZK to account 1/0300 is CODE.\n@login.example.com #CODE";
    assert_eq!(text, expected);
}

#[tokio::test]
async fn without_a_host_for_the_organization_there_is_no_such_line() {
    let adapter = Texts::of(&[]).with("[sms.autofill]\nSME = \"login.example.com\"\n").start().await;
    let text = sent(&adapter, &payment("op", "1", "CZK", "1/0300"), "en").await;
    assert!(text.ends_with(" is CODE."), "{text}");
}

#[tokio::test]
async fn a_host_of_the_environment_goes_before_that_of_the_file() {
    let adapter = DataAdapter::builder()
        .config("sandbox.enabled = true\nbackends.memory.demo_users = true\n[sms.autofill]\nRETAIL = \"a.example\"\n")
        .env("DATA_ADAPTER__SMS__AUTOFILL__RETAIL", "b.example")
        .start()
        .await;
    let answer = adapter.post(SMS_CREATE, sms_create_in(USER, &login("op"), "en", false)).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let messages = adapter.messages().await;
    let text = messages[0]["text"].as_str().expect("a text");
    assert!(text.lines().last().is_some_and(|line| line.starts_with("@b.example #")), "{text}");
}
