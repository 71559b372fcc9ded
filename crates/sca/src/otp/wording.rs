//! The names by which a text says what a code approves.

use data_adapter_core::{Binding, BindingKind};

use crate::texts::{Argument, Wording};

const CODE: &str = "code";
const AMOUNT: &str = "amount";
const AMOUNT_TEXT: &str = "amount_text";
const CURRENCY: &str = "currency";
const ACCOUNT: &str = "account";

/// What the messages of an operation may name, and what they have to show (RTS on SCA, Art. 5).
#[must_use]
pub fn wording(kind: BindingKind) -> Wording {
    let shows: &[&[&str]] = match kind {
        BindingKind::Operation => &[&[CODE]],
        BindingKind::Payment => &[&[CODE], &[AMOUNT, AMOUNT_TEXT], &[CURRENCY], &[ACCOUNT]],
    };
    let owned = |names: &&[&str]| names.iter().copied().map(str::to_owned).collect::<Vec<_>>();
    let shows: Vec<_> = shows.iter().map(owned).collect();
    Wording { names: shows.iter().flatten().cloned().collect(), shows }
}

/// What stands for these names in the message of a code.
pub(super) fn arguments<'a>(code: &'a str, binding: &'a Binding) -> Vec<(&'a str, Argument<'a>)> {
    let mut arguments = vec![(CODE, Argument::text(code))];
    if let Binding::Payment(payment) = binding {
        arguments.extend([
            (AMOUNT, Argument::text(payment.amount.to_string())),
            (AMOUNT_TEXT, Argument::Amount(payment.amount, &payment.currency)),
            (CURRENCY, Argument::text(&payment.currency)),
            (ACCOUNT, Argument::text(&payment.account)),
        ]);
    }
    arguments
}
