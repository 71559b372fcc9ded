//! Form data that no code can be bound to. Only the paths of codes read it; through the others it passes.

use super::case::{CONTEXT_INVALID, Case, Expected, INPUT_INVALID, INVALID_REQUEST};
use super::paths::{Family, Path};

const AMOUNT: &str = "operationContext/formData/parameters/0/amount";
const CURRENCY: &str = "operationContext/formData/parameters/0/currency";
const ACCOUNT: &str = "operationContext/formData/parameters/1/value";

/// Every kind of it.
pub(super) fn form_kinds(path: &Path) -> Vec<Case> {
    if !path.has_operation() {
        return Vec::new();
    }
    [amounts(path), currencies_and_accounts(path), ambiguous(path), no_form(path)]
        .into_iter()
        .flatten()
        .collect()
}

/// Refused where a code is bound, and passed on elsewhere.
fn bound(path: &Path, refusal: Expected) -> Expected {
    match path.family {
        Family::Sms => refusal,
        Family::Passing | Family::Consent | Family::NoOperation => Expected::Fine,
    }
}

fn amounts(path: &Path) -> Vec<Case> {
    let no_json =
        ["NaN", "Infinity", "-Infinity", "+1", "01", "1.", ".5", "1e", "0x10", "1_000", "--1", "1,00"];
    let no_json = no_json.map(|raw| {
        let body = path.with(AMOUNT, raw.as_bytes());
        Case::body(path, "amount that is no JSON", raw, body, INVALID_REQUEST)
    });
    let digits = "9".repeat(40);
    let decimals = format!("100.{}1", "0".repeat(40));
    let huge = "9".repeat(5_000);
    let values = [
        "-1",
        "0",
        "0.00",
        "-0",
        "-0.01",
        "1e400",
        "1e-400",
        "-1e400",
        "1e999999999999999999",
        "\"100\"",
        "\"NaN\"",
        "\"\"",
        "null",
        "true",
        "{}",
        "{\"value\":100}",
        "[]",
        "[100]",
        &digits,
        &decimals,
        &huge,
    ];
    let values = values.map(|raw| {
        let shown = raw.chars().take(48).collect::<String>();
        let body = path.with(AMOUNT, raw.as_bytes());
        Case::body(path, "amount", shown, body, bound(path, Expected::CallersFault))
    });
    let absent = path.without(AMOUNT);
    let absent = Case::body(path, "amount", "absent", absent, bound(path, Expected::CallersFault));
    no_json.into_iter().chain(values).chain([absent]).collect()
}

fn currencies_and_accounts(path: &Path) -> Vec<Case> {
    let mut cases = Vec::new();
    for (kind, pointer) in [("currency", CURRENCY), ("account", ACCOUNT)] {
        for raw in ["\"\"", "\"  \"", "null", "5", "true", "[]", "{}"] {
            let body = path.with(pointer, raw.as_bytes());
            cases.push(Case::body(path, kind, raw, body, bound(path, Expected::CallersFault)));
        }
        let absent = path.without(pointer);
        cases.push(Case::body(path, kind, "absent", absent, bound(path, INPUT_INVALID)));
        let long = format!("\"{}\"", "x".repeat(5_000));
        let body = path.with(pointer, long.as_bytes());
        cases.push(Case::body(path, kind, "5,000 characters", body, Expected::Unbroken));
    }
    cases
}

fn ambiguous(path: &Path) -> Vec<Case> {
    let parameters = "operationContext/formData/parameters";
    let amount = path.text_of("operationContext/formData/parameters/0");
    let account = path.text_of("operationContext/formData/parameters/1");
    let other_amount = amount.replace("100", "9999");
    let other_account = account.replace("238400856/0300", "666/0300");
    let lists = [
        ("two AMOUNTs", format!("[{amount},{account},{other_amount}]")),
        ("two equal AMOUNTs", format!("[{amount},{account},{amount}]")),
        ("two operation.account", format!("[{amount},{account},{other_account}]")),
        ("two equal operation.account", format!("[{amount},{account},{account}]")),
    ];
    let lists = lists.map(|(detail, raw)| {
        let body = path.with(parameters, raw.as_bytes());
        Case::body(path, "ambiguous form data", detail, body, bound(path, CONTEXT_INVALID))
    });
    let second = [
        ("amount", AMOUNT, "100,\"amount\":9999"),
        ("amount, escaped", AMOUNT, "100,\"\\u0061mount\":9999"),
        ("currency", CURRENCY, "\"CZK\",\"currency\":\"EUR\""),
        ("account", ACCOUNT, "\"238400856/0300\",\"value\":\"666/0300\""),
        (
            "type of the account",
            "operationContext/formData/parameters/1/type",
            "\"NOTE\",\"type\":\"KEY_VALUE\"",
        ),
        (
            "id of the account",
            "operationContext/formData/parameters/1/id",
            "\"x\",\"id\":\"operation.account\"",
        ),
    ];
    let second = second.map(|(detail, pointer, raw)| {
        let body = path.with(pointer, raw.as_bytes());
        let expected = match path.family {
            Family::Sms => Expected::CallersFault,
            Family::Passing | Family::Consent | Family::NoOperation => Expected::Unbroken,
        };
        Case::body(path, "repeated JSON key in the form data", detail, body, expected)
    });
    lists.into_iter().chain(second).collect()
}

fn no_form(path: &Path) -> Vec<Case> {
    let form = "operationContext/formData";
    let parameters = "operationContext/formData/parameters";
    let refused = match path.family {
        Family::Sms => Expected::CallersFault,
        Family::Passing | Family::Consent | Family::NoOperation => Expected::Unbroken,
    };
    let mut cases = vec![Case::body(path, "form data missing", "absent", path.without(form), refused)];
    for raw in ["null", "{}"] {
        cases.push(Case::body(path, "form data missing", raw, path.with(form, raw.as_bytes()), refused));
    }
    for raw in
        ["null", "[]", "{}", "[null]", "[5]", "[[]]", "[{}]", "[{\"type\":\"AMOUNT\"}]", "[{\"type\":5}]"]
    {
        let body = path.with(parameters, raw.as_bytes());
        cases.push(Case::body(path, "parameters that say nothing", raw, body, refused));
    }
    cases
}
