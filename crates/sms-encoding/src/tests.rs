use proptest::prelude::*;

use super::*;

fn lengths(text: &str) -> Vec<usize> {
    let Split { alphabet, parts } = split(text);
    parts.iter().map(|part| alphabet.units(part)).collect()
}

#[test]
fn a_message_that_fits_is_not_split() {
    assert_eq!(lengths(""), [0]);
    assert_eq!(lengths(&"a".repeat(160)), [160]);
    assert_eq!(lengths(&"a".repeat(161)), [153, 8]);
    assert_eq!(lengths(&"ě".repeat(70)), [70]);
    assert_eq!(lengths(&"ě".repeat(71)), [67, 4]);
}

#[test]
fn no_part_is_left_empty_where_all_are_full() {
    for parts in [2, 3, 255] {
        assert_eq!(lengths(&"a".repeat(153 * parts)), vec![153; parts]);
        assert_eq!(lengths(&"ě".repeat(67 * parts)), vec![67; parts]);
        assert_eq!(lengths(&"a".repeat(153 * parts + 1)).len(), parts + 1);
    }
}

#[test]
fn a_character_of_two_units_is_never_torn() {
    assert_eq!(lengths(&"€".repeat(80)), [160]);
    assert_eq!(lengths(&"€".repeat(81)), [152, 10]);
    assert_eq!(lengths(&"😀".repeat(35)), [70]);
    assert_eq!(lengths(&"😀".repeat(36)), [66, 6]);
    let torn = "a".repeat(152) + "€" + &"a".repeat(10);
    assert_eq!(split(&torn).parts, ["a".repeat(152), "€".to_owned() + &"a".repeat(10)]);
}

#[test]
fn one_character_makes_all_of_it_dear() {
    let text = "a".repeat(160);
    assert_eq!(split(&text).parts.len(), 1);
    assert_eq!(split(&(text.replacen('a', "ě", 1))).parts.len(), 3);
}

#[test]
fn what_is_printed_of_a_split_shows_no_code() {
    let printed = format!("{:?}", split("Your code is 48151623."));
    assert!(!printed.contains("48151623"), "{printed}");
}

proptest! {
    #[test]
    fn parts_are_the_text_and_none_is_too_long(text in "(?s)([ -~€ě\n\u{c}]|.){0,700}") {
        let Split { alphabet, parts } = split(&text);
        prop_assert_eq!(parts.concat(), &*text);
        let room = if parts.len() == 1 { alphabet.alone() } else { alphabet.together() };
        for part in &parts {
            let octets = match alphabet {
                Alphabet::Gsm7 => gsm7(part).unwrap().len(),
                Alphabet::Ucs2 => ucs2(part).len() / 2,
            };
            prop_assert!(octets <= room);
            prop_assert_eq!(octets, alphabet.units(part));
        }
    }

    #[test]
    fn every_part_has_all_that_it_has_room_for(text in "[a-zA-Z€{}]{0,700}|[ěa😀]{0,300}") {
        let Split { alphabet, parts } = split(&text);
        for pair in parts.windows(2) {
            let next = pair[1].chars().next().unwrap();
            prop_assert!(alphabet.units(&pair[0]) + alphabet.units(&next.to_string()) > alphabet.together());
        }
    }

    #[test]
    fn a_text_is_in_gsm_7_bit_exactly_when_it_can_be(text in "[ -~€]{0,50}|.{0,50}") {
        prop_assert_eq!(alphabet(&text) == Alphabet::Gsm7, gsm7(&text).is_some());
        prop_assert_eq!(outside_gsm7(&text).is_empty(), gsm7(&text).is_some());
    }
}
