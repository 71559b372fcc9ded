use std::fmt;

/// The default alphabet, by the value of the septet (3GPP TS 23.038, 6.2.1).
const DEFAULT: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u{1b}ÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?\
                       ¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";

/// Its extension table, each behind an escape (3GPP TS 23.038, 6.2.1.1).
const EXTENSION: [(char, u8); 10] = [
    ('\u{c}', 0x0a),
    ('^', 0x14),
    ('{', 0x28),
    ('}', 0x29),
    ('\\', 0x2f),
    ('[', 0x3c),
    ('~', 0x3d),
    (']', 0x3e),
    ('|', 0x40),
    ('€', 0x65),
];

const ESCAPE: u8 = 0x1b;

/// What a text is encoded in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Alphabet {
    /// The GSM 7-bit default alphabet with its extension table. Its unit is the septet.
    Gsm7,
    /// UCS-2, in fact UTF-16, which is what phones read. Its unit is that of UTF-16.
    Ucs2,
}

impl Alphabet {
    /// How many units an SMS has room for that is a message of its own.
    #[must_use]
    pub fn alone(self) -> usize {
        match self {
            Self::Gsm7 => 160,
            Self::Ucs2 => 70,
        }
    }

    /// How many units a part of a longer message has room for, beside the header that puts it together.
    #[must_use]
    pub fn together(self) -> usize {
        match self {
            Self::Gsm7 => 153,
            Self::Ucs2 => 67,
        }
    }

    /// How many units a text takes.
    #[must_use]
    pub fn units(self, text: &str) -> usize {
        text.chars().map(|character| self.units_of(character)).sum()
    }

    pub(crate) fn units_of(self, character: char) -> usize {
        match self {
            Self::Gsm7 if EXTENSION.iter().any(|(extended, _)| *extended == character) => 2,
            Self::Gsm7 => 1,
            Self::Ucs2 => character.len_utf16(),
        }
    }
}

impl fmt::Display for Alphabet {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Gsm7 => "GSM 7-bit",
            Self::Ucs2 => "UCS-2",
        })
    }
}

/// What a text has to be encoded in: UCS-2 only if a character of it is not in GSM 7-bit.
#[must_use]
pub fn alphabet(text: &str) -> Alphabet {
    if text.chars().all(|character| septets(character).is_some()) { Alphabet::Gsm7 } else { Alphabet::Ucs2 }
}

/// The text in GSM 7-bit, an octet for each septet, unpacked, with the escape before what is in the extension table; `None`
/// when it has a character that is in neither table.
#[must_use]
pub fn gsm7(text: &str) -> Option<Vec<u8>> {
    let mut encoded = Vec::with_capacity(text.len());
    for character in text.chars() {
        let (escape, septet) = septets(character)?;
        encoded.extend(escape.into_iter().chain([septet]));
    }
    Some(encoded)
}

/// The text in UTF-16, the greater octet first.
#[must_use]
pub fn ucs2(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_be_bytes).collect()
}

/// The characters of a text that GSM 7-bit does not have, in their order, each once.
#[must_use]
pub fn outside_gsm7(text: &str) -> Vec<char> {
    let mut outside = Vec::new();
    for character in text.chars() {
        if septets(character).is_none() && !outside.contains(&character) {
            outside.push(character);
        }
    }
    outside
}

/// The escape, where it takes one, and the septet; `None` for what GSM 7-bit does not have.
fn septets(character: char) -> Option<(Option<u8>, u8)> {
    if character == char::from(ESCAPE) {
        return None;
    }
    if let Some((_, septet)) = EXTENSION.iter().find(|(extended, _)| *extended == character) {
        return Some((Some(ESCAPE), *septet));
    }
    let septet = DEFAULT.chars().position(|known| known == character)?;
    Some((None, u8::try_from(septet).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_alphabet_is_that_of_the_standard() {
        assert_eq!(DEFAULT.chars().count(), 128);
        for (character, septet) in [
            ('@', 0x00),
            ('\u{c7}', 0x09), // Ç, and not ç
            ('\n', 0x0a),
            ('\r', 0x0d),
            ('\u{394}', 0x10), // Δ
            ('_', 0x11),
            ('\u{3a9}', 0x15), // Ω, and not the ohm sign
            ('\u{39e}', 0x1a), // Ξ
            ('\u{c6}', 0x1c),
            ('\u{c9}', 0x1f),
            (' ', 0x20),
            ('\u{a4}', 0x24), // ¤ where ASCII has $
            ('$', 0x02),
            ('?', 0x3f),
            ('\u{a1}', 0x40),
            ('A', 0x41),
            ('Z', 0x5a),
            ('\u{a7}', 0x5f),
            ('\u{bf}', 0x60),
            ('a', 0x61),
            ('z', 0x7a),
            ('\u{e0}', 0x7f),
        ] {
            assert_eq!(gsm7(&character.to_string()), Some(vec![septet]), "{character:?}");
        }
        for character in ['ç', 'ě', 'á', '`', '\u{2126}', '\t', '\u{1b}', '\u{a0}', '’', '😀'] {
            assert_eq!(gsm7(&character.to_string()), None, "{character:?}");
        }
    }

    #[test]
    fn the_extension_table_takes_an_escape() {
        assert_eq!(gsm7("€"), Some(vec![0x1b, 0x65]));
        assert_eq!(gsm7("[a]"), Some(vec![0x1b, 0x3c, 0x61, 0x1b, 0x3e]));
        let others = gsm7("\u{c}^{}\\~|").unwrap();
        assert_eq!(others.iter().filter(|octet| **octet == ESCAPE).count(), 7);
        assert_eq!(others.len(), 14);
    }

    #[test]
    fn no_two_characters_have_the_same_septets() {
        let all = DEFAULT.chars().filter(|c| *c != '\u{1b}').chain(EXTENSION.map(|(extended, _)| extended));
        let mut encoded: Vec<_> = all.map(|character| septets(character).unwrap()).collect();
        encoded.sort_unstable();
        encoded.dedup();
        assert_eq!(encoded.len(), 137);
    }

    #[test]
    fn ucs_2_begins_with_the_greater_octet() {
        assert_eq!(ucs2("ě"), [0x01, 0x1b]);
        assert_eq!(ucs2("😀"), [0xd8, 0x3d, 0xde, 0x00]);
    }

    #[test]
    fn what_forces_ucs_2_is_named_once_each() {
        assert_eq!(outside_gsm7("Kód: žluťoučký kůň, €"), ['ó', 'ž', 'ť', 'č', 'ý', 'ů', 'ň']);
        assert_eq!(outside_gsm7("{Code} [1] €"), []);
    }
}
