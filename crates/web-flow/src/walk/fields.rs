//! The fields of the walk for the attributes that its operations are bound to.

use data_adapter_core::AttributeId;
use serde::Serialize;

use crate::settings::OperationRules;

/// An attribute of a form, whose value whoever explores may change.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Field {
    id: String,
    label: String,
    /// A `valueFormatType` of Web Flow.
    format: &'static str,
    /// What it says at first.
    example: &'static str,
    /// The walks whose form has it, with blanks between: `login`, `payment`.
    of: String,
}

/// What people write in an attribute, by a part of its name in lower case, and its format. The first that fits.
const EXAMPLES: [(&str, &str, &str); 11] = [
    ("iban", "CZ6508000000192000145399", "ACCOUNT"),
    ("date", "2030-12-31", "DATE"),
    ("account", ACCOUNT, "ACCOUNT"),
    ("bic", "GIBACZPX", "TEXT"),
    ("swift", "GIBACZPX", "TEXT"),
    ("name", "Example Ltd.", "TEXT"),
    ("country", "CZ", "TEXT"),
    ("currency", "CZK", "TEXT"),
    ("fee", "25.00", "TEXT"),
    ("amount", "25.00", "TEXT"),
    ("symbol", "2030", "TEXT"),
];

const ACCOUNT: &str = "238400856/0300";

/// Those of both walks, each once, the payee's account first. `None` is for an operation that is not there.
pub(super) fn fields(login: Option<&OperationRules>, payment: Option<&OperationRules>) -> Vec<Field> {
    let named = |rules: Option<&OperationRules>| -> Vec<AttributeId> {
        rules.into_iter().flat_map(|rules| rules.payee.iter().chain(&rules.bind)).cloned().collect()
    };
    let mut paid = named(payment);
    if payment.is_none_or(|rules| rules.payee.is_empty()) {
        // What is paid goes to somebody, though no code is bound to it.
        let account = AttributeId::payees_account();
        paid.retain(|id| *id != account);
        paid.insert(0, account);
    }
    let login = named(login);
    let account = paid.first().cloned();
    let others = login.iter().filter(|id| !paid.contains(id));
    let all = paid.iter().map(|id| (id, login.contains(id), true)).chain(others.map(|id| (id, true, false)));
    all.map(|(id, in_login, in_payment)| {
        let walks = [("login", in_login), ("payment", in_payment)];
        let walks: Vec<_> = walks.into_iter().filter_map(|(walk, has)| has.then_some(walk)).collect();
        Field::new(id, account.as_ref() == Some(id), walks.join(" "))
    })
    .collect()
}

impl Field {
    fn new(id: &AttributeId, is_account: bool, of: String) -> Self {
        let name = id.name().to_lowercase();
        let usual = if is_account { (ACCOUNT, "ACCOUNT") } else { ("Example", "TEXT") };
        let known = EXAMPLES.iter().find(|(part, _, _)| name.contains(part));
        let (example, format) = known.map_or(usual, |(_, example, format)| (*example, *format));
        let label = if is_account { "Payee’s account".to_owned() } else { in_words(id.name()) };
        Self { id: id.as_str().to_owned(), label, format, example, of }
    }
}

/// `Due date` for `dueDate`, `due-date` and `due_date`.
fn in_words(name: &str) -> String {
    let mut words = String::new();
    let mut last = ' ';
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && last.is_ascii_lowercase() {
            words.push(' ');
        }
        match letter {
            '-' | '_' => words.push(' '),
            _ if words.is_empty() => words.push(letter.to_ascii_uppercase()),
            _ => words.push(letter.to_ascii_lowercase()),
        }
        last = letter;
    }
    words
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use data_adapter_core::BindingKind;

    use super::*;

    fn rules(payee: &[&str], bind: &[&str]) -> OperationRules {
        let ids = |ids: &[&str]| ids.iter().map(|id| AttributeId::new(*id).unwrap()).collect();
        let binding = if payee.is_empty() { BindingKind::Operation } else { BindingKind::Payment };
        OperationRules { binding, payee: ids(payee), bind: ids(bind), currencies: BTreeSet::new() }
    }

    #[test]
    fn each_attribute_that_is_named_has_one_field_with_an_example_of_its_kind() {
        let payment =
            rules(&["operation.creditorIban", "operation.creditorName"], &["operation.due_date", "device"]);
        let fields = fields(Some(&rules(&[], &["device", "place"])), Some(&payment));
        let told = |field: &Field| format!("{} {}: {}, {}", field.id, field.of, field.label, field.example);
        assert_eq!(
            fields.iter().map(told).collect::<Vec<_>>(),
            [
                "operation.creditorIban payment: Payee’s account, CZ6508000000192000145399",
                "operation.creditorName payment: Creditor name, Example Ltd.",
                "operation.due_date payment: Due date, 2030-12-31",
                "device login payment: Device, Example",
                "place login: Place, Example",
            ]
        );
    }

    #[test]
    fn a_payment_whose_codes_are_bound_to_no_payee_has_an_account_all_the_same() {
        for payment in [None, Some(&rules(&[], &["operation.account"]))] {
            let fields = fields(None, payment);
            assert_eq!(fields.len(), 1, "{fields:?}");
            assert_eq!((fields[0].id.as_str(), fields[0].example), ("operation.account", ACCOUNT));
        }
    }
}
