use std::collections::BTreeSet;

use data_adapter_sca::{Country, RateLimits, SendLimits};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::SmsSettings;
use crate::config::{check_range, read_limits, refuse};
use crate::failure::Failure;

/// `[sms.limits]`: how often messages leave.
#[derive(Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct SmsLimits {
    user: String,
    number: String,
    country: String,
    organization: String,
    all: String,
}

/// `docs/sending-codes.md` has the reasons.
impl Default for SmsLimits {
    fn default() -> Self {
        Self {
            user: "5;w=60, 30;w=3600, 60;w=86400".to_owned(),
            number: "10;w=60, 60;w=3600, 120;w=86400".to_owned(),
            country: "800;w=60, 16000;w=3600, 80000;w=86400".to_owned(),
            organization: "800;w=60, 16000;w=3600, 80000;w=86400".to_owned(),
            all: "1000;w=60, 20000;w=3600, 100000;w=86400".to_owned(),
        }
    }
}

impl SmsLimits {
    fn read(&self) -> Result<[RateLimits; 5], Failure> {
        let Self { user, number, country, organization, all } = self;
        Ok([
            read_limits("sms.limits.user", user)?,
            read_limits("sms.limits.number", number)?,
            read_limits("sms.limits.country", country)?,
            read_limits("sms.limits.organization", organization)?,
            read_limits("sms.limits.all", all)?,
        ])
    }
}

impl SmsSettings {
    pub(super) fn validate_limits(&self) -> Result<(), Failure> {
        check_range("sms.resend_delay_seconds", self.resend_delay_seconds, 0..=300)?;
        self.send_limits().map(drop)
    }

    /// Where real messages leave (`is_real`), nobody but the bank knows to which countries.
    pub(crate) fn check_countries(&self, is_real: bool) -> Result<(), Failure> {
        if is_real && self.countries.is_empty() && self.default_region.is_none() {
            return refuse(
                "sms.countries",
                "is empty, and there is no `sms.default_region`: name the countries that codes are sent to, or a stranger may have \
                 them sent to any",
            );
        }
        Ok(())
    }

    /// What may be sent.
    pub(crate) fn send_limits(&self) -> Result<SendLimits, Failure> {
        let [user, number, country, organization, all] = self.limits.read()?;
        let home = self.default_region.as_deref().and_then(|region| region.parse().ok());
        let named =
            self.countries.iter().map(|code| read_country(code)).collect::<Result<BTreeSet<_>, _>>()?;
        let countries = if named.is_empty() { home.into_iter().collect() } else { named };
        Ok(SendLimits {
            countries: (!countries.is_empty()).then_some(countries),
            home,
            resend_delay: SignedDuration::from_secs(self.resend_delay_seconds.cast_signed()),
            user,
            number,
            country,
            organization,
            all,
        })
    }
}

fn read_country(code: &str) -> Result<Country, Failure> {
    code.parse().or_else(|error| refuse("sms.countries", &format!("has `{code}`, which {error}")))
}

#[cfg(test)]
mod tests {
    use crate::config::load_text;

    fn refusal(text: &str) -> String {
        load_text(text).unwrap_err().to_string()
    }

    fn sandbox(sms: &str) -> String {
        format!("sandbox.enabled = true\n{sms}")
    }

    #[test]
    fn messages_go_to_the_country_of_the_bank_unless_others_are_named() {
        let countries = |sms: &str| {
            let limits = load_text(&sandbox(sms)).unwrap().sms.send_limits().unwrap();
            let countries = limits.countries?;
            Some(countries.iter().map(ToString::to_string).collect::<Vec<_>>())
        };
        assert_eq!(countries(""), None);
        assert_eq!(countries("sms.default_region = \"CZ\""), Some(vec!["CZ".to_owned()]));
        let named = countries("sms.default_region = \"CZ\"\nsms.countries = [\"sk\", \"AT\"]");
        assert_eq!(named, Some(vec!["AT".to_owned(), "SK".to_owned()]));
    }

    #[test]
    fn where_messages_are_real_somebody_says_where_they_go() {
        let check = |sms: &str, is_real| load_text(&sandbox(sms)).unwrap().sms.check_countries(is_real);
        assert!(check("", true).unwrap_err().to_string().contains("`sms.countries`"));
        check("", false).unwrap();
        check("sms.countries = [\"CZ\"]", true).unwrap();
        check("sms.default_region = \"CZ\"", true).unwrap();
    }

    #[test]
    fn what_is_no_limit_is_refused_by_its_name() {
        for (setting, key) in [
            ("sms.limits.user = \"5 a minute\"", "sms.limits.user"),
            ("sms.limits.all = \"0;w=60\"", "sms.limits.all"),
            ("sms.resend_delay_seconds = 301", "sms.resend_delay_seconds"),
            ("sms.countries = [\"CZ\", \"XX\"]", "sms.countries"),
        ] {
            let refused = refusal(&sandbox(setting));
            assert!(refused.contains(&format!("`{key}`")), "{setting}: {refused}");
        }
    }
}
