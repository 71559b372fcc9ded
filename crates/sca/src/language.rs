//! Which of the languages that there are texts in a person reads.

use data_adapter_core::Language;
use unic_langid::LanguageIdentifier;

/// The language that everything falls back to.
pub(crate) const FALLBACK: &str = "en";

/// The usual form of a language tag: `pt-BR` for `pt_br`. `None` where it is none.
#[must_use]
pub fn canonical(tag: &str) -> Option<String> {
    let id: LanguageIdentifier = tag.trim().parse().ok()?;
    (!id.language.is_empty()).then(|| id.to_string())
}

/// The names to look texts up by, best first and English last (RFC 4647, 3.4).
///
/// What is wanted may be one tag or a list with weights, as directories have it (RFC 2798, 2.7) and HTTP (RFC 9110, 12.5.4).
pub(crate) fn candidates(wanted: &Language) -> impl Iterator<Item = String> {
    let mut ranges: Vec<(&str, u16)> = wanted.as_str().split(',').filter_map(range).collect();
    ranges.sort_by_key(|(_, weight)| std::cmp::Reverse(*weight));
    let tags = ranges.into_iter().flat_map(|(tag, _)| wider_forms(tag)).collect::<Vec<_>>();
    tags.into_iter().chain([FALLBACK.to_owned()])
}

/// A tag with its weight in thousandths; `None` for what is not wanted, or says nothing.
fn range(text: &str) -> Option<(&str, u16)> {
    let mut parts = text.split(';');
    let tag = parts.next()?.trim();
    let weight = parts.find_map(|part| part.trim().strip_prefix(['q', 'Q'])?.trim_start().strip_prefix('='));
    let weight = weight.map_or(Some(1000), thousandths)?;
    (weight > 0).then_some((tag, weight))
}

/// `0.8` as 800. A weight that can't be read is the least that there is.
fn thousandths(weight: &str) -> Option<u16> {
    let weight = weight.trim().parse::<f32>().unwrap_or(0.001).clamp(0.0, 1.0);
    (0..=1000).rev().find(|thousandths| f32::from(*thousandths) / 1000.0 <= weight)
}

/// A tag and what is left of it when its parts are cut off from the right, one by one, as far as these are tags.
fn wider_forms(tag: &str) -> impl Iterator<Item = String> {
    let mut rest = Some(tag);
    let forms = std::iter::from_fn(move || {
        let form = rest?;
        rest = form.rfind(['-', '_']).map(|end| &form[..end]);
        Some(form)
    });
    forms.filter_map(canonical)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn looked_up(wanted: &str) -> Vec<String> {
        candidates(&Language::new(wanted)).collect()
    }

    #[test]
    fn a_tag_is_looked_up_part_by_part_from_the_right() {
        assert_eq!(looked_up("zh-Hant-TW"), ["zh-Hant-TW", "zh-Hant", "zh", "en"]);
        assert_eq!(looked_up("en-US-u-hc-h12"), ["en-US", "en", "en"]);
        assert_eq!(looked_up("cs"), ["cs", "en"]);
    }

    #[test]
    fn case_and_underscores_make_no_difference() {
        assert_eq!(looked_up("PT_br"), looked_up("pt-BR"));
        assert_eq!(looked_up("ZH_hant_tw"), looked_up("zh-Hant-TW"));
    }

    #[test]
    fn a_list_is_taken_in_the_order_of_its_weights() {
        assert_eq!(looked_up("cs-CZ, en;q=0.8"), ["cs-CZ", "cs", "en", "en"]);
        assert_eq!(looked_up("de;q=0.5, sk ; Q = 0.900,cs;q=0.7"), ["sk", "cs", "de", "en"]);
        assert_eq!(looked_up("de, fr"), ["de", "fr", "en"]);
        assert_eq!(looked_up("de;q=0, fr;q=?, sk;q=0.01"), ["sk", "fr", "en"]);
    }

    #[test]
    fn what_names_no_language_is_english() {
        for nothing in ["", " ", ",", "*", "no language at all", "č", "de;q=NaN;", "-", "_"] {
            assert_eq!(looked_up(nothing).last().map(String::as_str), Some("en"), "{nothing}");
        }
        assert_eq!(looked_up("*, ,sk;q=0.1"), ["sk", "en"]);
    }
}
