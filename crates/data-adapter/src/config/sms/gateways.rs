use std::sync::Arc;

use data_adapter_sca::Country;
use data_adapter_sms::Takes;
use data_adapter_sms_http::{HttpReceipts, HttpSmsGateway};
use data_adapter_sms_smpp::SmppGateway;
use serde::{Deserialize, Serialize};

use super::http::{HttpGatewaySettings, shown};
use super::smpp::SmppGatewaySettings;
use crate::config::{check_range, refuse};
use crate::failure::Failure;

/// `[[sms.gateways]]`: one system that takes messages, and which of them. Their order is that in which they are asked.
#[derive(Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct GatewaySettings {
    pub(super) id: String,
    countries: Vec<String>,
    prefixes: Vec<String>,
    organizations: Vec<String>,
    max_concurrent: usize,
    #[serde(serialize_with = "shown")]
    http: Option<HttpGatewaySettings>,
    smpp: Option<SmppGatewaySettings>,
}

impl Default for GatewaySettings {
    fn default() -> Self {
        Self {
            id: String::new(),
            countries: Vec::new(),
            prefixes: Vec::new(),
            organizations: Vec::new(),
            max_concurrent: 100,
            http: None,
            smpp: None,
        }
    }
}

/// A gateway that was made from the configuration.
pub(crate) struct MadeGateway {
    pub(crate) id: String,
    pub(crate) takes: Takes,
    pub(crate) max_concurrent: usize,
    pub(crate) adapter: SmsAdapter,
}

/// How a gateway is spoken to.
pub(crate) enum SmsAdapter {
    /// Over HTTP, with what reads its receipts; `None` where it sends none.
    Http(Arc<HttpSmsGateway>, Option<Arc<HttpReceipts>>),
    /// Over SMPP, by a session that lasts.
    Smpp(Arc<SmppGateway>),
}

impl GatewaySettings {
    /// The gateway, which nobody has called yet.
    pub(super) fn made(&self) -> Result<MadeGateway, Failure> {
        let id = &self.id;
        if !is_gateway_id(id) {
            return refuse(
                "sms.gateways.id",
                "has to be 1 to 32 small letters of English, digits or hyphens, and begin with a letter or a digit",
            );
        }
        if let Some(wrong) = self.prefixes.iter().find(|prefix| !is_prefix(prefix)) {
            let why =
                format!("of `{id}` has `{wrong}`, which is not how a number begins in E.164, such as +42077");
            return refuse("sms.gateways.prefixes", &why);
        }
        if self.organizations.iter().any(String::is_empty) {
            return refuse("sms.gateways.organizations", &format!("of `{id}` has an empty name"));
        }
        check_range("sms.gateways.max_concurrent", self.max_concurrent as u64, 1..=10_000)?;
        Ok(MadeGateway {
            id: id.clone(),
            takes: Takes {
                countries: self.countries()?,
                prefixes: self.prefixes.clone(),
                organizations: self.organizations.clone(),
            },
            max_concurrent: self.max_concurrent,
            adapter: self.adapter()?,
        })
    }

    fn countries(&self) -> Result<Vec<Country>, Failure> {
        let country = |code: &String| {
            let why = |error| format!("of `{}` has `{code}`, which {error}", self.id);
            code.parse().or_else(|error| refuse("sms.gateways.countries", &why(error)))
        };
        self.countries.iter().map(country).collect()
    }

    fn adapter(&self) -> Result<SmsAdapter, Failure> {
        let id = &self.id;
        match (&self.http, &self.smpp) {
            (Some(http), None) => {
                Ok(SmsAdapter::Http(Arc::new(http.gateway(id)?), http.receipts(id)?.map(Arc::new)))
            }
            (None, Some(smpp)) => Ok(SmsAdapter::Smpp(smpp.gateway(id)?)),
            (Some(_), Some(_)) => {
                refuse("sms.gateways", &format!("has `{id}` with both `http` and `smpp`; keep one"))
            }
            (None, None) => {
                refuse("sms.gateways", &format!("has `{id}`, of which nothing says how it takes messages"))
            }
        }
    }

    /// Whether it is one over SMPP.
    pub(super) fn is_smpp(&self) -> bool {
        self.smpp.is_some()
    }

    /// Looks whether it has answered before all gateways together have to: one that is given up later leaves no time for another one,
    /// and nobody would know whether it has the message.
    pub(super) fn check_timeout(&self, all: u64) -> Result<(), Failure> {
        let http = self.http.as_ref().map(|http| ("sms.gateways.http.timeout_ms", http.timeout_ms()));
        let smpp = self.smpp.as_ref().map(|smpp| ("sms.gateways.smpp.timeout_ms", smpp.timeout_ms()));
        match http.or(smpp) {
            Some((key, timeout)) if timeout >= all => {
                let why =
                    format!("of `{}` is {timeout}, and has to be less than `sms.timeout_ms`, {all}", self.id);
                refuse(key, &why)
            }
            _ => Ok(()),
        }
    }

    /// Whether it tells by calls of its own what became of messages.
    pub(super) fn calls_back(&self) -> bool {
        let receipts = self.http.as_ref().map(|http| http.receipts(&self.id));
        receipts.is_some_and(|receipts| receipts.is_ok_and(|receipts| receipts.is_some()))
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
    fn a_gateway_has_less_time_than_all_together() {
        const HTTP: &str = "[sms.gateways.http]\nurl = \"https://sms.example\"\n";
        const SMPP: &str = "[sms.gateways.smpp]\nurl = \"smpp://127.0.0.1\"\nsystem_id = \"bank\"\n";
        let load = |all: u64, gateway: &str| {
            let sms =
                format!("[sms]\ndefault_region = \"CZ\"\ntimeout_ms = {all}\n[[sms.gateways]]\nid = \"a\"\n");
            load_text(&(sms + gateway)).map(drop).map_err(|error| error.to_string())
        };
        for (all, gateway, named) in [
            (4_000, HTTP.to_owned(), "http"),
            (3_000, SMPP.to_owned(), "smpp"),
            (5_000, format!("{SMPP}timeout_ms = 30000"), "smpp"),
        ] {
            let why = load(all, &gateway).unwrap_err();
            let expected = format!("`sms.gateways.{named}.timeout_ms` of `a` is ");
            assert!(why.starts_with(&expected) && why.contains("`sms.timeout_ms`"), "{gateway}: {why}");
            assert_eq!(load(60_000, &gateway), Ok(()));
        }
    }

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
            ("id = \"a\"\nmax_concurrent = 0", "sms.gateways.max_concurrent"),
            ("id = \"a\"", "sms.gateways"),
            ("id = \"a\"\n[sms.gateways.http]\n[sms.gateways.smpp]", "sms.gateways"),
        ] {
            let refused = load_text(&format!("[[sms.gateways]]\n{gateway}"));
            let message = refused.map(drop).unwrap_err().to_string();
            assert!(message.starts_with(&format!("`{named}` ")), "{gateway}: {message}");
        }
    }
}
