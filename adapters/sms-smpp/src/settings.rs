use std::path::PathBuf;
use std::time::Duration;

use data_adapter_reach::is_loopback;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use url::Url;

use crate::message_id::ReceiptIds;

/// How to reach an SMSC, and what it wants to hear. `docs/sending-codes.md` has what each key is for.
#[derive(Clone, Debug)]
pub struct SmppSettings {
    /// `smpps://host` for TLS or `smpp://host` without, each with a port if it is not 3550 or 2775.
    pub url: String,
    /// Whether codes and the password may go over a network without TLS.
    pub allow_clear_text: bool,
    /// Who binds: 1 to 15 characters of ASCII.
    pub system_id: String,
    /// With what: at most 8 characters of ASCII (SMPP 3.4, 5.2.2). `None` for none.
    pub password: Option<SecretString>,
    /// As what: at most 12 characters of ASCII.
    pub system_type: String,
    /// For which service of the SMSC: at most 5 characters of ASCII; empty for its default.
    pub service_type: String,
    /// From 0 to 3, the highest.
    pub priority: u8,
    /// How long the SMSC may try to deliver a message, in seconds, at most a day; 0 leaves that to it.
    pub validity_seconds: u32,
    /// How a text that takes more than one SMS is handed over.
    pub long_messages: LongMessages,
    /// How the ids in the texts of receipts are written.
    pub receipt_ids: ReceiptIds,
    /// The type of number of a sender of 3 to 8 digits (SMPP 3.4, 5.2.5).
    pub short_code_ton: u8,
    /// Its numbering plan (SMPP 3.4, 5.2.6).
    pub short_code_npi: u8,
    /// How many parts may be under way without an answer, from 1 to 1000.
    pub window: usize,
    /// After how long without a word the SMSC is asked whether it is there, in seconds, from 1 to 3600.
    pub enquire_link_seconds: u64,
    /// How long nothing is sent after the SMSC said that it gets too much, in milliseconds, from 1 to 60000.
    pub pause_ms: u64,
    /// How long connecting and binding may take, TLS included, in milliseconds, from 1 to 60000.
    pub connect_timeout_ms: u64,
    /// How long handing a message over may take, with all its parts, in milliseconds, from 1 to 60000.
    pub timeout_ms: u64,
    /// The authorities that the certificate of the SMSC is checked against, in PEM; `None` for those of the machine.
    pub ca_file: Option<PathBuf>,
    /// The certificate to show, in PEM; `None` for none.
    pub client_certificate_file: Option<PathBuf>,
    /// Its key in PEM, not encrypted.
    pub client_key_file: Option<PathBuf>,
}

/// How a text that takes more than one SMS is handed over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LongMessages {
    /// A `submit_sm` for each part, which begins with a header that the phone puts them together by (3GPP TS 23.040, 9.2.3.24.1).
    #[default]
    Udh,
    /// One `submit_sm` with the whole text in `message_payload`. The SMSC makes parts of it.
    Payload,
    /// A `submit_sm` for each part, with `sar_msg_ref_num` and its like. The SMSC makes headers of them.
    Sar,
}

impl Default for SmppSettings {
    fn default() -> Self {
        Self {
            url: String::new(),
            allow_clear_text: false,
            system_id: String::new(),
            password: None,
            system_type: String::new(),
            service_type: String::new(),
            priority: 0,
            validity_seconds: 300,
            long_messages: LongMessages::Udh,
            receipt_ids: ReceiptIds::Same,
            short_code_ton: 3,
            short_code_npi: 0,
            window: 10,
            enquire_link_seconds: 30,
            pause_ms: 1_000,
            connect_timeout_ms: 5_000,
            timeout_ms: 3_000,
            ca_file: None,
            client_certificate_file: None,
            client_key_file: None,
        }
    }
}

/// A setting that can't be used, without anything secret that is in it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{key}` {why}")]
pub struct SmppSettingsError {
    /// What operators know the setting by.
    pub key: &'static str,
    /// What is wrong, to be read after the key.
    pub why: String,
}

impl SmppSettingsError {
    pub(crate) fn new(key: &'static str, why: impl Into<String>) -> Self {
        Self { key, why: why.into() }
    }
}

/// Where an SMSC is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// As it is in a certificate, an IPv6 address without brackets.
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) is_tls: bool,
}

impl SmppSettings {
    /// Checks what is a number.
    pub(crate) fn check_numbers(&self) -> Result<(), SmppSettingsError> {
        const DAY: u64 = 86_400;
        let window = u64::try_from(self.window).unwrap_or(u64::MAX);
        for (key, value, least, most) in [
            ("priority", self.priority.into(), 0, 3),
            ("validity_seconds", self.validity_seconds.into(), 0, DAY),
            ("window", window, 1, 1_000),
            ("enquire_link_seconds", self.enquire_link_seconds, 1, 3_600),
            ("pause_ms", self.pause_ms, 1, 60_000),
            ("connect_timeout_ms", self.connect_timeout_ms, 1, 60_000),
            ("timeout_ms", self.timeout_ms, 1, 60_000),
        ] {
            if !(least..=most).contains(&value) {
                return Err(SmppSettingsError::new(key, format!("has to be from {least} to {most}")));
            }
        }
        Ok(())
    }

    /// The reasons do not show the URL: somebody may have put a password in it.
    pub(crate) fn place(&self) -> Result<Place, SmppSettingsError> {
        let refuse = |why: &str| Err(SmppSettingsError::new("url", why));
        let shape = "has to be like `smpps://host` or `smpp://host:2775`, without anything after that";
        let Ok(url) = Url::parse(&self.url) else { return refuse(shape) };
        let is_bare = url.username().is_empty()
            && url.password().is_none()
            && matches!(url.path(), "" | "/")
            && url.query().is_none()
            && url.fragment().is_none();
        let host = url.host_str().filter(|host| !host.is_empty() && is_bare);
        let Some(host) = host.filter(|_| matches!(url.scheme(), "smpp" | "smpps")) else {
            return refuse(shape);
        };
        let is_tls = url.scheme() == "smpps";
        if !is_tls && !self.allow_clear_text && !is_loopback(host) {
            return refuse(
                "would send codes and the password unencrypted: use `smpps://`, or where the network is a tunnel or a line \
                 of its own, say `allow_clear_text = true`",
            );
        }
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        Ok(Place { host, port: url.port().unwrap_or(if is_tls { 3_550 } else { 2_775 }), is_tls })
    }

    pub(crate) fn password(&self) -> &str {
        self.password.as_ref().map_or("", |password| password.expose_secret())
    }

    pub(crate) fn timeout(&self) -> Duration {
        Duration::from_millis(self.timeout_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(url: &str, allow_clear_text: bool) -> Result<Place, SmppSettingsError> {
        SmppSettings { url: url.to_owned(), allow_clear_text, ..SmppSettings::default() }.place()
    }

    #[test]
    fn an_smsc_is_where_its_url_says() {
        let place = |host: &str, port, is_tls| Ok(Place { host: host.to_owned(), port, is_tls });
        assert_eq!(at("smpps://smsc.test", false), place("smsc.test", 3_550, true));
        assert_eq!(at("smpps://[2001:db8::1]:99", false), place("2001:db8::1", 99, true));
        assert_eq!(at("smpp://127.0.0.1", false), place("127.0.0.1", 2_775, false));
        assert_eq!(at("smpp://smsc.test", true), place("smsc.test", 2_775, false));
    }

    #[test]
    fn codes_go_over_a_network_without_tls_only_where_that_is_said() {
        for url in ["smpp://smsc.test", "smpp://10.0.0.1:2775", "smpp://[2001:db8::1]"] {
            let why = at(url, false).unwrap_err().to_string();
            assert!(why.starts_with("`url` ") && why.contains("allow_clear_text"), "{why}");
        }
    }

    #[test]
    fn what_is_no_url_of_an_smsc_is_refused_without_being_shown() {
        for url in [
            "",
            "smsc.test",
            "https://smsc.test",
            "smpp://",
            "smpp://me:hush@127.0.0.1",
            "smpp://127.0.0.1/x",
        ] {
            let why = at(url, true).unwrap_err().to_string();
            assert!(why.contains("smpps://host") && !why.contains("hush"), "{url}: {why}");
        }
    }
}
