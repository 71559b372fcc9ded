//! Rules that can't be meant.

use data_adapter_anti_fraud::RuleSettings;

use crate::support::book;

fn refusal(rule: &str) -> String {
    let first = "[[rules]]\nlabel = \"first\"\nfactors = [\"sms_otp\"]\n";
    let text = format!("{first}[[rules]]\n{rule}");
    book(&text).err().unwrap_or_else(|| unreachable!("{rule} is a rule")).to_string()
}

#[test]
fn what_cannot_be_meant_is_refused_by_the_key_of_its_rule() {
    let long = "x".repeat(257);
    for (rule, named) in [
        ("factors = [\"sms_otp\"]", "`rules[1].label` is missing"),
        ("factors = [\"sms_otp\"]\nlabel = \" \"", "`rules[1].label` is missing"),
        (&format!("factors = [\"sms_otp\"]\nlabel = \"{long}\""), "`rules[1].label` has more than 256"),
        ("label = \"x\"", "`rules[1].factors` is missing: at least one"),
        ("label = \"x\"\nfactors = [\"otp\"]", "`rules[1].factors` has `otp`; there are: sms_otp, password"),
        ("label = \"x\"\nfactors = []", "`rules[1].factors` is missing: at least one"),
    ] {
        assert!(refusal(rule).starts_with(named), "{rule}: {}", refusal(rule));
    }
}

#[test]
fn conditions_that_nothing_could_fit_or_that_mean_two_things_are_refused() {
    for (condition, named) in [
        ("actions = []", "`rules[1].actions` is empty"),
        ("operations = []", "`rules[1].operations` is empty"),
        ("currencies = []", "`rules[1].currencies` is empty"),
        ("payees = []", "`rules[1].payees` is empty"),
        ("networks = []", "`rules[1].networks` is empty"),
        ("payees = [\"\"]", "`rules[1].payees` has an empty item"),
        (
            "actions = [\"login\"]",
            "`rules[1].actions` has `login`; there are: login_init, login_auth, logout",
        ),
        ("currencies = [\"Kč\"]", "`rules[1].currencies` has `Kč`"),
        ("currencies = [\"czk\"]", "`rules[1].currencies` has `czk`"),
        ("networks = [\"192.0.2.0/33\"]", "`rules[1].networks` has `192.0.2.0/33`"),
        ("networks = [\"home\"]", "`rules[1].networks` has `home`"),
        ("amount_below = 1", "`rules[1].currencies` has to name one currency"),
        (
            "amount_below = 1\ncurrencies = [\"CZK\", \"EUR\"]",
            "`rules[1].currencies` has to name one currency",
        ),
        ("amount_below = 1\namount_at_most = 2", "`rules[1].amount_below` and `amount_at_most` are both set"),
        ("amount_at_least = 2\namount_at_most = \"1.9\"", "`rules[1].amount_at_least` is more"),
        ("amount_at_least = 2\namount_below = \"2.0\"", "`rules[1].amount_at_least` is more"),
    ] {
        let why = refusal(&format!("label = \"x\"\nfactors = [\"sms_otp\"]\n{condition}"));
        assert!(why.starts_with(named), "{condition}: {why}");
    }
}

#[test]
fn a_default_that_asks_for_nothing_is_refused() {
    let why = book("[default]\nlabel = \"x\"\nfactors = []").err().map(|error| error.to_string());
    assert!(why.as_ref().is_some_and(|why| why.starts_with("`default.factors` is missing")), "{why:?}");
}

#[test]
fn an_amount_that_was_rounded_before_anybody_saw_it_is_refused() {
    let read = |amount: &str| toml::from_str::<RuleSettings>(&format!("amount_below = {amount}"));
    for amount in ["99.90", "1e2", "\"a lot\"", "true", "\"100.00000000000000000000000000001\""] {
        assert!(read(amount).is_err(), "{amount}");
    }
    for amount in ["99", "\"99.90\"", "\"1e2\""] {
        assert!(read(amount).is_ok(), "{amount}");
    }
    let shown = toml::to_string(&read("\"99.90\"").expect("an amount")).expect("it can be shown");
    assert!(shown.contains("amount_below = \"99.90\""), "{shown}");
}

#[test]
fn a_misspelled_key_is_refused() {
    assert!(toml::from_str::<RuleSettings>("amount_bellow = 1").is_err());
}
