use std::path::PathBuf;

use data_adapter_server::{Tls, TlsFiles};
use serde::{Deserialize, Serialize};

use super::refuse;
use crate::failure::Failure;

/// `[tls]`: HTTPS in place of HTTP.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct TlsSettings {
    certificate_file: Option<PathBuf>,
    key_file: Option<PathBuf>,
    client_ca_file: Option<PathBuf>,
    pub(crate) client_certificate_required: bool,
}

impl TlsSettings {
    pub(super) fn validate(&self) -> Result<(), Failure> {
        match (&self.certificate_file, &self.key_file) {
            (Some(_), None) => return refuse("tls.key_file", "is missing beside `tls.certificate_file`"),
            (None, Some(_)) => return refuse("tls.certificate_file", "is missing beside `tls.key_file`"),
            (None, None) if self.asks_clients() => {
                return refuse("tls.client_ca_file", "needs `tls.certificate_file` and `tls.key_file`");
            }
            _ => {}
        }
        if self.client_certificate_required && !self.asks_clients() {
            return refuse("tls.client_certificate_required", "needs `tls.client_ca_file`");
        }
        Ok(())
    }

    pub(crate) fn is_configured(&self) -> bool {
        self.certificate_file.is_some()
    }

    /// Whether clients are asked for a certificate.
    pub(crate) fn asks_clients(&self) -> bool {
        self.client_ca_file.is_some()
    }

    pub(crate) fn scheme(&self) -> &'static str {
        if self.is_configured() { "https" } else { "http" }
    }

    /// The certificates; `None` without TLS.
    pub(crate) fn load(&self) -> Result<Option<Tls>, Failure> {
        let (Some(certificate), Some(key)) = (&self.certificate_file, &self.key_file) else {
            return Ok(None);
        };
        let files = TlsFiles {
            certificate: certificate.clone(),
            key: key.clone(),
            client_ca: self.client_ca_file.clone(),
        };
        let tls = Tls::load(files).map_err(|error| Failure::Configuration(format!("`tls`: {error}")))?;
        Ok(Some(tls))
    }
}
