use std::path::Path;
use std::sync::Arc;

use rustls::crypto::aws_lc_rs::default_provider;
use rustls::{ClientConfig, RootCertStore};

use crate::settings::SettingsError;

/// How the servers are spoken to: certificates are always verified, by the authorities of `ca_file`, or by those of the
/// system without one. There is no switch that turns it off.
pub(crate) fn client_config(ca_file: Option<&Path>) -> Result<Arc<ClientConfig>, SettingsError> {
    let roots = match ca_file {
        Some(path) => from_file(path)?,
        None => of_the_system()?,
    };
    let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| refuse(&format!("can't be used: {error}")))?;
    Ok(Arc::new(config.with_root_certificates(roots).with_no_client_auth()))
}

fn from_file(path: &Path) -> Result<RootCertStore, SettingsError> {
    let shown = path.display();
    let certificates = data_adapter_pem::certificates(path).map_err(|error| refuse(&error.to_string()))?;
    let mut roots = RootCertStore::empty();
    for certificate in certificates {
        roots.add(certificate).map_err(|error| refuse(&format!("{shown} can't be used: {error}")))?;
    }
    Ok(roots)
}

fn of_the_system() -> Result<RootCertStore, SettingsError> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        return Err(refuse("is missing, and the system has no authorities to go by"));
    }
    Ok(roots)
}

fn refuse(why: &str) -> SettingsError {
    SettingsError::new("ca_file", why)
}
