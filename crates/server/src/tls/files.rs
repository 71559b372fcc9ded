//! The files, as they are now.

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use data_adapter_pem::{PemFileError, certificates, private_key};
use rustls::RootCertStore;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::ClientCertVerifier;
use rustls::sign::CertifiedKey;
use x509_parser::prelude::{FromDer as _, X509Certificate};

use super::{TlsError, TlsFiles};

/// What is in the files.
pub(super) struct Loaded {
    pub(super) key: Arc<CertifiedKey>,
    pub(super) clients: Option<Arc<dyn ClientCertVerifier>>,
}

/// By what a changed file can be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fingerprint {
    modified: Option<SystemTime>,
    size: u64,
    inode: u64,
}

impl Fingerprint {
    /// `None` for a file that can't be looked at.
    pub(super) fn of(files: &TlsFiles) -> Vec<Option<Self>> {
        let paths = [&files.certificate, &files.key].into_iter().chain(&files.client_ca);
        paths
            .map(|path| {
                let metadata = std::fs::metadata(path).ok()?;
                let modified = metadata.modified().ok();
                Some(Self { modified, size: metadata.len(), inode: metadata.ino() })
            })
            .collect()
    }
}

impl Loaded {
    pub(super) fn read(files: &TlsFiles, provider: &Arc<CryptoProvider>) -> Result<Self, TlsError> {
        let chain = certificates(&files.certificate)?;
        let key = private_key(&files.key)?;
        warn_of_dates(&files.certificate, &chain);
        let key = CertifiedKey::from_der(chain, key, provider).map_err(|error| mismatch(files, &error))?;
        let clients = files.client_ca.as_deref().map(|file| verifier(file, provider)).transpose()?;
        Ok(Self { key: Arc::new(key), clients })
    }
}

fn verifier(file: &Path, provider: &Arc<CryptoProvider>) -> Result<Arc<dyn ClientCertVerifier>, TlsError> {
    let unusable = |error: &dyn std::fmt::Display| {
        TlsError(format!(
            "{} holds a certificate that no client can be checked against: {error}",
            file.display()
        ))
    };
    let mut roots = RootCertStore::empty();
    for authority in certificates(file)? {
        roots.add(authority).map_err(|error| unusable(&error))?;
    }
    // Who comes without one may still have a token, or ask for the health.
    WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider))
        .allow_unauthenticated()
        .build()
        .map_err(|error| unusable(&error))
}

impl From<PemFileError> for TlsError {
    fn from(error: PemFileError) -> Self {
        Self(error.to_string())
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the errors of rustls are open-ended")]
fn mismatch(files: &TlsFiles, error: &rustls::Error) -> TlsError {
    let (certificate, key) = (files.certificate.display(), files.key.display());
    TlsError(match error {
        rustls::Error::InconsistentKeys(_) => {
            format!("the key in {key} does not belong to the first certificate in {certificate}")
        }
        _ => format!("the key in {key} can't be used with the certificate in {certificate}: {error}"),
    })
}

/// Clients refuse a certificate that is out of date, which is theirs to do: it may be all that there is for now.
fn warn_of_dates(file: &Path, chain: &[CertificateDer<'_>]) {
    for certificate in chain {
        if let Ok((_, certificate)) = X509Certificate::from_der(certificate)
            && !certificate.validity().is_valid()
        {
            let (file, dates) = (file.display(), certificate.validity());
            let (from, until) = (dates.not_before, dates.not_after);
            tracing::warn!(%file, %from, %until, "a TLS certificate is expired or not yet valid");
        }
    }
}
