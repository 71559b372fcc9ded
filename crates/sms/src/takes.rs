use std::cmp::Reverse;

use data_adapter_core::{OrganizationId, PhoneNumber};
use data_adapter_sca::{Country, PhoneNumbers, SmsMessage};

/// Which messages a gateway takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Takes {
    /// The countries of numbers.
    pub countries: Vec<Country>,
    /// How numbers begin, in E.164. With neither countries nor prefixes it takes all numbers.
    pub prefixes: Vec<String>,
    /// The organizations whose messages it takes; none means all.
    pub organizations: Vec<String>,
}

/// How well a gateway fits a message; the best is the least. One for the organization goes before one for all, then the longest
/// prefix, then the country.
pub(crate) type Fit = Reverse<(bool, usize, bool)>;

impl Takes {
    /// How well it fits; `None` where the gateway does not take the message.
    pub(crate) fn fit(&self, message: &SmsMessage) -> Option<Fit> {
        let for_organization = !self.organizations.is_empty();
        let organization = message.organization.as_ref().map(OrganizationId::as_str);
        let is_named =
            organization.is_some_and(|name| self.organizations.iter().any(|listed| listed == name));
        if for_organization && !is_named {
            return None;
        }
        let (prefix, country) = self.fit_number(&message.to)?;
        Some(Reverse((for_organization, prefix, country)))
    }

    /// The length of the longest prefix that fits, and whether the country does.
    fn fit_number(&self, number: &PhoneNumber) -> Option<(usize, bool)> {
        let fitting = self.prefixes.iter().filter(|prefix| number.expose().starts_with(prefix.as_str()));
        let prefix = fitting.map(String::len).max().unwrap_or_default();
        let country = !self.countries.is_empty()
            && PhoneNumbers::default()
                .describe(number)
                .country
                .is_some_and(|country| self.countries.contains(&country));
        let takes_all = self.countries.is_empty() && self.prefixes.is_empty();
        (takes_all || country || prefix > 0).then_some((prefix, country))
    }
}
