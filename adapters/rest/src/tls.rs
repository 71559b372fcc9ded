use std::path::Path;
use std::sync::Arc;

use rustls::client::WantsClientCert;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::{Error as PemError, PemObject as _};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, ConfigBuilder, RootCertStore, WantsVerifier};
use rustls_platform_verifier::BuilderVerifierExt as _;

use crate::settings::{RestError, RestSettings};

/// How to shake hands: TLS 1.2 or 1.3, the authorities to trust and the certificate to show.
pub(crate) fn config(settings: &RestSettings) -> Result<ClientConfig, RestError> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| RestError::new("url", format!("can't be reached by TLS: {error}")))?;
    let builder = trusting(builder, settings.ca_file.as_deref())?;
    match (&settings.client_certificate_file, &settings.client_key_file) {
        (None, None) => Ok(builder.with_no_client_auth()),
        (Some(certificate), Some(key)) => showing(builder, certificate, key),
        (Some(_), None) => {
            Err(RestError::new("client_key_file", "is missing beside `client_certificate_file`"))
        }
        (None, Some(_)) => {
            Err(RestError::new("client_certificate_file", "is missing beside `client_key_file`"))
        }
    }
}

fn trusting(
    builder: ConfigBuilder<ClientConfig, WantsVerifier>,
    authorities: Option<&Path>,
) -> Result<ConfigBuilder<ClientConfig, WantsClientCert>, RestError> {
    let Some(file) = authorities else {
        return builder.with_platform_verifier().map_err(|error| {
            RestError::new(
                "ca_file",
                format!("is missing, and the authorities of this machine can't be used: {error}"),
            )
        });
    };
    let mut roots = RootCertStore::empty();
    for authority in certificates("ca_file", file)? {
        roots.add(authority).map_err(|error| {
            let file = file.display();
            RestError::new("ca_file", format!("{file} holds a certificate that can't be used: {error}"))
        })?;
    }
    Ok(builder.with_root_certificates(roots))
}

fn showing(
    builder: ConfigBuilder<ClientConfig, WantsClientCert>,
    certificate: &Path,
    key: &Path,
) -> Result<ClientConfig, RestError> {
    let chain = certificates("client_certificate_file", certificate)?;
    let name = "client_key_file";
    let private = PrivateKeyDer::from_pem_file(key)
        .map_err(|error| unreadable(name, key, "private key that is not encrypted", &error))?;
    builder.with_client_auth_cert(chain, private).map_err(|error| {
        let key = key.display();
        RestError::new(name, format!("{key} can't be used with `client_certificate_file`: {error}"))
    })
}

fn certificates(key: &'static str, file: &Path) -> Result<Vec<CertificateDer<'static>>, RestError> {
    let what = "certificate";
    let found: Result<Vec<_>, PemError> = CertificateDer::pem_file_iter(file).and_then(Iterator::collect);
    match found {
        Ok(found) if found.is_empty() => Err(unreadable(key, file, what, &PemError::NoItemsFound)),
        Ok(found) => Ok(found),
        Err(error) => Err(unreadable(key, file, what, &error)),
    }
}

/// What is wrong with a file, without anything that stands in it.
#[expect(clippy::wildcard_enum_match_arm, reason = "any other error is one of syntax")]
fn unreadable(key: &'static str, file: &Path, what: &str, error: &PemError) -> RestError {
    let file = file.display();
    RestError::new(
        key,
        match error {
            PemError::Io(error) => format!("{file} can't be read: {error}"),
            PemError::NoItemsFound => format!("{file} holds no {what} in PEM"),
            _ => format!("{file} is not valid PEM"),
        },
    )
}
