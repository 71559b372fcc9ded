use data_adapter_core::Amount;
use icu_decimal::input::Decimal;
use icu_decimal::{DecimalFormatter, DecimalFormatterPreferences};
use icu_locale_core::Locale;
use iso_currency::Currency;

/// Amounts as people of a language write them, by the data of CLDR.
pub(super) struct Amounts(DecimalFormatterPreferences);

impl Amounts {
    /// `None` when `language` is no language tag. One that CLDR does not know is written as nobody's in particular.
    pub(super) fn of(language: &str) -> Option<Self> {
        let preferences = Self(language.parse::<Locale>().ok()?.into());
        preferences.formatter().map(|_| preferences)
    }

    /// All digits of the amount, with as many decimals as its currency has by ISO 4217 (JPY none, KWD three), or more where it
    /// has more that are not zero. In what has no such number, or is no currency of ISO 4217, as many as it came with.
    pub(super) fn write(&self, amount: Amount, currency: &str) -> String {
        let written = amount.to_string();
        let number = Decimal::try_from_str(&written).ok().map(|mut number| {
            if let Some(decimals) = Currency::from_code(currency).and_then(Currency::exponent) {
                number.absolute.trim_end();
                number.absolute.pad_end(-decimals.cast_signed());
            }
            number
        });
        match (number, self.formatter()) {
            (Some(number), Some(formatter)) => formatter.format(&number).to_string(),
            _ => written,
        }
    }

    /// Not kept: it belongs to one thread, and costs a look into tables that are part of the program.
    fn formatter(&self) -> Option<DecimalFormatter> {
        DecimalFormatter::try_new(self.0, Default::default()).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What CLDR puts between thousands in Czech.
    const NBSP: char = '\u{a0}';

    fn written(language: &str, amount: &str, currency: &str) -> String {
        Amounts::of(language).unwrap().write(amount.parse().unwrap(), currency).replace(NBSP, "_")
    }

    #[test]
    fn an_amount_is_written_as_people_of_the_language_do() {
        for (language, expected) in [
            ("en", "1,234,567.80"),
            ("cs", "1_234_567,80"),
            ("de", "1.234.567,80"),
            ("de-CH", "1'234'567.80"),
            ("en-IN", "12,34,567.80"),
            ("hi", "12,34,567.80"),
            ("fa", "۱٬۲۳۴٬۵۶۷٫۸۰"),
            ("tlh", "1,234,567.80"),
        ] {
            assert_eq!(written(language, "1234567.8", "CZK"), expected, "{language}");
        }
        assert_eq!(written("es", "1234.5", "EUR"), "1234,50", "four digits are not grouped");
    }

    #[test]
    fn it_has_the_decimals_of_its_currency() {
        for (amount, currency, expected) in [
            ("1234", "JPY", "1_234"),
            ("1234.00", "JPY", "1_234"),
            ("1234.5", "KWD", "1_234,500"),
            ("1234", "KWD", "1_234,000"),
            ("1234", "CZK", "1_234,00"),
            ("1.0E7", "EUR", "10_000_000,00"),
            ("0.5", "CLF", "0,5000"),
            ("1.5000", "EUR", "1,50"),
        ] {
            assert_eq!(written("cs", amount, currency), expected, "{amount} {currency}");
        }
    }

    #[test]
    fn no_digit_is_lost_or_rounded() {
        for (amount, currency, expected) in [
            ("0.125", "CZK", "0.125"),
            ("0.1250", "CZK", "0.125"),
            ("99.5", "JPY", "99.5"),
            ("9999999999999999999999999999", "CZK", "9,999,999,999,999,999,999,999,999,999.00"),
            ("9999999999999999999999999999", "KWD", "9,999,999,999,999,999,999,999,999,999.000"),
            ("0.0000000000000000000000000001", "JPY", "0.0000000000000000000000000001"),
        ] {
            assert_eq!(written("en", amount, currency), expected, "{amount} {currency}");
        }
    }

    #[test]
    fn what_is_no_currency_keeps_the_decimals_that_it_came_with() {
        for (amount, currency, expected) in [
            ("1500", "points", "1,500"),
            ("1500.0", "points", "1,500.0"),
            ("1.500", "XAU", "1.500"),
            ("2", "XYZ", "2"),
        ] {
            assert_eq!(written("en", amount, currency), expected, "{amount} {currency}");
        }
    }

    #[test]
    fn the_digits_are_those_of_the_amount_in_every_language_that_numbers_differ_in() {
        for language in ["en", "cs", "de", "fr", "pl", "es", "ar", "fa", "hi", "bn", "my", "pt-PT", "und"] {
            for amount in ["1", "12.5", "1234.56", "158121.10", "12345678901234567890.12"] {
                let digits = |text: &str| -> String { text.chars().filter_map(digit).collect() };
                let expected: String = amount.parse::<Amount>().unwrap().to_string();
                let written = written(language, amount, "none");
                assert_eq!(digits(&written), digits(&expected), "{amount} in {language}: {written}");
            }
        }
    }

    fn digit(c: char) -> Option<char> {
        let zeros = ['0', '٠', '۰', '०', '০', '၀'];
        let value = |zero: char| u32::from(c).checked_sub(u32::from(zero)).filter(|value| *value < 10);
        zeros.into_iter().find_map(value).and_then(|value| char::from_digit(value, 10))
    }
}
