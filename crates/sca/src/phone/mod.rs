//! Reads phone numbers as people and directories write them, and tells what they are for.

mod facts;

pub use facts::{Country, NumberFacts, NumberKind, UnknownRegion};

use data_adapter_core::PhoneNumber;
use rlibphonenumber::enums::{PhoneNumberFormat, Region};
use rlibphonenumber::{PHONE_NUMBER_UTIL, ParseError};
use thiserror::Error;

/// Turns whatever a system behind or a front has as a phone number into E.164 (ITU-T), such as `+420600000002`.
#[derive(Clone, Copy, Debug, Default)]
pub struct PhoneNumbers {
    region: Option<Region>,
}

/// Why something is no phone number. The texts are for the log: they hold no part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PhoneNumberError {
    /// There is no number in it.
    #[error("it is no phone number")]
    NotANumber,
    /// It has no country code, or one that no country has.
    #[error("it has no known country code; `sms.default_region` reads national numbers")]
    NoCountry,
    /// No number of its country is so short, or so long.
    #[error("no number of its country has so many digits")]
    Length,
    /// It leads to a switchboard, and what comes behind gets no messages.
    #[error("it has an extension")]
    Extension,
}

impl PhoneNumbers {
    /// Numbers without a country code are those of `region`, such as `CZ`; `None` refuses them.
    ///
    /// # Errors
    ///
    /// When there is no such country, or it has no phone numbers.
    pub fn of_region(region: Option<&str>) -> Result<Self, UnknownRegion> {
        let country = region.map(str::parse::<Country>).transpose()?;
        Ok(Self { region: country.map(Country::region) })
    }

    /// The number in E.164. It has as many digits as numbers of its country have; whether one of them is assigned is not asked,
    /// since countries open new ranges all the time.
    ///
    /// # Errors
    ///
    /// When it can't be a number that messages are sent to.
    pub fn read(self, written: &PhoneNumber) -> Result<PhoneNumber, PhoneNumberError> {
        let written = written.expose();
        let number = match (self.region, international(written)) {
            (None, Some(number)) => PHONE_NUMBER_UTIL.parse(number, None)?,
            (region, _) => PHONE_NUMBER_UTIL.parse(written, region)?,
        };
        if number.extension.is_some() {
            return Err(PhoneNumberError::Extension);
        }
        number.is_possible_with_reason().map_err(|_| PhoneNumberError::Length)?;
        Ok(PhoneNumber::new(number.format_as(PhoneNumberFormat::E164)))
    }
}

/// What has the usual prefix of calls to other countries, 00 (ITU-T E.123), with a plus in its place.
fn international(written: &str) -> Option<String> {
    let written = written.trim_start().strip_prefix("00")?;
    Some(format!("+{written}"))
}

impl From<ParseError> for PhoneNumberError {
    fn from(error: ParseError) -> Self {
        match error {
            ParseError::InvalidCountryCode => Self::NoCountry,
            ParseError::TooShortAfterIdd | ParseError::TooShortNsn | ParseError::TooLongNsn => Self::Length,
            ParseError::NotANumber(_) => Self::NotANumber,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(region: Option<&str>, written: &str) -> Result<String, PhoneNumberError> {
        let numbers = PhoneNumbers::of_region(region).unwrap();
        numbers.read(&PhoneNumber::new(written)).map(|number| number.expose().to_owned())
    }

    #[test]
    fn however_a_directory_writes_a_number_it_is_handed_on_in_e_164() {
        for (written, expected) in [
            ("00420600000002", "+420600000002"),
            ("600000003", "+420600000003"),
            ("+420600/000004", "+420600000004"),
            ("+420(600)000005", "+420600000005"),
            ("tel:+420600000006", "+420600000006"),
            (" +420 600-000.007 ", "+420600000007"),
            ("+４２０６００００００８０", "+420600000080"),
            ("+39 06 1234 5678", "+390612345678"),
            ("+78001234567", "+78001234567"),
        ] {
            assert_eq!(read(Some("CZ"), written).as_deref(), Ok(expected), "{written}");
        }
    }

    #[test]
    fn without_a_region_only_numbers_with_a_country_code_are_read() {
        assert_eq!(read(None, "+420600000002").as_deref(), Ok("+420600000002"));
        assert_eq!(read(None, "600000003"), Err(PhoneNumberError::NoCountry));
        assert_eq!(read(None, " 00420 600 000 002").as_deref(), Ok("+420600000002"));
        assert_eq!(read(None, "00999600000002"), Err(PhoneNumberError::NoCountry));
        assert_eq!(read(Some("SK"), "0905 123 456").as_deref(), Ok("+421905123456"));
    }

    #[test]
    fn what_cannot_be_a_number_is_refused_with_a_reason_that_does_not_show_it() {
        for (written, expected) in [
            ("abc", PhoneNumberError::NotANumber),
            ("", PhoneNumberError::NotANumber),
            (" ", PhoneNumberError::NotANumber),
            ("+420", PhoneNumberError::Length),
            ("+999600000002", PhoneNumberError::NoCountry),
            ("+4206000", PhoneNumberError::Length),
            ("+420600000002000000", PhoneNumberError::Length),
            ("+420600000002;ext=12", PhoneNumberError::Extension),
        ] {
            assert_eq!(read(Some("CZ"), written), Err(expected), "{written}");
            assert!(!expected.to_string().contains(|character: char| character.is_ascii_digit()));
        }
    }

    #[test]
    fn a_region_is_a_country() {
        for region in ["cz1", "XX", "", "EU", "Czechia"] {
            assert_eq!(PhoneNumbers::of_region(Some(region)).unwrap_err(), UnknownRegion, "{region}");
        }
    }
}
