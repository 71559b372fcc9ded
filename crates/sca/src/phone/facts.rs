use std::fmt;
use std::str::FromStr;

use data_adapter_core::PhoneNumber;
use rlibphonenumber::PHONE_NUMBER_UTIL;
use rlibphonenumber::enums::{PhoneNumberType, Region};
use thiserror::Error;

use super::PhoneNumbers;

/// A country that has phone numbers, by its code in two letters (ISO 3166-1; `XK` is Kosovo).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Country(Region);

/// Not the ISO 3166-1 code of a country, in two letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("is not the code of a country in two letters (ISO 3166-1), such as CZ")]
pub struct UnknownRegion;

impl Country {
    pub(super) fn region(self) -> Region {
        self.0
    }
}

impl FromStr for Country {
    type Err = UnknownRegion;

    /// Small letters will do.
    fn from_str(code: &str) -> Result<Self, UnknownRegion> {
        let region = Region::from_code(code).map_err(|_| UnknownRegion)?;
        let has_numbers = PHONE_NUMBER_UTIL.get_supported_regions().any(|supported| supported == region);
        if has_numbers { Ok(Self(region)) } else { Err(UnknownRegion) }
    }
}

impl fmt::Display for Country {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0.as_region_str())
    }
}

/// What its country uses a number for, by the tables of libphonenumber.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NumberKind {
    /// A mobile phone.
    Mobile,
    /// A phone at a place.
    FixedLine,
    /// One of these two: the country numbers both alike, as the USA do.
    FixedLineOrMobile,
    /// Free for those who call.
    TollFree,
    /// Dearer than other calls; whoever has the number gets a part of that.
    PremiumRate,
    /// Paid by both sides.
    SharedCost,
    /// A phone over the Internet.
    Voip,
    /// A person, wherever they are.
    Personal,
    /// A pager.
    Pager,
    /// The one number of a company (UAN).
    UniversalAccess,
    /// A mailbox.
    Voicemail,
    /// Nothing that the tables know: the range may be new.
    Unknown,
}

/// What can be told from a number alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NumberFacts {
    /// Whose number it is. `None` for what belongs to no country, such as +800 and satellites, and where several countries share
    /// a code and none of them is known to use the number.
    pub country: Option<Country>,
    /// What it is for.
    pub kind: NumberKind,
}

impl PhoneNumbers {
    /// The facts of a number that [`read`](Self::read) has returned.
    #[must_use]
    pub fn describe(self, number: &PhoneNumber) -> NumberFacts {
        let Ok(number) = PHONE_NUMBER_UTIL.parse(number.expose(), None) else {
            return NumberFacts { country: None, kind: NumberKind::Unknown };
        };
        let region = number.get_region_code().filter(|region| *region != Region::World);
        NumberFacts { country: region.map(Country), kind: number.get_type().into() }
    }
}

impl From<PhoneNumberType> for NumberKind {
    fn from(kind: PhoneNumberType) -> Self {
        match kind {
            PhoneNumberType::Mobile => Self::Mobile,
            PhoneNumberType::FixedLine => Self::FixedLine,
            PhoneNumberType::FixedLineOrMobile => Self::FixedLineOrMobile,
            PhoneNumberType::TollFree => Self::TollFree,
            PhoneNumberType::PremiumRate => Self::PremiumRate,
            PhoneNumberType::SharedCost => Self::SharedCost,
            PhoneNumberType::VoIP => Self::Voip,
            PhoneNumberType::PersonalNumber => Self::Personal,
            PhoneNumberType::Pager => Self::Pager,
            PhoneNumberType::UAN => Self::UniversalAccess,
            PhoneNumberType::VoiceMail => Self::Voicemail,
            PhoneNumberType::Unknown => Self::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_tells_its_country_and_what_it_is_for() {
        for (number, country, kind) in [
            ("+420601123456", Some("CZ"), NumberKind::Mobile),
            ("+420212345678", Some("CZ"), NumberKind::FixedLine),
            ("+420800123456", Some("CZ"), NumberKind::TollFree),
            ("+420906123456", Some("CZ"), NumberKind::PremiumRate),
            ("+420811234567", Some("CZ"), NumberKind::SharedCost),
            ("+420700123456", Some("CZ"), NumberKind::Personal),
            ("+420910123456", Some("CZ"), NumberKind::Voip),
            ("+420972123456", Some("CZ"), NumberKind::UniversalAccess),
            ("+447640123456", Some("GB"), NumberKind::Pager),
            ("+41860123456789", Some("CH"), NumberKind::Voicemail),
            ("+12015550123", Some("US"), NumberKind::FixedLineOrMobile),
            ("+420100123456", Some("CZ"), NumberKind::Unknown),
        ] {
            let facts = NumberFacts { country: country.map(|code| code.parse().unwrap()), kind };
            assert_eq!(PhoneNumbers::default().describe(&PhoneNumber::new(number)), facts, "{number}");
        }
    }

    #[test]
    fn countries_that_share_a_code_are_told_apart() {
        for (number, country) in [
            ("+18762101234", "JM"),
            ("+18092345678", "DO"),
            ("+12425551234", "BS"),
            ("+447781123456", "GG"),
            ("+447797712345", "JE"),
            ("+77710009998", "KZ"),
            ("+79123456789", "RU"),
            ("+393123456789", "IT"),
        ] {
            let facts = PhoneNumbers::default().describe(&PhoneNumber::new(number));
            assert_eq!(
                facts.country.map(|country| country.to_string()).as_deref(),
                Some(country),
                "{number}"
            );
        }
    }

    #[test]
    fn what_belongs_to_no_country_has_none() {
        for (number, kind) in [
            ("+80012345678", NumberKind::TollFree),
            ("+979123456789", NumberKind::PremiumRate),
            ("+870301234567", NumberKind::Mobile),
            ("+19990000000", NumberKind::Unknown),
            ("+999123456789", NumberKind::Unknown),
            ("600000001", NumberKind::Unknown),
            ("", NumberKind::Unknown),
        ] {
            let facts = PhoneNumbers::default().describe(&PhoneNumber::new(number));
            assert_eq!(facts, NumberFacts { country: None, kind }, "{number}");
        }
    }

    #[test]
    fn a_country_is_named_in_two_letters() {
        assert_eq!("cz".parse::<Country>().map(|country| country.to_string()).as_deref(), Ok("CZ"));
        for code in ["001", "XX", "", "EU", "C", "CZE", "Č"] {
            assert_eq!(code.parse::<Country>(), Err(UnknownRegion), "{code}");
        }
    }
}
