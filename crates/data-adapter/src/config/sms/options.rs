//! `[sms.senders]` and `[sms.autofill]`: what goes with the text of a message.

use std::collections::{BTreeMap, HashMap};

use data_adapter_core::{OrganizationId, is_printable};
use data_adapter_sca::{Autofill, Country, Senders};
use data_adapter_sms_encoding::gsm7;
use url::Host;

use crate::config::refuse;
use crate::failure::Failure;

/// The key for all that no other key names.
const REST: &str = "default";

/// The senders by country.
pub(super) fn senders(settings: &BTreeMap<String, String>) -> Result<Senders, Failure> {
    let mut senders = Senders::default();
    for (code, sender) in settings {
        let key = format!("sms.senders.{code}");
        if !is_sender(sender) {
            let why = "has to be a name of at most 11 characters of GSM 7-bit, or a number of 3 to 15 digits";
            return refuse(&key, why);
        }
        if code == REST {
            senders.otherwise = Some(sender.clone());
            continue;
        }
        let country: Country = code.parse().or_else(|error| refuse(&key, &format!("{error}")))?;
        if senders.by_country.insert(country, sender.clone()).is_some() {
            return refuse(&key, "is a country that another key names as well");
        }
    }
    Ok(senders)
}

/// A number (ITU-T E.164, 6), or a short one of a network's own; or a name in the 7 octets that an address has for it
/// (3GPP TS 23.040, 9.1.2.5).
fn is_sender(sender: &str) -> bool {
    let digits = sender.strip_prefix('+').unwrap_or(sender);
    if digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return (3..=15).contains(&digits.len());
    }
    is_printable(sender) && gsm7(sender).is_some_and(|septets| septets.len() <= 11)
}

/// Over SMPP a sender is ASCII (SMPP 3.4, 5.2.8): messages from another one would all be refused.
pub(super) fn check_ascii(settings: &BTreeMap<String, String>) -> Result<(), Failure> {
    match settings.iter().find(|(_, sender)| !sender.is_ascii()) {
        Some((code, _)) => {
            let why = "has to be ASCII, as there is a gateway over SMPP, which has nothing else for senders";
            refuse(&format!("sms.senders.{code}"), why)
        }
        None => Ok(()),
    }
}

/// The hosts by organization.
pub(super) fn autofill(settings: &BTreeMap<String, String>) -> Result<Autofill, Failure> {
    let mut hosts = HashMap::new();
    for (organization, host) in settings {
        let key = format!("sms.autofill.{organization}");
        let Some(host) = domain(host) else {
            return refuse(&key, "has to be the name of a host, such as login.example.com, and nothing else");
        };
        hosts.insert(organization.as_str(), host);
    }
    let otherwise = hosts.remove(REST);
    let by_organization = hosts.into_iter().map(|(id, host)| (OrganizationId::new(id), host)).collect();
    Ok(Autofill { by_organization, otherwise })
}

/// The name of a host as URLs have it (WHATWG URL, 3.5): in small letters, and in ASCII, as all who read the line expect it.
fn domain(written: &str) -> Option<String> {
    let Ok(Host::Domain(domain)) = Host::parse(written) else { return None };
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.';
    (domain.bytes().all(plain) && domain.contains('.') && !domain.ends_with('.')).then_some(domain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::load_text;

    fn refusal(settings: &str) -> String {
        let refused = load_text(&format!("{}\n{settings}", crate::demo::CONFIGURATION));
        refused.map(drop).unwrap_err().to_string()
    }

    #[test]
    fn a_sender_is_a_short_name_or_a_number() {
        for sender in ["Bank", "Demo Bank 1", "O2[Bank]", "+420210000000", "60321", "123456789012345"] {
            assert!(is_sender(sender), "{sender}");
        }
        for sender in
            ["", "+", "12", "1234567890123456", "Twelve chars", "[[Bank]]€1€", "Spořka", " Bank", "B\nank"]
        {
            assert!(!is_sender(sender), "{sender}");
            let message = refusal(&format!("[sms.senders]\nCZ = {sender:?}"));
            assert!(message.starts_with("`sms.senders.CZ` "), "{sender}: {message}");
        }
    }

    #[test]
    fn a_sender_that_smpp_has_no_letters_for_is_refused_where_a_gateway_is_one_over_it() {
        let over_smpp = |sender: &str| {
            let gateway = "[[sms.gateways]]\nid = \"a\"\n[sms.gateways.smpp]\nurl = \"smpp://127.0.0.1\"\nsystem_id = \"bank\"";
            let senders = format!("[sms]\ndefault_region = \"AT\"\n[sms.senders]\nAT = \"{sender}\"");
            load_text(&format!("{senders}\n{gateway}")).map(drop).map_err(|error| error.to_string())
        };
        let message = over_smpp("Café").unwrap_err();
        assert!(message.starts_with("`sms.senders.AT` has to be ASCII"), "{message}");
        over_smpp("Cafe").unwrap();
        assert!(senders(&BTreeMap::from([("AT".to_owned(), "Café".to_owned())])).is_ok());
    }

    #[test]
    fn a_sender_is_for_a_country_that_there_is_once() {
        let message = refusal("[sms.senders]\nXX = \"Bank\"");
        assert!(message.starts_with("`sms.senders.XX` is not the code of a country"), "{message}");
        let message = refusal("[sms.senders]\nCZ = \"Bank\"\ncz = \"Banka\"");
        assert!(message.starts_with("`sms.senders.cz` is a country that another key"), "{message}");
    }

    #[test]
    fn a_host_is_nothing_but_its_name() {
        let written = ["login.example.com", "LOGIN.Example.COM", "bücher.example"];
        let read = ["login.example.com", "login.example.com", "xn--bcher-kva.example"];
        for (written, read) in written.into_iter().zip(read) {
            assert_eq!(domain(written).as_deref(), Some(read), "{written}");
        }
        for wrong in [
            "",
            "localhost",
            "https://login.example.com",
            "login.example.com:443",
            "login.example.com/",
            "login.example.com.",
            "login_1.example.com",
            "192.0.2.1",
            "[2001:db8::1]",
            "a b.example",
            "@login.example.com",
        ] {
            let message = refusal(&format!("[sms.autofill]\nRETAIL = {wrong:?}"));
            assert!(message.starts_with("`sms.autofill.RETAIL` "), "{wrong}: {message}");
        }
    }

    #[test]
    fn what_is_for_the_rest_is_apart_from_what_is_named() {
        let text = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
            pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
        };
        let senders = senders(&text(&[("default", "60321"), ("sk", "Banka")])).unwrap();
        assert_eq!(senders.otherwise.as_deref(), Some("60321"));
        assert_eq!(senders.by_country[&"SK".parse().unwrap()], "Banka");
        let autofill = autofill(&text(&[("default", "a.example"), ("SME", "b.example")])).unwrap();
        assert_eq!(autofill.otherwise.as_deref(), Some("a.example"));
        assert_eq!(autofill.by_organization[&OrganizationId::new("SME")], "b.example");
    }
}
