//! Whom the clients of this program trust over TLS, and what they show. Certificates are always verified: by the authorities of
//! a file, or by those of the machine.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use data_adapter_pem::{PemFileError, certificates, private_key};
use rustls::client::WantsClientCert;
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::{ClientConfig, ConfigBuilder, RootCertStore, WantsVerifier};
use rustls_platform_verifier::BuilderVerifierExt as _;
use thiserror::Error;

/// Whom to trust and what to show, in files of PEM that are read once. The default trusts those whom the machine trusts, and
/// shows nothing.
#[derive(Clone, Debug, Default)]
pub struct TlsFiles {
    /// The authorities that certificates of servers are checked against; `None` for those of the machine.
    pub ca_file: Option<PathBuf>,
    /// The certificate to show, and those in between up to the root; `None` for none.
    pub client_certificate_file: Option<PathBuf>,
    /// Its key, not encrypted; there with the certificate, and only then.
    pub client_key_file: Option<PathBuf>,
}

/// A file that can't be used, without anything that is in it.
#[derive(Debug, Error)]
#[error("`{key}` {why}")]
pub struct TlsError {
    /// What operators know the file by: the name of a member of [`TlsFiles`].
    pub key: &'static str,
    /// What is wrong, to be read after the key.
    pub why: String,
}

const CA: &str = "ca_file";
const CERTIFICATE: &str = "client_certificate_file";
const KEY: &str = "client_key_file";

impl TlsFiles {
    /// How to shake hands: by TLS 1.2 or 1.3.
    ///
    /// # Errors
    ///
    /// The first file that can't be used.
    pub fn config(&self) -> Result<ClientConfig, TlsError> {
        let builder = ClientConfig::builder_with_provider(Arc::new(default_provider()));
        let builder = builder
            .with_safe_default_protocol_versions()
            .map_err(|error| refuse(CA, "can't be used", error))?;
        let builder = trusting(builder, self.ca_file.as_deref())?;
        match (&self.client_certificate_file, &self.client_key_file) {
            (None, None) => Ok(builder.with_no_client_auth()),
            (Some(certificate), Some(key)) => showing(builder, certificate, key),
            (Some(_), None) => Err(missing(KEY, "is missing beside `client_certificate_file`")),
            (None, Some(_)) => Err(missing(CERTIFICATE, "is missing beside `client_key_file`")),
        }
    }
}

fn trusting(
    builder: ConfigBuilder<ClientConfig, WantsVerifier>,
    authorities: Option<&Path>,
) -> Result<ConfigBuilder<ClientConfig, WantsClientCert>, TlsError> {
    let Some(file) = authorities else {
        let why = "is missing, and the authorities of this machine can't be used";
        return builder.with_platform_verifier().map_err(|error| refuse(CA, why, error));
    };
    let mut roots = RootCertStore::empty();
    for authority in certificates(file).map_err(unreadable(CA))? {
        let why = format!("{} holds a certificate that can't be used", file.display());
        roots.add(authority).map_err(|error| refuse(CA, &why, error))?;
    }
    Ok(builder.with_root_certificates(roots))
}

fn showing(
    builder: ConfigBuilder<ClientConfig, WantsClientCert>,
    certificate: &Path,
    key: &Path,
) -> Result<ClientConfig, TlsError> {
    let chain = certificates(certificate).map_err(unreadable(CERTIFICATE))?;
    let private = private_key(key).map_err(unreadable(KEY))?;
    let why = format!("{} can't be used with `client_certificate_file`", key.display());
    builder.with_client_auth_cert(chain, private).map_err(|error| refuse(KEY, &why, error))
}

fn unreadable(key: &'static str) -> impl Fn(PemFileError) -> TlsError {
    move |error| TlsError { key, why: error.to_string() }
}

fn missing(key: &'static str, why: &str) -> TlsError {
    TlsError { key, why: why.to_owned() }
}

#[expect(clippy::needless_pass_by_value, reason = "it comes from `map_err`")]
fn refuse(key: &'static str, why: &str, error: rustls::Error) -> TlsError {
    TlsError { key, why: format!("{why}: {error}") }
}
