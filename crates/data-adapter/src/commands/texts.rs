//! What `config check` says of the texts that codes are sent with.

use data_adapter_core::is_hidden;
use data_adapter_sca::Texts;
use data_adapter_sms_encoding::Alphabet;

use super::table::{Format, Table};
use crate::config::{Capability, Settings};
use crate::failure::Failure;
use crate::sms_costs::{Message, SmsCost, sms_costs};

/// So many characters of a text are named by a warning.
const NAMED: usize = 8;

/// Prints in how many SMS each text goes in each language. Returns a warning for each text that takes more than one.
pub(super) fn check(settings: &Settings, texts: &Texts) -> Result<Vec<String>, Failure> {
    if !settings.capabilities.choices(&settings.organizations, Capability::SmsOtp).name_engine() {
        return Ok(Vec::new());
    }
    let costs = sms_costs(settings, texts)?;
    let row = |SmsCost { text, language, usual, most }: &SmsCost| {
        let Message { alphabet, units, parts, .. } = usual;
        let numbers = [units, parts, most].map(ToString::to_string);
        let [units, parts, most] = numbers;
        [text.clone(), language.clone(), alphabet.to_string(), units, parts, most]
    };
    let header = ["text", "language", "alphabet", "units", "SMS", "at most"];
    Table::new(header, costs.iter().map(row)).print(Format::Text)?;
    Ok(costs.chunk_by(|one, other| one.text == other.text).filter_map(warning).collect())
}

/// Warns of one text, in all its languages; `None` where each takes one SMS.
fn warning(costs: &[SmsCost]) -> Option<String> {
    let long: Vec<_> = costs.iter().filter(|cost| cost.usual.parts > 1).map(reason).collect();
    let text = &costs.first()?.text;
    let [gsm7, ucs2] = [Alphabet::Gsm7, Alphabet::Ucs2].map(Alphabet::alone);
    (!long.is_empty()).then(|| {
        format!(
            "`{text}` takes more than one SMS, which holds {gsm7} characters of GSM 7-bit or {ucs2} with any other: {}",
            long.join(", ")
        )
    })
}

fn reason(SmsCost { language, usual, .. }: &SmsCost) -> String {
    let Message { parts, units, alphabet, outside, .. } = usual;
    let why = match alphabet {
        Alphabet::Gsm7 => format!("{units} characters"),
        Alphabet::Ucs2 => named(outside),
    };
    format!("{parts} in {language} ({why})")
}

/// Characters as people can tell them apart: by their number where there is nothing to be seen.
fn named(characters: &[char]) -> String {
    let name = |character: &char| {
        let is_blank = character.is_whitespace() || is_hidden(*character);
        if is_blank { format!("U+{:04X}", u32::from(*character)) } else { character.to_string() }
    };
    let named: Vec<_> = characters.iter().take(NAMED).map(name).collect();
    match characters.len().saturating_sub(NAMED) {
        0 => named.join(" "),
        more => format!("{} and {more} more", named.join(" ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_named_by_its_number() {
        assert_eq!(named(&['č', '\u{a0}', '\u{2068}']), "č U+00A0 U+2068");
    }

    #[test]
    fn of_many_characters_only_some_are_named() {
        let cyrillic: Vec<char> = "абвгдежзик".chars().collect();
        assert_eq!(named(&cyrillic), "а б в г д е ж з and 2 more");
    }
}
