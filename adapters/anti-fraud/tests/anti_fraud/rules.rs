//! Which rule decides.

use data_adapter_core::{FraudAction, FraudQuery, RequiredFactors};
use data_adapter_testkit::{fraud_query, operation};

use crate::support::{book, judged, label, logging_in, paying};

/// A rule with these conditions before one for everything else.
fn rule(conditions: &str) -> String {
    format!(
        "[[rules]]\nlabel = \"fits\"\nfactors = [\"sms_otp\"]\n{conditions}\n\
         [default]\nlabel = \"none\"\nfactors = [\"sms_otp\", \"password\"]\n"
    )
}

async fn fits(conditions: &str, query: &FraudQuery) -> bool {
    label(&book(&rule(conditions)).expect("a rule"), query).await == "fits"
}

#[tokio::test]
async fn amounts_are_compared_by_their_value_up_to_the_last_digit() {
    let limits = [("amount_at_least", "\"100\""), ("amount_at_most", "100"), ("amount_below", "\"1E2\"")];
    for (amount, expected) in [
        ("99.99999999999999999999999999", [false, true, true]),
        ("100", [true, true, false]),
        ("100.00", [true, true, false]),
        ("1.0E2", [true, true, false]),
        ("100.0000000000000000000000001", [true, false, false]),
        ("12345678901234567890.12", [true, false, false]),
    ] {
        for ((limit, value), expected) in limits.into_iter().zip(expected) {
            let conditions = format!("currencies = [\"CZK\"]\n{limit} = {value}");
            let fits = fits(&conditions, &paying(amount, "CZK", "a")).await;
            assert_eq!(fits, expected, "{amount}: {limit} {value}");
        }
    }
}

#[tokio::test]
async fn a_range_of_amounts_has_both_its_ends() {
    let range = "currencies = [\"CZK\"]\namount_at_least = \"10.50\"\namount_at_most = \"20\"";
    for (amount, expected) in [("10.49", false), ("10.5", true), ("20.00", true), ("20.01", false)] {
        assert_eq!(fits(range, &paying(amount, "CZK", "a")).await, expected, "{amount}");
    }
}

#[tokio::test]
async fn the_same_number_in_another_currency_is_another_amount() {
    let conditions = "currencies = [\"CZK\"]\namount_at_most = 750";
    assert!(fits(conditions, &paying("100", "CZK", "a")).await);
    for currency in ["EUR", "czk", "CZK "] {
        assert!(!fits(conditions, &paying("100", currency, "a")).await, "{currency}");
    }
}

#[tokio::test]
async fn a_payee_is_named_exactly() {
    let conditions = "payees = [\"238400856/0300\", \"CZ4012340000000012345678\"]";
    for (account, expected) in [
        ("238400856/0300", true),
        ("CZ4012340000000012345678", true),
        ("238400856/03", false),
        ("1238400856/0300", false),
        ("238400856/0300 ", false),
    ] {
        assert_eq!(fits(conditions, &paying("1", "CZK", account)).await, expected, "{account:?}");
    }
}

#[tokio::test]
async fn actions_and_operations_are_those_that_are_named() {
    let named = "actions = [\"login_init\", \"approval_init\"]";
    for (action, expected) in FraudAction::ALL.into_iter().zip([true, false, false, true, false]) {
        let query = FraudQuery { action, ..logging_in() };
        assert_eq!(fits(named, &query).await, expected, "{action:?}");
    }
    for (name, expected) in [("login", true), ("login_sca", true), ("logi", false), ("LOGIN", false)] {
        let query = fraud_query(FraudAction::LoginInit, operation("op", name));
        assert_eq!(fits("operations = [\"login\", \"login_sca\"]", &query).await, expected, "{name}");
    }
}

#[tokio::test]
async fn a_network_holds_its_addresses_in_both_forms_and_nobody_of_unknown_address() {
    let networks = "networks = [\"192.0.2.0/24\", \"198.51.100.7\", \"2001:db8::/32\"]";
    for (address, expected) in [
        (Some("192.0.2.0"), true),
        (Some("192.0.2.255"), true),
        (Some("::ffff:192.0.2.7"), true),
        (Some("192.0.3.0"), false),
        (Some("198.51.100.7"), true),
        (Some("198.51.100.8"), false),
        (Some("2001:db8:ffff::1"), true),
        (Some("2001:db9::1"), false),
        (None, false),
    ] {
        let client_ip = address.map(|address| address.parse().expect("an address"));
        assert_eq!(fits(networks, &FraudQuery { client_ip, ..logging_in() }).await, expected, "{address:?}");
    }
}

#[tokio::test]
async fn all_conditions_of_a_rule_have_to_hold() {
    let conditions =
        "actions = [\"approval_init\"]\ncurrencies = [\"CZK\"]\npayees = [\"a\"]\nnetworks = [\"192.0.2.7\"]";
    let here = Some("192.0.2.7".parse().expect("an address"));
    let right = FraudQuery { client_ip: here, ..paying("1", "CZK", "a") };
    assert!(fits(conditions, &right).await);
    for wrong in [
        FraudQuery { action: FraudAction::ApprovalAuth, ..right.clone() },
        FraudQuery { client_ip: here, ..paying("1", "EUR", "a") },
        FraudQuery { client_ip: here, ..paying("1", "CZK", "b") },
        FraudQuery { client_ip: None, ..right },
    ] {
        assert!(!fits(conditions, &wrong).await, "{wrong:?}");
    }
}

#[tokio::test]
async fn the_first_rule_that_fits_decides_label_and_factors() {
    let rules = "
        [[rules]]
        label = \"trusted\"
        factors = [\"password\"]
        payees = [\"a\"]
        [[rules]]
        label = \"small\"
        factors = [\"sms_otp\"]
        currencies = [\"CZK\"]
        amount_at_most = 100
        [[rules]]
        label = \"payment\"
        factors = [\"sms_otp\", \"password\"]
        operations = [\"authorize_payment\"]";
    let book = book(rules).expect("rules");
    for (query, label, sms_otp, password) in [
        (paying("1", "CZK", "a"), "trusted", false, true),
        (paying("1", "CZK", "b"), "small", true, false),
        (paying("101", "CZK", "b"), "payment", true, true),
    ] {
        let expected = (Some(label.to_owned()), Some(RequiredFactors { sms_otp, password }));
        assert_eq!(judged(&book, &query).await, expected);
    }
    assert_eq!(judged(&book, &logging_in()).await, (None, None), "nothing is said of what no rule fits");
}

#[tokio::test]
async fn a_rule_about_payments_fits_nothing_else() {
    for conditions in
        ["currencies = [\"CZK\"]", "payees = [\"a\"]", "currencies = [\"CZK\"]\namount_at_least = 0"]
    {
        assert!(fits(conditions, &paying("1", "CZK", "a")).await, "{conditions}");
        assert!(!fits(conditions, &logging_in()).await, "{conditions}");
    }
}

#[tokio::test]
async fn a_payment_that_cannot_be_read_is_asked_for_all_factors_whatever_the_rules_say() {
    let lenient = "[[rules]]\nlabel = \"any\"\nfactors = [\"password\"]\n\
                   [default]\nlabel = \"default\"\nfactors = [\"password\"]";
    let unreadable = FraudQuery { payment: None, ..paying("1", "CZK", "a") };
    let decided = judged(&book(lenient).expect("rules"), &unreadable).await;
    assert_eq!(decided, (Some("unreadable_payment".to_owned()), Some(RequiredFactors::ALL)));
}
