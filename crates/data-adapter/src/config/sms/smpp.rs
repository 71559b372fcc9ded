use std::path::PathBuf;
use std::sync::Arc;

use data_adapter_sms_smpp::{LongMessages, ReceiptIds, SmppGateway, SmppSettings};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::config::secret::{Secret, read_text};
use crate::failure::Failure;

/// `[sms.gateways.smpp]`: an SMSC.
#[derive(Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct SmppGatewaySettings {
    url: String,
    allow_clear_text: bool,
    system_id: String,
    password: Option<Secret>,
    password_file: Option<PathBuf>,
    system_type: String,
    service_type: String,
    priority: u8,
    validity_seconds: u32,
    long_messages: LongMessages,
    receipt_ids: ReceiptIds,
    short_code_ton: u8,
    short_code_npi: u8,
    window: usize,
    enquire_link_seconds: u64,
    pause_ms: u64,
    connect_timeout_ms: u64,
    timeout_ms: u64,
    ca_file: Option<PathBuf>,
    client_certificate_file: Option<PathBuf>,
    client_key_file: Option<PathBuf>,
}

impl Default for SmppGatewaySettings {
    fn default() -> Self {
        let settings = SmppSettings::default();
        Self {
            url: settings.url,
            allow_clear_text: settings.allow_clear_text,
            system_id: settings.system_id,
            password: None,
            password_file: None,
            system_type: settings.system_type,
            service_type: settings.service_type,
            priority: settings.priority,
            validity_seconds: settings.validity_seconds,
            long_messages: settings.long_messages,
            receipt_ids: settings.receipt_ids,
            short_code_ton: settings.short_code_ton,
            short_code_npi: settings.short_code_npi,
            window: settings.window,
            enquire_link_seconds: settings.enquire_link_seconds,
            pause_ms: settings.pause_ms,
            connect_timeout_ms: settings.connect_timeout_ms,
            timeout_ms: settings.timeout_ms,
            ca_file: settings.ca_file,
            client_certificate_file: settings.client_certificate_file,
            client_key_file: settings.client_key_file,
        }
    }
}

impl SmppGatewaySettings {
    /// How long handing a message over may take, in milliseconds.
    pub(super) fn timeout_ms(&self) -> u64 {
        self.timeout_ms
    }

    /// The gateway of that id, which has not bound yet.
    pub(super) fn gateway(&self, id: &str) -> Result<Arc<SmppGateway>, Failure> {
        SmppGateway::new(id.to_owned(), &self.settings()?).map_err(|error| {
            let (key, why) = (error.key, error.why);
            Failure::Configuration(format!("`sms.gateways.smpp.{key}` of `{id}` {why}"))
        })
    }

    fn settings(&self) -> Result<SmppSettings, Failure> {
        let password =
            read_text("sms.gateways.smpp.password", self.password.as_ref(), self.password_file.as_ref())?;
        Ok(SmppSettings {
            url: self.url.clone(),
            allow_clear_text: self.allow_clear_text,
            system_id: self.system_id.clone(),
            password: password.map(|(text, _)| SecretString::from(text.trim())),
            system_type: self.system_type.clone(),
            service_type: self.service_type.clone(),
            priority: self.priority,
            validity_seconds: self.validity_seconds,
            long_messages: self.long_messages,
            receipt_ids: self.receipt_ids,
            short_code_ton: self.short_code_ton,
            short_code_npi: self.short_code_npi,
            window: self.window,
            enquire_link_seconds: self.enquire_link_seconds,
            pause_ms: self.pause_ms,
            connect_timeout_ms: self.connect_timeout_ms,
            timeout_ms: self.timeout_ms,
            ca_file: self.ca_file.clone(),
            client_certificate_file: self.client_certificate_file.clone(),
            client_key_file: self.client_key_file.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::config::load_text;

    fn load(smpp: &str) -> Result<String, String> {
        let text = format!(
            "[sms]\ndefault_region = \"CZ\"\n[[sms.gateways]]\nid = \"smsc\"\n[sms.gateways.smpp]\n{smpp}"
        );
        let loaded = load_text(&text).map_err(|error| error.to_string())?;
        Ok(toml::to_string(&loaded).expect("it can be shown"))
    }

    #[test]
    fn an_smsc_is_configured_and_its_password_is_not_shown() {
        let shown =
            load("url = \"smpp://127.0.0.1\"\nsystem_id = \"bank\"\npassword = \"hushhush\"").unwrap();
        assert!(shown.contains("system_id = \"bank\"") && !shown.contains("hushhush"), "{shown}");
    }

    #[test]
    fn what_no_smsc_can_be_reached_by_is_refused_by_its_key() {
        const FINE: &str = "url = \"smpp://127.0.0.1\"\nsystem_id = \"bank\"\n";
        for (smpp, named) in [
            ("", "url"),
            ("url = \"smpp://smsc.test\"\nsystem_id = \"bank\"", "url"),
            ("url = \"smpp://127.0.0.1\"", "system_id"),
            (&format!("{FINE}password = \"ninechars\""), "password"),
            (&format!("{FINE}password = \"a\"\npassword_file = \"b\""), "password"),
            (&format!("{FINE}password_file = \"/nowhere/password\""), "password_file"),
            (&format!("{FINE}window = 0"), "window"),
            (&format!("{FINE}timeout_ms = 0"), "timeout_ms"),
        ] {
            let why = load(smpp).unwrap_err();
            assert!(why.starts_with(&format!("`sms.gateways.smpp.{named}` ")), "{smpp}: {why}");
            assert!(!why.contains("ninechars"), "{why}");
        }
    }
}
