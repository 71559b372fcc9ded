//! What goes with the text of a message: whom it is from, and the line by which phones fill its code in.

use std::collections::HashMap;

use data_adapter_core::{OrganizationId, PhoneNumber};

use crate::phone::{Country, PhoneNumbers};

/// What goes with the texts of messages. By default nothing.
#[derive(Clone, Debug, Default)]
pub struct SmsOptions {
    /// Whom they are from.
    pub senders: Senders,
    /// Where their codes belong.
    pub autofill: Autofill,
}

/// Whom phones show messages from, a name or a number: what a sender may be differs from country to country.
#[derive(Clone, Debug, Default)]
pub struct Senders {
    /// By the country of the number that a message goes to.
    pub by_country: HashMap<Country, String>,
    /// In every other country; `None` leaves it to the gateway.
    pub otherwise: Option<String>,
}

impl Senders {
    pub(super) fn of(&self, to: &PhoneNumber, numbers: PhoneNumbers) -> Option<&String> {
        let country = numbers.describe(to).country;
        country.and_then(|country| self.by_country.get(&country)).or(self.otherwise.as_ref())
    }
}

/// The hosts on whose pages codes are typed. A phone offers a code there, and nowhere else.
#[derive(Clone, Debug, Default)]
pub struct Autofill {
    /// By the organization that a message is sent for.
    pub by_organization: HashMap<OrganizationId, String>,
    /// For every other one; `None` leaves the line out.
    pub otherwise: Option<String>,
}

impl Autofill {
    pub(super) fn host(&self, organization: &OrganizationId) -> Option<&String> {
        self.by_organization.get(organization).or(self.otherwise.as_ref())
    }

    /// All hosts.
    pub fn hosts(&self) -> impl Iterator<Item = &str> {
        self.by_organization.values().chain(&self.otherwise).map(String::as_str)
    }
}

/// A text, and behind it the line that binds its code to a host (WICG, "Origin-bound one-time codes delivered via SMS").
///
/// The line is left out for a code that is not made of letters and digits of ASCII, which it can't hold.
#[must_use]
pub fn with_autofill(text: &str, host: &str, code: &str) -> String {
    if code.is_empty() || !code.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return text.to_owned();
    }
    format!("{text}\n@{host} #{code}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_binds_the_code_to_the_host() {
        let text = with_autofill("Your code is 123456.", "login.example.com", "123456");
        assert_eq!(text, "Your code is 123456.\n@login.example.com #123456");
    }

    #[test]
    fn a_code_that_the_line_cannot_hold_is_not_in_one() {
        for code in ["", "12 34", "12#34", "12\n34", "１２３４"] {
            assert_eq!(with_autofill("text", "login.example.com", code), "text", "{code:?}");
        }
    }

    #[test]
    fn a_sender_is_that_of_the_country_or_that_of_the_rest() {
        let mut senders = Senders::default();
        let of = |senders: &Senders, to: &str| {
            senders.of(&PhoneNumber::new(to), PhoneNumbers::default()).map(String::to_owned)
        };
        assert_eq!(of(&senders, "+420601123456"), None);
        senders.by_country.insert("CZ".parse().unwrap(), "Bank".to_owned());
        assert_eq!(of(&senders, "+420601123456").as_deref(), Some("Bank"));
        assert_eq!(of(&senders, "+421905123456"), None);
        senders.otherwise = Some("+420210000000".to_owned());
        assert_eq!(of(&senders, "+420601123456").as_deref(), Some("Bank"));
        for other in ["+421905123456", "+80012345678"] {
            assert_eq!(of(&senders, other).as_deref(), Some("+420210000000"), "{other}");
        }
    }
}
