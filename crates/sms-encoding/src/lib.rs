//! How a text goes into SMS: in the GSM 7-bit default alphabet (3GPP TS 23.038, 6.2.1) where it holds every character, else in
//! UCS-2, and in as many parts as that takes (3GPP TS 23.040, 9.2.3.24).
//!
//! A part that is one of several begins with a header of 6 octets, that of a reference of 8 bits. Where a gateway writes one
//! of 7 octets, with a reference of 16 bits, 152 septets or 66 units are left, and it has to split by itself.
//!
//! The table is here because a gateway over HTTP needs it as well: `rusmpp-extra` has the same one without the form feed, as
//! a part of an SMPP codec, and splits octets, not texts.

mod alphabet;

pub use alphabet::{Alphabet, alphabet, gsm7, outside_gsm7, ucs2};

/// A text as it is sent.
#[derive(Clone, PartialEq, Eq)]
pub struct Split {
    /// What it is encoded in, all parts alike.
    pub alphabet: Alphabet,
    /// The text, an SMS each. At least one, which is empty for an empty text.
    pub parts: Vec<String>,
}

/// Texts hold codes, so that none is shown.
impl std::fmt::Debug for Split {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let parts = self.parts.len();
        formatter.debug_struct("Split").field("alphabet", &self.alphabet).field("parts", &parts).finish()
    }
}

/// What a text becomes. No part ends inside a character that takes two septets or two UTF-16 units, so that every part can be
/// read alone.
#[must_use]
pub fn split(text: &str) -> Split {
    let alphabet = alphabet(text);
    let parts =
        if alphabet.units(text) <= alphabet.alone() { vec![text.to_owned()] } else { parts(text, alphabet) };
    Split { alphabet, parts }
}

/// Each part as long as it may be.
fn parts(text: &str, alphabet: Alphabet) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut used = 0;
    for character in text.chars() {
        let units = alphabet.units_of(character);
        if used + units > alphabet.together() {
            parts.push(String::new());
            used = 0;
        }
        used += units;
        if let Some(part) = parts.last_mut() {
            part.push(character);
        }
    }
    parts
}

#[cfg(test)]
mod tests;
