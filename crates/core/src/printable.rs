use icu_properties::props::{DefaultIgnorableCodePoint, GeneralCategory, GeneralCategoryGroup};
use icu_properties::{CodePointMapData, CodePointSetData};

/// U+2800 is a symbol by its category, and a blank to the eye.
const BLANK_BRAILLE: char = '\u{2800}';

/// Marks that draw nothing by themselves, and have no property that says so: they join numbers and consonants, or fill a place.
const BLANK_MARKS: [char; 4] = ['\u{2d7f}', '\u{1107f}', '\u{16fe4}', '\u{1bc9d}'];

/// Whether a text is nothing but what a person can see and tell apart in it: letters with their marks, digits, punctuation,
/// and single ordinary blanks between them. By the general categories of Unicode: L, M after a letter, Nd, Nl and P, with all
/// that ASCII calls punctuation, for `+` is in the character set of SEPA. An empty text is not.
#[must_use]
pub fn is_printable(text: &str) -> bool {
    let mut before = Shape::Blank;
    for c in text.chars() {
        let shape = Shape::of(c);
        match (before, shape) {
            (_, Shape::Hidden)
            | (Shape::Blank, Shape::Blank)
            | (Shape::Blank | Shape::Other, Shape::Mark) => {
                return false;
            }
            // The next mark is on the same letter.
            (_, Shape::Mark) => {}
            (_, next) => before = next,
        }
    }
    before != Shape::Blank
}

/// Whether a character draws nothing, or moves what others draw: control and format characters, separators of lines, those
/// of no meaning of their own (private, not assigned), and those that are blank by their `Default_Ignorable_Code_Point`, such
/// as variation selectors and the fillers of Hangul. Blanks that are as wide as one are none of them.
#[must_use]
pub fn is_hidden(c: char) -> bool {
    let category = CodePointMapData::<GeneralCategory>::new().get(c);
    let separates_lines =
        matches!(category, GeneralCategory::LineSeparator | GeneralCategory::ParagraphSeparator);
    separates_lines
        || GeneralCategoryGroup::Other.contains(category)
        || CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c)
        || c == BLANK_BRAILLE
        || BLANK_MARKS.contains(&c)
}

/// What a character is to [`is_printable`].
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Letter,
    Mark,
    /// A digit or punctuation.
    Other,
    Blank,
    Hidden,
}

impl Shape {
    const MARKS: GeneralCategoryGroup =
        GeneralCategoryGroup::NonspacingMark.union(GeneralCategoryGroup::SpacingMark);
    const DIGITS: GeneralCategoryGroup =
        GeneralCategoryGroup::DecimalNumber.union(GeneralCategoryGroup::LetterNumber);

    fn of(c: char) -> Self {
        let category = CodePointMapData::<GeneralCategory>::new().get(c);
        if is_hidden(c) {
            Self::Hidden
        } else if c == ' ' {
            Self::Blank
        } else if GeneralCategoryGroup::Letter.contains(category) {
            Self::Letter
        } else if Self::MARKS.contains(category) {
            Self::Mark
        } else if c.is_ascii_punctuation()
            || Self::DIGITS.union(GeneralCategoryGroup::Punctuation).contains(category)
        {
            Self::Other
        } else {
            Self::Hidden
        }
    }
}

#[cfg(test)]
mod tests {
    use regex::Regex;

    use super::*;

    /// Every character that the tables of the other library know; those may be of an older Unicode.
    fn all() -> impl Iterator<Item = char> {
        let unassigned = regex(r"\p{Cn}");
        (0..=0x0010_ffff).filter_map(char::from_u32).filter(move |c| !fits(&unassigned, *c))
    }

    fn regex(class: &str) -> Regex {
        Regex::new(&format!("^{class}$")).unwrap()
    }

    fn fits(regex: &Regex, c: char) -> bool {
        regex.is_match(c.encode_utf8(&mut [0; 4]))
    }

    /// The tables of another library say the same, one character at a time.
    #[test]
    fn of_all_of_unicode_only_letters_marks_digits_and_punctuation_that_can_be_seen_are_printable() {
        let visible = regex(
            r"[[\p{L}\p{M}\p{Nd}\p{Nl}\p{P}\x21-\x7e]--\p{Me}--\p{Default_Ignorable_Code_Point}--[\u{2d7f}\u{1107f}\u{16fe4}\u{1bc9d}]]",
        );
        let marks = regex(r"\p{M}");
        let mut printable = 0;
        for c in all() {
            let visible = fits(&visible, c);
            assert_eq!(is_printable(&format!("a{c}")), visible, "{:04x} after a letter", u32::from(c));
            assert_eq!(is_printable(&format!("{c}")), visible && !fits(&marks, c), "{:04x}", u32::from(c));
            printable += u32::from(visible);
        }
        assert!(printable > 130_000, "{printable}");
    }

    #[test]
    fn every_control_format_character_filler_selector_and_blank_but_the_ordinary_one_is_refused_wherever_it_stands()
     {
        let unseen =
            regex(r"[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u{2800}\u{2d7f}\u{1107f}\u{16fe4}\u{1bc9d}]");
        for c in all().filter(|c| *c != ' ' && fits(&unseen, *c)) {
            for text in
                [format!("{c}238400856/0300"), format!("238400856{c}/0300"), format!("238400856/0300{c}")]
            {
                assert!(!is_printable(&text), "{:04x}", u32::from(c));
            }
        }
    }

    #[test]
    fn what_draws_nothing_is_hidden_and_a_blank_is_not() {
        let hidden = regex(
            r"[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u{2800}\u{2d7f}\u{1107f}\u{16fe4}\u{1bc9d}]",
        );
        for c in all() {
            assert_eq!(is_hidden(c), fits(&hidden, c), "{:04x}", u32::from(c));
        }
    }

    #[test]
    fn accounts_and_names_of_payees_are_printable() {
        for payee in [
            "238400856/0300",
            "19-2000145399/0800",
            "CZ65 0800 0000 1920 0014 5399",
            "MT84MALT011000012345MTLCAST001S",
            "+420 777 123 456",
            "Žluťoučký kůň, s. r. o.",
            "Z\u{30c}lut\u{30c}oucky\u{301}",
            "O'Neil & Sons (Dublin)",
            "payee@bank.example",
            "شركة الاتصالات",
            "זק״א – ירושלים",
            "中国银行股份有限公司",
            "株式会社みずほ銀行",
            "ПАО «Сбербанк»",
            "हिन्दी बैंक",
            "ธนาคารกรุงเทพ",
            "Ελληνική Τράπεζα",
        ] {
            assert!(is_printable(payee), "{payee}");
        }
    }

    #[test]
    fn blanks_are_single_and_inside_marks_are_on_letters_and_all_is_assigned() {
        for text in ["\u{378}", "\u{fffe}", "\u{10ffff}"] {
            assert!(!is_printable(text), "{text:?} is not assigned");
        }
        for text in [
            "",
            " ",
            " a",
            "a ",
            "a  b",
            "\u{301}a",
            "a \u{301}",
            "1\u{301}",
            "a\u{20dd}",
            "💶",
            "½",
            "a\u{a0}b",
        ] {
            assert!(!is_printable(text), "{text:?}");
        }
    }
}
