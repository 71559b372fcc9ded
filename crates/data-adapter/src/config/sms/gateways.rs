use data_adapter_sca::PhoneNumbers;
use serde::{Deserialize, Serialize};

use super::smpp::SmppGatewaySettings;
use crate::config::refuse;
use crate::failure::Failure;

/// `[[sms.gateways]]`: one system that takes messages, and which of them. Their order is that in which they are asked.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct GatewaySettings {
    pub(super) id: String,
    countries: Vec<String>,
    prefixes: Vec<String>,
    organizations: Vec<String>,
    smpp: Option<SmppGatewaySettings>,
}

impl GatewaySettings {
    /// What can be seen without making it.
    pub(super) fn validate(&self) -> Result<(), Failure> {
        let id = &self.id;
        if !is_gateway_id(id) {
            return refuse(
                "sms.gateways.id",
                "has to be 1 to 32 small letters of English, digits or hyphens, and begin with a letter or a digit",
            );
        }
        if let Some(wrong) = self.countries.iter().find(|code| PhoneNumbers::of_region(Some(code)).is_err()) {
            let why = format!(
                "of `{id}` has `{wrong}`, which is not the code of a country in two letters (ISO 3166-1), such as CZ"
            );
            return refuse("sms.gateways.countries", &why);
        }
        if let Some(wrong) = self.prefixes.iter().find(|prefix| !is_prefix(prefix)) {
            let why =
                format!("of `{id}` has `{wrong}`, which is not how a number begins in E.164, such as +42077");
            return refuse("sms.gateways.prefixes", &why);
        }
        if self.organizations.iter().any(String::is_empty) {
            return refuse("sms.gateways.organizations", &format!("of `{id}` has an empty name"));
        }
        let Some(smpp) = &self.smpp else {
            let why = format!("has `{id}`, of which nothing says how it takes messages");
            return refuse("sms.gateways", &why);
        };
        smpp.gateway(id).map(drop)
    }
}

/// It is part of a path and of the labels of metrics.
fn is_gateway_id(id: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=32).contains(&id.len()) && id.bytes().all(plain) && !id.starts_with('-')
}

/// A plus and the first digits of a number, of which ITU-T E.164 allows 15.
fn is_prefix(prefix: &str) -> bool {
    prefix.strip_prefix('+').is_some_and(|digits| {
        (1..=15).contains(&digits.len())
            && digits.bytes().all(|digit| digit.is_ascii_digit())
            && !digits.starts_with('0')
    })
}

#[cfg(test)]
mod tests {
    use crate::config::load_text;

    #[test]
    fn gateways_that_make_no_sense_are_refused_by_their_key() {
        for (gateway, named) in [
            ("", "sms.gateways.id"),
            ("id = \"a b\"", "sms.gateways.id"),
            ("id = \"-a\"", "sms.gateways.id"),
            ("id = \"a\"\ncountries = [\"XX\"]", "sms.gateways.countries"),
            ("id = \"a\"\nprefixes = [\"420\"]", "sms.gateways.prefixes"),
            ("id = \"a\"\nprefixes = [\"+\"]", "sms.gateways.prefixes"),
            ("id = \"a\"\norganizations = [\"\"]", "sms.gateways.organizations"),
            ("id = \"a\"", "sms.gateways"),
        ] {
            let refused = load_text(&format!("{}\n[[sms.gateways]]\n{gateway}", crate::demo::CONFIGURATION));
            let message = refused.map(drop).unwrap_err().to_string();
            assert!(message.starts_with(&format!("`{named}` ")), "{gateway}: {message}");
        }
    }
}
