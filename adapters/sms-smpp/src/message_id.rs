use serde::{Deserialize, Serialize};

/// How the ids in the texts of receipts are written, beside those in the answers to `submit_sm`. The standard takes ids for
/// opaque, and some SMSCs write the same number in two ways.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ReceiptIds {
    /// As in the answers.
    #[default]
    Same,
    /// In decimal digits, and hexadecimal in the answers.
    Decimal,
    /// In hexadecimal digits, and decimal in the answers.
    Hex,
}

/// Whether a message can be called that: by 1 to 64 octets (SMPP 3.4, 5.2.23). What is longer would be kept for each part.
pub(crate) fn is_id(id: &str) -> bool {
    (1..=64).contains(&id.len())
}

const DECIMAL: u32 = 10;
const HEX: u32 = 16;

impl ReceiptIds {
    /// What a message is called by whoever answered `id`. The same for [`of_receipt`](Self::of_receipt) of its receipt.
    pub(crate) fn of_answer(self, id: &str) -> String {
        match self {
            Self::Same => id.to_owned(),
            Self::Decimal => number(id, HEX),
            Self::Hex => number(id, DECIMAL),
        }
    }

    /// What a message is called in whose receipt the text has `id`. The TLV `receipted_message_id` has what was
    /// [answered](Self::of_answer) (SMPP 3.4, 5.3.2.12).
    pub(crate) fn of_receipt(self, id: &str) -> String {
        match self {
            Self::Same => id.to_owned(),
            Self::Decimal => number(id, DECIMAL),
            Self::Hex => number(id, HEX),
        }
    }
}

/// A number in decimal digits, without leading zeros; what is none stays as it is.
fn number(id: &str, radix: u32) -> String {
    u128::from_str_radix(id, radix).map_or_else(|_| id.to_owned(), |number| number.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receipt_finds_its_message_however_the_ids_are_written() {
        for (ids, answered, reported) in [
            (ReceiptIds::Same, "0a1B-7", "0a1B-7"),
            (ReceiptIds::Decimal, "0000BC614E", "12345678"),
            (ReceiptIds::Decimal, "bc614e", "0012345678"),
            (ReceiptIds::Hex, "12345678", "BC614E"),
            (ReceiptIds::Decimal, "no-number", "no-number"),
        ] {
            assert_eq!(ids.of_answer(answered), ids.of_receipt(reported), "{ids:?}");
        }
    }

    #[test]
    fn ids_that_differ_stay_different() {
        assert_ne!(ReceiptIds::Same.of_answer("10"), ReceiptIds::Same.of_receipt("0010"));
        assert_ne!(ReceiptIds::Decimal.of_answer("10"), ReceiptIds::Decimal.of_receipt("10"));
    }
}
